"""One open gallery file: its connection, its cipher, its transactions. Any thread; calls wait for one another.

`revision` counts transactions of all writers. A gallery that was rewritten under the same name (encrypted, say) is
noticed by its file identity and opened anew.
"""

from __future__ import annotations

import errno
import json
import os
import secrets
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from engines.core import databases
from engines.core.errors import BadInput, KinoscopeError
from engines.core.files import NO_SPACE, atomic_path
from engines.core.reading import making_sense, parse_json
from engines.core.spec import from_json, to_json
from engines.core.words import tr
from engines.faces.gallery import keys
from engines.faces.gallery import schema as gallery_schema
from engines.faces.gallery.lock import WriterLock
from engines.faces.types import ModelCard

Row = Sequence[Any]
MOST_DIMS = 65_536


class Store:
    """Reads and writes rows of one file. Values of secret columns go in and come out as bytes."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = Path(os.path.realpath(path)) if path.is_symlink() else path
        self.guard = threading.RLock()
        self.lock = WriterLock(self.path)
        self.asked_read_only = read_only
        self._refusal: OSError | None = None
        if not read_only:
            self._become_writer()
        try:
            self._open()
        except BaseException:
            self.lock.release()
            raise

    @classmethod
    def create(cls, path: Path, card: ModelCard, header: keys.Header = keys.PLAIN) -> None:
        """Write an empty gallery for embeddings of one model; it has its name once it is whole.

        Raises `BadInput` when there is a file already, or no folder.
        """
        if not path.parent.is_dir():
            raise BadInput(tr("The folder does not exist"), path=path.parent)
        lock = WriterLock(path)
        lock.take()
        try:
            if not lock.held:
                raise cannot_write(path, lock.error)
            if not gallery_schema.is_new(path):
                raise BadInput(
                    tr("There is a file of that name already"), path=path, hint=tr("Choose another name, or open it")
                )
            values = {"card": json.dumps(to_json(card)), "header": header.to_text(), "keep_days": 0, "revision": 0}
            with gallery_schema.reading(path), atomic_path(path, private=True) as part:
                gallery_schema.build(part, values | {"id": secrets.token_hex(16)})
        finally:
            lock.release()

    def _become_writer(self) -> None:
        """Where the rights are there and nobody else writes."""
        self.lock.take()
        self._refusal = self.lock.error
        if self.path.is_file() and not os.access(self.path, os.W_OK):
            self._refusal = PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            self.lock.release()
        if self.lock.held:
            clear_part(self.path)

    def _open(self) -> None:
        self.base = gallery_schema.connect(self.path, read_only=self.read_only)
        self._identity = _identity(self.path)
        try:
            with making_sense(self.path, tr("The gallery is damaged")):
                self.card = _card(self.meta("card"), self.path)
                self.header = keys.Header.of(str(self.meta("header")))
        except BaseException:
            self.base.close()
            raise
        self._cipher: keys.Cipher | None = None
        key = b"" if self.header.kind == "plain" else keys.UNLOCKED.get(self.path)
        if key is not None:
            self._use(key)

    @property
    def read_only(self) -> bool:
        return not self.lock.held

    @property
    def encrypted(self) -> bool:
        return self.header.kind != "plain"

    @property
    def locked(self) -> bool:
        """Encrypted, and nobody has unlocked it in this process yet."""
        if self._cipher is None:
            key = keys.UNLOCKED.get(self.path)
            if key is not None:
                self._use(key)
        return self._cipher is None

    @property
    def cipher(self) -> keys.Cipher:
        if self.locked or self._cipher is None:
            raise BadInput(tr("The gallery is locked"), path=self.path, hint=tr("Unlock it with its passphrase"))
        return self._cipher

    def unlock(self, passphrase: str | None = None) -> None:
        """With the passphrase, or by the system's keyring where the key is kept there. Raises `BadInput`."""
        if self.header.kind == "passphrase":
            if passphrase is None:
                raise BadInput(tr("The gallery is encrypted"), path=self.path, hint=tr("Give its passphrase"))
            with making_sense(self.path, tr("The gallery's key header is damaged")):
                key = keys.unwrap(self.header, passphrase)
        else:
            key = keys.from_keyring(self.header)
        if self.encrypted and not keys.fits(self.header, key):
            raise BadInput(tr("The gallery's key header is damaged"), path=self.path, hint=keys.RESTORE)
        keys.UNLOCKED.put(self.path, key)
        self._use(key)

    def _use(self, key: bytes) -> None:
        if not self.encrypted:
            self._cipher = keys.Plain()
        elif keys.fits(self.header, key):
            self._cipher = keys.Sealed(key, self.path, gallery_schema.SCHEMA, self.card.sha256)

    def close(self) -> None:
        """Fold the log into the file, so that one file is left, and let others write."""
        with self.guard:
            try:
                if not self.read_only:
                    self.base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            except sqlite3.Error:
                pass
            finally:
                self.base.close()
                self.lock.release()

    def let_go(self) -> None:
        """Close the file but stay its writer, so that another can be put in its place; then `reopen`."""
        self.base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.base.close()

    def reopen(self) -> None:
        self._open()

    def refresh(self) -> None:
        """Open the file anew when another one has taken its name."""
        with self.guard:
            if not self.base.in_transaction and _identity(self.path) != self._identity:
                self.base.close()
                self._open()

    def revision(self) -> int:
        """Changes with every write from anywhere. Some 20 microseconds."""
        self.refresh()
        return int(self.meta("revision"))

    def meta(self, key: str) -> Any:
        rows = self.rows("SELECT value FROM meta WHERE key=?", (key,))
        if not rows:
            raise BadInput(tr("The gallery is damaged: no {key}", key=key), path=self.path, hint=keys.RESTORE)
        return rows[0][0]

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[Row]:
        with self.guard, gallery_schema.reading(self.path):
            try:
                return self.base.execute(query, values).fetchall()
            except sqlite3.DatabaseError:
                if self._identity == _identity(self.path):
                    raise
            self.refresh()
            return self.base.execute(query, values).fetchall()

    def run(self, query: str, values: Sequence[Any] = ()) -> None:
        """A write; only inside `writing`."""
        self.base.execute(query, values)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """What is read in the block is of one moment, whoever writes meanwhile."""
        with self.guard:
            self.refresh()
            outermost = not self.base.in_transaction
            with gallery_schema.reading(self.path):
                if outermost:
                    self.base.execute("BEGIN")
                try:
                    yield
                finally:
                    if outermost and self.base.in_transaction:
                        self.base.execute("COMMIT")

    @contextmanager
    def writing(self) -> Iterator[int]:
        """One transaction, on disk when the block ends; nothing of it remains when it raises. Gives its revision."""
        with self.guard, gallery_schema.reading(self.path):
            self.may_write()
            self.base.execute("BEGIN IMMEDIATE")
            try:
                self.base.execute("UPDATE meta SET value = value + 1 WHERE key = 'revision'")
                yield int(self.meta("revision"))
                self.base.execute("COMMIT")
            except BaseException:
                if self.base.in_transaction:
                    self.base.execute("ROLLBACK")
                raise

    def may_write(self) -> None:
        """Raises `BadInput` when this opening is for reading."""
        if self.asked_read_only:
            raise BadInput(
                tr("The gallery was opened for reading"), path=self.path, hint=tr("Open it anew to change it")
            )
        if self.read_only:
            raise cannot_write(self.path, self._refusal)

    def seal(self, value: bytes | str, table: str, row: str, column: str) -> bytes:
        plain = value.encode() if isinstance(value, str) else value
        return self.cipher.seal(plain, table, row, column)

    def unseal(self, stored: bytes, table: str, row: str, column: str) -> bytes:
        if not isinstance(stored, bytes):
            raise BadInput(f"{keys.CHANGED} ({table}.{column})", path=self.path, hint=keys.RESTORE)
        return self.cipher.open(stored, table, row, column)

    def text(self, stored: bytes, table: str, row: str, column: str) -> str:
        try:
            return self.unseal(stored, table, row, column).decode()
        except UnicodeDecodeError as error:
            raise BadInput(f"{keys.CHANGED} ({table}.{column})", path=self.path, hint=keys.RESTORE) from error


