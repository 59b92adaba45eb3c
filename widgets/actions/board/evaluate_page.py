"""The board's page of evaluations: precision, anticipation and confusion of models, and the threshold's trade-off."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QSignalBlocker, Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from engines.actions.study_types import Evaluation
from engines.core.words import tr
from widgets.actions.board import evaluate_curves as curves
from widgets.actions.board import evaluate_words as words
from widgets.actions.board.evaluate_matrix import ConfusionMatrix
from widgets.actions.board.evaluate_trade import TradePanel
from widgets.actions.state import ActionsView, EvaluateView
from widgets.charts.big_figures import BigFigures
from widgets.charts.class_bars import ClassBars, class_rows
from widgets.charts.class_colors import class_words
from widgets.kit.card_columns import CardColumns, ResultCard
from widgets.kit.fields import wrapped
from widgets.kit.figures_table import FiguresTable
from widgets.kit.layouts import column_of, row_of, styled
from widgets.kit.panel import ElidedLabel, EmptyState, PrimaryButton, QuietButton, rule, scrolled
from widgets.kit.when_new import when_new
from widgets.kit.work_page import WorkPage

ASKED = tr("Add models or score files, and labels of the same film, to see how good they are.")
READY = tr("Ready to measure these models on the labels.")
BUSY = tr("The figures appear when the first model has been measured.")
ROOM_FOR_BOTH = 860
DECILES = tr("Precision of frames by how much of their action has been seen.")
AHEAD = tr("What it says of a later moment, beside saying that nothing changes.")
STARTS = tr("A start called within so many seconds of the true one counts as right.")
SEGMENTS = tr("Whole segments, right where they overlap the true one by at least this.")
CONFUSION = tr("Seconds by the likeliest class of each frame.")


class Results(QWidget):
    """`modelSelected(row)` by a click or the arrow keys in the table."""

    modelSelected = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.table = FiguresTable(tr("Models"), words.HEADERS, words.TIPS)
        self.name, self.measured = ElidedLabel("", "title"), ElidedLabel("", "muted")
        self.figures = BigFigures(tr("Figures of the selected model"))
        self.notes = wrapped("muted")
        self.bars = ClassBars(tr("Average precision by class"), "AP", tr("does not occur"))
        self.trade, self.confusion = TradePanel(), ConfusionMatrix()
        self.deciles = _plot(tr("Precision along an action"), tr("Part of the action seen"), shares_x=True)
        self.ahead = _plot(tr("Precision ahead of time"), tr("Seconds ahead"))
        self.starts = _plot(tr("Precision of starts"), tr("Tolerance, s"))
        self.segments = _plot(tr("Precision of segments"), tr("Temporal IoU"))
        self._shown: tuple[tuple[Evaluation, ...], int] = ((), -1)
        self._lay_out()
        self.table.selectionModel().currentRowChanged.connect(self._select)

    def show_results(self, results: tuple[Evaluation, ...], selected: int, threshold: float) -> None:
        """`selected`: shown in full."""
        row = min(max(selected, 0), len(results) - 1)
        fresh = (results, row) != self._shown
        self._shown = results, row
        if fresh:
            self.table.show_rows([words.model_row(one) for one in results], row)
            self._point_at(row)
            self._show_all(results, row)
        if results:
            self.trade.show_trade(results[row].trade_off, threshold)

    def _show_all(self, results: tuple[Evaluation, ...], row: int) -> None:
        one = results[row] if results else None
        self.name.setText(one.name if one else "")
        self.measured.setText(words.size_words(one) if one else "")
        self.measured.set_tip(one.file if one else "")
        self.figures.set_stats(words.result_stats(one) if one else ())
        self.notes.setText("\n".join(one.notes) if one else "")
        self.notes.setVisible(bool(one and one.notes))
        models = [each.name for each in results]
        actions = [name for name in one.classes if name in one.ap] if one else []
        self.bars.show_rows(class_rows(actions, [each.ap for each in results]), models or ("",), max(row, 0))
        self.confusion.show_table(
            [class_words(name) for name in one.classes] if one else (), one.confusion if one else ()
        )
        self.deciles.show_curves(curves.decile_lines(results, row), x=(0.0, 1.05))
        self.ahead.show_curves(curves.ahead_lines(results, row))
        self.starts.show_curves(curves.start_lines(results, row))
        self.segments.show_curves(curves.segment_lines(results, row))

    def _point_at(self, row: int) -> None:
        """The table's own mark follows without being heard."""
        chosen = self.table.selectionModel()
        with QSignalBlocker(chosen):
            flags = QItemSelectionModel.SelectionFlag
            index = self.table.model().index(row, 0)
            chosen.setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)

    def _select(self, now: QModelIndex, _before: QModelIndex) -> None:
        if now.isValid():
            self.modelSelected.emit(now.row())

    def _lay_out(self) -> None:
        for plot, said in (
            (self.deciles, tr("Precision along the action is not measured")),
            (self.ahead, tr("This model says nothing of later moments")),
            (self.starts, tr("Starts of actions are not measured")),
            (self.segments, tr("Whole segments are not measured")),
        ):
            plot.set_nothing(said)
        cards = (
            (ResultCard(tr("Average precision by class"), self.bars), 0),
            (ResultCard(tr("Threshold"), self.trade), 1),
            (ResultCard(tr("Confusion"), self.confusion, CONFUSION), 0),
            (ResultCard(tr("Anticipation"), self.ahead, AHEAD), 0),
            (ResultCard(tr("Along the action"), self.deciles, DECILES), 1),
            (ResultCard(tr("Starts"), self.starts, STARTS), 1),
            (ResultCard(tr("Segments"), self.segments, SEGMENTS), 0),
        )
        self.cards = CardColumns(cards, ROOM_FOR_BOTH)
        self.name.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        named = row_of(self.name, (self.measured, 1), spacing=12)
        parts = (self.table, 4, named, self.figures, self.notes, rule(), (self.cards, 1))
        self.setLayout(column_of(*parts, spacing=8, margins=(12, 4, 12, 16)))


