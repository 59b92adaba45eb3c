"""The page of receptive fields: a unit's field on the picture, its figures beside it, and the table of all layers."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from engines.core.files import write_text
from engines.core.outputs import TABLE, check_file
from engines.core.words import tr
from engines.inspection.looks import FieldLook
from widgets.inspection.field import words
from widgets.inspection.field.layers import LayerTable
from widgets.inspection.field.picture import HEAT, FieldPicture
from widgets.inspection.field.units import UnitMap
from widgets.inspection.state import InspectionView
from widgets.kit.card_columns import Beside
from widgets.kit.figures_table import csv_text
from widgets.kit.labels import Label
from widgets.kit.layouts import column_of, held, row_of
from widgets.kit.panel import ElidedLabel, EmptyState, NumberField, Pill, PlainButton, QuietButton, StatGrid
from widgets.kit.save_file import ask_file, save_or_say
from widgets.kit.slider import ClickSlider
from widgets.kit.work_page import WorkPage

WIDTHS = (360, 560, 0.38)
"""Width of what stands beside the picture."""


class FieldPage(WorkPage):
    """`empty.clicked` asks for a model, `no_picture.clicked` for a source; `unitChosen(row, column)`, `channelChosen`,
    `layerChosen(name)`; `checkWanted` of what is looked at; `tableWanted(OpenSpec)` of a model that has none."""

    unitChosen = Signal(int, int)
    channelChosen = Signal(int)
    layerChosen = Signal(str)
    checkWanted = Signal()
    tableWanted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._make()
        self.lay_out(self.head_of(tr("Field"), self.check, self.export), self.body_of(self.empty_of(), self._results()))
        self._wire()

    def empty_of(self) -> EmptyState:
        return EmptyState(*words.NO_MODEL, "viewer", tr("A model file or a diffusers folder"))

    def show_state(self, view: InspectionView) -> None:
        missing = words.missing(view)
        self.show_there(not missing[0])
        self.progress.show_busy(view.busy)
        for part in (self.check, self.export):
            part.setVisible(not missing[0])
        if missing[0]:
            self.empty.set_text(*missing)
            return
        found = view.look.look if isinstance(view.look.look, FieldLook) else None
        layer = view.look.layer
        if found is not None and found.seen.layer != layer:
            found = None
        self._show_layer(view, layer, found)
        self._show_picture(view, layer, found)
        self._show_check(view, layer)
        self._ask_table(view)

    def save(self) -> None:
        """Ask for a file and write the table."""
        if path := ask_file(self, tr("Export receptive fields"), "export", "CSV (*.csv)", "receptive fields.csv"):
            save_or_say(self, path, self.write)

    def write(self, path: str) -> None:
        """The table as CSV, every figure in a column of its own."""
        if self.layers.fields is not None:
            write_text(check_file(path, TABLE), csv_text(words.csv_rows(self.layers.fields)))

    def _show_layer(self, view: InspectionView, layer: str, found: FieldLook | None) -> None:
        table = view.field.table
        row = words.row_of(table, layer)
        self.title.setText(tr("Field"))
        self.state.setText(words.state(found, row))
        self.layers.show_fields(table, layer)
        self.export.setEnabled(table is not None)
        self.stats.set_stats(words.stats(row, found))
        grid = found.grid if found is not None else words.grid_of(table, layer)
        unit = found.unit if found is not None else view.look.spec.unit
        self.units.setVisible(grid != (1, 1))
        self.units.show_units(grid, unit if min(unit) >= 0 else (grid[0] // 2, grid[1] // 2))
        note = row.note if row is not None and row.note else found.note if found is not None else ""
        self.note.setText(note)
        self.note.setVisible(bool(note))

    def _show_picture(self, view: InspectionView, layer: str, found: FieldLook | None) -> None:
        self.pictures.setCurrentIndex(int(found is not None))
        self.channel_box.setVisible(found is not None and found.channels > 1)
        if found is None:
            self.no_picture.set_text(*words.no_picture(view))
            return
        self.picture.show_look(found, words.row_of(view.field.table, layer))
        self.heat_box.setVisible(found.effective is not None)
        with QSignalBlocker(self.channel):
            self.channel.setMaximum(max(found.channels - 1, 0))
            if not self.channel.hasFocus():
                self.channel.setValue(found.channel)

    def _show_check(self, view: InspectionView, layer: str) -> None:
        check = view.field.check
        sheet = view.model.sheet
        self.check.setEnabled(bool(layer) and view.busy is None and sheet is not None and not sheet.runs)
        self.verdict.setVisible(check is not None)
        word, sentence = words.checked(check, layer) if check is not None else ("", "")
        if check is not None:
            self.verdict.set_state(word, "good" if check.agrees else "bad")
        self.answer.setText(sentence)
        self.answer.setVisible(bool(sentence))

    def _ask_table(self, view: InspectionView) -> None:
        """Each model's is asked for once, when the page first shows it."""
        sheet, table = view.model.sheet, view.field.table
        if table is None and sheet is not None and not sheet.needs_shape and view.model.busy is None:
            self.tableWanted.emit(view.model.spec)

    def _make(self) -> None:
        self.check = PlainButton(
            tr("Check by gradient"), "good", tr("Compare the field with where the unit's gradient is not zero")
        )
        self.export = QuietButton(tr("Export"), "export", tr("Save the table of all layers as CSV"))
        self.picture, self.units, self.layers = FieldPicture(), UnitMap(), LayerTable()
        self.no_picture = EmptyState("", tr("Choose a source"), "viewer", tr("Show the list of sources"))
        self.stats, self.note = StatGrid(), ElidedLabel("", "hint")
        self.verdict, self.answer = Pill(), ElidedLabel("", "muted")
        self.channel = NumberField(tr("Channel"), 0, 0, 0, tip=tr("Channel of the layer whose unit is looked at"))
        self.channel.setFixedWidth(88)
        self.heat = ClickSlider(
            tr("Effective field"), tr("How dense the effective field is drawn over the picture"), 100
        )
        self.heat.setValue(round(100 * HEAT))

    def _results(self) -> QWidget:
        self.pictures = QStackedWidget()
        self.heat_box = held(row_of(Label(tr("Effective field"), "muted"), (self.heat, 1), spacing=8))
        self.heat_box.setMaximumWidth(320)
        below = row_of((self.heat_box, 1), None, spacing=8, margins=(8, 0, 8, 0))
        self.pictures.addWidget(self.no_picture)
        self.pictures.addWidget(held(column_of((self.picture, 1), below, spacing=4)))
        self.channel_box = held(row_of(Label(tr("Channel"), "muted"), (self.channel, 1), spacing=8))
        chosen = column_of(self.units, self.channel_box, None, spacing=8)
        figures = row_of(chosen, (column_of(self.stats, None), 1), spacing=16)
        answer = row_of(self.verdict, (self.answer, 1), spacing=8)
        side = held(column_of(figures, self.note, answer, (self.layers, 1), spacing=8))
        return Beside(self.pictures, side, WIDTHS)

    def _wire(self) -> None:
        self.picture.unitChosen.connect(self.unitChosen)
        self.units.unitChosen.connect(self.unitChosen)
        self.layers.layerChosen.connect(self.layerChosen)
        self.channel.valueChanged.connect(lambda value: self.channelChosen.emit(int(value)))
        self.check.clicked.connect(self.checkWanted)
        self.export.clicked.connect(self.save)
        self.heat.valueChanged.connect(lambda value: self.picture.set_heat(value / 100))
