"""The two charts of the threshold page, one above the other over the same similarities: shares, and the histogram."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from engines.core.words import tr
from engines.faces.study_types import OperatingPoint, ThresholdReport
from widgets.charts.band import Band, BandPlot, Mark, stairs
from widgets.charts.plot import Series
from widgets.faces.words import one_in, similarity
from widgets.kit.layouts import column_of

STRANGERS, MISSED = 0, 1
FLOOR = 3e-7
"""Shares below this are not drawn."""


class ThresholdCharts(QWidget):
    """Strangers named and enrolled missed against the threshold; below, what similarities there are."""

    def __init__(self) -> None:
        super().__init__()
        self.curve = BandPlot(tr("Shares over the threshold"), tr("Threshold"), tr("Share"), log_y=True, shares=True)
        self.histogram = BandPlot(tr("Similarities"), tr("Similarity"), tr("Share of faces"), shares=True)
        self.curve.set_nothing(tr("The curve appears when the gallery has been checked"))
        self.histogram.set_nothing(tr("Similarities of strangers and of the enrolled appear with it"))
        self.setLayout(column_of((self.curve, 3), (self.histogram, 2), spacing=4, margins=(4, 4, 4, 4)))
        self.curve.crossed.connect(lambda x: self.histogram.set_cross(None if math.isnan(x) else x))
        self.histogram.crossed.connect(lambda x: self.curve.set_cross(None if math.isnan(x) else x))

    def show_report(self, report: ThresholdReport | None) -> None:
        if report is None:
            for plot in (self.curve, self.histogram):
                plot.show_lines(())
                plot.set_uprights(())
            return
        ends = _ends(report)
        self._show_curve(report, ends)
        self._show_histogram(report, ends)
        room = max(self.curve.left_room, self.histogram.left_room)
        self.curve.set_left_room(room)
        self.histogram.set_left_room(room)

    def _show_curve(self, report: ThresholdReport, ends: tuple[float, float]) -> None:
        lines = [Series(tr("strangers named"), report.thresholds, report.strangers, place=STRANGERS)]
        if report.missed:
            lines.append(Series(tr("enrolled missed"), report.thresholds, report.missed, place=MISSED))
        bands = [Band(report.thresholds, report.low, report.high, STRANGERS)] if report.low else []
        self.curve.show_lines(lines, bands)
        least = min((point.rate for point in report.points), default=1e-4)
        self.curve.set_ranges(ends, (max(min(least, report.chosen.rate) / 3, FLOOR), 1.3))

    def _show_histogram(self, report: ThresholdReport, ends: tuple[float, float]) -> None:
        lines, bands = [], []
        for place, (name, heights) in enumerate((("strangers", report.impostor), ("enrolled", report.genuine))):
            if heights:
                x, y = stairs(report.bins, per_bin(report.bins, heights))
                lines.append(Series(name, x, y, place=place))
                bands.append(Band(x, [0.0] * len(x), y, place, hatched=True))
        self.histogram.show_lines(lines, bands)
        top = max((y for line in lines for y in line.y), default=1.0)
        self.histogram.set_ranges(ends, (0.0, top * 1.1 or 1.0))

    def mark(self, points: Sequence[OperatingPoint], chosen: OperatingPoint) -> None:
        """The operating points as upright lines, the chosen one strong and with words."""
        others = [Mark(point.threshold, "") for point in points if point is not chosen]
        words = f"{one_in(chosen.rate)}: {similarity(chosen.threshold)}"
        self.curve.set_uprights([*others, Mark(chosen.threshold, words, chosen=True)])
        self.histogram.set_uprights([Mark(chosen.threshold, "", chosen=True)])


def per_bin(bins: Sequence[float], density: Sequence[float]) -> list[float]:
    """What share of the faces lies in each bin of a density."""
    return [height * (right - left) for left, right, height in zip(bins[:-1], bins[1:], density, strict=True)]


def _ends(report: ThresholdReport) -> tuple[float, float]:
    """The similarities worth drawing: all thresholds and every bin that is not empty."""
    filled = [edge for heights in (report.impostor, report.genuine) for edge in _filled(report.bins, heights)]
    shown = [*report.thresholds, *filled]
    return (min(shown), max(shown)) if len(set(shown)) > 1 else (0.0, 1.0)


def _filled(bins: tuple[float, ...], heights: tuple[float, ...]) -> list[float]:
    least = max(heights, default=0.0) / 1000
    return [edge for place, height in enumerate(heights) if height > least for edge in bins[place : place + 2]]
