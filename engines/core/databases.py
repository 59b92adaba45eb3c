"""SQLite files of ours: known by their application id before a byte is changed, born whole, errors told apart.

A new file is made under another name and linked into place, so that a kill or a full disk at its birth leaves nothing
that would be in the way. It is its owner's alone (0600): whatever is in it may be private.
"""

from __future__ import annotations

import errno
import os
import secrets
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from engines.core.errors import BadInput, KinoscopeError, OutOfResources
from engines.core.files import NO_SPACE, PRIVATE, disk_full, disk_is_full, move_aside
from engines.core.names import shown
from engines.core.reading import regular_file
from engines.core.words import tr

MAGIC = b"SQLite format 3\x00"
HEAD = 100
APPLICATION_ID_AT = 68


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file. what: its name in words ("gallery"). tables: the script that makes an empty one.

    unmarked: a table by which files are known that were made before they carried `application_id`, "" for none.
    """

    what: str
    application_id: int
    schema: int
    tables: str
    unmarked: str = ""


def is_of(path: str | Path, kind: Format) -> bool:
    """Whether the file at `path` is a `kind`, by looking alone: nothing is changed, nothing is made beside it."""
    try:
        check_kind(regular_file(path, what=kind.what), kind)
    except KinoscopeError:
        return False
    return True


def open_database(
    path: str | Path, kind: Format, *, read_only: bool = False, create: bool = True
) -> sqlite3.Connection:
    """Open a file of this kind, or make it where there is none (an empty file counts as none).

    Autocommit (`isolation_level=None`), usable from any thread, waits 5 s for other writers. Raises `BadInput` for any
    other file (missing, foreign, damaged, of a later version), `OutOfResources` when the disk is full.
    """
    path = Path(path)
    if create and not read_only and _is_vacant(path):
        create_database(path, kind)
    path = regular_file(path, what=kind.what)
    with reading(path, kind.what):
        check_kind(path, kind)
        base = _connect(path, read_only)
        try:
            _check_version(base, path, kind)
            _check_plain(base, path, kind)
            if not read_only:
                _keep_private(path)
                _mark(base, kind)
        except BaseException:
            base.close()
            raise
    return base


def create_database(path: str | Path, kind: Format) -> None:
    """Make an empty file of this kind, whole or not at all. One that somebody makes meanwhile is left as it is."""
    path = Path(path)
    part = path.with_name(f".{path.name[:100]}.{secrets.token_hex(6)}.part")
    with reading(path, kind.what):
        try:
            os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE))
            with closing(sqlite3.connect(part, isolation_level=None)) as base:
                _mark(base, kind)
                base.executescript(f"BEGIN;{kind.tables};COMMIT;")
            with part.open("rb") as made:
                os.fsync(made.fileno())
            _publish(part, path)
        finally:
            part.unlink(missing_ok=True)


def in_memory(path: str | Path, kind: Format, base: sqlite3.Connection | None = None) -> sqlite3.Connection:
    """A copy in memory of what can be read of a file while its disk takes nothing; an empty one where nothing can.

    base: an open connection to it, which is closed.
    """
    path = Path(path)
    ways: list[Callable[[], sqlite3.Connection]] = [] if base is None else [lambda: base]
    ways += [lambda: _alone(path, kind), lambda: open_database(path, kind, read_only=True)]
    for way in ways:
        memory = _memory()
        try:
            with closing(way()) as old:
                old.backup(memory)
            return memory
        except (sqlite3.Error, UnicodeDecodeError, MemoryError, KinoscopeError):
            memory.close()
    memory = _memory()
    _mark(memory, kind)
    memory.executescript(kind.tables)
    return memory


def is_sound(path: str | Path) -> bool:
    """Whether SQLite can read all of a file as it lies, whoever made it. What cannot be looked at counts as sound."""
    try:
        path = regular_file(path)
        with path.open("rb") as file:
            if not file.read(HEAD).startswith(MAGIC):
                return False
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as base:
            return bool(base.execute("PRAGMA quick_check").fetchone()[0] == "ok")
    except sqlite3.DatabaseError as error:
        return getattr(error, "sqlite_errorname", "") not in ("SQLITE_CORRUPT", "SQLITE_NOTADB")
    except (UnicodeDecodeError, MemoryError):
        return False
    except (KinoscopeError, OSError):
        return True


def set_aside(path: str | Path) -> Path:
    """Rename a damaged file, and the journal beside it that may yet mend it; the new path."""
    path = Path(path)
    aside = move_aside(path)
    for side in ("-wal", "-journal"):
        journal = path.with_name(path.name + side)
        if journal.exists():
            journal.replace(aside.with_name(aside.name + side))
    path.with_name(path.name + "-shm").unlink(missing_ok=True)
    return aside


def stored(text: str) -> bytes:
    """A text for `CAST(? AS TEXT)`: names that are not UTF-8 are kept byte for byte, as `loaded` reads them."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return shown(text).encode()


