"""The board editor: each kind with its own fields, one print as another kind, a drawing that follows exactly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.core.boards import Board, Kind
from tests.widgets.calibration.calibration_states import pick
from widgets.calibration.board import BoardEditor
from widgets.calibration.drawings import places
from widgets.calibration.kinds import KINDS, added_to, as_kind, board_title, board_words, counting_words

BOARDS: dict[str, Board] = {
    board.kind: board
    for board in map(
        Board.parse,
        (
            "chessboard:9x6:25mm",
            "charuco:5x4:54mm:40.5mm:DICT_4X4_1000",
            "aprilgrid:6x5:88mm:26.4mm:36h11",
            "circles:7x5:30mm:15mm",
            "acircles:4x11:20mm:16mm",
        ),
    )
}


@pytest.fixture
def editor(qtbot) -> BoardEditor:
    made = BoardEditor()
    qtbot.addWidget(made)
    made.show()
    return made


def lengths_of(board: Board) -> dict[str, Board]:
    """The board with 60 mm in the first field, and with 14 mm in the second."""
    if board.kind == "aprilgrid":
        gap = board.square - board.marker
        return {
            "length": replace(board, square=round(0.06 + gap, 9), marker=0.06),
            "mark": replace(board, square=0.102),
        }
    told = 0.03 if board.kind == "circles" else board.marker
    return {"length": replace(board, square=0.06, marker=told), "mark": replace(board, marker=0.014)}


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_changes_its_own_value_alone(editor: BoardEditor, kind: Kind) -> None:
    board, told = BOARDS[kind], []
    editor.changed.connect(told.append)
    ends: dict[str, Board] = {
        "columns": replace(board, columns=board.columns - 1),
        "rows": replace(board, rows=board.rows - 1),
        **lengths_of(board),
        "family": replace(board, dictionary="DICT_APRILTAG_36h10"),
        "inverted": replace(board, inverted=True),
        "legacy": replace(board, legacy=True),
    }
    for name, end in ends.items():
        editor.show_board(board)
        told.clear()
        field = getattr(editor, name)
        if not field.isVisible():
            continue
        if name == "family":
            pick(field, end.dictionary)
        elif name in ("inverted", "legacy"):
            field.click()
        else:
            value = {"columns": end.columns, "rows": end.rows, "length": 60.0, "mark": 14.0}[name]
            field.setValue(value)
        assert told == [end], name
        assert editor.board == Board.parse(str(end)), name


@pytest.mark.parametrize("kind", KINDS)
def test_fields_are_those_of_the_kind(editor: BoardEditor, kind: Kind) -> None:
    editor.show_board(BOARDS[kind])
    assert editor.family.isVisible() == (kind in ("charuco", "aprilgrid"))
    assert editor.mark.isVisible() == (kind != "chessboard")
    assert editor.legacy.isVisible() == (kind == "charuco")
    assert editor.kind.value() == kind
    assert counting_words(BOARDS[kind]) in editor.words.text()
    if kind == "aprilgrid":
        assert {editor.family.itemData(row) for row in range(editor.family.count())} == {
            f"DICT_APRILTAG_{family}" for family in ("16h5", "25h9", "36h10", "36h11")
        }


@pytest.mark.parametrize("kind", KINDS)
def test_another_kind_fits_the_print_and_the_first_comes_back(editor: BoardEditor, kind: Kind) -> None:
    board = BOARDS[kind]
    for other in KINDS:
        editor.show_board(board)
        pick(editor.kind, other)
        made = np.array(editor.board.print_size)
        assert (made <= np.array(board.print_size) + 1e-3).all(), other
        assert (made / board.print_size).max() > 0.99, other
        pick(editor.kind, kind)
        assert editor.board == board, other


@given(st.sampled_from(list(KINDS)), st.sampled_from(list(KINDS)), st.integers(3, 30), st.integers(3, 30))
def test_any_print_becomes_any_kind(kind: Kind, other: Kind, columns: int, rows: int) -> None:
    start = as_kind(Board("chessboard", columns, rows, 0.0213), kind)
    board = as_kind(start, other)
    assert board.kind == other
    if min(columns, rows) >= 6:
        assert (np.array(board.print_size) <= np.array(start.print_size) + 1e-3).all()


@pytest.mark.parametrize("kind", KINDS)
def test_the_drawing_puts_its_dots_where_the_corners_are(kind: Kind) -> None:
    board = BOARDS[kind]
    at = places(board)
    gap = board.square - board.marker
    edge = board.square if kind in ("chessboard", "charuco") else board.marker / 2 if "circles" in kind else gap
    assert np.allclose(at.min(axis=0), edge)
    assert np.allclose(at.max(axis=0), np.array(board.print_size) - edge)
    assert np.allclose(np.diff(at, axis=0), np.diff(board.corners[:, :2], axis=0))


def test_a_board_that_is_added_cannot_be_taken_for_another() -> None:
    for board in BOARDS.values():
        boards = (board,)
        for _ in range(2):
            boards = (*boards, added_to(boards))
        assert len({(one.kind, one.columns, one.rows, one.dictionary) for one in boards}) == 3, board


def test_words_name_every_kind() -> None:
    said = {kind: (board_words(board), board_title(board)) for kind, board in BOARDS.items()}
    plain = {kind: tuple(words.replace("\u00a0", " ") for words in both) for kind, both in said.items()}
    assert plain["charuco"] == ("ChArUco, 5 × 4 squares, 54 mm", "5 × 4 ChArUco, 54 mm")
    assert plain["aprilgrid"] == ("AprilGrid, 6 × 5 tags, 88 mm", "6 × 5 AprilGrid, 88 mm")
    assert plain["circles"] == ("7 × 5 circles, 30 mm", "7 × 5 circles, 30 mm")
    assert plain["acircles"] == ("4 × 11 asymmetric circles, 20 mm", "4 × 11 asymmetric, 20 mm")
