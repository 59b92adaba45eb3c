"""The map of frames by cameras: a cell's colour is its error; outliers are dotted, what is off is crossed out."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy

from engines.core.pictures.heat import viridis
from engines.core.words import tr
from widgets.calibration.rig.pages.matrix import Figures, Kind, Matrix, cell_words, table
from widgets.calibration.rig.pages.state import Cell
from widgets.calibration.state import pixels
from widgets.charts.drawn import RIGHT, DrawnChart, label
from widgets.charts.heat import draw_scale, outline
from widgets.kit.access.elided import elided
from widgets.kit.theme import LOOK, number_font

ROW, LEAST_WIDE, MOST_WIDE, GAP = 24.0, 5.0, 64.0, 1.0
NAMES, TOP, FOOT, EDGE = (56.0, 150.0), 4.0, 52.0, 12.0
SCALE_WIDTH, LEAST_SCALE = 260.0, 150.0
STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class CellMap(DrawnChart):
    """`cellChosen(Cell)` on a click, and by the arrow keys; `cellSwitched(Cell)` by the space bar."""

    cellChosen = Signal(object)
    cellSwitched = Signal(object)

    def __init__(self) -> None:
        super().__init__(tr("Errors by frame and camera"))
        self.matrix, self.chosen = Matrix(), Cell()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleDescription(tr("Arrow keys go from cell to cell; the space bar switches one off or on"))

    def show_matrix(self, matrix: Matrix, chosen: Cell) -> None:
        """chosen: the cell that is looked at, framed."""
        if matrix == self.matrix and chosen == self.chosen:
            return
        self.matrix, self.chosen = matrix, chosen
        cell = matrix.cell(chosen.frame, chosen.camera)
        self.setAccessibleName(self.words(cell) if cell is not None else tr("Errors by frame and camera"))
        least = round(self.left + LEAST_WIDE * len(matrix.frames) + EDGE)
        self.setMinimumSize(least, self.sizeHint().height())
        self.setMaximumHeight(self.sizeHint().height())
        self.update()

    def words(self, cell: Figures) -> str:
        """What a cell says."""
        return cell_words(cell, self.matrix.cameras[cell.camera])

    @property
    def left(self) -> float:
        """Where the cells begin: after the names."""
        metrics = QFontMetricsF(number_font(11))
        wide = max((metrics.horizontalAdvance(name) for name in self.matrix.cameras), default=0.0) + 20
        return min(max(NAMES[0], wide), NAMES[1])

    @property
    def wide(self) -> float:
        """Of a cell."""
        room = self.width() - self.left - EDGE
        return min(max(room / max(len(self.matrix.frames), 1), LEAST_WIDE), MOST_WIDE)

    def box(self, cell: Cell) -> QRectF:
        """Where a cell is drawn."""
        column = self.matrix.frames.index(cell.frame)
        return QRectF(self.left + column * self.wide, TOP + cell.camera * ROW, self.wide, ROW).adjusted(
            0, 0, -GAP, -GAP
        )

    def cell_at(self, at: QPointF) -> Cell | None:
        """The cell at a place of the widget."""
        column, row = math.floor((at.x() - self.left) / self.wide), math.floor((at.y() - TOP) / ROW)
        if 0 <= column < len(self.matrix.frames) and 0 <= row < len(self.matrix.cameras):
            return Cell(self.matrix.frames[column], row)
        return None

    @property
    def span(self) -> tuple[float, float]:
        """The errors that the colours go from and to; what is far above the usual has the last colour."""
        rated = self.matrix.rated or [0.1]
        middle = float(np.median(rated))
        return min(rated), max(min(max(rated), 4 * middle), min(rated) * 1.01, 1e-6)

    def sizeHint(self) -> QSize:
        return QSize(600, round(TOP + ROW * max(len(self.matrix.cameras), 1) + FOOT))

    def table(self) -> list[list[str]]:
        return table(self.matrix)

    def tip_at(self, place: QPointF) -> str:
        at = self.cell_at(place)
        cell = self.matrix.cell(at.frame, at.camera) if at is not None else None
        return self.words(cell) if cell is not None else ""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position())
        if cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self.cellChosen.emit(cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in STEPS and self.matrix.frames:
            self.cellChosen.emit(self._stepped(*STEPS[key]))
        elif key == Qt.Key.Key_Space and self.chosen.camera >= 0:
            self.cellSwitched.emit(self.chosen)
        else:
            super().keyPressEvent(event)

    def _stepped(self, across: int, down: int) -> Cell:
        frames, cameras = self.matrix.frames, len(self.matrix.cameras)
        if self.chosen.frame not in frames:
            return Cell(frames[0], 0)
        column = min(max(frames.index(self.chosen.frame) + across, 0), len(frames) - 1)
        return Cell(frames[column], min(max(self.chosen.camera + down, 0), cameras - 1))

    def _draw(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(number_font(11))
        look = LOOK.now
        for camera, name in enumerate(self.matrix.cameras):
            room = QRectF(0, TOP + camera * ROW, self.left - 10, ROW - GAP)
            shown = elided(painter.fontMetrics(), name, round(room.width()), given=True)
            label(painter, room, shown, look.color("text" if camera == self.chosen.camera else "muted"), RIGHT)
        low, high = self.span
        for row in self.matrix.cells:
            for cell in row:
                self._cell(painter, self.box(Cell(cell.frame, cell.camera)), cell, low, high)
        self._frame_names(painter)
        self._marked(painter)
        self._foot(painter, low, high)

    def _cell(self, painter: QPainter, box: QRectF, cell: Figures, low: float, high: float) -> None:
        look = LOOK.now
        painter.setPen(Qt.PenStyle.NoPen)
        if cell.kind is Kind.USED and cell.rms is not None:
            red, green, blue = (int(part) for part in viridis(np.array([[cell.rms]]), low, high)[0, 0])
            painter.fillRect(box, QColor(red, green, blue))
            if cell.wrong:
                painter.setPen(QPen(QColor(8, 10, 13, 200), 1))
                painter.setBrush(look.color("bad"))
                radius = min(3.4, box.width() / 2 - 0.5)
                painter.drawEllipse(box.center(), radius, radius)
        else:
            _blank(painter, box, cell.kind)

    def _frame_names(self, painter: QPainter) -> None:
        """Of the chosen frame, else of the first and the last."""
        frames, base = self.matrix.frames, TOP + ROW * len(self.matrix.cameras)
        ends = [self.chosen.frame] if self.chosen.frame in frames else [*frames[:1], *frames[1:][-1:]]
        for name in ends:
            at = self.left + (frames.index(name) + 0.5) * self.wide
            wide = painter.fontMetrics().horizontalAdvance(name) + 4
            left = min(max(at - wide / 2, self.left), max(self.width() - EDGE - wide, self.left))
            label(painter, QRectF(left, base + 1, wide, 15), name, LOOK.now.color("muted"))

    def _marked(self, painter: QPainter) -> None:
        """The chosen cell, and the one under the pointer."""
        under = self.cell_at(self._cursor) if self._cursor is not None else None
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(LOOK.now.color("text"), 1))
        if under is not None:
            painter.drawRect(self.box(under))
        if self.matrix.cell(self.chosen.frame, self.chosen.camera) is not None:
            outline(painter, self.box(self.chosen))

    def _foot(self, painter: QPainter, low: float, high: float) -> None:
        base = TOP + ROW * len(self.matrix.cameras) + 21
        told = self._told()
        wide = sum(18 + _wide(painter, words) + 14 for words, _ in told)
        room = self.width() - self.left - EDGE
        bar = QRectF(self.left, base, min(max(room - 24 - wide, LEAST_SCALE), SCALE_WIDTH, room), 26)
        top = "" if not self.matrix.rated or max(self.matrix.rated) <= high else tr(" or more")
        draw_scale(painter, bar, f"{pixels(low)} px", f"{pixels(high)} px{top}", title="RMS")
        self._legend(painter, bar.right() + 24, base - 4, told)

    def _told(self) -> list[tuple[str, Kind]]:
        """What has no colour of the scale, of what is there."""
        cells = [cell for row in self.matrix.cells for cell in row]
        told = (
            (tr("with outliers"), Kind.USED, any(cell.wrong for cell in cells)),
            (tr("switched off"), Kind.OFF, any(cell.kind is Kind.OFF for cell in cells)),
            (tr("not used"), Kind.UNUSED, any(cell.kind is Kind.UNUSED for cell in cells)),
            (tr("board not seen"), Kind.UNSEEN, any(cell.kind in (Kind.UNSEEN, Kind.NOTHING) for cell in cells)),
        )
        return [(words, kind) for words, kind, there in told if there]

    def _legend(self, painter: QPainter, left: float, top: float, told: list[tuple[str, Kind]]) -> None:
        look, muted = LOOK.now, LOOK.now.color("muted")
        painter.setFont(number_font(11))
        for words, kind in told:
            wide = _wide(painter, words)
            box = QRectF(left, top + 2, 12, 12)
            if kind is Kind.USED:
                painter.setPen(QPen(QColor(8, 10, 13, 200), 1))
                painter.setBrush(look.color("bad"))
                painter.drawEllipse(box.center(), 3.4, 3.4)
            else:
                _blank(painter, box, kind)
            label(painter, QRectF(left + 18, top, wide, 16), words, muted)
            left += 18 + wide + 14


def _wide(painter: QPainter, words: str) -> float:
    return painter.fontMetrics().horizontalAdvance(words) + 4.0


def _blank(painter: QPainter, box: QRectF, kind: Kind) -> None:
    """A cell without an error: crossed out where it is off, plain where it is not used, a frame where nothing is."""
    look = LOOK.now
    if kind in (Kind.OFF, Kind.UNUSED):
        painter.fillRect(box, look.color("raised" if kind is Kind.OFF else "line"))
        if kind is Kind.OFF:
            painter.setPen(QPen(look.color("muted"), 1))
            painter.drawLine(box.topLeft() + QPointF(1, 1), box.bottomRight() - QPointF(1, 1))
        return
    painter.setPen(QPen(look.color("line", 0.7), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