def loaded(value: bytes) -> str:
    """The `text_factory` of a connection: no bytes in a column of text are an error."""
    return value.decode("utf-8", "surrogateescape")


@contextmanager
def reading(path: str | Path, what: str) -> Iterator[None]:
    """Errors of SQLite and the system about a file, as errors that a user understands."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise in_words(error, Path(path), what) from error
    except (UnicodeDecodeError, MemoryError) as error:
        raise _damaged(Path(path), what, tr("it makes no sense")) from error


def in_words(error: sqlite3.Error | OSError, path: Path, what: str) -> KinoscopeError:
    """A full disk is called a full disk, missing rights are missing rights, and only the rest is damage."""
    if isinstance(error, OSError):
        if error.errno in NO_SPACE:
            return disk_full(path, tr("the {what} is as it was", what=what))
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            return _no_rights(path, what)
        return BadInput(
            tr("The {what} cannot be used: {strerror}", what=what, strerror=error.strerror or error), path=path
        )
    name = getattr(error, "sqlite_errorname", "")
    if name == "SQLITE_FULL" or (name.startswith(("SQLITE_IOERR", "SQLITE_CANTOPEN")) and disk_is_full(path)):
        return disk_full(path, tr("the {what} is as it was", what=what))
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return BadInput(tr("Another program is writing to the {what}", what=what), path=path, hint=tr("Try again"))
    if name == "SQLITE_READONLY_DBMOVED":
        return BadInput(
            tr("The {what} was moved or replaced while it was open", what=what), path=path, hint=tr("Open it again")
        )
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH")):
        return _no_rights(path, what)
    if name.startswith("SQLITE_IOERR"):
        return OutOfResources(
            tr("The disk gave an error: {error}", error=error), path=path, hint=tr("Check the disk, then try again")
        )
    return _damaged(path, what, str(error))


def _damaged(path: Path, what: str, why: str) -> BadInput:
    return BadInput(
        tr("The {what} is damaged: {why}", what=what, why=why), path=path, hint=tr("Restore it from a backup")
    )


def _no_rights(path: Path, what: str) -> BadInput:
    return BadInput(
        tr("The {what} cannot be written here", what=what),
        path=path,
        hint=tr("Check the rights of the file and its folder"),
    )


def check_kind(path: Path, kind: Format) -> None:
    """Raise `BadInput` unless the file carries the id of `kind`, in its head or in the journal beside it."""
    _check_sides(path)
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
    except OSError as error:
        raise in_words(error, path, kind.what) from error
    foreign = BadInput(tr("This file is not a {what}", what=kind.what), path=path, hint=tr("Nothing in it was changed"))
    if len(head) < HEAD or not head.startswith(MAGIC):
        raise foreign
    id = int.from_bytes(head[APPLICATION_ID_AT : APPLICATION_ID_AT + 4], "big")
    if id != kind.application_id and (id or not _is_unmarked(path, kind)):
        raise foreign


def _is_unmarked(path: Path, kind: Format) -> bool:
    journal = path.with_name(path.name + "-wal").exists()
    uri = f"{path.absolute().as_uri()}?mode=ro{'' if journal else '&immutable=1'}"
    with reading(path, kind.what), closing(sqlite3.connect(uri, uri=True)) as base:
        if base.execute("PRAGMA application_id").fetchone()[0] == kind.application_id:
            return True
        found = base.execute("SELECT count(*) FROM sqlite_master WHERE type='table' AND name=?", (kind.unmarked,))
        return bool(kind.unmarked and found.fetchone()[0])


def _check_version(base: sqlite3.Connection, path: Path, kind: Format) -> None:
    version = base.execute("PRAGMA user_version").fetchone()[0]
    if version > kind.schema:
        raise BadInput(
            tr("The {what} was made by a later version (format {version}, known "
"is {schema})", what=kind.what, version=version, schema=kind.schema), path=path,
            hint=tr("Update Kinoscope"),
        )  # fmt: skip


def _check_sides(path: Path) -> None:
    """Raise `BadInput` where a journal beside the file is none: SQLite would wait for a pipe for ever."""
    for side in ("-wal", "-shm", "-journal"):
        if os.path.lexists(journal := path.with_name(path.name + side)):
            regular_file(journal, what=tr("journal"))


def _check_plain(base: sqlite3.Connection, path: Path, kind: Format) -> None:
    """Raise `BadInput` for what none of our files holds and what could go on without an end when it is read or written:
    views, triggers, tables of other engines, columns that are computed.
    """
    odd = (
        "SELECT 1 FROM sqlite_master WHERE type IN ('view', 'trigger') "
        "OR (type = 'table' AND coalesce(rootpage, 0) = 0)"
    )
    hidden = "SELECT 1 FROM sqlite_master AS t, pragma_table_xinfo(t.name) AS c WHERE t.type = 'table' AND c.hidden"
    if base.execute(f"{odd} UNION ALL {hidden} LIMIT 1").fetchone():
        hint = tr("Nothing in it was changed")
        raise BadInput(tr("This file holds what no {what} holds", what=kind.what), path=path, hint=hint)
    base.execute("PRAGMA trusted_schema=OFF")
    base.execute("PRAGMA ignore_check_constraints=ON")


def _connect(path: Path, read_only: bool) -> sqlite3.Connection:
    """A read-only file in a folder where nothing can be made is opened as it lies."""
    uri = path.absolute().as_uri()
    modes = ("?mode=ro", "?mode=ro&immutable=1") if read_only else ("?mode=rw",)
    for mode in modes:
        base = sqlite3.connect(uri + mode, uri=True, isolation_level=None, check_same_thread=False, timeout=5.0)
        try:
            base.execute("SELECT count(*) FROM sqlite_master").fetchone()
            return base
        except (sqlite3.Error, UnicodeDecodeError, MemoryError):
            base.close()
            if mode == modes[-1]:
                raise
    raise AssertionError("a mode was tried")


def _alone(path: Path, kind: Format) -> sqlite3.Connection:
    """Without the index of the journal on the disk, for which a full one has no room."""
    check_kind(regular_file(path, what=kind.what), kind)
    base = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=0.0)
    try:
        base.execute("PRAGMA locking_mode=EXCLUSIVE").fetchone()
        base.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except (sqlite3.Error, UnicodeDecodeError, MemoryError):
        base.close()
        raise
    return base


def _memory() -> sqlite3.Connection:
    base = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    base.text_factory = loaded
    return base


def _mark(base: sqlite3.Connection, kind: Format) -> None:
    for name, value in (("application_id", kind.application_id), ("user_version", kind.schema)):
        if base.execute(f"PRAGMA {name}").fetchone()[0] != value:
            base.execute(f"PRAGMA {name}={value}")


def _keep_private(path: Path) -> None:
    status = path.stat()
    if stat.S_IMODE(status.st_mode) & 0o077 and hasattr(os, "geteuid") and status.st_uid == os.geteuid():
        path.chmod(PRIVATE)


def _is_vacant(path: Path) -> bool:
    """Nothing is there, or an empty file. A link whose end is not there is something: its disk may be away."""
    try:
        status = path.stat()
    except OSError:
        return not os.path.lexists(path)
    return stat.S_ISREG(status.st_mode) and status.st_size == 0


def _publish(part: Path, path: Path) -> None:
    """Put the finished file in its place without replacing one that is not empty."""
    try:
        os.link(part, path)
    except FileExistsError:
        if _is_vacant(path):
            part.replace(path)
    except OSError:
        if not path.exists():
            part.replace(path)
