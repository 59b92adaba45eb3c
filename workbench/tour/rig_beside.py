"""The tour's stops where two calibrations of a rig are set side by side: a camera of the second one was knocked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp

from engines.calibration.formats.rig_files import save
from engines.calibration.rig.places import pairs_of
from engines.calibration.rig.types import RigResult
from widgets.calibration.rig.pages.state import Page
from workbench.tour.walk import Stop, board
from workbench.window.main import Window

KNOCKED, REFOCUSED = 1, 2
"""Numbers of the camera that was knocked and of the one whose focus was turned."""
LONGER = 1.004
TURNED, SHIFTED = (0.004, -0.006, 0.002), (0.004, -0.003, 0.001)
"""By how much, radians about and metres along its own axes."""


def stops(at: str) -> list[Stop]:
    """Both rigs in space, and the lens that differs."""
    return [
        Stop(f"{at}-compare", _set_beside, _compared, board("rig"), 60),
        Stop(f"{at}-compare-lens", _show_lens, _compared, board("rig")),
    ]


def knocked(rig: RigResult) -> RigResult:
    """The same rig with one camera turned and moved a little, and one focused otherwise."""
    old = rig.cameras[KNOCKED]
    moved = replace(
        old,
        rvec=tuple(value + by for value, by in zip(old.rvec, TURNED, strict=True)),
        tvec=tuple(value + by for value, by in zip(old.tvec, SHIFTED, strict=True)),
    )
    other = rig.cameras[REFOCUSED]
    inner = replace(other.intrinsics, fx=LONGER * other.intrinsics.fx, fy=LONGER * other.intrinsics.fy)
    fresh = {KNOCKED: moved, REFOCUSED: replace(other, intrinsics=inner)}
    cameras = tuple(fresh.get(number, camera) for number, camera in enumerate(rig.cameras))
    stated = {(pair.first, pair.second): pair for pair in rig.pairs}
    pairs = tuple(
        replace(stated.get((one.first, one.second), one), distance=one.distance, angle=one.angle)
        for one in pairs_of(cameras)
    )
    return replace(rig, cameras=cameras, pairs=pairs, views=(), board_poses=(), covariance=())


def _set_beside(window: Window) -> None:
    rig = window.features["rig"]
    rig.choose_page(Page.COMPARE)
    if rig.session.result is not None:
        path = Path(mkdtemp()) / "rig after the knock.json"
        save(knocked(rig.session.result), path)
        rig.pages.parts[Page.COMPARE].choose("", str(path))


def _compared(window: Window) -> bool:
    rig = window.features["rig"]
    shown = rig.pages.parts[Page.COMPARE].fields["compare"]
    return rig.session.result is None or bool(shown.comparison or shown.problem)


def _show_lens(window: Window) -> None:
    window.features["rig"].board.page(Page.COMPARE).open_lens(REFOCUSED)
