"""Figures of a layer at work as charts: mean and spread of each channel, and how its values are distributed."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QWidget

from engines.core.words import tr
from engines.inspection.looks import ActivationLook, Floats
from widgets.charts.band import Band, BandPlot, Mark, stairs
from widgets.charts.plot import Series
from widgets.inspection.seldom import Seldom
from widgets.kit.layouts import column_of

MOST = 128
"""Points of a line at most: of more channels the extremes of neighbours are shown."""


class LayerCharts(QWidget):
    """Both, for the newest look; the channel that is chosen is marked."""

    def __init__(self) -> None:
        super().__init__()
        self.means = BandPlot(tr("Mean of each channel"), tr("Channel"), tr("Mean, and one spread about it"))
        self.values = BandPlot(
            tr("Distribution of the layer's values"), tr("Value"), tr("Share of all values"), shares=True
        )
        for chart in (self.means, self.values):
            chart.setMinimumHeight(84)
        self.setLayout(column_of((self.means, 1), (self.values, 1), spacing=8))
        self._seldom = Seldom(self._show, self)
        self._look: ActivationLook | None = None
        self.channel, self._small = 0, False

    def set_small(self, on: bool) -> None:
        """The distribution alone."""
        if on == self._small:
            return
        self._small = on
        self.means.setVisible(not on)
        if self._look is not None:
            self._show(self._look)

    def show_look(self, look: ActivationLook, channel: int) -> None:
        self.channel = channel
        self._seldom(look)

    def _show(self, look: ActivationLook) -> None:
        self._look = look
        self.means.setVisible(len(look.mean) > 1 and not self._small)
        if len(look.mean) > 1 and not self._small:
            self._show_means(look)
        total = max(int(look.counts.sum()), 1)
        x, y = stairs([float(edge) for edge in look.edges], [float(count) / total for count in look.counts])
        self.values.show_lines([Series(tr("Share"), x, y)], [Band(x, [0.0] * len(x), y)])

    def _show_means(self, look: ActivationLook) -> None:
        at, mean, low, high = thinned(look.mean, look.mean - look.spread, look.mean + look.spread)
        self.means.show_lines([Series(tr("Mean"), at, mean)], [Band(at, low, high)])
        self.means.set_uprights((Mark(float(self.channel), str(self.channel), chosen=True),))


def thinned(values: Floats, *others: Floats, most: int = MOST) -> tuple[list[float], ...]:
    """Places and values, and those of others at the same places; of each run of neighbours the one furthest from zero,
    so that there are `most` at most. What is no number is left out."""
    there = np.flatnonzero(np.isfinite(values))
    each = max(-(-len(there) // most), 1)
    runs = np.split(there, range(each, len(there), each)) if len(there) else []
    chosen = np.array([run[np.argmax(np.abs(values[run]))] for run in runs], np.intp)
    return tuple([float(value) for value in one[chosen]] for one in (np.arange(len(values)), values, *others))
