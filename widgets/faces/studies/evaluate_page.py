"""The evaluation page: accuracy, ROC and open set on the user's own pictures, each with its interval."""

from __future__ import annotations

from PySide6.QtGui import QDragEnterEvent
from PySide6.QtWidgets import QStackedWidget

from engines.core.words import tr
from widgets.faces.state import EvaluateView, FacesView
from widgets.faces.studies.evaluate_form import EvaluateForm
from widgets.faces.studies.evaluate_results import MissedPane, OpenSetPane, VerificationPane
from widgets.faces.studies.evaluate_words import size_words
from widgets.kit.file_drops import FileDrops
from widgets.kit.keeping.fields import keep
from widgets.kit.layouts import column_of, held, row_of
from widgets.kit.panel import EmptyState, PrimaryButton, QuietButton, Segmented
from widgets.kit.work_page import WorkPage

ASKED = tr("Measure recognition on a folder of named pictures.")
READY = tr("Ready to measure recognition on this folder.")
CHOICES = (("verification", tr("Verification")), ("open", tr("Open set")), ("missed", tr("Missed files")))


class EvaluatePage(FileDrops, WorkPage):
    """Form, results, report. The button of the empty page asks for a folder first, and then for the work."""

    def __init__(self) -> None:
        super().__init__()
        tip = tr("A folder of NAME_0001.jpg, or with one folder a person")
        self.start = PrimaryButton(tr("Evaluate"), "", tr("Find and compare all faces of the folder"))
        self.save = QuietButton(tr("Save report"), "save", tr("Save all figures as JSON, CSV or Markdown"))
        self.form = EvaluateForm()
        self.which = Segmented(tr("Results"), CHOICES, tip=tr("What is shown below"))
        self.verification, self.open_set, self.missed = VerificationPane(), OpenSetPane(), MissedPane()
        results = QStackedWidget()
        for pane in (self.verification, self.open_set, self.missed):
            results.addWidget(pane)
        which = row_of(self.which, None, margins=(12, 0, 12, 4))
        empty = EmptyState(ASKED, tr("Choose folder"), "chart", tip)
        body = self.body_of(empty, held(column_of(which, (results, 1)), "panel"))
        self.lay_out(self.head_of(tr("Evaluation"), self.save, self.start), self.form, body)
        places = [id for id, *_words in CHOICES]
        self.which.chosen.connect(lambda id: results.setCurrentIndex(places.index(id)))
        keep("faces.evaluate", which=self.which)
        self.empty.clicked.connect(lambda: (self.start if self.start.isEnabled() else self.form.images.choose).click())
        self.dropped.connect(self._take)

    def show_state(self, view: FacesView) -> None:
        shown = view.evaluate
        busy = shown.busy is not None
        self.progress.show_busy(shown.busy)
        self.form.show_specs(shown.spec, shown.open_spec, busy=busy)
        self.start.setEnabled(bool(shown.spec.images) and not busy)
        self.save.setEnabled(shown.result is not None or shown.open_set is not None)
        self._show_words(shown)
        there = shown.result is not None or shown.open_set is not None or busy
        self.show_there(there)
        open_set = shown.open_set or (shown.result.open_set if shown.result else None)
        self.verification.show_result(shown.result)
        self.open_set.show_result(open_set)
        self.missed.show_files(shown.result.missed if shown.result else ())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.form.isEnabled():
            super().dragEnterEvent(event)

    def _take(self, paths: list[str]) -> None:
        """A pair list is taken as such, anything else as the folder of images."""
        for path in paths[:2]:
            self.form.take(path)

    def _show_words(self, shown: EvaluateView) -> None:
        model = shown.result.model if shown.result else ""
        title = tr("Evaluation of {model}", model=model) if model else tr("Evaluation")
        words = size_words(shown.result) if shown.result else tr("Measuring") if shown.busy else ""
        if (title, words) != (self.title.text(), self.state.text()):
            self.title.setText(title)
            self.state.setText(words)
        ready = bool(shown.spec.images)
        asked = READY if ready else ASKED
        if asked != self.empty.words.text():
            self.empty.set_text(asked, tr("Evaluate") if ready else tr("Choose folder"))
