"""Parts of the calibration panel: rows, live words, offers of one click, the list of boards, reasons, overlays."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args, get_type_hints

import pytest
from PySide6.QtCore import Qt

from engines.calibration.types import MonoResult, Reason, Remedy, Sighting
from engines.core.boards import Board
from engines.core.frames import Stamp
from tests.widgets.calibration.calibration_states import SIZE, states
from tests.widgets.calibration.calibration_states import panel as panel
from tests.widgets.calibration.calibration_states import result as result
from widgets.calibration.overlays import residual_overlays
from widgets.calibration.panel import CalibrationPanel
from widgets.calibration.reasons import TIPS, remedy_words
from widgets.calibration.sections import live_words
from widgets.calibration.state import (
    CalibrationView,
    LiveState,
    Phase,
    ViewRow,
)
from widgets.calibration.views import told
from widgets.viewer.overlays import Legend, Points


def test_all_boards_of_a_photograph_are_drawn_and_odd_corners_are_ringed(result: MonoResult) -> None:
    first = replace(result.views[0], suspects=(3, 7), dropped=(7,))
    second = replace(first, name="other board", board=1, suspects=(), dropped=())
    drawn = residual_overlays(first, replace(result, views=(first, second)), None)
    points = [overlay for overlay in drawn if isinstance(overlay, Points)]
    assert [len(overlay.points) for overlay in points] == [108, 1, 1, 108]
    assert [tuple(overlay.points) for overlay in points[1:3]] == [(first.corners[3],), (first.corners[7],)]
    legend = next(overlay for overlay in drawn if isinstance(overlay, Legend))
    assert [words for words, *_ in legend.entries][-2:] == ["doubtful", "left out"]


def test_every_state_of_a_view_has_words() -> None:
    row = ViewRow("/a.png", "a.png", found=True, corners=((1.0, 1.0),) * 54)
    assert told(row) == "54 corners"
    assert told(replace(row, boards=2, suspects=1, dropped=3)) == "1 doubtful, 3 dropped, 2 boards, 54 corners"
    assert told(replace(row, twin_of="b.png")) == "Same as b.png"
    assert told(ViewRow("/a.mp4", "a.mp4", is_film=True)) == "Film, not searched"


def test_live_words_say_what_a_view_is_worth_and_how_far_the_board_is() -> None:
    sighting = Sighting(Stamp("s", 0, 0, 0), SIZE, True, gain=0.23, distance=0.62)
    state = CalibrationView(live=LiveState(sighting))
    assert live_words(state) == "No view captured yet\nThis view: 23 % less uncertainty\nBoard 62 cm away"
    little = LiveState(replace(sighting, gain=0.004, distance=1.5))
    assert live_words(replace(state, live=little)).endswith("This view adds little\nBoard 1.50 m away")


def test_what_the_finder_sees_instead_is_one_click(panel: CalibrationPanel, result: MonoResult, qtbot) -> None:
    camera, live = panel.camera, states(result)[Phase.LIVE]
    panel.show_state(live)
    assert camera.use.isHidden()
    assert camera.flip.isHidden()
    sighting = Sighting(Stamp("s", 0, 0, 0), SIZE, False, fitting="chessboard:8x6:25mm", mirrored=True)
    panel.show_state(replace(live, live=LiveState(sighting)))
    assert camera.use.text().replace("\u00a0", " ") == "Use 8 × 6 corners"
    with qtbot.waitSignal(camera.boardWanted) as wanted:
        camera.use.click()
    assert wanted.args == [Board.parse("chessboard:8x6:25mm")]
    with qtbot.waitSignal(camera.flipWanted):
        camera.flip.click()
    panel.show_state(replace(live, live=LiveState(sighting), mirror="yes"))
    assert camera.flip.isHidden(), "they are flipped already"


def test_boards_are_added_edited_and_taken_away(panel: CalibrationPanel) -> None:
    boards, told_boards = panel.boards, []
    boards.changed.connect(told_boards.append)
    assert boards.list.isHidden()
    boards.add.click()
    assert len(told_boards[-1]) == 2
    assert not boards.list.isHidden()
    panel.board.rows.setValue(4)
    assert [board.rows for board in told_boards[-1]] == [6, 4], "the one that was added is edited"
    boards.list.chosen.emit(0)
    panel.board.rows.setValue(7)
    assert [board.rows for board in told_boards[-1]] == [7, 4]
    boards.list.removed.emit(0)
    assert [board.rows for board in told_boards[-1]] == [4]
    assert panel.board.board.rows == 4
    assert boards.list.isHidden()


@pytest.mark.parametrize("kind", get_args(get_type_hints(Remedy)["kind"]))
def test_every_remedy_has_words(kind: str) -> None:
    assert kind in TIPS
    target = {"use_board": "circles:7x5:30mm", "use_model": "rational8"}.get(kind, "a.png#3")
    assert remedy_words(Remedy(kind, target))  # type: ignore[arg-type]


def test_the_worst_reasons_are_shown_and_the_others_are_one_click_away(
    panel: CalibrationPanel, result: MonoResult
) -> None:
    reasons = tuple(Reason(f"kind {number}", 1, f"Reason {number}", Remedy("free_board")) for number in range(6))
    shown = panel.report.reasons
    state = states(result)[Phase.RESULT]
    panel.show_state(replace(state, result=replace(result, reasons=reasons)))
    assert [button.isVisible() for button in shown.buttons] == [True] * 3 + [False] * 3
    assert shown.more.text() == "3 more"
    shown.more.click()
    assert all(button.isVisible() for button in shown.buttons)
    panel.show_state(replace(state, result=replace(result, reasons=reasons[:4])))
    assert [button.isVisible() for button in shown.buttons] == [True] * 4, "one line more is no reason to hide it"
    assert not shown.more.isVisible()
    panel.show_state(state)
    assert len(shown.buttons) == 0


def test_what_is_being_typed_stays_while_the_panel_is_shown_anew(
    panel: CalibrationPanel, result: MonoResult, qtbot
) -> None:
    state = replace(states(result)[Phase.LIVE], has_films=True, window="9")
    panel.solver.set_folded(False)
    panel.show_state(state)
    for field, typed in ((panel.solver.more, "fx=8"), (panel.every.every, "3"), (panel.solver.half, "5")):
        field.setFocus()
        field.selectAll()
        qtbot.keyClicks(field, typed)
        shown = field.text()
        panel.show_state(replace(state))
        assert field.text() == shown
        assert typed in shown
    with qtbot.waitSignal(panel.solver.changed) as changed:
        qtbot.keyClick(panel.solver.more, Qt.Key.Key_Return)
    assert changed.args == ["fix", ("fx=8",)]


def test_a_photograph_with_two_boards_is_one_view_for_words_and_keys(
    panel: CalibrationPanel, result: MonoResult, qtbot
) -> None:
    first, *others = result.views
    both = replace(result, views=(first, replace(first, name="board 2", board=1), *others))
    panel.show_state(replace(states(result)[Phase.RESULT], result=both, selected=first.path))
    assert panel.state.startswith("6 views, ")
    with qtbot.waitSignal(panel.report.bars.chosen) as chosen:
        qtbot.keyClick(panel.report.bars, Qt.Key.Key_Right)
    assert chosen.args == [others[0].path]
