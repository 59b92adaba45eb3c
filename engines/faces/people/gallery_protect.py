"""Encrypt, decrypt, give a new passphrase to or embed anew a whole gallery: into a new file that takes its place.

The old file's bytes are overwritten before they are given back to the disk. (On a flash disk old blocks may survive
below the file system; only encryption from the start helps there.)
"""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from engines.core.reading import making_sense, parse_json
from engines.faces.people import gallery_schema, keys
from engines.faces.people.gallery_store import Store, part_of
from engines.faces.types import ModelCard

PLACES = ("people", "faces", "pictures", "refusals", "history", "copies")
Turn = Callable[[str, str, str, bytes], bytes]


def header_for(key: bytes, passphrase: str | None, keyring: bool) -> keys.Header:
    """How the key is to be kept."""
    if keyring:
        return keys.into_keyring(key)
    return keys.PLAIN if passphrase is None else keys.wrap(key, passphrase)


def remember(store: Store, person: str, kind: str, path: Path) -> None:
    """Note a copy that we wrote, so that forgetting reaches it. kind: "backup" or "export"."""
    id = secrets.token_hex(8)
    entry = json.dumps({"kind": kind, "path": str(path.absolute())})
    with store.writing():
        values = (id, person, store.seal(entry, "copies", id, "entry"))
        store.run("INSERT INTO copies (id, person, entry) VALUES (?, ?, ?)", values)


def copies(store: Store, person: str) -> list[tuple[str, str, Path]]:
    """(id, kind, path) of what was written of `person`; "" for backups of everybody."""
    found = []
    for id, sealed in store.rows("SELECT id, entry FROM copies WHERE person = ?", (person,)):
        with making_sense(store.path, "The gallery's list of copies is damaged"):
            entry = parse_json(store.text(sealed, "copies", id, "entry"))
            found.append((id, str(entry["kind"]), Path(entry["path"])))
    return found


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
        try:
            Store.create(part, card, header)
            _copy(store.base, part, _turner(source, _cipher(header, key, store.path, card), vectors))
            store.let_go()
            try:
                replace_overwriting(part, store.path)
                _tell(store.path, header, key)
            finally:
                store.reopen()
        finally:
            for path in own_files(part):
                path.unlink(missing_ok=True)
    if old != header:
        keys.drop_from_keyring(old)


def replace_overwriting(part: Path, path: Path) -> None:
    """`part` takes the name `path`; what the old file's bytes were is overwritten on the disk."""
    size = path.stat().st_size
    with path.open("r+b", buffering=0) as old:
        for stale in own_files(path)[1:]:
            stale.unlink(missing_ok=True)
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
    """Overwrite a file, then delete it."""
    with path.open("r+b", buffering=0) as file:
        overwrite(file.fileno(), path.stat().st_size)
    path.unlink()


def own_files(path: Path) -> tuple[Path, ...]:
    """All files that may hold a gallery's data, the gallery itself first."""
    return tuple(path.with_name(path.name + end) for end in ("", "-wal", "-shm", "-journal", ".ann"))


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
        kept = base.execute("SELECT value, key FROM meta WHERE key IN ('keep_days', 'revision')").fetchall()
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