def _plot(name: str, x_title: str, *, shares_x: bool = False) -> curves.MeasuredPlot:
    return curves.MeasuredPlot(name, x_title, "mAP", shares=True, shares_x=shares_x)


class EvaluatePage(WorkPage):
    """A row a model; the chosen one in full. The empty page's button asks first for models, then for the work."""

    evaluateWanted = Signal()
    modelsWanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.shown = EvaluateView()
        self._labelled = False
        self.save = QuietButton(tr("Save report"), "save", tr("Save all figures as JSON or CSV"))
        self.start = PrimaryButton(tr("Evaluate again"), "retry", tr("Measure what the panel names now"))
        self.results = Results()
        styled(self.results, role="body")
        empty = EmptyState(ASKED, tr("Add models"), "chart", tr("What is compared is chosen in the panel"))
        self._head = self.head_of(tr("Evaluation"), self.save, self.start)
        self.lay_out(self._head, self.body_of(empty, scrolled(self.results)))
        self.empty.clicked.connect(lambda: (self.evaluateWanted if self.ready else self.modelsWanted).emit())
        self.start.clicked.connect(self.evaluateWanted)

    def show_state(self, view: ActionsView) -> None:
        self._show(view.evaluate, any(not clip.note for clip in view.teach.clips))

    @when_new
    def _show(self, shown: EvaluateView, labelled: bool) -> None:
        self.shown, self._labelled, busy = shown, labelled, shown.busy is not None
        self.progress.show_busy(shown.busy)
        self.start.setEnabled(not busy and self.ready)
        self.save.setEnabled(bool(shown.results))
        self._head.setVisible(bool(shown.results))
        self.show_there(bool(shown.results))
        asked = BUSY if busy else READY if self.ready else ASKED
        self.empty.set_text(asked, "" if busy else tr("Evaluate") if self.ready else tr("Add models"))
        self.state.setText(words.state_words(shown))
        if shown.results:
            self.results.show_results(shown.results, shown.selected, shown.spec.threshold)

    @property
    def ready(self) -> bool:
        """Whether there is something to compare, and labels to compare it with: a file, or a clip of the project."""
        spec = self.shown.spec
        return bool((spec.scores or spec.models) and (spec.labels or self._labelled))
