"""Train a head over a folder of people, and see the embedding come apart while it learns."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from widgets.faces.state import FacesView, TrainView
from widgets.faces.studies.train_charts import HeadCharts
from widgets.faces.studies.train_form import HeadForm
from widgets.faces.studies.train_words import state_words
from widgets.kit.panel import ElidedLabel, EmptyState, PlainButton, PrimaryButton, scrolled
from widgets.kit.theme import number_font
from widgets.kit.work_parts import BusyLine, Framed

ASKED = "Train a recogniser on pictures of people you know."
READY = "Ready to train on this folder."


class TrainPage(QWidget):
    """Form, charts, and the recogniser that comes of it."""

    headFolderWanted = Signal()
    headChanged = Signal(object)
    headWanted = Signal()
    headCancelWanted = Signal()
    headUsed = Signal(str)
    SIGNALS = ("headFolderWanted", "headChanged", "headWanted", "headCancelWanted", "headUsed")

    def __init__(self) -> None:
        super().__init__()
        self.shown = TrainView()
        self.title, self.state = ElidedLabel("Head training", "heading"), ElidedLabel("", "muted")
        tip = "Read the faces of the folder and train"
        self.start, self.again = PrimaryButton("Train", "play", tip), PlainButton("Train again", "retry", tip)
        self.use = PrimaryButton("Use it", "check", "Recognise with it from now on")
        self.form = HeadForm()
        asked = "One folder a person, or files named NAME_0001.jpg; two people or more, some with two images"
        self.empty = EmptyState(ASKED, "Choose folder", "chart", asked)
        self.charts = HeadCharts()
        self.progress = BusyLine()
        self._lay_out()
        self._wire()

    def show_state(self, view: FacesView) -> None:
        shown = self.shown = view.train
        busy = shown.busy is not None
        self.progress.show_busy(shown.busy)
        self.form.show_spec(shown.spec, view.models, busy=busy)
        self._show_buttons(shown)
        words = state_words(shown)
        if words != self.state.text():
            self.state.setText(words)
            self.state.set_tip(shown.result.file if shown.result else "")
        there = busy or shown.progress is not None or shown.result is not None
        self._body.setCurrentIndex(1 if there else 0)
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
            self.empty.set_text(asked, "Train" if ready else "Choose folder")

    def _lay_out(self) -> None:
        self.state.setFont(number_font())
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.title)
        words.addWidget(self.state)
        head = QHBoxLayout()
        head.setContentsMargins(12, 8, 8, 4)
        head.setSpacing(8)
        head.addLayout(words, 1)
        for button in (self.again, self.start, self.use):
            head.addWidget(button)
        self._body = QStackedWidget()
        self._body.addWidget(self.empty)
        self._body.addWidget(scrolled(self.charts))
        for part in (self, self._body):
            part.setProperty("role", "panel")
            part.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.form)
        column.addWidget(self._body, 1)
        column.addWidget(Framed(self.progress, 12, 6))

    def _wire(self) -> None:
        self.empty.clicked.connect(self._ask)
        self.start.clicked.connect(self.headWanted)
        self.again.clicked.connect(self.headWanted)
        self.use.clicked.connect(self._use)
        self.progress.cancelled.connect(self.headCancelWanted)
        self.form.headFolderWanted.connect(self.headFolderWanted)
        self.form.headChanged.connect(self.headChanged)

    def _ask(self) -> None:
        """The empty page's button: first a folder, then the work."""
        (self.headWanted if self.shown.spec.images else self.headFolderWanted).emit()

    def _use(self) -> None:
        if self.shown.result is not None:
            self.headUsed.emit(self.shown.result.file)
