"""A board as a PDF to print in true size: rectangles and circles, a ruler to check the print with, its one-word form.

The file is written by hand (PDF 1.4: a page, one stream of shapes, a base font), so that every edge is exact and
nothing needs to be installed. Viewers are asked not to scale; the ruler tells when a printer did.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engines.core.boards import Board, marker_cells
from engines.core.errors import UsageError
from engines.core.outputs import holding, new_file
from engines.core.prints import Disc, Rectangle, light_runs
from engines.core.words import control, tr

OURS = holding(tr("a board that was printed here"), b"%PDF-", b"/Creator (Kinoscope)")
MARGIN = 6.0
FOOT = 15.0
RULER = 100.0
_POINTS_PER_MM = 72 / 25.4

PAGES: dict[str, tuple[float, float]] = {
    "a4": (210, 297),
    "letter": (215.9, 279.4),
    "legal": (215.9, 355.6),
    "tabloid": (279.4, 431.8),
    "a3": (297, 420),
    "a2": (420, 594),
    "a1": (594, 841),
    "a0": (841, 1189),
}

_ARCS = 8
"""Bezier curves to a circle: eight stay within .000005 of its radius."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The paper as the board lies on it: name, width and height in mm; x and y of the board's top left in mm."""

    name: str
    width: float
    height: float
    x: float
    y: float


def write_board(board: Board, path: str | Path, page: str = "a4") -> Sheet:
    """Write the PDF and give the sheet. Raises `UsageError` when the board does not fit, naming a page that it fits,
    `BadInput` where another file is."""
    path = Path(path).expanduser()
    if path.suffix.lower() != ".pdf":
        raise UsageError(tr("'{path}' is not a PDF's name", path=path.name), hint="End it with .pdf")
    sheet = lay_out(board, page)
    with new_file(path, OURS) as part:
        part.write_bytes(as_pdf(board, sheet))
    return sheet


def lay_out(board: Board, page: str) -> Sheet:
    """Where the board goes on `page` (a name of `PAGES`, turned if need be, or "fit": paper as large as it takes)."""
    page = page.strip().lower()
    need = _needed(board)
    if page == "fit":
        return _sheet(board, "fit", *need)
    if page not in PAGES:
        raise UsageError(tr("'{page}' is not a page", page=page), hint=tr("Use {pages} or fit", pages=", ".join(PAGES)))
    for width, height in (PAGES[page], PAGES[page][::-1]):
        if need[0] <= width and need[1] <= height:
            return _sheet(board, page, width, height)
    fits = smallest_page(board)
    advice = (
        tr("The smallest page it fits is {fits}", fits=fits)
        if fits
        else tr("Choose {page}, and a printer for posters", page=control(tr("As large as the board"), "--page fit"))
    )
    width, height = (1000 * side for side in board.print_size)
    message = tr(
        "The board is {width:.0f} x {height:.0f}\u00a0mm and needs "
        "{paper_width:.0f} x {paper_height:.0f}\u00a0mm of paper: "
        "it does not fit {page}",
        width=width,
        height=height,
        paper_width=need[0],
        paper_height=need[1],
        page=page,
    )
    raise UsageError(message, hint=advice)


def smallest_page(board: Board) -> str:
    """The smallest of `PAGES` that holds the board, "" when none does."""
    width, height = _needed(board)
    holds = [name for name, size in PAGES.items() if _inside(width, height, size)]
    return min(holds, key=lambda name: PAGES[name][0] * PAGES[name][1], default="")


def dark_rectangles(board: Board) -> tuple[list[Rectangle], list[Rectangle]]:
    """What is printed, in mm from the print's top left: dark rectangles (x, y, width, height), then light ones on top.

    For an inverted board dark and light change places.
    """
    side = 1000 * board.square
    columns, rows = board.squares
    if board.kind == "chessboard":
        cells = [(c, r) for r in range(rows) for c in range(columns) if (c + r) % 2 == 0]
        return [(c * side, r * side, side, side) for c, r in cells], []
    if board.kind == "charuco":
        return _charuco_rectangles(board)
    dark, light = ([_in_mm(each) for each in rectangles] for rectangles in (board.shapes.dark, board.shapes.light))
    return dark, light


def circles(board: Board) -> list[Disc]:
    """The printed circles in mm from the print's top left: x, y of the middle, diameter; none on other boards."""
    round_ = board.kind in ("circles", "acircles")
    return [(1000 * x, 1000 * y, 1000 * diameter) for x, y, diameter in board.shapes.discs] if round_ else []


def _in_mm(rectangle: Rectangle) -> Rectangle:
    x, y, width, height = rectangle
    return 1000 * x, 1000 * y, 1000 * width, 1000 * height


def as_pdf(board: Board, sheet: Sheet) -> bytes:
    """The file's bytes."""
    text = f"1 0 0 -1 0 {_number(sheet.height)} cm\n{_drawing(board, sheet)}"
    scale = _number(_POINTS_PER_MM, 10)
    stream = f"q {scale} 0 0 {scale} 0 0 cm\n{text}Q\n".encode("ascii")
    box = f"[0 0 {_number(sheet.width * _POINTS_PER_MM)} {_number(sheet.height * _POINTS_PER_MM)}]"
    fonts = "<< /Font << /F1 5 0 R >> >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /ViewerPreferences << /PrintScaling /None >> >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox {box} /Contents 4 0 R /Resources {fonts} >>".encode("ascii"),
        b"<< /Length %d >>\nstream\n%sendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        f"<< /Title ({_escaped(str(board))}) /Creator (Kinoscope) >>".encode("ascii"),
    ]
    return _file(objects)


