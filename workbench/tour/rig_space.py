"""The tour's stops at the rig in space: what the cameras saw on their pyramids, and the rig as a camera sees it."""

from __future__ import annotations

from widgets.calibration.rig.pages.space import SpacePage
from widgets.calibration.rig.pages.state import Page
from workbench.tour.walk import Stop, board
from workbench.window.main import Window


def stops(at: str) -> list[Stop]:
    """After the page Space was shown."""
    return [
        Stop(f"{at}-space-pictures", _pictures, _drawn, board("rig"), 30),
        Stop(f"{at}-space-as-camera", _as_camera, _drawn, board("rig"), 30),
        Stop(f"{at}-space-above", _above, lambda _window: True, board("rig")),
    ]


def _page(window: Window) -> SpacePage:
    it = window.features["rig"]
    it.choose_page(Page.SPACE)
    made = it.board.page(Page.SPACE)
    assert isinstance(made, SpacePage)
    return made


def _pictures(window: Window) -> None:
    page = _page(window)
    page.playback.on.click()
    page.pictures.setChecked(True)


def _as_camera(window: Window) -> None:
    _page(window).view.chosen.emit("camera:1")


def _above(window: Window) -> None:
    page = _page(window)
    page.pictures.setChecked(False)
    page.distances.setChecked(True)
    page.view.chosen.emit("top")


def _drawn(window: Window) -> bool:
    """Pictures have come, or what keeps them away is told."""
    page = _page(window)
    return bool(page.space.pictures) or not page.there
