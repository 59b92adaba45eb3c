"""Behind the page that shows the rig in space: the pictures that its cameras took, straightened beside the window."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache, partial
from typing import cast

from engines.calibration.rig.types import RigCamera, RigResult
from engines.core.frames import Image, Size
from engines.core.lenses import Lens
from engines.core.projection import Maps, undistort, undistort_maps
from widgets.calibration.rig.pages.space import SpacePage
from widgets.calibration.rig.pages.state import Page
from widgets.calibration.rig.setup import RigSetup
from widgets.calibration.rig.space.cameras import Straightened
from workbench.controllers.calibration.rig.cells import pictures_of
from workbench.controllers.calibration.rig.part import PagePart

WIDE = 720
"""Pixels across of pictures that are drawn in space, at most."""


class Space(PagePart):
    page, kind = Page.SPACE, SpacePage

    def make(self) -> SpacePage:
        page = cast(SpacePage, super().make())
        page.cellChosen.connect(self.desk.choose_cell)
        page.picturesWanted.connect(partial(self._ask, page))
        return page

    def _ask(self, page: SpacePage, frame: str) -> None:
        result = self.desk.session.result
        if result is None:
            return
        paths = {view.camera: view.path for view in result.views if view.frame == frame}
        self.errands.ask(
            partial(straight_pictures, result, paths, self.desk.session.setup),
            partial(page.show_pictures, frame),
            lambda failure: page.show_problem(frame, str(failure)),
            key="pictures in space",
            first=True,
        )


def straight_pictures(result: RigResult, paths: Mapping[int, str], setup: RigSetup) -> dict[int, Straightened]:
    """What each camera saw, as its pinhole would. Raises as reading does."""
    taken = pictures_of(result, paths, setup)
    return {number: _straight(image, result.cameras[number]) for number, image in taken.items()}


def _straight(image: Image, camera: RigCamera) -> Straightened:
    maps = _maps(camera.lens, camera.size)
    return Straightened(undistort(image, maps), maps.straight)


@lru_cache(maxsize=8)
def _maps(lens: Lens, size: Size) -> Maps:
    share = min(1.0, WIDE / size.width)
    return undistort_maps(lens, size, onto=Size(round(size.width * share), round(size.height * share)))
