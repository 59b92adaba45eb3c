"""Encrypt, decrypt, give a new passphrase to or embed anew a whole gallery: into a new file that takes its place.

The old file's bytes are overwritten before they are given back to the disk. (On a flash disk old blocks may survive
below the file system; only encryption from the start helps there.)
"""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

from engines.core.words import tr
from engines.faces.gallery import ann, keys
from engines.faces.gallery import schema as gallery_schema
from engines.faces.gallery.store import Store, clear_part, part_of
from engines.faces.types import ModelCard

PLACES = ("people", "faces", "pictures", "refusals", "history", "copies")
LOGS = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a file."""
INDEX = ".ann"
Turn = Callable[[str, str, str, bytes], bytes]


def header_for(key: bytes, passphrase: str | None, keyring: bool) -> keys.Header:
    """How the key is to be kept."""
    if keyring:
        return keys.into_keyring(key)
    return keys.PLAIN if passphrase is None else keys.wrap(key, passphrase)


def rewrite(
    store: Store,
    header: keys.Header,
    key: bytes,
    card: ModelCard | None = None,
    vectors: Callable[[str], bytes] | None = None,
) -> None:
    """Write all of it under another key, or with other embeddings (bytes by face id), and take the file's place.

    What fails before that leaves the gallery as it was.
    """
    part = part_of(store.path)
    with store.guard, gallery_schema.reading(store.path):
        store.may_write()
        card, source = card or store.card, store.cipher
        old = store.header
        Store.create(part, card, header)
        try:
            part.chmod(stat.S_IMODE(store.path.stat().st_mode))
            _copy(store.base, part, _turner(source, _cipher(header, key, store.path, card), vectors))
            store.let_go()
            try:
                replace_overwriting(part, store.path)
                _tell(store.path, header, key)
            finally:
                store.reopen()
        finally:
            clear_part(store.path)
    if old != header:
        keys.drop_from_keyring(old)


def replace_overwriting(part: Path, path: Path) -> None:
    """`part` takes the name `path`; what the old file's bytes were is overwritten on the disk."""
    size = path.stat().st_size
    with path.open("r+b", buffering=0) as old:
        for end in LOGS:
            path.with_name(path.name + end).unlink(missing_ok=True)
        shred_index(path)
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(path)
        overwrite(old.fileno(), size)


def overwrite(handle: int, size: int) -> None:
    """Zeros over the first `size` bytes of an open file, down to the disk."""
    zeros = bytes(2**20)
    os.lseek(handle, 0, os.SEEK_SET)
    for start in range(0, size, len(zeros)):
        os.write(handle, zeros[: min(len(zeros), size - start)])
    os.fsync(handle)


def shred(path: Path) -> None:
    """Overwrite a file, then delete it. Raises `OSError` for a link and for what is no file."""
    handle = os.open(path, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    try:
        seen = os.fstat(handle)
        if not stat.S_ISREG(seen.st_mode):
            raise OSError(errno.EINVAL, tr("Not a file"), str(path))
        overwrite(handle, seen.st_size)
    finally:
        os.close(handle)
    path.unlink()


def shred_index(path: Path) -> bool:
    """Take away the index beside a gallery. False when something else has its name: that stays."""
    index = path.with_name(path.name + INDEX)
    if ann.is_index(index):
        shred(index)
    return not os.path.lexists(index)


def own_files(path: Path) -> tuple[Path, ...]:
    """All files that may hold a gallery's data, the gallery itself first."""
    return tuple(path.with_name(path.name + end) for end in ("", *LOGS, INDEX))


def _tell(path: Path, header: keys.Header, key: bytes) -> None:
    keys.UNLOCKED.drop(path)
    if header.kind != "plain":
        keys.UNLOCKED.put(path, key)


def _cipher(header: keys.Header, key: bytes, path: Path, card: ModelCard) -> keys.Cipher:
    if header.kind == "plain":
        return keys.Plain()
    return keys.Sealed(key, path, gallery_schema.SCHEMA, card.sha256)


def _turner(source: keys.Cipher, target: keys.Cipher, vectors: Callable[[str], bytes] | None) -> Turn:
    """One stored value under the old cipher -> under the new one."""

    def turn(table: str, row: str, column: str, stored: bytes) -> bytes:
        if vectors is not None and (table, column) == ("faces", "vector"):
            plain = vectors(row)
        else:
            plain = source.open(stored, table, row, column)
        return target.seal(plain, table, row, column)

    return turn


def _copy(base: sqlite3.Connection, part: Path, turn: Turn) -> None:
    new = gallery_schema.connect(part, read_only=False)
    try:
        new.execute("BEGIN")
        for table in PLACES:
            _copy_table(base, new, table, turn)
        kept = base.execute("SELECT value, key FROM meta WHERE key IN ('keep_days', 'revision', 'id')").fetchall()
        new.executemany("UPDATE meta SET value = ? WHERE key = ?", kept)
        new.execute("UPDATE meta SET value = value + 1 WHERE key = 'revision'")
        new.execute("COMMIT")
        new.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        new.close()


def _copy_table(base: sqlite3.Connection, new: sqlite3.Connection, table: str, turn: Turn) -> None:
    key, secret = gallery_schema.SECRET.get(table, ("id", ()))
    cursor = base.execute(f"SELECT * FROM {table} ORDER BY rowid")
    columns = [entry[0] for entry in cursor.description]
    insert = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
    for values in cursor:
        row: dict[str, Any] = dict(zip(columns, values, strict=True))
        for column in secret:
            row[column] = turn(table, str(row[key]), column, row[column])
        new.execute(insert, tuple(row.values()))
