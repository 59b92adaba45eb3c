"""One writer a gallery: a lock of the operating system's on a file beside it, which goes with its process, kill -9 too.

The lock is not taken on the gallery itself: closing a second handle of it would drop SQLite's own locks (POSIX).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path


class WriterLock:
    """Held from `take` until `release`. A second taker, in this process or another, is told False."""

    def __init__(self, path: Path) -> None:
        self.path = path.with_name(path.name + ".lock")
        self.denied = False
        """Whether the last `take` failed because no lock file can be made: the rights are missing."""
        self._handle: int | None = None

    @property
    def held(self) -> bool:
        return self._handle is not None

    def take(self) -> bool:
        """Whether it is ours now. False too where no lock file can be made (a folder that cannot be written)."""
        self.denied = False
        while self._handle is None:
            try:
                handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
            except OSError:
                self.denied = True
                return False
            if not _lock(handle):
                os.close(handle)
                return False
            if _same(handle, self.path):
                self._handle = handle
            else:
                os.close(handle)
        return True

    def release(self) -> None:
        """Remove the file while it is still locked, so that a taker that waits finds it gone and makes its own."""
        handle, self._handle = self._handle, None
        if handle is None:
            return
        if sys.platform == "win32":
            os.close(handle)
            return
        self.path.unlink(missing_ok=True)
        os.close(handle)


def _same(handle: int, path: Path) -> bool:
    """Whether the locked file is still the one of that name."""
    try:
        return os.path.samestat(os.fstat(handle), os.stat(path))
    except FileNotFoundError:
        return False


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> bool:
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
