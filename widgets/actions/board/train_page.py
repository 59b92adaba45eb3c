"""The board's page of trainings: loss and precision while one runs, and what came of it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtWidgets import QFrame, QWidget

from engines.actions.study_types import TrainResult, TrainSpec
from engines.core.words import tr
from widgets.actions.board.train_charts import TrainCharts
from widgets.actions.board.train_words import (
    file_words,
    holds_out,
    measured_words,
    phase_of,
    result_stats,
    result_title,
    state_words,
    title_words,
)
from widgets.actions.state import ActionsView, TrainView
from widgets.charts.big_figures import BigFigures
from widgets.kit.fields import wrapped
from widgets.kit.icons import IconMark
from widgets.kit.labels import StateLine
from widgets.kit.layouts import column_of, held, row_of
from widgets.kit.panel import ElidedLabel, EmptyState, PlainButton, PrimaryButton, QuietButton, scrolled
from widgets.kit.when_new import when_new
from widgets.kit.work_page import WorkPage
from widgets.kit.work_parts import CutOffLine, Framed

ASKED = tr("Mark actions in a film of yours, then train a model on them.")
READY = tr("Ready to train a model on the labelled clips.")


class AdviceLine(QWidget):
    """One thing that is weak, with its sign."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.words = wrapped("")
        self.words.setText(text)
        row = row_of((self.words, 1), spacing=8)
        row.insertWidget(0, IconMark("warn", "warn"), 0, Qt.AlignmentFlag.AlignTop)
        self.setLayout(row)


class ResultCard(QFrame):
    """Hidden while there is no result."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.title = ElidedLabel("", "heading")
        self.figures = BigFigures(tr("Result of the training"))
        self.measured = wrapped("muted")
        self.file = StateLine("muted", 13)
        self.file.given = True
        self.advice: list[AdviceLine] = []
        self._shown: TrainResult | None = None
        parts = (self.title, self.figures, self.measured, self.file)
        self._column = column_of(*parts, spacing=6, margins=(14, 10, 14, 12))
        self.setLayout(self._column)
        self.hide()

    def show_result(self, result: TrainResult | None, spec: TrainSpec) -> None:
        if result is self._shown:
            return
        self._shown = result
        self.setVisible(result is not None)
        if result is None:
            return
        self.title.setText(result_title(result))
        self.figures.set_stats(result_stats(result))
        self.measured.setText(measured_words(result, spec))
        self.file.setText(file_words(result))
        self.file.setToolTip(result.file)
        self._show_advice(result.advice)

    def _show_advice(self, advice: tuple[str, ...]) -> None:
        for line in self.advice:
            self._column.removeWidget(line)
            line.deleteLater()
        self.advice = [AdviceLine(text) for text in advice]
        for line in self.advice:
            self._column.addWidget(line)


class TrainPage(WorkPage):
    """Curves, bars, result. "Watch with it" and "Evaluate it" name the model's file. The empty page's button asks first
    for clips, then for the work.
    """

    trainWanted = Signal()
    teachWanted = Signal()
    watchWanted = Signal(str)
    evaluateItWanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.shown = TrainView()
        self.again = QuietButton(tr("Train again"), "retry", tr("Train another model with what the panel says now"))
        self.evaluate = PlainButton(tr("Evaluate it"), "", tr("Measure this model on a labelled film"))
        self.watch = PrimaryButton(tr("Watch with it"), "play", tr("See live what this model says"))
        self.card, self.charts = ResultCard(), TrainCharts()
        empty = EmptyState(ASKED, tr("Teach"), "chart", tr("What is trained, and on what, is chosen in the panel"))
        results = held(column_of(Framed(self.card, 12, 6), (self.charts, 1), spacing=4), "body")
        self._head = self.head_of("", self.again, self.evaluate, self.watch)
        self.cut_off = CutOffLine()
        self.lay_out(Framed(self.cut_off, 12, 6), self._head, self.body_of(empty, scrolled(results)))
        self.empty.clicked.connect(lambda: (self.trainWanted if self.ready else self.teachWanted).emit())
        self.again.clicked.connect(self.trainWanted)
        self.watch.clicked.connect(lambda: self._tell_file(self.watchWanted))
        self.evaluate.clicked.connect(lambda: self._tell_file(self.evaluateItWanted))

    def show_state(self, view: ActionsView) -> None:
        self._show(view.train)

    @when_new
    def _show(self, shown: TrainView) -> None:
        self.shown, idle = shown, shown.busy is None
        self.cut_off.show_cut_off(shown.cut_off)
        self.progress.show_busy(phase_of(shown.busy, shown.progress))
        self.title.setText(title_words(shown))
        self.state.setText(state_words(shown))
        self.state.setVisible(bool(self.state.text()))
        there = not idle or shown.progress is not None or shown.result is not None
        self.show_there(there)
        self._head.setVisible(there)
        self.empty.set_text(READY if self.ready else ASKED, tr("Train") if self.ready else tr("Teach"))
        result = shown.result if idle else None
        for button in (self.evaluate, self.watch):
            button.setVisible(result is not None)
        self.again.setVisible(idle)
        self.card.show_result(result, shown.spec)
        tested = result.tested if result is not None else None
        self.charts.show_progress(shown.progress, held=holds_out(shown), tested=tested)

    @property
    def ready(self) -> bool:
        """Whether there is something to train on."""
        return bool(self.shown.spec.folder or any(clip.chosen for clip in self.shown.clips) or self.shown.spec.clips)

    def _tell_file(self, signal: SignalInstance) -> None:
        if self.shown.result is not None:
            signal.emit(self.shown.result.file)
