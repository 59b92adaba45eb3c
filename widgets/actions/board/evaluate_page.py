"""How good are models on a labelled video: precision, anticipation, confusion, and what the threshold trades off."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from widgets.actions.board.evaluate_results import Results
from widgets.actions.board.evaluate_words import state_words
from widgets.actions.state import ActionsView, EvaluateView
from widgets.kit.panel import ElidedLabel, EmptyState, PrimaryButton, QuietButton, scrolled
from widgets.kit.theme import number_font
from widgets.kit.work_parts import BusyLine, Framed

ASKED = "Add models or score files, and labels of the same video, to see how good they are."
READY = "Ready to measure these models on the labels."
BUSY = "The figures appear when the first model has been measured."


class EvaluatePage(QWidget):
    """A row a model; the chosen one in full."""

    evaluateWanted = Signal()
    evaluateCancelWanted = Signal()
    modelSelected = Signal(int)
    thresholdChanged = Signal(float)
    saveReportWanted = Signal()
    modelsWanted = Signal()
    SIGNALS = (
        "evaluateWanted",
        "evaluateCancelWanted",
        "modelSelected",
        "thresholdChanged",
        "saveReportWanted",
        "modelsWanted",
    )

    def __init__(self) -> None:
        super().__init__()
        self.shown = EvaluateView()
        self._drawn: tuple[EvaluateView, bool] | None = None
        self._labelled = False
        self.empty = EmptyState(ASKED, "Add models", "chart", "What is compared is chosen in the panel")
        self.title, self.state = ElidedLabel("Evaluation", "heading"), ElidedLabel("", "muted")
        self.save = QuietButton("Save report", "save", "Write all figures as JSON or CSV")
        self.start = PrimaryButton("Evaluate again", "retry", "Measure what the panel names now")
        self.results = Results()
        self.progress = BusyLine()
        self._lay_out()
        self._wire()

    def show_state(self, view: ActionsView) -> None:
        shown = self.shown = view.evaluate
        self._labelled = any(not clip.note for clip in view.teach.clips)
        if (shown, self._labelled) == self._drawn:
            return
        self._drawn = shown, self._labelled
        busy = shown.busy is not None
        self.progress.show_busy(shown.busy)
        self.start.setEnabled(not busy and self.ready)
        self.save.setEnabled(bool(shown.results))
        self._head.setVisible(bool(shown.results))
        self._body.setCurrentIndex(1 if shown.results else 0)
        self._show_empty(busy)
        words = state_words(shown)
        if words != self.state.text():
            self.state.setText(words)
        if shown.results:
            self.results.show_results(shown.results, shown.selected, shown.spec.threshold)

    @property
    def ready(self) -> bool:
        """Whether there is something to compare, and labels to compare it with: a file, or a clip of the project."""
        spec = self.shown.spec
        return bool((spec.scores or spec.models) and (spec.labels or self._labelled))

    def _show_empty(self, busy: bool) -> None:
        asked = BUSY if busy else READY if self.ready else ASKED
        if asked != self.empty.words.text():
            self.empty.set_text(asked, "" if busy else "Evaluate" if self.ready else "Add models")

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
        head.addWidget(self.save)
        head.addWidget(self.start)
        self.results.setProperty("role", "body")
        self._body = QStackedWidget()
        self._body.addWidget(self.empty)
        self._body.addWidget(scrolled(self.results))
        for part in (self, self._head, self._body):
            part.setProperty("role", "panel")
        for part in (self, self._head, self._body, self.results):
            part.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(self._body, 1)
        column.addWidget(Framed(self.progress, 12, 6))

    def _wire(self) -> None:
        self.empty.clicked.connect(self._ask)
        self.start.clicked.connect(self.evaluateWanted)
        self.save.clicked.connect(self.saveReportWanted)
        self.progress.cancelled.connect(self.evaluateCancelWanted)
        self.results.modelSelected.connect(self.modelSelected)
        self.results.thresholdChanged.connect(self.thresholdChanged)

    def _ask(self) -> None:
        """The empty page's button: first models, then the work."""
        (self.evaluateWanted if self.ready else self.modelsWanted).emit()
