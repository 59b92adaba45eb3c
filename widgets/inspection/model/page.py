"""The page that says what the open model is: format, safety, sizes, inputs, stored tensors."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from engines.core.words import tr
from engines.inspection.types import ModelSheet, Safety
from widgets.inspection.model import words
from widgets.inspection.model.begin import Begin
from widgets.inspection.model.stored import Stored
from widgets.inspection.panel.model import Shapes
from widgets.inspection.state import InspectionView
from widgets.inspection.words import bytes_text
from widgets.kit.card_columns import CardColumns
from widgets.kit.fields import PlainButton, wrapped
from widgets.kit.form import say
from widgets.kit.labels import Label
from widgets.kit.layouts import column_of, held
from widgets.kit.panel import ElidedLabel, EmptyState, roomy
from widgets.kit.pill import Pill
from widgets.kit.results import Stat, StatGrid
from widgets.kit.words import DOT
from widgets.kit.work_page import WorkPage

EMPTY = tr("Open a model file to see what it is. Nothing in it is run.")
PROGRAM = tr("Load it in a process of its own")
PROGRAM_TIP = tr("It is a program, which may do anything that you may; load it only if you know who made it")
TWO = 620
"""Pixels from which figures stand in two columns."""


class ModelPage(WorkPage):
    """`empty.clicked` asks for a file, `openWanted(path)` for one of those that are listed; `codeWanted()` to load a
    program, `shapesChosen(shapes)` of inputs, `weightsWanted(tensor)` for the values of a stored one."""

    openWanted = Signal(str)
    codeWanted = Signal()
    shapesChosen = Signal(object)
    weightsWanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.pill, self.program = Pill(), PlainButton(PROGRAM, "play", PROGRAM_TIP)
        self.safety, self.calls = wrapped("muted"), Calls()
        self.warnings, self.runs = wrapped("muted"), wrapped("muted")
        self.shapes, self.stored, self.begin = Shapes(), Stored(), Begin()
        self.figures, self.inputs, self.facts = (
            Group(tr("Figures")),
            Group(tr("Inputs")),
            Group(tr("What the file says")),
        )
        self._lay_out()
        self.begin.openWanted.connect(self.openWanted)
        self.program.clicked.connect(self.codeWanted)
        self.shapes.told.connect(self.shapesChosen)
        self.stored.weightsWanted.connect(self.weightsWanted)

    def _lay_out(self) -> None:
        head = self.head_of(tr("Model"), self.pill, self.program)
        columns = CardColumns(((self.figures, 0), (self.inputs, 1), (self.facts, 1)), TWO)
        said = column_of(self.safety, self.calls, self.warnings, self.runs, self.shapes, spacing=8)
        body = column_of(said, columns, (self.stored, 1), spacing=16, margins=(12, 4, 12, 12))
        empty = EmptyState(EMPTY, tr("Open model"), "open")
        empty.add_below(self.begin)
        self.lay_out(head, self.body_of(empty, roomy(held(body, "panel"))))

    def show_state(self, view: InspectionView) -> None:
        sheet = view.model.sheet
        self.show_there(sheet is not None)
        self.progress.show_busy(view.busy)
        self.pill.setVisible(sheet is not None)
        self.program.setVisible(sheet is not None and sheet.safety.verdict == "code" and not view.model.spec.code)
        if sheet is None:
            self.title.setText(tr("Model"))
            self.state.setText("")
            self.begin.show_files(view.model.recent, view.model.in_use)
        else:
            self._show_sheet(sheet, view)

    def _show_sheet(self, sheet: ModelSheet, view: InspectionView) -> None:
        opened = bool(sheet.tensors or sheet.graph)
        self.title.setText(sheet.title)
        kind = words.format_words(sheet.format) if opened else tr("Not opened")
        self.state.setText(DOT.join(filter(None, (kind, bytes_text(sheet.bytes) if sheet.bytes else ""))))
        self.pill.set_state(*words.VERDICTS[sheet.safety.verdict])
        say(self.safety, words.safety_words(sheet.safety))
        self.calls.show_calls(sheet.safety)
        say(self.warnings, "\n".join(f"\u26a0 {warning}" for warning in sheet.warnings))
        say(self.runs, sheet.runs if sheet.safety.verdict == "safe" else "")
        self.shapes.show_needed(sheet.needs_shape, view.model.spec.shapes)
        self.figures.show_stats(words.figures(sheet) if opened else [])
        self.inputs.show_stats(words.inputs(sheet))
        self.facts.show_stats(words.facts(sheet))
        self.stored.setVisible(bool(sheet.tensors))
        self.stored.show_tensors(sheet.tensors, view.weights)


class Group(QWidget):
    """A heading and figures below; hidden while there are none."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.grid = StatGrid()
        self.setLayout(column_of(ElidedLabel(title, "heading"), self.grid, spacing=6))

    def show_stats(self, stats: list[Stat]) -> None:
        self.grid.set_stats(stats)
        self.setVisible(bool(stats))


class Calls(QWidget):
    """What a refused file would have called; hidden where there is nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.told = wrapped()
        self.setLayout(column_of(Label(tr("It would have called"), "label"), self.told, spacing=4))

    def show_calls(self, safety: Safety) -> None:
        self.told.setText("\n".join(safety.calls))
        self.setVisible(bool(safety.calls))
