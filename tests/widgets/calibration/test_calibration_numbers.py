"""The two errors and the verdict beside them: large where there is room, and never one over the other."""

from __future__ import annotations

import pytest

from engines.calibration.types import MonoResult
from engines.core.boards import Board
from engines.core.frames import Size
from engines.core.lenses import Intrinsics
from widgets.calibration import numbers as calibration_numbers
from widgets.calibration.numbers import BIG, ErrorFigures


def solved(verdict: str) -> MonoResult:
    return MonoResult(
        model="brown5",
        image_size=Size(640, 480),
        intrinsics=Intrinsics(600, 600, 320, 240),
        std={},
        distortion=(0.0,) * 5,
        distortion_std=(0.0,) * 5,
        rms_px=0.078,
        loo_rms_px=0.081,
        views=(),
        verdict=verdict,
        advice=(),
        seconds=1.0,
        board=Board.parse("chessboard:9x6:25mm"),
    )


@pytest.mark.parametrize(("width", "smaller"), [(520, False), (286, True)])
def test_the_figures_leave_the_verdict_its_room(qtbot, monkeypatch, width: int, smaller: bool) -> None:
    monkeypatch.setattr(ErrorFigures, "_verdict", lambda *_drawn: None)
    figures = ErrorFigures()
    qtbot.addWidget(figures)
    figures.show_result(solved("good"))
    figures.resize(width, 56)
    assert (figures.size_that_fits() < BIG[0]) == smaller
    picture = figures.grab().toImage()
    ground = picture.pixelColor(0, 55)
    ends = max(x for x in range(width) for y in range(24, 50) if picture.pixelColor(x, y) != ground)
    assert ends < width - calibration_numbers._verdict_width("good")
