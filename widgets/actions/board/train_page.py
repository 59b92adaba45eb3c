"""What a training does: loss and precision while it runs, and what came of it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from widgets.actions.board.train_charts import TrainCharts
from widgets.actions.board.train_result import ResultCard
from widgets.actions.board.train_words import holds_out, phase_of, state_words, title_words
from widgets.actions.state import ActionsView, Page, TrainView
from widgets.kit.panel import ElidedLabel, EmptyState, PlainButton, PrimaryButton, QuietButton, scrolled
from widgets.kit.theme import number_font
from widgets.kit.work_parts import BusyLine, Framed

ASKED = "Mark actions in a film of yours, then train a model on them."
READY = "Ready to train a model on the labelled clips."


class TrainPage(QWidget):
    """Curves, bars, result. "Watch with it" and "Evaluate it" name the model's file."""

    trainWanted = Signal()
    trainCancelWanted = Signal()
    watchWanted = Signal(str)
    evaluateItWanted = Signal(str)
    pageChosen = Signal(str)
    SIGNALS = ("trainWanted", "trainCancelWanted", "watchWanted", "evaluateItWanted", "pageChosen")

    def __init__(self) -> None:
        super().__init__()
        self.shown = TrainView()
        self._drawn: TrainView | None = None
        self.empty = EmptyState(ASKED, "Teach", "chart", "What is trained, and on what, is chosen in the panel")
        self.title, self.state = ElidedLabel("", "heading"), ElidedLabel("", "muted")
        self.again = QuietButton("Train again", "retry", "Train another model with what the panel says now")
        self.evaluate = PlainButton("Evaluate it", "", "Measure this model on a labelled video")
        self.watch = PrimaryButton("Watch with it", "play", "See live what this model says")
        self.card, self.charts = ResultCard(), TrainCharts()
        self.progress = BusyLine()
        self._lay_out()
        self._wire()

    def show_state(self, view: ActionsView) -> None:
        shown = self.shown = view.train
        if shown == self._drawn:
            return
        self._drawn = shown
        self.progress.show_busy(phase_of(shown.busy, shown.progress))
        self._show_words(shown)
        there = shown.busy is not None or shown.progress is not None or shown.result is not None
        self._body.setCurrentIndex(1 if there else 0)
        self._head.setVisible(there)
        self._show_empty()
        done = shown.result is not None and shown.busy is None
        for button in (self.evaluate, self.watch):
            button.setVisible(done)
        self.again.setVisible(shown.busy is None)
        self.card.show_result(shown.result if shown.busy is None else None, shown.spec)
        tested = shown.result.tested if shown.result is not None and shown.busy is None else None
        self.charts.show_progress(shown.progress, held=holds_out(shown), tested=tested)

    @property
    def ready(self) -> bool:
        """Whether there is something to train on."""
        return bool(self.shown.spec.folder or any(clip.chosen for clip in self.shown.clips) or self.shown.spec.clips)

    def _show_words(self, shown: TrainView) -> None:
        title, state = title_words(shown), state_words(shown)
        if (title, state) != (self.title.text(), self.state.text()):
            self.title.setText(title)
            self.state.setText(state)
            self.state.setVisible(bool(state))

    def _show_empty(self) -> None:
        asked = READY if self.ready else ASKED
        if asked != self.empty.words.text():
            self.empty.set_text(asked, "Train" if self.ready else "Teach")

    def _lay_out(self) -> None:
        self.state.setFont(number_font())
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.title)
        words.addWidget(self.state)
        self._head = QWidget()
        head = QHBoxLayout(self._head)
        head.setContentsMargins(12, 8, 8, 4)
        head.setSpacing(8)
        head.addLayout(words, 1)
        for button in (self.again, self.evaluate, self.watch):
            head.addWidget(button)
        full = QWidget()
        full.setProperty("role", "body")
        inner = QVBoxLayout(full)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(4)
        inner.addWidget(Framed(self.card, 12, 6))
        inner.addWidget(self.charts, 1)
        self._body = QStackedWidget()
        self._body.addWidget(self.empty)
        self._body.addWidget(scrolled(full))
        for part in (self, self._head, self._body, full):
            part.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        for part in (self, self._head, self._body):
            part.setProperty("role", "panel")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(self._body, 1)
        column.addWidget(Framed(self.progress, 12, 6))

    def _wire(self) -> None:
        self.empty.clicked.connect(self._ask)
        self.again.clicked.connect(self.trainWanted)
        self.progress.cancelled.connect(self.trainCancelWanted)
        self.watch.clicked.connect(lambda: self._tell_file(self.watchWanted))
        self.evaluate.clicked.connect(lambda: self._tell_file(self.evaluateItWanted))

    def _ask(self) -> None:
        """The empty page's button: first clips, then the work."""
        if self.ready:
            self.trainWanted.emit()
        else:
            self.pageChosen.emit(str(Page.TEACH))

    def _tell_file(self, signal: SignalInstance) -> None:
        if self.shown.result is not None:
            signal.emit(self.shown.result.file)
