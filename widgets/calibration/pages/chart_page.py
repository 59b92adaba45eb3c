"""The base of pages that are one large chart with words and figures beside it."""

from __future__ import annotations

from typing import Any, ClassVar

from PySide6.QtWidgets import QLayout, QWidget

from engines.core.words import as_part, tr
from widgets.calibration.pages.state import PagesView
from widgets.charts.drawn import DrawnChart
from widgets.kit.card_columns import Beside
from widgets.kit.layouts import column_of, held
from widgets.kit.panel import EmptyState, QuietButton
from widgets.kit.save_file import ask_file, save_or_say
from widgets.kit.work_page import WorkPage

KINDS = "PNG (*.png);;SVG (*.svg);;CSV (*.csv)"
NO_RESULT = (
    tr("Calibrate first, from pictures or a camera"),
    tr("Add pictures"),
    "views",
    tr("Picture files that show the board"),
)


class ChartPage(WorkPage):
    """`_lay_chart` puts the parts in. chart: what is exported; a page with several exports the one that is shown."""

    blank: ClassVar[type] = PagesView
    """What it is shown before anything is."""
    widths: ClassVar[tuple[int, int, float]] = (280, 420, 0.3)
    """Of what stands at the right: at least, at most, and as a share of the page."""
    chart: DrawnChart
    shown: Any

    def __init__(self) -> None:
        super().__init__()
        self.shown = self.blank()
        self.export = QuietButton(tr("Export"), "export", tr("Save the drawing as PNG or SVG, or its figures as CSV"))
        self.export.clicked.connect(self.save)

    def save(self) -> None:
        """Ask for a file and write what is shown."""
        name = as_part(self.title.text())
        if path := ask_file(self, tr("Export {name}", name=name), "export", KINDS, f"{name}.png"):
            save_or_say(self, path, self.write)

    def write(self, path: str) -> None:
        """The drawing (.png, .svg) or its figures (.csv)."""
        self.chart.save(path)

    def lay_chart(
        self, title: str, chart: QWidget, side: QLayout, *head: QWidget, empty: tuple[str, str, str, str] = NO_RESULT
    ) -> None:
        """Head with its controls, the chart large, and what is said of it at the right."""
        both = Beside(chart, held(side), self.widths)
        self.controls = (*head, self.export)
        self.lay_out(self.head_of(title, *self.controls), self.body_of(EmptyState(*empty), both))

    def show_results(self, on: bool) -> None:
        """Results with the controls that they need, or the empty state."""
        self.show_there(on)
        if not on:
            self.state.setText("")
        for control in self.controls:
            control.setVisible(on)


def side_of(*parts: QWidget | QLayout | None, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> QLayout:
    return column_of(*parts, None, spacing=12, margins=margins)
