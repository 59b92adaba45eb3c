"""How good is recognition on pictures of one's own: accuracy, ROC, open set, each with how sure it is."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from widgets.faces.state import EvaluateView, FacesView
from widgets.faces.studies.evaluate_form import EvaluateForm
from widgets.faces.studies.evaluate_results import MissedPane, OpenSetPane, VerificationPane
from widgets.faces.studies.evaluate_words import size_words
from widgets.kit.panel import ElidedLabel, EmptyState, PrimaryButton, QuietButton, Segmented
from widgets.kit.theme import number_font
from widgets.kit.work_parts import BusyLine, Framed

CHOICES = (("verification", "Verification"), ("open", "Open set"), ("missed", "Missed files"))


class EvaluatePage(QWidget):
    """Form, results, report."""

    imagesWanted = Signal()
    pairsWanted = Signal()
    evaluateChanged = Signal(object)
    openSetChanged = Signal(object)
    evaluateWanted = Signal()
    evaluateCancelWanted = Signal()
    saveReportWanted = Signal()
    SIGNALS = (
        "imagesWanted",
        "pairsWanted",
        "evaluateChanged",
        "openSetChanged",
        "evaluateWanted",
        "evaluateCancelWanted",
        "saveReportWanted",
    )

    def __init__(self) -> None:
        super().__init__()
        asked = "Measure recognition on a folder of named pictures."
        self.empty = EmptyState(
            asked, "Choose folder", "chart", "A folder of NAME_0001.jpg, or with one folder a person"
        )
        self.title, self.state = ElidedLabel("Evaluation", "heading"), ElidedLabel("", "muted")
        self.start = PrimaryButton("Evaluate", "", "Find and compare all faces of the folder")
        self.save = QuietButton("Save report", "save", "Write all figures as JSON, CSV or Markdown")
        self.form = EvaluateForm()
        self.which = Segmented("Results", CHOICES, tip="What is shown below")
        self.verification, self.open_set, self.missed = VerificationPane(), OpenSetPane(), MissedPane()
        self.progress = BusyLine()
        self.setAcceptDrops(True)
        self._lay_out()
        self._wire()

    def show_state(self, view: FacesView) -> None:
        shown = view.evaluate
        busy = shown.busy is not None
        self.progress.show_busy(shown.busy)
        self.form.show_specs(shown.spec, shown.open_spec, busy=busy)
        self.start.setEnabled(bool(shown.spec.images) and not busy)
        self.save.setEnabled(shown.result is not None or shown.open_set is not None)
        self._show_words(shown)
        there = shown.result is not None or shown.open_set is not None or busy
        self._body.setCurrentIndex(1 if there else 0)
        open_set = shown.open_set or (shown.result.open_set if shown.result else None)
        self.verification.show_result(shown.result)
        self.open_set.show_result(open_set)
        self.missed.show_files(shown.result.missed if shown.result else ())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.form.isEnabled() and any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """A pair list is taken as such, anything else as the folder of images."""
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        for path in paths[:2]:
            self.form.take(path)

    def _show_words(self, shown: EvaluateView) -> None:
        model = shown.result.model if shown.result else ""
        title = f"Evaluation of {model}" if model else "Evaluation"
        words = size_words(shown.result) if shown.result else "Measuring" if shown.busy else ""
        if (title, words) != (self.title.text(), self.state.text()):
            self.title.setText(title)
            self.state.setText(words)
        ready = bool(shown.spec.images)
        asked = (
            "Ready to measure recognition on this folder."
            if ready
            else "Measure recognition on a folder of named pictures."
        )
        if asked != self.empty.words.text():
            self.empty.set_text(asked, "Evaluate" if ready else "Choose folder")

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
        head.addWidget(self.save)
        head.addWidget(self.start)
        choices = QHBoxLayout()
        choices.setContentsMargins(12, 0, 12, 4)
        choices.addWidget(self.which)
        choices.addStretch(1)
        self._results = QStackedWidget()
        for pane in (self.verification, self.open_set, self.missed):
            self._results.addWidget(pane)
        full = QWidget()
        inner = QVBoxLayout(full)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        inner.addLayout(choices)
        inner.addWidget(self._results, 1)
        self._body = QStackedWidget()
        self._body.addWidget(self.empty)
        self._body.addWidget(full)
        for part in (self, full, self._body):
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
        self.start.clicked.connect(self.evaluateWanted)
        self.save.clicked.connect(self.saveReportWanted)
        self.progress.cancelled.connect(self.evaluateCancelWanted)
        for name in ("imagesWanted", "pairsWanted", "evaluateChanged", "openSetChanged"):
            getattr(self.form, name).connect(getattr(self, name))
        places = [id for id, *_words in CHOICES]
        self.which.chosen.connect(lambda id: self._results.setCurrentIndex(places.index(id)))

    def _ask(self) -> None:
        """The empty page's button: first a folder, then the work."""
        (self.evaluateWanted if self.start.isEnabled() else self.imagesWanted).emit()
