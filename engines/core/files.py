"""Files that are either whole or not there: written under a temporary name, then renamed."""

from __future__ import annotations

import errno
import json
import os
import secrets
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engines.core.errors import BadInput, KinoscopeError, OutOfResources
from engines.core.words import tr

PRIVATE = 0o600
NO_SPACE = (errno.ENOSPC, errno.EDQUOT)
LEAST_FREE = 256 * 1024
"""Bytes: with less than this a disk is full, whatever name an error has."""


@contextmanager
def atomic_path(target: str | Path, *, private: bool = False) -> Iterator[Path]:
    """A temporary path beside `target` that replaces it when the block ends well, and goes otherwise.

    A link is followed, rights of a file that is replaced stay; a `private` one is its owner's alone. Raises `BadInput`
    where the target is a folder, pipe or device or nothing can be written, `OutOfResources` when the disk is full.
    """
    named, target = Path(target), Path(os.path.realpath(target))
    old = _check_target(named, target)
    old = PRIVATE if private else old
    part = _part(named, target, 0o666 if old is None else old & 0o666)
    try:
        yield part
        with part.open("rb") as written:
            os.fsync(written.fileno())
        if old is not None:
            part.chmod(old)
        part.replace(target)
    except OSError as error:
        raise _told(error, named) from error
    finally:
        part.unlink(missing_ok=True)


def write_text(target: str | Path, text: str, *, private: bool = False) -> None:
    """Write UTF-8 text, whole or not at all."""
    with atomic_path(target, private=private) as part:
        part.write_text(text, encoding="utf-8")


def write_json(target: str | Path, value: object, *, private: bool = False) -> None:
    """Write indented JSON, whole or not at all. Names that are not UTF-8 are escaped and read back the same."""
    write_text(target, dump_json(value) + "\n", private=private)


def dump_json(value: object) -> str:
    """Indented JSON that can be written as UTF-8 whatever names it holds."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return text if text.isascii() or text.encode("utf-8", "ignore").decode() == text else json.dumps(value, indent=2)


def disk_is_full(path: str | Path) -> bool:
    """Whether there is no room left where `path` lies."""
    folder = Path(path).absolute()
    while not folder.is_dir() and folder != folder.parent:
        folder = folder.parent
    try:
        return shutil.disk_usage(folder).free < LEAST_FREE
    except OSError:
        return False


def check_room(target: str | Path) -> None:
    """Raises `BadInput` where no file of this name can be written, before anybody works for it in vain."""
    named, target = Path(target), Path(os.path.realpath(target))
    _check_target(named, target)
    folder = target.parent
    while not os.path.lexists(folder) and folder != folder.parent:
        folder = folder.parent
    if not folder.is_dir():
        raise unwritable(NotADirectoryError(), named)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise unwritable(PermissionError(errno.EACCES, tr("nothing may be written in its folder")), named)


def unwritable(error: OSError | ValueError, target: str | Path) -> Exception:
    """Why a file of this name cannot be made, in words."""
    if isinstance(error, OSError) and error.errno in NO_SPACE:
        return _told(error, Path(target))
    in_file = isinstance(error, FileExistsError | NotADirectoryError)
    reason = tr("its folder is a file") if in_file else getattr(error, "strerror", None) or str(error)
    return BadInput(
        tr("The file cannot be written: {reason}", reason=reason), path=target, hint=tr("Choose another name or folder")
    )


def folder_refused(error: OSError, folder: Path) -> KinoscopeError:
    """Why nothing can be written in a folder, in words."""
    if error.errno in NO_SPACE:
        return disk_full(folder, tr("what was there is as it was"))
    reason = error.strerror or str(error)
    return BadInput(
        tr("Nothing can be written here: {reason}", reason=reason), path=folder, hint=tr("Choose another folder")
    )


def disk_full(path: str | Path, kept: str = "") -> OutOfResources:
    """The error of a full disk. kept: what of the user's is unharmed."""
    return OutOfResources(tr("The disk is full"), path=path, hint=tr("Free some space") + (f"; {kept}" if kept else ""))


def move_aside(path: str | Path) -> Path:
    """Rename a broken file to `name.broken-TIME.ext` so that a fresh one can take its place; the new path."""
    path = Path(path)
    aside = path.with_name(f"{path.stem}.broken-{time.strftime('%Y%m%d-%H%M%S')}{path.suffix}")
    path.replace(aside)
    return aside


def _check_target(named: Path, target: Path) -> int | None:
    """The rights of the file that is there, None where there is none."""
    if os.path.islink(target):
        raise BadInput(tr("This is a link that leads to itself"), path=named, hint=tr("Choose another name"))
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise unwritable(error, named) from error
    if not stat.S_ISREG(mode):
        what = tr("a folder") if stat.S_ISDIR(mode) else tr("a pipe or device")
        raise BadInput(
            tr("This is {what}; a file cannot be written in its place", what=what),
            path=named,
            hint=tr("Choose another name"),
        )
    return stat.S_IMODE(mode)


def _part(named: Path, target: Path, mode: int) -> Path:
    """A new, empty file of the same ending beside `target`."""
    stem = os.fsdecode(os.fsencode(target.stem)[:100])
    part = target.with_name(f".{stem}.{secrets.token_hex(6)}.part{target.suffix}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode))
    except OSError as error:
        raise unwritable(error, named) from error
    return part


def _told(error: OSError, target: Path) -> Exception:
    """numpy says how much was written, with no number of the error."""
    if error.errno in NO_SPACE or (error.errno is None and disk_is_full(target)):
        return disk_full(target, tr("the old file is untouched"))
    return error
