"""Captured views become PNG files at once, so that a calibration from the camera is the same job as one from files.

A view that cannot be written (a full disk) is kept in memory and written again on demand; nothing captured is lost.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engines.core.errors import OutOfResources
from engines.core.frames import Image
from engines.core.outputs import free_name
from engines.core.places import data_dir
from engines.core.words import tr
from workbench.feeds.snapshots import write_png
from workbench.threads.background import Errands
from workbench.threads.engine_thread import Failure

SEPARATOR = "\u00b7"
NUMBERED = re.compile(r"(.+) (\d{2,6})")
MOST_UNWRITTEN = 64
"""Frames kept in memory while the disk is full; then capturing stops with words."""


class Captures(QObject):
    """One folder per run of captures. `written(path)`; `stuck(Failure)` when the disk takes no more."""

    written = Signal(str)
    stuck = Signal(object)

    def __init__(self, errands: Errands, parent: QObject, folder: Callable[[], Path] = data_dir) -> None:
        super().__init__(parent)
        self._errands = errands
        self._root = folder
        self._folders: dict[str, Path] = {}
        self._numbers: dict[Path, int] = {}
        self._last: dict[str, int] = {}
        self._unwritten: dict[Path, Image] = {}
        self._waiting: set[Path] = set()

    @property
    def unwritten(self) -> int:
        """Views that only memory holds."""
        return len(self._unwritten)

    def save(self, image: Image, source: str, camera: str = "") -> Path:
        """Where this view will be; it is written soon. `source`: its title, "rig \u00b7 tile" for a tile.

        camera: what stays when the source is renamed, so that the run goes on in its folder.

        Raises `OutOfResources` when too many wait for the disk.
        """
        if len(self._unwritten) >= MOST_UNWRITTEN:
            raise OutOfResources(
                tr("{most_unwritten} views wait for the disk", most_unwritten=MOST_UNWRITTEN),
                hint=tr("Free some space; they are written then"),
            )
        target = self._next(source, camera or source)
        self._unwritten[target] = image
        self._write(target)
        return target

    def image(self, path: str) -> Image | None:
        """A view that is not on the disk yet."""
        return self._unwritten.get(Path(path))

    def retry(self) -> None:
        """Write again what could not be written."""
        for target in self._unwritten.keys() - self._waiting:
            self._write(target)

    def new_run(self, beside: Iterable[str] = ()) -> None:
        """Later captures go to a new folder. beside: paths of those that they stand beside, whose numbers go on."""
        self._folders.clear()
        self._last.clear()
        for name, number in (found.groups() for path in beside if (found := NUMBERED.fullmatch(Path(path).stem))):
            self._last[name] = max(int(number), self._last.get(name, 0))

    def _write(self, target: Path) -> None:
        image = self._unwritten[target]
        self._waiting.add(target)
        self._errands.ask(
            lambda: write_png(target, image),
            lambda _none: self._done(target),
            lambda failure: self._failed(target, failure),
        )

    def _done(self, target: Path) -> None:
        self._waiting.discard(target)
        self._unwritten.pop(target, None)
        self.written.emit(str(target))

    def _failed(self, target: Path, failure: Failure) -> None:
        self._waiting.discard(target)
        self.stuck.emit(failure)

    def _next(self, source: str, camera: str) -> Path:
        folder = self._folders.get(camera)
        if folder is None:
            folder = free_name(self._root() / "captures" / f"{time.strftime('%Y-%m-%d %H-%M-%S')} {file_name(source)}")
            self._folders[camera] = folder
        name = file_name(source.rpartition(SEPARATOR)[2])
        self._numbers[folder] = self._numbers.get(folder, self._last.get(name, 0)) + 1
        return folder / f"{name} {self._numbers[folder]:02d}.png"


def file_name(source: str) -> str:
    """A source's path as a name that every file system takes."""
    return " ".join(re.sub(r"[^\w\- ]+", " ", source).split()) or "view"
