"""Sets captured live: a picture of all cameras' tiles at one moment, and beside it the corners that were found.

A set is one PNG, tiled row by row, so that a rig calibrated live is the same job as one from tiled pictures. What was
found in it comes back with it, when the project is opened again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil, sqrt
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal

from engines.calibration.live.rig_types import RigCapture
from engines.calibration.rig.taken import keep, sights
from engines.calibration.targets.corners import to_gray
from engines.calibration.targets.photographs import view_names
from engines.core.boards import Board
from engines.core.errors import KinoscopeError, UsageError
from engines.core.frames import Frame, Image, size_of
from engines.core.words import tr
from widgets.calibration.rig.setup import LEFT_OUT, RigSetup
from workbench.controllers.calibration.captures import Captures
from workbench.threads.background import Errands
from workbench.threads.live import Seen

Grid = tuple[int, int]


class Sets(QObject):
    """`changed()`: what is known of the pictures of the rig is more than before. `failed(error)`, as its JSON: a set is
    not kept."""

    changed = Signal()
    failed = Signal(object)

    def __init__(self, errands: Errands, captures: Captures, parent: QObject) -> None:
        super().__init__(parent)
        self._errands, self._captures = errands, captures
        self._known: dict[tuple[str, tuple[Board, ...]], RigCapture | None] = {}

    def save(self, seen: Seen, title: str, grid: Grid, setup: RigSetup, then: Callable[[str], object]) -> None:
        """Keep a set; then(path): its picture, which is written soon. `failed(Failure)` when too many wait for the
        disk, and where the cameras' pictures differ in size."""
        from engines.calibration.live.rig_finder import capture_of

        images = [frame.image for frame in seen.frames]
        found = capture_of(seen.result.cameras, seen.result.useful or _found(seen))

        def have(whole: Image) -> None:
            try:
                picture = self._captures.save(whole, title)
            except KinoscopeError as error:
                self.failed.emit(error.as_json())
                return
            self._known[str(picture), setup.boards] = found
            self._keep(picture, images, found, setup)
            then(str(picture))

        self._errands.ask(lambda: tiled(images, grid), have, lambda failure: self.failed.emit(failure.as_json()))

    def _keep(self, picture: Path, images: Sequence[Image], found: RigCapture, setup: RigSetup) -> None:
        boards, window = setup.boards, setup.window
        if setup.mirror != "yes":
            self._errands.ask(lambda: keep(picture, images, found.sights, boards, window), _nothing, _nothing)

    def of(self, setup: RigSetup, cameras: int) -> tuple[RigCapture, ...]:
        """The sets that take part and whose corners are known; the others are read from beside their pictures."""
        names = view_names([Path(path) for path in setup.paths])
        there = [path for path, name in zip(setup.paths, names, strict=True) if name not in setup.exclude]
        unknown = [path for path in there if (path, setup.boards) not in self._known]
        if unknown:
            self._read(unknown, setup)
        known = (self._known.get((path, setup.boards)) for path in there)
        return tuple(one for one in known if one is not None and len(one.sights) == cameras)

    def _read(self, paths: Sequence[str], setup: RigSetup) -> None:
        boards, window = setup.boards, setup.window
        self._known |= dict.fromkeys((path, boards) for path in paths)

        def read() -> list[tuple[str, RigCapture]]:
            told = ((path, sights(Path(path), boards, window)) for path in paths)
            return [(path, RigCapture(one)) for path, one in told if one]

        self._errands.ask(read, lambda found: self._have(found, boards), _nothing)

    def _have(self, found: Sequence[tuple[str, RigCapture]], boards: tuple[Board, ...]) -> None:
        self._known |= {(path, boards): one for path, one in found}
        if found:
            self.changed.emit()


def grid_of(cameras: int) -> Grid:
    """Rows and columns for so many tiles, as square as may be."""
    columns = ceil(sqrt(cameras))
    return ceil(cameras / columns), columns


def tiled(images: Sequence[Image], grid: Grid) -> Image:
    """One picture of all, row by row; black where there is none. Raises `UsageError` where they differ in size."""
    sizes = {size_of(image) for image in images}
    if len(sizes) > 1:
        told = ", ".join(sorted(map(str, sizes)))
        hint = tr("Give all cameras the same resolution, or record a film of each and add those")
        raise UsageError(tr("The cameras' pictures differ in size: {told}", told=told), hint=hint)
    (size,), (rows, columns) = sizes, grid
    whole = np.zeros((rows * size.height, columns * size.width, 3), np.uint8)
    for number, image in enumerate(images):
        top, left = (number // columns) * size.height, (number % columns) * size.width
        whole[top : top + size.height, left : left + size.width] = image
    return whole


def names_of(names: Sequence[str], grid: Grid) -> tuple[str, ...]:
    """Of all tiles of a grid; those without a camera are left out."""
    rows, columns = grid
    return (*names, *(LEFT_OUT,) * (rows * columns - len(names)))


def _found(seen: Seen) -> tuple[int, ...]:
    return tuple(number for number, one in enumerate(seen.result.cameras) if one.found)


def _nothing(_told: object) -> None:
    """The job searches pictures beside which nothing could be kept."""


def grey(frame: Frame) -> Frame:
    """What the finder needs of a frame: a third of it, in one piece of memory."""
    return Frame(to_gray(frame.image), frame.stamp)
