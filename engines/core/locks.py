"""File locks beside files that are being written: whoever would write one at the same time is told who does.

It is the operating system's own lock, so it goes with its process, however that ends; a file that a dead process left
stops nobody. What stands in the file is only for people.
"""

from __future__ import annotations

import errno
import json
import os
import socket
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from engines.core.errors import BadInput, KinoscopeError
from engines.core.files import folder_refused
from engines.core.reading import read_json
from engines.core.words import tr

SUFFIX = ".lock"
MOST = 4096
"""Bytes of what stands in a lock."""
LATER = tr("Wait until it has ended, or choose another name")


class FileLock:
    """Held from `take` until `release`, by one taker at a time, in this process or another."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._handle: int | None = None

    @property
    def held(self) -> bool:
        return self._handle is not None

    def take(self) -> bool:
        """Whether it is ours now. Raises `OSError` where no file can be made, or another file has its name."""
        while self._handle is None:
            handle = _open(self.path)
            if not _lock(handle):
                os.close(handle)
                return False
            if _same(handle, self.path):
                self._handle = handle
                try:
                    _tell(handle)
                except OSError:
                    self.release()
                    raise
            else:
                os.close(handle)
        return True

    def holder(self) -> str:
        """The holder, in words: "process 4711 since 14:02"."""
        try:
            said = read_json(self.path, most=MOST)
            told = {"process": said["pid"], "host": said["host"], "since": said["since"]}
            if said["host"] == socket.gethostname():
                return tr("process {process} since {since}", **told)
            return tr("process {process} on {host} since {since}", **told)
        except (KinoscopeError, KeyError, TypeError):
            return tr("another process")

    def release(self) -> None:
        """Remove the file while it is still locked, so that whoever waits finds it gone and makes a new one."""
        handle, self._handle = self._handle, None
        if handle is None:
            return
        if sys.platform == "win32":
            os.close(handle)
            self.path.unlink(missing_ok=True)
            return
        if _same(handle, self.path):
            self.path.unlink(missing_ok=True)
        os.close(handle)


@contextmanager
def only_writer(target: str | Path, what: str) -> Iterator[None]:
    """Nobody else writes `target` while the block runs; the lock is NAME.lock beside it.

    Its folder is made, and goes again where nothing was written. Raises `BadInput` that says who writes it, or that
    nothing can be written there, `OutOfResources` when the disk is full.
    """
    target = Path(target)
    lock = FileLock(target.with_name(target.name + SUFFIX))
    made = [folder for folder in target.parents if not folder.exists()]
    try:
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            taken = lock.take()
        except OSError as error:
            raise folder_refused(error, target.parent) from error
        if not taken:
            raise BadInput(
                tr("The {what} is being written already, by {holder}", what=what, holder=lock.holder()),
                path=target,
                hint=LATER,
            )
        yield
    finally:
        lock.release()
        for folder in made:
            with suppress(OSError):
                folder.rmdir()


def _open(path: Path) -> int:
    """A new lock's file, or one that was left: neither a link nor a file that somebody else put there is touched."""
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        if os.path.lexists(path) and not _is_lock(path):
            raise FileExistsError(
                errno.EEXIST, tr("{path} is in the way and no lock", path=path.name), str(path)
            ) from None
    return os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)


def _is_lock(path: Path) -> bool:
    """Whether a file is empty or says who holds it."""
    try:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > MOST:
            return False
        return not status.st_size or {"pid", "host", "since"} == set(read_json(path, most=MOST))
    except FileNotFoundError:
        return True
    except (KinoscopeError, OSError, TypeError):
        return False


def _tell(handle: int) -> None:
    said = {"pid": os.getpid(), "host": socket.gethostname(), "since": time.strftime("%Y-%m-%d %H:%M:%S")}
    os.ftruncate(handle, 0)
    os.lseek(handle, 0, os.SEEK_SET)
    os.write(handle, json.dumps(said).encode())


def _same(handle: int, path: Path) -> bool:
    """Whether the locked file is still the one of that name."""
    try:
        return os.path.samestat(os.fstat(handle), os.stat(path))
    except OSError:
        return False


if sys.platform == "win32":
    import msvcrt

    FAR = 1 << 20
    """Windows locks bytes: one far behind the text, which can then be read."""

    def _lock(handle: int) -> bool:
        os.lseek(handle, FAR, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
