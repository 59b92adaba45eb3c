"""The tensors that a file holds, as a table, and how the selected one is distributed."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from engines.core.words import tr, tr_count
from engines.inspection.studies import WeightsRow
from engines.inspection.types import Tensor
from widgets.charts.axes import figure, percent
from widgets.charts.band import Band, BandPlot, stairs
from widgets.charts.plot import Series
from widgets.inspection.model.words import size_of
from widgets.inspection.rows_table import Column, RowsTable
from widgets.inspection.state import WeightsView
from widgets.inspection.words import bytes_text, close_shape
from widgets.kit.fields import SearchField
from widgets.kit.keeping.fields import keep
from widgets.kit.labels import ElidedLabel, Label
from widgets.kit.layouts import column_of, held, row_of, split_of
from widgets.kit.results import Stat, StatGrid

COLUMNS = (
    Column(
        tr("Name"), tr("As the file calls it"), 320, lambda one: one.name, lambda one: one.name.lower(), figure=False
    ),
    Column(tr("Type"), tr("Of its numbers"), 76, lambda one: one.dtype, lambda one: one.dtype, figure=False),
    Column(
        tr("Shape"),
        tr("Sizes of its axes"),
        130,
        lambda one: close_shape(one.shape),
        lambda one: one.shape,
        figure=False,
    ),
    Column(tr("Size"), tr("In the file"), 84, lambda one: bytes_text(size_of(one)), size_of),
)
PICK = tr("Select a tensor of floats to see how its values are distributed.")
HIGH = 320
"""Least height of the table and of the chart beside it."""


class Stored(QWidget):
    """`weightsWanted(name)` for the distribution of a tensor."""

    weightsWanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.table = RowsTable(
            tr("Stored tensors"), tr("Click a heading to sort; select a row to see its values"), COLUMNS
        )
        self.search = SearchField(
            tr("Search stored tensors"), placeholder=tr("Search tensors"), tip=tr("Names, types and shapes")
        )
        self.told = Label("", "muted")
        self.name, self.hint = ElidedLabel("", "heading"), Label(PICK, "muted", wraps=True)
        self.chart = BandPlot(tr("Distribution of the tensor's values"), tr("value"), tr("elements"))
        self.chart.setMinimumHeight(170)
        self.figures = StatGrid()
        self._tensors: tuple[Tensor, ...] = ()
        self._weights = WeightsView()
        parts = (self.name, self.hint, (self.chart, 1), self.figures, None)
        side = held(column_of(*parts, spacing=8, margins=(12, 0, 0, 0)))
        split = split_of(self.table, side, sizes=(640, 320), stretch=(2, 1))
        split.setMinimumHeight(HIGH)
        head = row_of(Label(tr("Stored tensors"), "heading"), self.told, (self.search, 1), spacing=12)
        self.setLayout(column_of(head, (split, 1), spacing=8))
        self.search.textChanged.connect(lambda _text: self._show())
        keep("model", search=self.search)
        self.table.picked.connect(self._want)

    def show_tensors(self, tensors: tuple[Tensor, ...], weights: WeightsView) -> None:
        """These, and what is known of one of them."""
        self._tensors, self._weights = tensors, weights
        self._show()

    def _show(self) -> None:
        words = self.search.text().lower().split()
        only = frozenset(one.name for one in self._tensors if all(word in _line(one) for word in words))
        shown = len(only) if words else len(self._tensors)
        self.told.setText(
            tr_count(len(self._tensors), "{shown:,} of {n} tensor", "{shown:,} of {n:,} tensors", shown=shown)
            if words
            else ""
        )
        self.table.show_rows(self._tensors, only if words else None, self._weights.tensor)
        self._show_weights()

    def _show_weights(self) -> None:
        weights = self._weights
        rows = weights.result.rows if weights.result is not None else ()
        row = next((row for row in rows if row.name == weights.tensor), None)
        self.name.setText(weights.tensor)
        self.name.setVisible(bool(weights.tensor))
        self.chart.setVisible(row is not None)
        self.figures.setVisible(row is not None)
        self.hint.setVisible(row is None)
        kind = next((one.dtype for one in self._tensors if one.name == weights.tensor), "")
        known = tr("Reading its values") if "float" in kind else tr("It holds {kind}, which is not drawn.", kind=kind)
        self.hint.setText(known if weights.tensor else PICK)
        if row is not None:
            self._draw(row)

    def _draw(self, row: WeightsRow) -> None:
        x, y = stairs(row.edges.tolist(), row.counts.tolist())
        self.chart.show_lines([Series(tr("elements"), x, y)], [Band(x, [0.0] * len(x), y, hatched=True)])
        self.figures.set_stats([
            Stat(tr("Mean"), figure(row.mean), spread=figure(row.spread), tip=tr("With its standard deviation")),
            Stat(tr("Least and largest"), tr("{low} to {high}", low=figure(row.low), high=figure(row.high))),
            Stat(tr("Zeros"), percent(row.zeros)),
            *([Stat(tr("Not finite"), f"{row.not_finite:,}", level="bad")] if row.not_finite else []),
        ])  # fmt: skip

    def _want(self, name: str) -> None:
        if name != self._weights.tensor:
            self.weightsWanted.emit(name)


def _line(tensor: Tensor) -> str:
    return f"{tensor.name} {tensor.dtype} {close_shape(tensor.shape)}".lower()
