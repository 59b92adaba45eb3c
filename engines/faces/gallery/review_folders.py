"""Folders for faces under review: their owner's alone, locked while in use, and swept when their program was killed."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

from engines.faces.gallery.lock import WriterLock

NAMED = re.compile(r"review-\w+")
WRITTEN = re.compile(r"\d{5}\.png|vectors\.npy")
"""Folders and files that are ours to delete."""


class ReviewFolder:
    """A new folder in `root`; `drop` it when the review is over. Raises `OSError` where none can be made."""

    def __init__(self, root: Path) -> None:
        self.path = root / f"review-{secrets.token_hex(6)}"
        self._lock = WriterLock(self.path)
        self._lock.take()
        self.path.mkdir(0o700)

    def __enter__(self) -> ReviewFolder:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.drop()

    def drop(self) -> None:
        """Delete it. May be called again."""
        clear(self.path)
        self.let_go()

    def let_go(self) -> None:
        """Leave it to whoever still writes there; what is left then is swept."""
        self._lock.release()


def write(path: Path, content: bytes) -> None:
    """A file that only its owner may read."""
    handle = os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)


def clear(folder: Path) -> None:
    """Delete a review's files, and its folder when nothing else is in it."""
    for file in _listed(folder):
        if WRITTEN.fullmatch(file.name):
            file.unlink(missing_ok=True)
    try:
        folder.rmdir()
    except OSError:
        pass


def sweep(root: Path) -> None:
    """Delete the reviews of programs that are gone; those of living ones, links and other files stay."""
    for folder in _listed(root):
        if NAMED.fullmatch(folder.name) and folder.is_dir() and not folder.is_symlink():
            lock = WriterLock(folder)
            if lock.take():
                clear(folder)
                lock.release()
                lock.path.unlink(missing_ok=True)


def _listed(folder: Path) -> Iterable[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return ()
