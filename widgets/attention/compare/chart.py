"""Curves over the length of a sequence, with the roofline and rings round what `auto` takes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from engines.attention.measuring import costs
from engines.attention.types import CompareResult, Point
from engines.core.words import tr
from widgets.attention.compare.words import TITLES, Measure, lengths, places, value
from widgets.charts.axes import Axis
from widgets.charts.band import Band, BandPlot
from widgets.charts.plot import Series
from widgets.kit.theme import LOOK

RING = 6.5
ROOF = tr("Ceiling here")
FINE = 4
"""Points of the roofline an octave."""


@dataclass(frozen=True)
class LengthAxis(Axis):
    """A logarithmic axis whose ticks are the lengths themselves."""

    lengths: tuple[float, ...] = ()

    def ticks(self, most: int = 5) -> list[tuple[float, str]]:
        step = max(1, math.ceil(len(self.lengths) / max(most, 1)))
        return [(length, f"{length:,.0f}") for length in self.lengths[::-step]]


class LengthPlot(BandPlot):
    """The cross hair stands at lengths that were measured, and nowhere between them; the axis holds all asked for."""

    def __init__(self, name: str) -> None:
        super().__init__(name, tr("Length"), "", log_x=True, log_y=True)
        self.rings: tuple[tuple[float, float], ...] = ()
        self._lengths: tuple[float, ...] = ()
        self._asked: tuple[float, ...] = ()

    def show_result(self, result: CompareResult, measure: Measure) -> None:
        """The curves of one measure; what was left out has no point."""
        self.y_title = measure.axis
        self._lengths = tuple(float(length) for length in lengths(result))
        self._asked = tuple(float(length) for length in sorted(result.spec.lengths))
        self.rings = rings(result, measure)
        self.show_lines([*curves(result, measure), *roofline(result, measure)], bands(result, measure))

    def set_cross(self, x: float | None) -> None:
        near = x if x is None or not self._lengths else min(self._lengths, key=lambda n: abs(math.log(n / x)))
        super().set_cross(near)

    def _fit(self) -> None:
        super()._fit()
        whole = Axis.over(self._asked, True)
        self._x = LengthAxis(whole.low, whole.high, True, self._asked)

    def _draw_cursor(self, painter: QPainter, box: QRectF) -> None:
        painter.setPen(QPen(LOOK.now.color("text"), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for length, figure in self.rings:
            painter.drawEllipse(QPointF(self._at(box, length, figure)), RING, RING)
        super()._draw_cursor(painter, box)


def curves(result: CompareResult, measure: Measure) -> list[Series]:
    """A line a kind, of what was measured; a logarithm shows nothing that is 0."""
    made, place = [], places(result.spec.kinds)
    for kind in result.spec.kinds:
        points = [(one.length, value(one, measure)) for one in result.points if one.kind == kind]
        shown = [(length, figure) for length, figure in points if figure]
        if shown:
            x, y = zip(*shown, strict=True)
            made.append(Series(TITLES[kind], x, y, markers=True, place=place[kind]))
    return made


def bands(result: CompareResult, measure: Measure) -> list[Band]:
    """Quartiles of the time, and of the throughput that follows from it."""
    made, place = [], places(result.spec.kinds)
    for kind in result.spec.kinds if measure.field in ("ms", "gflops") else ():
        timed = [one for one in result.points if one.kind == kind and one.ms and one.low_ms and one.high_ms]
        if len(timed) > 1:
            x, ends = [one.length for one in timed], [_quartiles(one, measure.field == "gflops") for one in timed]
            made.append(Band(x, [low for low, _ in ends], [high for _, high in ends], place[kind]))
    return made


def _quartiles(point: Point, rate: bool) -> tuple[float, float]:
    """Of the time, or of a rate that falls as the time grows."""
    low, middle, high = point.low_ms or 0.0, point.ms or 0.0, point.high_ms or 0.0
    return ((point.gflops or 0.0) * middle / high, (point.gflops or 0.0) * middle / low) if rate else (low, high)


def roofline(result: CompareResult, measure: Measure) -> list[Series]:
    """What this machine allows exact attention, of time or throughput."""
    of = {"ms": costs.roof_ms, "gflops": costs.roof}.get(measure.field)
    if of is None or not result.ceiling.gflops or not lengths(result):
        return []
    x = _between(lengths(result))
    return [Series(ROOF, x, [of(result.spec, n, result.ceiling) for n in x], token="muted", style=2)]


def rings(result: CompareResult, measure: Measure) -> tuple[tuple[float, float], ...]:
    """Where the kernel is that `auto` takes."""
    auto = dict(result.auto)
    found = [(one.length, value(one, measure)) for one in result.points if auto.get(one.length) == one.kind]
    return tuple((float(length), figure) for length, figure in found if figure)


def _between(ends: Sequence[int]) -> list[int]:
    """Lengths close to one another, from the first to the last."""
    low, high = math.log2(ends[0]), math.log2(ends[-1])
    many = max(1, round((high - low) * FINE))
    return sorted({round(2 ** (low + (high - low) * step / many)) for step in range(many + 1)})
