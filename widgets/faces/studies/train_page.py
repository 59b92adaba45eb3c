"""The training page: a head over a folder of people, its embedding drawn while it learns."""

from __future__ import annotations

from PySide6.QtCore import Signal

from engines.core.words import tr
from widgets.faces.state import FacesView, TrainView
from widgets.faces.studies.train_charts import HeadCharts
from widgets.faces.studies.train_form import HeadForm
from widgets.faces.studies.train_words import state_words
from widgets.kit.panel import EmptyState, PlainButton, PrimaryButton
from widgets.kit.work_page import WorkPage
from widgets.kit.work_parts import CutOffLine, Framed

ASKED = tr("Train a recogniser on pictures of people you know.")
READY = tr("Ready to train on this folder.")


class TrainPage(WorkPage):
    """Form, charts, and the recogniser that comes of it. `headUsed(file)`: recognise with it from now on."""

    headUsed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.shown = TrainView()
        tip = tr("Read the faces of the folder and train")
        self.start, self.again = PrimaryButton(tr("Train"), "play", tip), PlainButton(tr("Train again"), "retry", tip)
        self.use = PrimaryButton(tr("Use it"), "check", tr("Recognise with it from now on"))
        self.form, self.charts = HeadForm(), HeadCharts()
        asked = tr("One folder a person, or files named NAME_0001.jpg; two people or more, some with two pictures")
        empty = EmptyState(ASKED, tr("Choose folder"), "chart", asked)
        head = self.head_of(tr("Head training"), self.again, self.start, self.use)
        self.cut_off = CutOffLine()
        self.lay_out(Framed(self.cut_off, 12, 6), head, self.form, self.body_of(empty, self.charts))
        self.empty.clicked.connect(lambda: (self.start if self.shown.spec.images else self.form.images.choose).click())
        self.again.clicked.connect(self.start.clicked)
        self.use.clicked.connect(self._use)

    def show_state(self, view: FacesView) -> None:
        shown = self.shown = view.train
        busy = shown.busy is not None
        self.cut_off.show_cut_off(shown.cut_off)
        self.progress.show_busy(shown.busy)
        self.form.show_spec(shown.spec, view.models, busy=busy)
        self._show_buttons(shown)
        words = state_words(shown)
        if words != self.state.text():
            self.state.setText(words)
            self.state.setToolTip(shown.result.file if shown.result else "")
        there = busy or shown.progress is not None or shown.result is not None
        self.show_there(there)
        self.charts.show_progress(shown.progress)
        self._show_empty(bool(shown.spec.images))

    def _show_buttons(self, shown: TrainView) -> None:
        done = shown.result is not None and shown.busy is None
        ready = bool(shown.spec.images) and shown.busy is None
        self.use.setVisible(done)
        self.again.setVisible(done)
        self.start.setVisible(not done)
        self.start.setEnabled(ready)
        self.again.setEnabled(ready)

    def _show_empty(self, ready: bool) -> None:
        asked = READY if ready else ASKED
        if asked != self.empty.words.text():
            self.empty.set_text(asked, tr("Train") if ready else tr("Choose folder"))

    def _use(self) -> None:
        if self.shown.result is not None:
            self.headUsed.emit(self.shown.result.file)
