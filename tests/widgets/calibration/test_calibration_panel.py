"""The calibration panel alone: words for every state, what each control says, what fits into a narrow dock."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QImage
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QSlider, QWidget

from engines.calibration.types import MonoResult, Sighting
from engines.core.boards import Board
from engines.core.frames import Stamp
from engines.core.lenses import Lens
from engines.core.projection import undistort_maps
from tests.widgets.calibration.calibration_states import BOARD, CAMERA, LENS, NARROW, SIZE, pick, rows_of, states
from tests.widgets.calibration.calibration_states import panel as panel
from tests.widgets.calibration.calibration_states import result as result
from widgets.calibration.bars import ErrorAxis
from widgets.calibration.kinds import board_words
from widgets.calibration.numbers import parameters
from widgets.calibration.overlays import enlargement, moved, residual_overlays, sighting_overlays
from widgets.calibration.panel import CalibrationPanel
from widgets.calibration.state import (
    CalibrationView,
    Phase,
    Picture,
    coverage_of,
    coverage_words,
)
from widgets.kit.feature_panel import LEAST_WIDTH
from widgets.viewer.overlays import Legend, Points, Vectors

HEADLINES = {
    Phase.EMPTY: "No views yet",
    Phase.LIVE: "Board in view, 30 per second",
    Phase.READY: "6 views, ready to calibrate",
    Phase.BUSY: "Calibrating from 6 views",
    Phase.FAILED: "Calibration failed",
    Phase.RESULT: "6 views, RMS 0.114 px, good",
    Phase.LOADED: "From a very long name of a file that was kept.yaml",
}


@pytest.mark.parametrize("phase", list(Phase), ids=lambda phase: phase.value)
def test_every_state_has_its_words_and_fits(panel: CalibrationPanel, result: MonoResult, phase: Phase) -> None:
    state = states(result)[phase]
    assert state.phase is phase
    panel.show_state(state)
    assert panel.state == HEADLINES[phase]
    assert panel.start.isEnabled() == (phase in (Phase.READY, Phase.FAILED, Phase.RESULT))
    assert panel.empty.isVisible() == (phase is Phase.EMPTY)
    assert panel.progress.isVisible() == (phase is Phase.BUSY)
    assert panel.trouble.isVisible() == (phase is Phase.FAILED)
    assert panel.report.isVisible() == (phase in (Phase.RESULT, Phase.LOADED))
    assert panel.body.totalMinimumSize().width() <= NARROW - 10, "the body is wider than a narrow dock"


LONGEST = (
    "chessboard:100x100:123.75mm",
    "charuco:12x9:123.75mm:100.25mm:DICT_APRILTAG_36h11:inverted:legacy",
    "aprilgrid:12x10:123.75mm:100.25mm:36h11",
    "circles:100x100:123.75mm:100.25mm",
    "acircles:14x11:123.75mm:100.25mm",
)


@pytest.mark.parametrize("text", LONGEST, ids=lambda text: text.partition(":")[0])
def test_the_longest_boards_and_the_solver_fit(panel: CalibrationPanel, result: MonoResult, text: str) -> None:
    panel.solver.set_folded(False)
    board = Board.parse(text)
    state = replace(states(result)[Phase.LIVE], board=board, model="rational8", window="11", fix=("k3", "fx=800"))
    for more in ((), (Board.parse(LONGEST[1]), Board.parse(LONGEST[2]))):
        panel.show_state(replace(state, more_boards=more))
        assert panel.board.board == board
        assert panel.solver.half.value() == 11
        assert panel.body.totalMinimumSize().width() <= LEAST_WIDTH - 10


def test_every_control_says_what_it_is(panel: CalibrationPanel) -> None:
    kinds = (QAbstractButton, QComboBox, QAbstractSpinBox, QSlider)
    for kind in kinds:
        for control in panel.findChildren(kind):
            if control.objectName().startswith("qt_"):
                continue
            assert control.accessibleName(), f"{control} has no name"
            assert control.toolTip(), f"{control.accessibleName()} has no tooltip"


def test_chart_and_table_choose_views(panel: CalibrationPanel, result: MonoResult, qtbot) -> None:
    panel.show_state(states(result)[Phase.RESULT])
    bars = panel.report.bars
    with qtbot.waitSignal(bars.chosen) as chosen:
        qtbot.mouseClick(bars, Qt.MouseButton.LeftButton, pos=bars.bar(3).center().toPoint())
    assert chosen.args == ["/photos/view 3.png"]
    assert bars.words(3) == "4. view 3.png: 0.160 px, left out 0.192 px"
    with qtbot.waitSignal(panel.table.chosen) as chosen:
        panel.table.selectRow(1)
    assert chosen.args == ["/photos/view 1.png"]
    box = panel.table.visualRect(panel.table.model().index(2, 0)).center()
    with qtbot.waitSignal(panel.table.toggled) as toggled:
        qtbot.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=box)
    assert toggled.args == ["/photos/view 2.png", False]
    assert len(bars.csv().splitlines()) == 7


def test_the_chart_is_saved_as_others_read_it(panel: CalibrationPanel, result: MonoResult, tmp_path: Path) -> None:
    panel.show_state(states(result)[Phase.RESULT])
    bars = panel.report.bars
    for kind in ("csv", "svg", "png"):
        bars.save(str(tmp_path / f"errors.{kind}"))
    assert (tmp_path / "errors.csv").read_text("utf-8") == bars.csv()
    assert b"<svg" in (tmp_path / "errors.svg").read_bytes()
    assert QImage(str(tmp_path / "errors.png")).size() == bars.size() * 2


def test_result_view_asks_for_its_picture_and_draws_residuals(
    panel: CalibrationPanel, result: MonoResult, qtbot
) -> None:
    state = replace(states(result)[Phase.RESULT], selected="/photos/view 2.png")
    with qtbot.waitSignal(panel.report.view.pictureWanted) as wanted:
        panel.show_state(state)
    assert wanted.args == ["/photos/view 2.png", False, 0.0]
    image = np.zeros((480, 640, 3), np.uint8)
    panel.report.view.show_picture(Picture("/photos/view 1.png", image))
    assert panel.report.view.picture is None, "a picture of another view was taken"
    panel.report.view.show_picture(Picture("/photos/view 2.png", image))
    assert panel.report.view.picture is not None
    with qtbot.waitSignal(panel.report.view.pictureWanted) as wanted:
        panel.report.view.form._buttons["straight"].click()
    assert wanted.args == ["/photos/view 2.png", True, 0.0]


def test_the_worst_view_is_shown_first(result: MonoResult) -> None:
    state = CalibrationView(views=rows_of(result), result=result)
    assert state.shown is not None
    assert state.shown.name == "view 5.png"
    assert state.worst is not None
    assert state.worst.name == "view 5.png"


def test_dropped_files_go_out_as_paths(panel: CalibrationPanel, qtbot) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/photos/ä b.png"), QUrl("https://example.org/x.png")])
    event = QDropEvent(
        QPointF(9, 9), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    with qtbot.waitSignal(panel.dropped) as dropped:
        panel.dropEvent(event)
    assert dropped.args == [["/photos/ä b.png"]]


def test_changing_the_kind_of_board_keeps_the_print(panel: CalibrationPanel) -> None:
    boards: list[Board] = []
    panel.board.changed.connect(boards.append)
    pick(panel.board.kind, "charuco")
    assert boards[-1].kind == "charuco"
    assert boards[-1].squares == BOARD.squares
    assert boards[-1].corner_grid == BOARD.corner_grid
    pick(panel.board.kind, "chessboard")
    assert boards[-1] == BOARD


def test_impossible_boards_are_explained_and_not_told(panel: CalibrationPanel) -> None:
    boards: list[Board] = []
    panel.show_state(CalibrationView(board=Board.parse("charuco:5x4:54mm:40.5mm:DICT_4X4_50")))
    panel.board.changed.connect(boards.append)
    panel.board.mark.setValue(60.0)
    assert "smaller than its square" in panel.board.words.text()
    panel.board.mark.setValue(40.5)
    panel.board.columns.setValue(30)
    assert "50 markers" in panel.board.words.text()
    assert boards == []
    panel.board.columns.setValue(12)
    assert boards[-1].columns == 12


def test_a_large_chessboard_becomes_a_charuco_with_enough_markers(panel: CalibrationPanel) -> None:
    boards: list[Board] = []
    panel.show_state(CalibrationView(board=Board.parse("chessboard:20x15:10mm")))
    panel.board.changed.connect(boards.append)
    pick(panel.board.kind, "charuco")
    assert boards[-1].dictionary == "DICT_4X4_1000"
    panel.show_state(CalibrationView(board=Board.parse("chessboard:90x90:10mm")))
    pick(panel.board.kind, "charuco")
    assert "1000 markers" in panel.board.words.text()
    assert panel.board.kind.value() == "chessboard"
    assert len(boards) == 1


def test_parameters_line_up_and_show_what_is_known(result: MonoResult) -> None:
    pinhole, lens = parameters(result)
    assert [row.value for row in pinhole] == ["530.00", "532.00", "318.00", "242.00"]
    assert [row.std for row in pinhole] == ["0.44", "0.45", "0.30", "0.31"]
    assert {len(row.value.partition(".")[2]) for row in lens} == {len(row.std.partition(".")[2]) for row in lens} == {4}
    assert lens[0].value == "\u22120.2800"
    bare = parameters(replace(result, std={}, distortion_std=()))
    assert [row.std for group in bare for row in group] == [""] * 9


def test_overlays_of_a_sighting_colour_rows(result: MonoResult) -> None:
    seen = result.views[0]
    sighting = Sighting(
        Stamp("s", 0, 0, 0), SIZE, True, seen.ids, seen.corners, outline=((0, 0), (9, 0), (9, 9), (0, 9))
    )
    drawn = sighting_overlays(sighting, BOARD, (1,) + (0,) * 47)
    rows = [overlay for overlay in drawn if isinstance(overlay, Points)]
    assert [len(row.points) for row in rows] == [9] * 6
    assert len({row.color for row in rows}) == 6
    assert sighting_overlays(replace(sighting, found=False), BOARD) == []


def test_residuals_in_the_straightened_picture_are_straight(result: MonoResult) -> None:
    exact = replace(result.views[2], corners=result.views[2].projected)
    straight = undistort_maps(Lens("brown5", CAMERA, LENS), SIZE).straight
    points = np.array(moved(exact.corners, result, straight)).reshape(6, 9, 2)
    for row in points:
        assert np.linalg.svd(row - row.mean(axis=0))[1][1] < 1e-6
    drawn = residual_overlays(result.views[2], result, straight)
    vectors = next(overlay for overlay in drawn if isinstance(overlay, Vectors))
    legend = next(overlay for overlay in drawn if isinstance(overlay, Legend))
    assert f"residual \u00d7 {vectors.scale:g}" in [words for words, *_ in legend.entries]


@given(rms=st.floats(1e-4, 50), width=st.integers(64, 8000))
def test_enlargement_is_round_and_makes_residuals_visible(rms: float, width: int) -> None:
    scale = enlargement(rms, width)
    assert float(f"{scale:.0e}") == scale
    assert scale >= 1
    assert scale == 1 or 0.008 <= scale * rms / width <= 0.0221


@given(largest=st.floats(1e-3, 500))
def test_the_axis_covers_its_bars_with_few_round_lines(largest: float) -> None:
    axis = ErrorAxis.over(largest)
    assert axis.top >= largest
    assert 1 <= round(axis.top / axis.step) <= 5
    assert float(f"{axis.step:.{axis.decimals}f}") == pytest.approx(axis.step)


@given(st.lists(st.tuples(st.floats(-5, 700), st.floats(-5, 500)), min_size=1, max_size=40))
def test_coverage_counts_views_not_corners(corners: list[tuple[float, float]]) -> None:
    once = coverage_of([(tuple(corners), SIZE)])
    assert len(once) == 48
    assert set(once) <= {0, 1}
    assert 1 <= sum(once) <= len(corners)
    assert coverage_of([(tuple(corners), SIZE)] * 3) == tuple(3 * cell for cell in once)


def test_words() -> None:
    left_empty = tuple(0 if row >= 3 and column < 4 else 1 for row in range(6) for column in range(8))
    assert coverage_words(left_empty) == "Views touch 36 of 48 parts of the picture. The lower left has the most gaps."
    framed = tuple(int(0 < row < 5 and 0 < column < 7) for row in range(6) for column in range(8))
    assert coverage_words(framed).endswith("The left edge has the most gaps.")
    assert coverage_words((1,) * 48) == "Views touch 48 of 48 parts of the picture."
    assert board_words(BOARD).replace("\u00a0", " ") == "9 × 6 inner corners, 25 mm"


def test_a_settled_report_makes_room(panel: CalibrationPanel, result: MonoResult) -> None:
    assert not panel.board_section.folded
    panel.show_state(states(result)[Phase.RESULT])
    assert panel.board_section.folded
    panel.show_state(CalibrationView())
    assert not panel.board_section.folded


def test_live_updates_make_nothing_anew(panel: CalibrationPanel, result: MonoResult) -> None:
    state = replace(states(result)[Phase.RESULT], live=states(result)[Phase.LIVE].live)
    panel.show_state(state)
    before = panel.findChildren(QWidget)
    panel.show_state(replace(state))
    assert panel.findChildren(QWidget) == before


def test_nothing_is_painted_outside(panel: CalibrationPanel, result: MonoResult) -> None:
    panel.show_state(states(result)[Phase.RESULT])
    for child in (panel.report.bars, panel.report.parameters, panel.report.figures, panel.table):
        left = child.mapTo(panel, QPoint(0, 0)).x()
        assert left >= 8
        assert left + child.width() <= panel.width() - 8
    assert isinstance(panel.report.figures, QWidget)
