"""The page that sets two calibrations of a camera side by side: over the picture, and parameter by parameter."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QRectF

from engines.calibration.compare import DISAGREE, Comparison, ParameterPair
from widgets.calibration.numbers import group
from widgets.calibration.pages.chart_page import ChartPage, side_of
from widgets.calibration.pages.heat_plane import Heat, HeatPlane, rough, round_levels
from widgets.calibration.pages.state import PagesView
from widgets.calibration.pages.two_files import TwoFiles
from widgets.kit.fields import wrapped
from widgets.kit.figures_table import DASH, FiguresTable, Shown

OFFER = (
    "Choose a second calibration of this camera: how far do the two differ over the picture?",
    "Choose a file",
    "open",
    "A calibration as OpenCV YAML, JSON, Kalibr or ROS",
)
ABOUT = (
    "Where the two see the same direction, after the turn of the camera that fits best. "
    "Apart: in joint standard deviations."
)


class ComparePage(ChartPage):
    """`files` are the two that are compared."""

    def __init__(self) -> None:
        super().__init__()
        self.chart = self.map = HeatPlane("Difference over the picture", "px")
        self.files = TwoFiles("This calibration")
        self.words, self.about = wrapped(), wrapped("hint", ABOUT)
        tips = "Of the camera", "Of the first", "Of the second", "In joint standard deviations"
        self.table = FiguresTable("Parameters of both", ("", "First", "Second", "Apart"), tips, most=18)
        side = side_of(self.files, self.words, self.table, self.about)
        self.lay_chart("Compare", self.map, side, empty=OFFER)

    def show_state(self, view: PagesView) -> None:
        before, self.shown = self.shown, view
        compare = view.compare
        self.show_results(bool(compare.second))
        self.files.show_files(compare.first, compare.second)
        self.export.setEnabled(compare.comparison is not None)
        self.state.setText("" if compare.comparison is None else size_words(compare.comparison))
        if compare.comparison is not before.compare.comparison or compare.comparison is None:
            self._show(compare.comparison)
        if compare.comparison is None:
            self.map.nothing = compare.problem or "Reading both"
            self.map.update()

    def _show(self, comparison: Comparison | None) -> None:
        self.map.show_heat(None if comparison is None else heat_of(comparison))
        for part in (self.words, self.table, self.about):
            part.setVisible(comparison is not None)
        if comparison is not None:
            self.words.setText(difference_words(comparison))
            rows = tuple(pair_cells(pair) for pair in comparison.parameters)
            far = [n for n, pair in enumerate(comparison.parameters) if (pair.deviations or 0.0) >= DISAGREE]
            shown = Shown(("", "First", "Second", "Apart"), rows, strong=frozenset((n, 3) for n in far))
            self.table.show_cells(shown)


def heat_of(comparison: Comparison) -> Heat:
    """The difference over the picture with lines at round values."""
    values = np.array(comparison.difference, np.float64).reshape(comparison.rows, comparison.columns)
    size = comparison.image_size
    extent = QRectF(0, 0, size.width - 1, size.height - 1)
    return Heat(values, extent, "px", "difference", levels=round_levels(values))


def size_words(comparison: Comparison) -> str:
    size = comparison.image_size
    return f"{size.width} \u00d7 {size.height} pixels"


def difference_words(comparison: Comparison) -> str:
    """'They differ by 0.12 px in most places, by 0.9 px at most. cy is the furthest apart: 3.1 joint deviations.'"""
    if not math.isfinite(comparison.rms_px):
        return "The two have no direction in common."
    usual = float(np.nanmedian(comparison.difference))
    told = f"They differ by {rough(usual)} px in most places, by {rough(comparison.largest_px)} px at most"
    turn = f", once the camera is turned by {rough(comparison.turn_deg)}\u00b0." if comparison.turn_deg > 1e-4 else "."
    known = [pair for pair in comparison.parameters if pair.deviations is not None]
    if not known:
        return f"{told}{turn} How certain they are is not told."
    worst = max(known, key=lambda pair: pair.deviations or 0.0)
    return f"{told}{turn} {worst.name} is the furthest apart: {worst.deviations:.1f} joint deviations."


def pair_cells(pair: ParameterPair) -> tuple[str, str, str, str]:
    """A parameter as a row of the table, both values with the same decimals."""
    stds = [std for std in (pair.first_std, pair.second_std) if std]
    unit = "px" if pair.name in ("fx", "fy", "cx", "cy") else ""
    first, second = (
        DASH if value is None else group([pair.name], [value], [min(stds, default=None)], unit)[0].value
        for value in (pair.first, pair.second)
    )
    return pair.name, first, second, DASH if pair.deviations is None else f"{pair.deviations:.1f}"
