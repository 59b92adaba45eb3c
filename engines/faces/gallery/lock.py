"""One writer a gallery: a lock on a file beside it, which goes with its process, kill -9 too.

The lock is not taken on the gallery itself: closing a second handle of it would drop SQLite's own locks (POSIX).
"""

from __future__ import annotations

from pathlib import Path

from engines.core.errors import BadInput
from engines.core.locks import SUFFIX, FileLock
from engines.core.words import tr


class WriterLock(FileLock):
    """Held from `take` until `release`. A second taker, in this process or another, is told False."""

    def __init__(self, path: Path) -> None:
        if not path.name:
            raise BadInput(tr("The name of a file is needed"), path=path)
        super().__init__(path.with_name(path.name + SUFFIX))
        self.error: OSError | None = None
        """Why the last `take` could not make a lock file: missing rights, a full disk."""

    def take(self) -> bool:
        """Whether it is ours now. False too where no lock file can be made."""
        self.error = None
        try:
            return super().take()
        except OSError as error:
            self.error = None if self.held else error
            return self.held
