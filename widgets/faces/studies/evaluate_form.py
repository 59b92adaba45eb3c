"""The form of an evaluation: a folder of pictures, a pair list, mirror images, who is enrolled for the open set."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QWidget

from engines.core.words import tr
from engines.faces.study_types import EvaluateSpec, OpenSetSpec
from widgets.kit.card_columns import Flow, FlowRow
from widgets.kit.labels import Label
from widgets.kit.layouts import column_of, held, row_of
from widgets.kit.panel import NumberField, Segmented, Toggle
from widgets.kit.path_row import PathRow

PAIRS = (".tsv", ".txt", ".csv")
CHOICES = (("first", tr("First")), ("best", tr("Best")))

PATH_ROOM = 280
"""Pixels that a path with its words and button takes at the least."""


class EvaluateForm(QWidget):
    """`evaluateChanged(EvaluateSpec)`, `openSetChanged(OpenSetSpec)` when the user changes them."""

    evaluateChanged = Signal(object)
    openSetChanged = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._spec, self._open = EvaluateSpec(""), OpenSetSpec("")
        self._shown = self._spec, self._open
        tip = tr("A folder of NAME_0001.jpg, or with one folder a person")
        self.images = PathRow(tr("Pictures"), tr("no folder chosen"), tip)
        tip = tr("A TSV file with the columns fold, same, a, b")
        self.pairs = PathRow(tr("Pair list"), tr("none"), tip, clears=True)
        self.flip = Toggle(
            tr("With mirror images"), tip=tr("Average each embedding with its mirror image's; takes twice as long")
        )
        self.enrol = NumberField(
            tr("Pictures enrolled"), 1, 1, 20, unit=tr("each"), tip=tr("Of everybody with more pictures than that")
        )
        self.which = Segmented(tr("Enrol which"), CHOICES, tip=tr("The first in name order, or the best by quality"))
        self._lay_out()
        self._wire()

    def show_specs(self, spec: EvaluateSpec, open_spec: OpenSetSpec, *, busy: bool) -> None:
        self.setEnabled(not busy)
        if (spec, open_spec) == self._shown == (self._spec, self._open):
            return
        self._spec, self._open = self._shown = spec, open_spec
        self.images.show_path(spec.images)
        self.pairs.show_path(spec.pairs)
        with QSignalBlocker(self.flip), QSignalBlocker(self.enrol), QSignalBlocker(self.which):
            self.flip.setChecked(spec.flip)
            self.enrol.setValue(open_spec.enrol)
            self.which.set_value(open_spec.choose)

    def take(self, path: str) -> None:
        """A path that was dropped: a pair list by its ending, else the images of both evaluations."""
        if path.lower().endswith(PAIRS):
            self._tell(pairs=path)
            return
        self._tell(images=path)
        self._tell_open(images=path)

    def _lay_out(self) -> None:
        paths = FlowRow(((self.images, 1), (self.pairs, 1)), least=PATH_ROOM)
        enrolled = Label(tr("Enrolled for the open set"), "muted")
        choices = Flow(self.flip, held(row_of(enrolled, self.which, self.enrol, spacing=8)), spacing=16)
        self.setLayout(column_of(paths, choices, spacing=8, margins=(12, 4, 12, 8)))

    def _wire(self) -> None:
        self.pairs.clear.clicked.connect(lambda: self._tell(pairs=""))
        self.flip.toggled.connect(self._flip)
        self.enrol.valueChanged.connect(lambda many: self._tell_open(enrol=round(many)))
        self.which.chosen.connect(lambda which: self._tell_open(choose=which))

    def _flip(self, on: bool) -> None:
        """Both figures are of the same embeddings."""
        self._tell(flip=on)
        self._tell_open(flip=on)

    def _tell(self, **changed: object) -> None:
        """Beside what was told before and is not shown again yet."""
        self._spec = replace(self._spec, **changed)  # type: ignore[arg-type]
        self.evaluateChanged.emit(self._spec)

    def _tell_open(self, **changed: object) -> None:
        self._open = replace(self._open, **changed)  # type: ignore[arg-type]
        self.openSetChanged.emit(self._open)
