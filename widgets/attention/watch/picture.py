"""The tiled algorithm drawn: the scores with the tile in work, and beside them all that is kept of each row.

Rows of queries run through from left to right: the matrix, then m, l and the factor of the step, then the output. The
matrix shows what each key counts for so far; a kernel throws these numbers away as soon as they are summed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy

from engines.attention.tiling import Span, Step, Trace
from widgets.attention.watch.words import span
from widgets.charts.axes import figure, percent
from widgets.charts.drawn import LEFT, RIGHT, DrawnChart, label
from widgets.charts.heat import draw_image, draw_scale, heat_image, outline, signed_image
from widgets.kit.theme import LOOK, number_font

TOP, FOOT, LEFT_ROOM, GAP = 38, 50, 44, 14
COLUMN = 46
LEAST_FOR_NUMBERS = 9.5
CLIPPED = 0.985
"""Share of the keys that the colours tell apart; the strongest few are as bright as can be.

Even steps of colour are even steps of the square root, so that weak keys are told apart too.
"""
COLUMNS = (
    ("m", "The running maximum of the row's scores"),
    ("l", "The sum of exp(s \u2212 m) so far"),
    ("scale", "What this step scaled the sums by: exp(m \u2212 m\u2032)"),
)
CENTRE = Qt.AlignmentFlag.AlignHCenter


@dataclass(frozen=True)
class Places:
    """Where everything lies, in pixels. cell: side of a score."""

    trace: Trace
    cell: float
    left: float

    @classmethod
    def of(cls, trace: Trace, width: float, height: float) -> Places:
        rows, keys, columns = *trace.scores.shape, trace.output.shape[1]
        wide = width - LEFT_ROOM - 2 * GAP - len(COLUMNS) * COLUMN - 8
        cell = max(min((height - TOP - FOOT) / rows, wide / (keys + 0.75 * columns)), 3.0)
        used = LEFT_ROOM + cell * (keys + 0.75 * columns) + 2 * GAP + len(COLUMNS) * COLUMN
        return cls(trace, cell, max((width - used) / 2, 0))

    @cached_property
    def matrix(self) -> QRectF:
        rows, keys = self.trace.scores.shape
        return QRectF(self.left + LEFT_ROOM, TOP, keys * self.cell, rows * self.cell)

    @cached_property
    def columns(self) -> tuple[QRectF, ...]:
        first = self.matrix.right() + GAP
        return tuple(
            QRectF(first + number * COLUMN, TOP, COLUMN - 4, self.matrix.height()) for number in range(len(COLUMNS))
        )

    @cached_property
    def output(self) -> QRectF:
        wide = self.trace.output.shape[1] * 0.75 * self.cell
        return QRectF(self.columns[-1].right() + GAP + 4, TOP, wide, self.matrix.height())

    def rows(self, room: QRectF, rows: Span) -> QRectF:
        """The part of a region that belongs to some rows."""
        return QRectF(room.left(), TOP + rows[0] * self.cell, room.width(), (rows[1] - rows[0]) * self.cell)

    def tile(self, rows: Span, keys: Span) -> QRectF:
        left = self.matrix.left() + keys[0] * self.cell
        return QRectF(left, TOP + rows[0] * self.cell, (keys[1] - keys[0]) * self.cell, (rows[1] - rows[0]) * self.cell)


class TilePicture(DrawnChart):
    """`show_step` shows the state after a step; -1 is before the first."""

    def __init__(self) -> None:
        super().__init__("The tiled algorithm")
        self.trace: Trace | None = None
        self.at = -1
        self._most, self._largest = 1.0, 1.0
        self.setMinimumSize(420, 260)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_step(self, trace: Trace, at: int) -> None:
        if trace is not self.trace:
            self._most, self._largest = _strong_share(trace), float(np.abs(trace.output).max())
        self.trace, self.at = trace, at
        self.update()

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def table(self) -> list[list[str]]:
        """What is kept of each row."""
        step, rows = self._step(), [["row", "m", "l", "factor", "keys summed"]]
        if self.trace is None or step is None:
            return rows
        return rows + [
            [str(row + 1), f"{step.maximum[row]:.6g}", f"{step.total[row]:.6g}", f"{step.factor[row]:.6g}",
             str(step.seen[row])]
            for row in range(len(step.total))
        ]  # fmt: skip

    def tip_at(self, place: QPointF) -> str:
        if self.trace is None:
            return ""
        places = Places.of(self.trace, self.width(), self.height())
        row = int((place.y() - TOP) // places.cell)
        if not 0 <= row < len(self.trace.scores):
            return ""
        if places.matrix.contains(place):
            return self._score_tip(row, int((place.x() - places.matrix.left()) // places.cell))
        titles = zip(COLUMNS, places.columns, strict=True)
        return next((f"Row {row + 1}: {tip}" for (_title, tip), room in titles if room.contains(place)), "")

    def _score_tip(self, row: int, key: int) -> str:
        assert self.trace is not None
        score, share = self.trace.scores[row, key], self.trace.weights(self.at)[row, key]
        words = "hidden" if not np.isfinite(score) else f"score {figure(float(score))}"
        counts = "not summed yet" if np.isnan(share) else f"counts {percent(float(share), 1)} so far"
        return f"Query {row + 1}, key {key + 1}: {words}, {counts}"

    def _step(self) -> Step | None:
        return self.trace.steps[self.at] if self.trace is not None and self.at >= 0 else None

    def _draw(self, painter: QPainter) -> None:
        if self.trace is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        places, step = Places.of(self.trace, self.width(), self.height()), self._step()
        self._draw_matrix(painter, places)
        self._draw_columns(painter, places, step)
        self._draw_output(painter, places, step)
        self._draw_heads(painter, places, step)
        self._draw_scales(painter, places)
        if step is not None:
            self._draw_work(painter, places, step)

    def _draw_matrix(self, painter: QPainter, places: Places) -> None:
        trace, look = places.trace, LOOK.now
        painter.fillRect(places.matrix, look.color("raised"))
        shown = trace.weights(self.at)
        draw_image(
            painter, places.matrix, heat_image(np.where(np.isfinite(trace.scores), shown, np.nan), 0, self._most)
        )
        painter.setPen(Qt.PenStyle.NoPen)
        for rows, keys, hidden in _tiles(trace):
            if hidden:
                painter.setBrush(QBrush(look.color("muted", 0.45), Qt.BrushStyle.BDiagPattern))
                painter.drawRect(places.tile(rows, keys))
        self._draw_grid(painter, places)

    def _draw_grid(self, painter: QPainter, places: Places) -> None:
        """Lines between tiles, and a frame."""
        trace, room = places.trace, places.matrix
        painter.setPen(QPen(LOOK.now.color("base", 0.9), 1.5))
        for key in range(trace.key_tile, trace.scores.shape[1], trace.key_tile):
            x = room.left() + key * places.cell
            painter.drawLine(QPointF(x, room.top()), QPointF(x, room.bottom()))
        for row in range(trace.query_tile, len(trace.scores), trace.query_tile):
            y = room.top() + row * places.cell
            painter.drawLine(QPointF(room.left(), y), QPointF(places.output.right(), y))
        _frame(painter, room)

    def _draw_columns(self, painter: QPainter, places: Places, step: Step | None) -> None:
        """m, l and the factor, as numbers where there is room, else as bars."""
        for room in places.columns:
            painter.fillRect(room, LOOK.now.color("raised"))
        if step is not None:
            shown = (np.where(step.seen > 0, step.maximum, np.nan), np.where(step.seen > 0, step.total, np.nan))
            for room, values in zip(places.columns, (*shown, _factors(step)), strict=True):
                self._draw_values(painter, places, room, values)
        for room in places.columns:
            _frame(painter, room)

    def _draw_values(self, painter: QPainter, places: Places, room: QRectF, values: NDArray[np.float64]) -> None:
        low, high = np.nanmin(values, initial=0.0), np.nanmax(values, initial=1e-9)
        numbers = places.cell >= LEAST_FOR_NUMBERS
        for row, value in enumerate(values):
            if np.isnan(value):
                continue
            line = places.rows(room, (row, row + 1))
            share = (value - low) / max(high - low, 1e-9)
            bar = QRectF(line.left(), line.top() + 1, line.width() * share, max(line.height() - 2, 1))
            painter.fillRect(bar, LOOK.now.color("accent", 0.22 if numbers else 0.6))
            if numbers:
                painter.setFont(number_font(11 if places.cell >= 12 else 10))
                label(painter, line.adjusted(2, -2, -5, 2), _short(float(value)), LOOK.now.color("text"), RIGHT)

    def _draw_output(self, painter: QPainter, places: Places, step: Step | None) -> None:
        painter.fillRect(places.output, LOOK.now.color("raised"))
        if step is not None:
            shown = np.where(step.seen[:, None] > 0, step.output, np.nan)
            draw_image(painter, places.output, signed_image(shown, self._largest))
        _frame(painter, places.output)

    def _draw_heads(self, painter: QPainter, places: Places, step: Step | None) -> None:
        look = LOOK.now
        painter.setFont(number_font(11))
        above = QRectF(places.matrix.left(), 0, places.matrix.width(), 18)
        label(painter, above, "Keys", look.color("muted"), LEFT)
        for (title, _tip), room in zip(COLUMNS, places.columns, strict=True):
            label(painter, QRectF(room.left(), TOP - 20, room.width(), 18), title, look.color("text"), CENTRE)
        head = QRectF(places.output.left() - 20, TOP - 20, places.output.width() + 40, 18)
        label(painter, head, "acc / l", look.color("text"), CENTRE)
        for keys in {one.keys for one in places.trace.steps}:
            active = step is not None and step.keys == keys
            self._draw_tile_name(painter, places, keys, active)
        self._draw_query_names(painter, places, step)

    def _draw_tile_name(self, painter: QPainter, places: Places, keys: Span, active: bool) -> None:
        room = places.tile((0, 1), keys)
        number = str(keys[0] // places.trace.key_tile + 1)
        color = LOOK.now.color("accent" if active else "muted")
        label(painter, QRectF(room.left(), TOP - 20, room.width(), 18), number, color, CENTRE)

    def _draw_query_names(self, painter: QPainter, places: Places, step: Step | None) -> None:
        """Rows of queries at the left, where there is room."""
        for rows in {one.rows for one in places.trace.steps}:
            active = step is not None and step.rows == rows
            room = places.rows(QRectF(places.left, 0, LEFT_ROOM - 6, 0), rows)
            words = span(rows).replace(" to ", "\u2013")
            if room.height() >= LEAST_FOR_NUMBERS:
                label(painter, room, words, LOOK.now.color("accent" if active else "muted"), RIGHT)

    def _draw_work(self, painter: QPainter, places: Places, step: Step) -> None:
        """The tile in work, and the rows that it changes."""
        outline(painter, places.tile(step.rows, step.keys), LOOK.now.color("accent"))
        for room in (*places.columns, places.output):
            painter.setPen(QPen(LOOK.now.color("accent"), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(places.rows(room, step.rows))

    def _draw_scales(self, painter: QPainter, places: Places) -> None:
        top, muted = places.matrix.bottom() + 10, LOOK.now.color("muted")
        room = QRectF(places.matrix.left(), top, min(places.matrix.width() * 0.55, 260), 24)
        middle, high = (percent(share, 0) for share in (self._most / 4, self._most))
        draw_scale(painter, room, "0", high, title=middle)
        label(painter, QRectF(room.right() + 8, top + 10, 80, 15), "of its row", muted, LEFT)
        if any(hidden for _rows, _keys, hidden in _tiles(places.trace)):
            self._draw_legend(painter, room.right() + 8, top)
        wide = max(places.output.width(), 110)
        most = _short(self._largest)
        room = QRectF(places.output.right() - wide, top, wide, 24)
        draw_scale(painter, room, f"\u2212{most}", most, signed=True, title="0")

    def _draw_legend(self, painter: QPainter, left: float, top: float) -> None:
        """What the hatching stands for."""
        painter.setPen(QPen(LOOK.now.color("line"), 1))
        painter.setBrush(QBrush(LOOK.now.color("muted", 0.6), Qt.BrushStyle.BDiagPattern))
        painter.drawRect(QRectF(left, top - 1, 14, 10))
        label(painter, QRectF(left + 20, top - 5, 80, 17), "skipped", LOOK.now.color("muted"), LEFT)


def _tiles(trace: Trace) -> list[tuple[Span, Span, bool]]:
    return [(step.rows, step.keys, step.skipped) for step in trace.steps]


def _strong_share(trace: Trace) -> float:
    """What nearly all keys count for at most, in the end or, where that is more, within the first tile alone."""
    shares = trace.weights(len(trace.steps) - 1)
    in_the_end = float(np.quantile(shares[np.isfinite(trace.scores)], CLIPPED))
    return min(max(in_the_end, 1.6 / min(trace.key_tile, len(shares[0]))), 1.0)


def _factors(step: Step) -> NDArray[np.float64]:
    """Of the rows in work alone, and not of those that began with this tile."""
    shown = np.full(len(step.factor), np.nan)
    here = slice(*step.rows)
    if not step.skipped:
        shown[here] = np.where(step.factor[here] > 0, step.factor[here], np.nan)
    return shown


def _short(value: float) -> str:
    """Two decimals, in a column of 46 pixels."""
    words = f"{value:.2f}" if abs(value) < 100 else figure(value)
    return words.replace("-", "\u2212")


def _frame(painter: QPainter, room: QRectF) -> None:
    painter.setPen(QPen(LOOK.now.color("line"), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(room)
