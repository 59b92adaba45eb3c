"""The comparison page: curves over the length, and a table of all figures."""

from __future__ import annotations

from widgets.attention.state import AttentionView
from widgets.charts.band import BandPlot
from widgets.kit.panel import EmptyState
from widgets.kit.work_page import WorkPage


class ComparePage(WorkPage):
    """`empty.clicked` and `progress.cancelled` are for whoever makes it."""

    def __init__(self) -> None:
        super().__init__()
        self.chart = BandPlot("Time", "Length", "Time (ms)", log_x=True, log_y=True)
        words = "See which attention is the fastest on this machine, at which length."
        empty = EmptyState(words, "Compare", "attention", "Measure the kinds that the panel names")
        self.lay_out(self.head_of("Kinds of attention"), self.body_of(empty, self.chart))

    def show_state(self, view: AttentionView) -> None:
        self.progress.show_busy(view.compare.busy)
        self.show_there(view.compare.result is not None)
