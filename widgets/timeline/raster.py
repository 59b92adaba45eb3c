"""A rasteriser of curves and heat in numpy: hundreds of curve columns in about a millisecond, whatever they hold.

A painter's path over an hour of probabilities takes seconds to stroke. Here a curve is a run of pixels in every column,
softened at its upper and lower end; only columns where there is something to see cost anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage

from widgets.timeline.decimation import Columns

QUIET = 0.01
"""A probability below this leaves no line: a dozen classes that are not there would cover the ground line."""
FILL, FILL_SURE = 0.10, 0.16
"""How dense the area under a curve is: up to the largest value of a column, and more up to the least one."""
FILL_MOST, FILL_CROWD = 10, 4.0
"""With more curves than these, or more samples a column, there are no areas; they would only be mud."""
STEEP = 5.0
"""Pixels of height in one column from which on a dashed line has no gaps, which would tear it."""
PATTERNS = {
    Qt.PenStyle.SolidLine: (1,),
    Qt.PenStyle.DashLine: (6, 3),
    Qt.PenStyle.DotLine: (2, 2),
    Qt.PenStyle.DashDotLine: (6, 2, 2, 2),
    Qt.PenStyle.DashDotDotLine: (6, 2, 2, 2, 2, 2),
}
Area = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Stroke:
    """The look of one curve: column of the values, colour, dash. quiet: thin, pale and without an area."""

    column: int
    color: QColor
    dash: Qt.PenStyle = Qt.PenStyle.SolidLine
    quiet: bool = False


def curves(found: Columns, strokes: Sequence[Stroke], height: int, *, line: float = 1.5, first: int = 0) -> QImage:
    """A picture `height` high with 1 at its top and 0 at its foot; later strokes lie on earlier ones.

    first: number of the first column in the whole, so that dashes go on from one picture to the next.
    """
    wide = found.high.shape[1]
    area: Area = np.zeros((height, wide, 4), np.float32)
    tops = _y(found.high, height, line)
    feet = tops if found.low is found.high else _y(found.low, height, line)
    if filled(len(strokes), found.crowd):
        for stroke in (stroke for stroke in strokes if not stroke.quiet):
            _fill(area, tops[stroke.column], feet[stroke.column], stroke.color, found.high[stroke.column] >= QUIET)
    for stroke in strokes:
        _stroke(area, found.high[stroke.column], tops[stroke.column], stroke, line, first)
    return picture(area)


def filled(curves: int, crowd: float) -> bool:
    """There are areas under so many curves with so many samples a column."""
    return curves <= FILL_MOST and crowd <= FILL_CROWD


def heat(found: Columns, strokes: Sequence[Stroke], rows: Sequence[int]) -> QImage:
    """A row for each stroke, `rows` pixels high with a pixel of ground under it; the denser the more probable."""
    wide = found.high.shape[1]
    area: Area = np.zeros((sum(rows), wide, 4), np.float32)
    top = 0
    for stroke, high in zip(strokes, rows, strict=True):
        dense = np.fmax(found.high[stroke.column], 0.0) * (0.6 if stroke.quiet else 1.0)
        area[top : top + max(high - 1, 1)] = dense[None, :, None] * _premultiplied(stroke.color)
        top += high
    return picture(area)


def picture(area: Area) -> QImage:
    """(rows, columns, 4) of premultiplied blue, green, red, alpha from 0 to 1 as a picture of its own."""
    data = np.ascontiguousarray(np.clip(area * 255.0 + 0.5, 0, 255).astype(np.uint8))
    rows, wide = data.shape[:2]
    made = QImage(data.data, wide, rows, wide * 4, QImage.Format.Format_ARGB32_Premultiplied)
    return made.copy()


def _premultiplied(color: QColor) -> Area:
    return np.array((color.blueF(), color.greenF(), color.redF(), 1.0), np.float32)


def _y(values: Area, height: int, line: float) -> Area:
    """Where a value stands, in pixels from the top; the line has room for half its width at both ends."""
    return line / 2 + (1.0 - values) * (height - line)


def _fill(area: Area, tops: Area, feet: Area, color: QColor, shown: NDArray[np.bool_]) -> None:
    at = np.flatnonzero(shown)
    if not len(at):
        return
    begin, end, first = at[0], at[-1] + 1, int(np.floor(tops[at].min()))
    top, foot = np.nan_to_num(tops[begin:end], nan=np.inf), np.nan_to_num(feet[begin:end], nan=np.inf)
    rows = np.arange(first, area.shape[0], dtype=np.float32)[:, None] + 1.0
    dense = FILL * np.clip(rows - top, 0, 1) + FILL_SURE * np.clip(rows - foot, 0, 1)
    dense[:, ~shown[begin:end]] = 0.0
    part = area[first:, begin:end]
    part *= (1.0 - dense)[..., None]
    part += dense[..., None] * _premultiplied(color)


def _stroke(area: Area, values: Area, tops: Area, stroke: Stroke, line: float, first: int) -> None:
    """Along the tops; each column reaches half way to its neighbours, so that the line is unbroken."""
    low, high = _reach(tops)
    drawn = _dashed(len(values), stroke.dash, first, line / 1.5) | (high - low > STEEP)
    at = np.flatnonzero((values >= QUIET) & drawn)
    if not len(at):
        return
    width = 1.0 if stroke.quiet else line
    begin, end = low[at] - width / 2, high[at] + width / 2
    upper = np.maximum(np.floor(begin), 0).astype(np.intp)
    lower = np.minimum(np.ceil(end), area.shape[0]).astype(np.intp)
    count = np.maximum(lower - upper, 0)
    rows = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count - upper, count)
    level = rows.astype(np.float32)
    dense = np.minimum(level + 1, np.repeat(end, count)) - np.maximum(level, np.repeat(begin, count))
    dense = (np.clip(dense, 0, 1, out=dense) * np.float32(0.45 if stroke.quiet else 1.0))[:, None]
    pixels, place = area.reshape(-1, 4), rows * area.shape[1] + np.repeat(at, count)
    mixed = pixels.take(place, axis=0)
    mixed += dense * (_premultiplied(stroke.color) - mixed)
    pixels[place] = mixed


def _reach(tops: Area) -> tuple[Area, Area]:
    """Highest and lowest place of the line in each column: its top, and half way to the tops beside it."""
    before = np.concatenate((tops[:1], tops[:-1]))
    after = np.concatenate((tops[1:], tops[-1:]))
    beside = (tops + before) / 2, (tops + after) / 2
    return np.fmin(tops, np.fmin(*beside)), np.fmax(tops, np.fmax(*beside))


def _dashed(wide: int, dash: Qt.PenStyle, first: int, size: float) -> NDArray[np.bool_]:
    pattern = PATTERNS.get(dash, (1,))
    if len(pattern) == 1:
        return np.ones(wide, bool)
    on = np.concatenate([np.full(max(round(length * size), 1), place % 2 == 0) for place, length in enumerate(pattern)])
    return on[(np.arange(wide) + first) % len(on)]
