"""States of the calibration panel with a made result, for the tests of its parts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from engines.calibration.types import MonoResult, Sighting, ViewResult
from engines.core.boards import Board
from engines.core.frames import Size, Stamp
from engines.core.lenses import Intrinsics, Lens
from engines.core.projection import project
from widgets.calibration.panel import CalibrationPanel
from widgets.calibration.state import (
    Busy,
    CalibrationView,
    LiveState,
    Phase,
    SourceChoice,
    Trouble,
    ViewRow,
)
from widgets.kit.panel import FOLDS, ChoiceField
from widgets.kit.theme import DARK, LOOK

SIZE = Size(640, 480)
BOARD = Board.parse("chessboard:9x6:25mm")
CAMERA = Intrinsics(530.0, 532.0, 318.0, 242.0)
LENS = (-0.28, 0.09, 0.001, -0.0005, -0.02)
NARROW = 340


def view(number: int, error: float, **values: object) -> ViewResult:
    pose = (0.1 * number - 0.3, 0.25 - 0.05 * number, 0.02 * number), (-0.1, -0.06, 0.45)
    at = project(Lens("brown5", CAMERA, LENS), BOARD.corners, *pose)
    off = np.random.default_rng(number).normal(0, error / np.sqrt(2), at.shape)
    result = ViewResult(
        f"view {number}.png",
        f"/photos/view {number}.png",
        found=True,
        used=True,
        rms_px=error,
        loo_rms_px=1.2 * error,
        ids=tuple(range(54)),
        corners=tuple((x, y) for x, y in (at + off).tolist()),
        projected=tuple((x, y) for x, y in at.tolist()),
    )
    return replace(result, **values)  # type: ignore[arg-type]


@pytest.fixture
def result() -> MonoResult:
    return MonoResult(
        model="brown5",
        image_size=SIZE,
        intrinsics=CAMERA,
        std={"fx": 0.4412, "fy": 0.4501, "cx": 0.3, "cy": 0.31},
        distortion=LENS,
        distortion_std=(0.0012, 0.004, 0.0001, 0.0001, 0.01),
        rms_px=0.114,
        loo_rms_px=0.133,
        views=tuple(view(number, 0.1 + 0.02 * number) for number in range(6)),
        verdict="good",
        advice=("6 views agree",),
        seconds=1.0,
        board=BOARD,
    )


def rows_of(result: MonoResult) -> tuple[ViewRow, ...]:
    return tuple(
        ViewRow(v.path, v.name, v.used, v.found, v.rms_px, v.loo_rms_px, corners=v.corners, size=SIZE)
        for v in result.views
    )


@pytest.fixture
def panel(qtbot, qapp) -> Iterator[CalibrationPanel]:
    LOOK.apply(qapp, DARK)
    FOLDS.state.clear()
    made = CalibrationPanel()
    qtbot.addWidget(made)
    made.resize(NARROW, 900)
    made.show()
    yield made
    FOLDS.state.clear()


def pick(field: ChoiceField, id: str) -> None:
    """As the user chooses in a list."""
    field.setCurrentIndex(field.findData(id))
    field.activated.emit(field.currentIndex())


def states(result: MonoResult) -> dict[Phase, CalibrationView]:
    sources = (SourceChoice("rig/front", "Rendered rig · front"),)
    rows = rows_of(result)
    bare = tuple(replace(row, rms_px=None, loo_rms_px=None) for row in rows)
    sighting = Sighting(Stamp("rig/front", 1, 0, 0), SIZE, True, guidance="Tilt the board")
    live = CalibrationView(sources=sources, source="rig/front", live=LiveState(sighting, 30.0))
    return {
        Phase.EMPTY: CalibrationView(),
        Phase.LIVE: live,
        Phase.READY: CalibrationView(views=bare),
        Phase.BUSY: CalibrationView(views=bare, busy=Busy("Looking for the board: 2 of 6", 0.2, 1.0, 3.0)),
        Phase.FAILED: CalibrationView(
            views=bare, trouble=Trouble("No view shows the board", "Calibration failed", retry=BOARD)
        ),
        Phase.RESULT: CalibrationView(views=rows, result=result, coverage=(1,) * 48),
        Phase.LOADED: CalibrationView(result=result, loaded_from="a very long name of a file that was kept.yaml"),
    }