def part_of(path: Path) -> Path:
    """The name under which a new version of a gallery is written before it takes the gallery's place."""
    return path.with_name(f".{path.name}.part")


def clear_part(path: Path) -> None:
    """Take away what a rewriting that was killed has left, and nothing else; only for the gallery's writer."""
    part = part_of(path)
    if gallery_schema.has_mark(part):
        for end in ("", "-wal", "-shm", "-journal"):
            part.with_name(part.name + end).unlink(missing_ok=True)


def cannot_write(path: Path, refusal: OSError | None) -> KinoscopeError:
    """Why nothing can be written: the disk is full, the rights are missing, or another program has the gallery open."""
    if refusal is not None and refusal.errno in NO_SPACE:
        return databases.in_words(refusal, path, "gallery")
    if isinstance(refusal, FileExistsError):
        return BadInput(
            tr("The gallery cannot be written: {strerror}", strerror=refusal.strerror),
            path=path,
            hint=tr("Move that file away"),
        )
    if refusal is not None:
        hint = tr("Make the file and its folder writable, or copy the gallery to where you may write")
        return BadInput(tr("The rights to write this gallery are missing"), path=path, hint=hint)
    hint = tr("Close it there, then open it here again")
    return BadInput(tr("Another program has the gallery open"), path=path, hint=hint)


def _identity(path: Path) -> tuple[int, int]:
    try:
        seen = os.stat(path)
    except OSError as error:
        raise BadInput(tr("The gallery is gone"), path=path, hint=tr("It was moved or deleted while open")) from error
    return seen.st_dev, seen.st_ino


def _card(text: Any, path: Path) -> ModelCard:
    try:
        card: ModelCard = from_json(ModelCard, parse_json(str(text)))
    except BadInput as error:
        raise BadInput(tr("The gallery is damaged: its model card does not read"), path=path) from error
    if not 0 < card.dim <= MOST_DIMS:
        raise BadInput(
            tr("The gallery is damaged: its vectors have {dim} numbers", dim=card.dim), path=path, hint=keys.RESTORE
        )
    return card