def _needed(board: Board) -> tuple[float, float]:
    width, height = (1000 * side for side in board.print_size)
    frame = 2 * _quiet(board)
    return max(width + frame, RULER + 10) + 2 * MARGIN, height + frame + 2 * MARGIN + FOOT


def _inside(width: float, height: float, size: tuple[float, float]) -> bool:
    return (width <= size[0] and height <= size[1]) or (width <= size[1] and height <= size[0])


def _quiet(board: Board) -> float:
    """The dark frame an inverted board needs where others have paper, in mm."""
    return max(3.0, 500 * (board.square - board.marker)) if board.inverted else 0.0


def _sheet(board: Board, name: str, width: float, height: float) -> Sheet:
    x = (width - 1000 * board.print_size[0]) / 2
    y = MARGIN + (height - FOOT - 2 * MARGIN - 1000 * board.print_size[1]) / 2
    return Sheet(name, width, height, x, y)


def _charuco_rectangles(board: Board) -> tuple[list[Rectangle], list[Rectangle]]:
    model = board.charuco()
    side, marker = 1000 * board.square, 1000 * board.marker
    dark, light, marked = [], [], set()
    for number, corners in zip(np.asarray(model.getIds()).ravel(), model.getObjPoints(), strict=True):
        x, y = (1000 * float(value) for value in np.asarray(corners)[0, :2])
        picture = marker_cells(board.dictionary, int(number))
        cell = marker / len(picture)
        marked.add((int((x + cell) // side), int((y + cell) // side)))
        dark.append((x, y, marker, marker))
        runs = light_runs(picture)
        light += [(x + start * cell, y + row * cell, length * cell, cell) for row, start, length in runs]
    columns, rows = board.squares
    plain = [(c, r) for r in range(rows) for c in range(columns) if (c, r) not in marked]
    return [(c * side, r * side, side, side) for c, r in plain] + dark, light


def _drawing(board: Board, sheet: Sheet) -> str:
    """Everything on the page, in mm with y down."""
    dark, light = dark_rectangles(board)
    width, height = (1000 * side for side in board.print_size)
    quiet = _quiet(board)
    parts = []
    if board.inverted:
        frame = (sheet.x - quiet, sheet.y - quiet, width + 2 * quiet, height + 2 * quiet)
        parts.append(_filled("0", [frame]))
    ink, paper = ("1", "0") if board.inverted else ("0", "1")
    parts.append(_filled(ink, _shifted(dark, sheet)))
    if light:
        parts.append(_filled(paper, _shifted(light, sheet)))
    parts += [_circle(x + sheet.x, y + sheet.y, diameter / 2) for x, y, diameter in circles(board)]
    return "".join(parts) + _foot(board, sheet)


def _foot(board: Board, sheet: Sheet) -> str:
    """A ruler of 100 mm with a tick every 10, and two lines of text."""
    x = MARGIN + 2
    y = sheet.height - MARGIN - 4.5
    heights = [(at, 3.0 if at % 50 == 0 else 1.8) for at in range(0, int(RULER) + 1, 10)]
    ticks = [(x + at - 0.1, y - height, 0.2, height) for at, height in heights]
    ruler = _filled("0", [(x - 0.1, y, RULER + 0.2, 0.2), *ticks])
    words = tr("100 mm. Print at 100 %, no fitting to the page; measure this ruler.")
    return ruler + _text(x, y - 4.5, 3.2, str(board)) + _text(x, y + 4.0, 2.8, words)


def _text(x: float, y: float, size: float, text: str) -> str:
    return f"0 g BT /F1 {_number(size)} Tf 1 0 0 -1 {_number(x)} {_number(y)} Tm ({_escaped(text)}) Tj ET\n"


def _shifted(rectangles: list[Rectangle], sheet: Sheet) -> list[Rectangle]:
    return [(x + sheet.x, y + sheet.y, width, height) for x, y, width, height in rectangles]


def _filled(gray: str, rectangles: list[Rectangle]) -> str:
    return f"{gray} g\n" + "".join(" ".join(map(_number, each)) + " re\n" for each in rectangles) + "f\n"


def _circle(x: float, y: float, radius: float) -> str:
    """A filled circle of Bezier curves whose middles lie on it (Riskus 2006)."""
    angles = 2 * np.pi * np.arange(_ARCS + 1) / _ARCS
    ends = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    pull = 4 / 3 * np.tan(np.pi / _ARCS / 2) * np.stack([-ends[:, 1], ends[:, 0]], axis=1)
    points = radius * np.stack([ends[:-1] + pull[:-1], ends[1:] - pull[1:], ends[1:]], axis=1) + [x, y]
    arcs = "".join(" ".join(map(_number, arc.ravel())) + " c\n" for arc in points)
    return f"0 g\n{_number(x + radius)} {_number(y)} m\n{arcs}f\n"


def _number(value: float, digits: int = 5) -> str:
    return f"{value:.{digits}f}".rstrip("0").rstrip(".") if value else "0"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _file(objects: list[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R /Info 6 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)
