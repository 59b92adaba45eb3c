"""The page that sets two calibrations of a camera side by side: over the picture, and parameter by parameter."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QRectF

from engines.calibration.compare import DISAGREE, Comparison, ParameterPair
from engines.core.words import tr
from widgets.calibration.numbers import group
from widgets.calibration.pages.chart_page import ChartPage, side_of
from widgets.calibration.pages.heat_plane import Heat, HeatPlane, rough, round_levels
from widgets.calibration.pages.state import PagesView
from widgets.calibration.pages.two_files import TwoFiles
from widgets.kit.fields import wrapped
from widgets.kit.figures_table import DASH, FiguresTable, Shown

OFFER = (
    tr("Choose a second calibration of this camera: how far do the two differ over the picture?"),
    tr("Choose a file"),
    "open",
    tr("A calibration as OpenCV YAML, JSON, Kalibr or ROS"),
)
ABOUT = tr(
    "Where the two see the same direction, after the turn of the camera that fits best. "
    "Apart: in joint standard deviations."
)


class ComparePage(ChartPage):
    """`files` are the two that are compared."""

    def __init__(self) -> None:
        super().__init__()
        self.chart = self.map = HeatPlane(tr("Difference over the picture"), "px")
        self.files = TwoFiles(tr("This calibration"))
        self.words, self.about = wrapped(), wrapped("hint", ABOUT)
        tips = tr("Of the camera"), tr("Of the first"), tr("Of the second"), tr("In joint standard deviations")
        self.table = FiguresTable(tr("Parameters of both"), ("", tr("First"), tr("Second"), tr("Apart")), tips, most=18)
        side = side_of(self.files, self.words, self.table, self.about)
        self.lay_chart(tr("Compare"), self.map, side, empty=OFFER)

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
            self.map.nothing = compare.problem or tr("Reading both")
            self.map.update()

    def _show(self, comparison: Comparison | None) -> None:
        self.map.show_heat(None if comparison is None else heat_of(comparison))
        for part in (self.words, self.table, self.about):
            part.setVisible(comparison is not None)
        if comparison is not None:
            self.words.setText(difference_words(comparison))
            rows = tuple(pair_cells(pair) for pair in comparison.parameters)
            far = [n for n, pair in enumerate(comparison.parameters) if (pair.deviations or 0.0) >= DISAGREE]
            shown = Shown(("", tr("First"), tr("Second"), tr("Apart")), rows, strong=frozenset((n, 3) for n in far))
            self.table.show_cells(shown)


def heat_of(comparison: Comparison) -> Heat:
    """The difference over the picture with lines at round values."""
    values = np.array(comparison.difference, np.float64).reshape(comparison.rows, comparison.columns)
    size = comparison.image_size
    extent = QRectF(0, 0, size.width - 1, size.height - 1)
    return Heat(values, extent, "px", tr("difference"), levels=round_levels(values))


def size_words(comparison: Comparison) -> str:
    size = comparison.image_size
    return tr("{width} \u00d7 {height} pixels", width=size.width, height=size.height)


def difference_words(comparison: Comparison) -> str:
    """'They differ by 0.12 px in most places, by 0.9 px at most. cy is the furthest apart: 3.1 joint deviations.'"""
    if not math.isfinite(comparison.rms_px):
        return tr("The two have no direction in common.")
    usual = float(np.nanmedian(comparison.difference))
    told = tr(
        "They differ by {usual} px in most places, by {largest_px} px at most",
        usual=rough(usual),
        largest_px=rough(comparison.largest_px),
    )
    turn = (
        tr(", once the camera is turned by {turn_deg}\u00b0.", turn_deg=rough(comparison.turn_deg))
        if comparison.turn_deg > 1e-4
        else "."
    )
    known = [pair for pair in comparison.parameters if pair.deviations is not None]
    if not known:
        return tr("{told}{turn} How certain they are is not told.", told=told, turn=turn)
    worst = max(known, key=lambda pair: pair.deviations or 0.0)
    return tr(
        "{told}{turn} {worst} is the furthest apart: {deviations:.1f} joint deviations.",
        told=told,
        turn=turn,
        worst=worst.name,
        deviations=worst.deviations,
    )


def pair_cells(pair: ParameterPair) -> tuple[str, str, str, str]:
    """A parameter as a row of the table, both values with the same decimals."""
    stds = [std for std in (pair.first_std, pair.second_std) if std]
    unit = "px" if pair.name in ("fx", "fy", "cx", "cy") else ""
    first, second = (
        DASH if value is None else group([pair.name], [value], [min(stds, default=None)], unit)[0].value
        for value in (pair.first, pair.second)
    )
    return pair.name, first, second, DASH if pair.deviations is None else f"{pair.deviations:.1f}"
