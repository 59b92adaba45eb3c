"""The printed board: its rectangles against the board's picture, its size, and pages that are too small."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import main
from engines.calibration.targets.pdf import PAGES, as_pdf, dark_rectangles, lay_out, smallest_page, write_board
from engines.core.boards import Board
from engines.core.errors import UsageError

BOARDS = [
    "chessboard:9x6:25mm",
    "chessboard:4x5:12.5mm",
    "charuco:5x4:30mm:22mm:DICT_5X5_100",
    "charuco:4x5:54mm:40.5mm:DICT_4X4_1000:inverted",
    "charuco:5x4:30mm:22mm:DICT_6X6_50:legacy",
]


def painted(board: Board, per_mm: int = 8) -> np.ndarray:
    """The rectangles as pixels, by area; only the middles of cells are compared."""
    width, height = (round(1000 * side * per_mm) for side in board.print_size)
    ink, paper = (255, 0) if board.inverted else (0, 255)
    image = np.full((height, width), paper, np.uint8)
    for colour, rectangles in zip((ink, paper), dark_rectangles(board), strict=True):
        for x, y, w, h in rectangles:
            rows, columns = (
                slice(round(y * per_mm), round((y + h) * per_mm)),
                slice(round(x * per_mm), round((x + w) * per_mm)),
            )
            image[rows, columns] = colour
    return image


@pytest.mark.parametrize("form", BOARDS)
def test_the_rectangles_are_the_boards_picture(form: str):
    import cv2

    board = Board.parse(form)
    ours = painted(board)
    theirs = cv2.resize(board.picture(240), ours.shape[::-1], interpolation=cv2.INTER_NEAREST)
    assert (ours != theirs).mean() < 0.02


@pytest.mark.parametrize("form", BOARDS)
def test_the_page_has_its_true_size_and_one_rectangle_for_each_dark_square(form: str):
    board = Board.parse(form)
    sheet = lay_out(board, "a3")
    text = as_pdf(board, sheet).decode("latin-1")
    box = re.search(r"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", text)
    assert box is not None
    assert sorted(float(side) / 72 * 25.4 for side in box.groups()) == pytest.approx([297, 420], abs=1e-3)
    scale = re.search(r"q ([\d.]+) 0 0 ([\d.]+) 0 0 cm", text)
    assert scale is not None
    assert float(scale[1]) == float(scale[2]) == pytest.approx(72 / 25.4, abs=1e-9)
    side = 1000 * board.square
    squares = [each for each in dark_rectangles(board)[0] if each[2] == pytest.approx(side)]
    columns, rows = board.squares
    assert abs(len(squares) - columns * rows / 2) <= 0.5
    assert f"({form})" in text
    assert "Print at 100 %" in text


def test_an_aprilgrids_page_holds_its_picture():
    board = Board.parse("aprilgrid:3x2:40mm:10mm")
    picture = board.picture(400)
    assert np.abs(painted(board).astype(int) - picture).mean() < 255 * 0.02
    text = as_pdf(board, lay_out(board, "a4")).decode("latin-1")
    assert text.count(" 10 10 re") == 12
    assert text.count(" 40 40 re") == 6
    assert smallest_page(board) == "letter"


@pytest.mark.parametrize("form", ["circles:5x4:30mm:13mm", "acircles:4x7:20mm:13mm"])
def test_printed_circles_are_round_and_where_the_corners_are(form: str):
    board = Board.parse(form)
    sheet = lay_out(board, "a4")
    text = as_pdf(board, sheet).decode("latin-1")
    circles = re.findall(r"0 g\n([\d.]+) ([\d.]+) m\n((?:[-\d. ]+ c\n)+)f\n", text)
    middles = 1000 * (board.corners[:, :2] - board.print_origin) + [sheet.x, sheet.y]
    assert len(circles) == board.corner_count
    for (x, y, arcs), middle in zip(circles, middles, strict=True):
        start = np.array([float(x), float(y)])
        for line in arcs.splitlines():
            a, b, end = np.array(line.split()[:6], dtype=float).reshape(3, 2)
            for t in (0.0, 0.25, 0.5, 0.75):
                on = (1 - t) ** 3 * start + 3 * t * (1 - t) ** 2 * a + 3 * t**2 * (1 - t) * b + t**3 * end
                assert np.linalg.norm(on - middle) == pytest.approx(6.5, abs=1e-4)
            start = end


def test_the_cross_reference_points_at_every_object():
    board = Board.parse(BOARDS[2])
    data = as_pdf(board, lay_out(board, "a4"))
    start = int(data.rsplit(b"startxref\n", 1)[1].split()[0])
    offsets = [int(line[:10]) for line in data[start:].splitlines()[3:9]]
    assert [data[offset:].split()[0] for offset in offsets] == [b"1", b"2", b"3", b"4", b"5", b"6"]
    length = int(data.split(b"/Length ")[1].split()[0])
    assert len(data.split(b"stream\n")[1].removesuffix(b"end")) == length


def test_the_board_and_the_foot_lie_on_the_paper():
    for form in BOARDS:
        board = Board.parse(form)
        for page in ("a3", "fit"):
            sheet = lay_out(board, page)
            width, height = (1000 * side for side in board.print_size)
            assert sheet.x >= 6
            assert sheet.y >= 6
            assert sheet.x + width <= sheet.width - 6
            assert sheet.y + height <= sheet.height - 15


def test_a_board_that_does_not_fit_names_the_smallest_page_that_it_fits():
    board = Board.parse("chessboard:9x6:40mm")
    with pytest.raises(UsageError, match="400 x 280\u00a0mm") as caught:
        lay_out(board, "a4")
    assert "a2" in caught.value.hint
    assert smallest_page(board) == "a2"
    huge = Board.parse("chessboard:9x6:1m")
    with pytest.raises(UsageError) as caught:
        lay_out(huge, "a0")
    assert "As large as the board" in caught.value.hint
    assert lay_out(huge, "fit").width > 10_000


def test_the_page_is_turned_when_that_helps():
    sheet = lay_out(Board.parse("chessboard:9x6:25mm"), "a4")
    assert (sheet.width, sheet.height) == PAGES["a4"][::-1]
    assert lay_out(Board.parse("chessboard:6x9:25mm"), "A4 ").height == 297


def test_wrong_pages_and_names_are_refused(tmp_path: Path):
    with pytest.raises(UsageError, match="is not a page"):
        lay_out(Board.parse(BOARDS[0]), "b5")
    with pytest.raises(UsageError, match="PDF"):
        write_board(Board.parse(BOARDS[0]), tmp_path / "board.png")


def test_the_command_line_writes_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    out = tmp_path / "mein Brett ß.pdf"
    assert main.main(["calibrate", "board", BOARDS[0], "--out", str(out)]) == 0
    assert out.read_bytes().startswith(b"%PDF-1.4")
    assert "Print at 100 %" in capsys.readouterr().out
    assert main.main(["calibrate", "board", "chessboard:9x6:60mm", "--out", str(out)]) == 2
