"""Behind the page of the rig: which frame and camera are looked at, their pictures, and what is switched off there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, cast

import numpy as np

from engines.calibration.rig.names import FLOOR
from engines.calibration.rig.pictures.tiles import Tiling
from engines.calibration.rig.types import RigResult
from engines.core.errors import BadInput
from engines.core.frames import Image, size_of
from engines.core.words import tr
from widgets.calibration.rig.pages.cells import CellsPage
from widgets.calibration.rig.pages.state import Cell, Page
from widgets.calibration.rig.setup import RigSetup
from workbench.controllers.calibration.pictures import read
from workbench.controllers.calibration.rig.part import PagePart


class Cells(PagePart):
    page, kind = Page.RIG, CellsPage
    cell = Cell()

    def make(self) -> CellsPage:
        page = cast(CellsPage, super().make())
        page.cellChosen.connect(self.choose)
        page.switchWanted.connect(self._switch)
        page.cameraWanted.connect(self._leave_out)
        page.originWanted.connect(lambda frame: self.desk.set(reference=f"{FLOOR}{frame}"))
        page.framePicturesWanted.connect(partial(self._ask, page))
        return page

    @property
    def fields(self) -> Mapping[str, Any]:
        return {"cell": self.cell}

    def choose(self, cell: Cell) -> None:
        """Look at a frame of a camera."""
        self.cell = cell
        self.changed.emit()

    def forget(self) -> None:
        super().forget()
        self.cell = Cell()

    def _switch(self, names: Sequence[str], on: bool) -> None:
        self.desk.edits.switch(names, on)

    def _leave_out(self, camera: int) -> None:
        result = self.desk.session.result
        if result is not None:
            self.desk.edits.leave_out(result.cameras[camera].name)

    def _ask(self, page: CellsPage, frame: str) -> None:
        result = self.desk.session.result
        if result is None:
            return
        paths = {view.camera: view.path for view in result.views if view.frame == frame}
        self.errands.ask(
            partial(pictures_of, result, paths, self.desk.session.setup),
            partial(page.show_pictures, frame),
            lambda failure: page.show_problem(frame, str(failure)),
            key="rig pictures",
            first=True,
        )


def pictures_of(result: RigResult, paths: Mapping[int, str], setup: RigSetup) -> dict[int, Image]:
    """The picture of each camera, cut out of the one that holds all where they are tiled. Raises as reading does."""
    whole = {path: read(path) for path in set(paths.values())}
    tiling = Tiling.of(setup.tiles, setup.names, setup.margin) if setup.tiled else None
    images = {camera: _picture(whole[path], result, camera, tiling) for camera, path in paths.items()}
    if result.mirrored:
        return {camera: np.ascontiguousarray(image[:, ::-1]) for camera, image in images.items()}
    return images


def _picture(image: Image, result: RigResult, camera: int, tiling: Tiling | None) -> Image:
    wanted = result.cameras[camera]
    if size_of(image) == wanted.size:
        return image
    if tiling is not None and wanted.name in tiling.names:
        cut = tiling.cut(image)[tiling.names.index(wanted.name)]
        if size_of(cut) == wanted.size:
            return np.ascontiguousarray(cut)
    raise BadInput(tr("The picture of {wanted} is not cut as it was when the rig was solved", wanted=wanted.name))
