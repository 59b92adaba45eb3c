"""Train: which clips, which features, which head with which loss, and the settings that seldom matter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engines.actions.models.settings import filled
from engines.actions.study_types import TrainSpec
from widgets.actions.panel.data import DataSection
from widgets.actions.panel.form import FeaturesSection, MoreSection, NetworkSection
from widgets.actions.panel.segments import AdviceLines
from widgets.actions.state import ActionsView, TrainView
from widgets.kit.path_row import PathRow
from widgets.kit.work_parts import BusyLine


class TrainPage(QWidget):
    """A change of the form goes out as the whole new specification."""

    trainChanged = Signal(object)
    folderWanted = Signal()
    outWanted = Signal()
    trainCancelWanted = Signal()
    clipTaken = Signal(str, bool)
    pageWanted = Signal(str)
    checked = Signal()
    SIGNALS = ("trainChanged", "folderWanted", "outWanted", "trainCancelWanted", "clipTaken", "pageWanted")

    def __init__(self) -> None:
        super().__init__()
        self._view, self._shown = TrainView(), TrainView()
        self.busy, self.advice = BusyLine(), AdviceLines()
        self.data, self.features = DataSection(), FeaturesSection()
        self.network, self.more = NetworkSection(), MoreSection()
        self.out = PathRow("Save as", "a name of its own", "Where the model is saved", clears=True)
        self._form = QWidget()
        self._lay_out()
        self._wire()

    @property
    def problem(self) -> str:
        """What is typed and cannot be meant."""
        return self.data.frames.problem

    def show_state(self, view: ActionsView) -> None:
        """Show exactly this."""
        train = self._view = view.train
        self.busy.show_busy(train.busy)
        if self._form.isEnabled() != (train.busy is None):
            self._form.setEnabled(train.busy is None)
        done = train.result if train.busy is None else None
        self.advice.show_advice(tuple(dict.fromkeys((*train.advice, *(done.advice if done is not None else ())))))
        self.data.show_state(train)
        for section in (self.features, self.network):
            section.show_state(train.spec)
        self.more.show_state(train)
        if train.spec.out != self._shown.spec.out:
            self.out.show_path(train.spec.out)
        self._shown = train

    def _edit(self, fields: Mapping[str, Any]) -> None:
        """Shown at once, and told."""
        spec = edited(self._view.spec, fields)
        if spec != self._view.spec:
            self.show_state(ActionsView(train=replace(self._view, spec=spec)))
            self.trainChanged.emit(spec)

    def _lay_out(self) -> None:
        form = QVBoxLayout(self._form)
        column = QVBoxLayout(self)
        for layout in (form, column):
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(12)
        for part in (self.data, self.features, self.network, self.more, self.out):
            form.addWidget(part)
        for part in (self.busy, self.advice, self._form):
            column.addWidget(part)
        column.addStretch(1)

    def _wire(self) -> None:
        for section in (self.data, self.features, self.network, self.more):
            section.edited.connect(self._edit)
        self.out.clear.clicked.connect(lambda: self._edit({"out": ""}))
        for source, signal in (
            (self.busy.cancelled, self.trainCancelWanted),
            (self.out.choose.clicked, self.outWanted),
            (self.data.folderWanted, self.folderWanted),
            (self.data.clipTaken, self.clipTaken),
            (self.data.pageWanted, self.pageWanted),
            (self.data.frames.checked, self.checked),
        ):
            source.connect(signal)


def edited(spec: TrainSpec, fields: Mapping[str, Any]) -> TrainSpec:
    """The specification with these fields. Published settings take the place of whatever stands at its default, so a
    field that is to stand at its default ends them: what they had set stays.
    """
    changed = replace(spec, **fields)
    used, _way = filled(changed)
    if "settings" in fields or all(getattr(used, name) == value for name, value in fields.items()):
        return changed
    return replace(filled(spec)[0], settings="", **fields)
