"""Curves of evaluations, a line a model: along an action, ahead of time, at its start, and as whole segments.

The models have the same colours and line styles in every chart; the selected one is drawn thick. The cross hair goes
from one measured point to the next.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from engines.actions.study_types import Evaluation
from engines.core.words import tr
from widgets.charts.band import BandPlot
from widgets.charts.class_colors import DASHES
from widgets.charts.plot import Series

STILL = tr("the current class goes on")
DASHED = 1
STYLE_ORDER = tuple(style for style in range(len(DASHES)) if style != DASHED)
"""Line styles of models; dashes are kept for what they are compared with."""
MOST_LETTERS = 40
HEIGHT, BARE = 216, 48
"""Pixels of a plot, and of one in which nothing was measured."""
Pairs = Sequence[tuple[float, float | None]]


class SnapPlot(BandPlot):
    """The cross hair goes from one measured point to the next: nothing is read off between them."""

    def _move_cross(self, x: float | None) -> None:
        places = sorted({at for one in self.series for at in one.x})
        if x is None or not places:
            super()._move_cross(None)
            return
        super()._move_cross(min(places, key=lambda place: abs(place - x)))


class MeasuredPlot(SnapPlot):
    """Shares that were measured at some points, with lines that lead the eye."""

    def show_curves(self, lines: Sequence[Series], *, x: tuple[float, float] | None = None) -> None:
        """From a round share below the lowest to a little above 100 %, or `x` as the axis' ends."""
        self.show_lines(lines)
        if x is None and lines:
            x = ends_of([at for one in lines for at in one.x])
        self.set_ranges(x, share_ends([value for one in lines for value in one.y]))
        self.setFixedHeight(HEIGHT if lines else BARE)

    def _words(self, value: float, share: bool) -> str:
        return super()._words(value, share) if math.isfinite(value) else tr("not measured")


def decile_lines(results: Sequence[Evaluation], selected: int) -> list[Series]:
    """AP of frames within the first tenth, the second ... of their instance; x in the middle of the tenth."""
    many = max((len(one.deciles) for one in results), default=0)
    middles = [(place + 0.5) / many for place in range(many)]
    return _lines(results, [tuple(zip(middles, one.deciles, strict=False)) for one in results], selected)


def ahead_lines(results: Sequence[Evaluation], selected: int) -> list[Series]:
    """mAP by seconds ahead; dashed, what one reaches by saying that nothing changes."""
    made = _lines(results, [one.ahead for one in results], selected)
    still = results[selected].ahead_still if results else ()
    return [*([_line(STILL, still, 0, style=DASHED, token="muted")] if still else []), *made]


def start_lines(results: Sequence[Evaluation], selected: int) -> list[Series]:
    return _lines(results, [one.starts for one in results], selected)


def segment_lines(results: Sequence[Evaluation], selected: int) -> list[Series]:
    return _lines(results, [one.segments for one in results], selected)


def share_ends(values: Sequence[float]) -> tuple[float, float]:
    """From the tenth below the lowest share; all of it where there is none."""
    known = [value for value in values if math.isfinite(value)]
    low = math.floor(min(known, default=0.0) * 10 - 0.3) / 10
    low = max(min(low, 0.9), 0.0)
    return low, 1 + 0.06 * (1 - low)


def ends_of(values: Sequence[float]) -> tuple[float, float]:
    """A little beyond the points at both sides."""
    low, high = min(values), max(values)
    room = (high - low) * 0.06 or max(abs(high) * 0.5, 0.1)
    return low - room, high + room


def shortened(name: str) -> str:
    """A name that fits a legend: the middle of a long one is left out."""
    half = MOST_LETTERS // 2
    return name if len(name) <= MOST_LETTERS else f"{name[:half]}\u2026{name[-half:]}"


def _lines(results: Sequence[Evaluation], curves: Sequence[Pairs], selected: int) -> list[Series]:
    """A line for each model that was measured."""
    return [
        _line(one.name, curve, place, strong=place == selected and len(results) > 1)
        for place, (one, curve) in enumerate(zip(results, curves, strict=True))
        if any(value is not None and math.isfinite(value) for _, value in curve)
    ]


def _line(name: str, pairs: Pairs, place: int, *, style: int = -1, strong: bool = False, token: str = "") -> Series:
    found = [(at, value) for at, value in pairs if value is not None and math.isfinite(value)]
    x, y = [at for at, _ in found], [value for _, value in found]
    dash = STYLE_ORDER[place % len(STYLE_ORDER)] if style < 0 else style
    return Series(shortened(name), x, y, markers=True, place=place, style=dash, strong=strong, token=token)
