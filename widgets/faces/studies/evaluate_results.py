"""Results of an evaluation: verification with its ROC, the open set with its curve, and the files without a face."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QStringListModel, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QBoxLayout, QLabel, QListView, QWidget

from engines.core.words import tr
from engines.faces.study_types import Curve, Evaluation, OpenSet
from widgets.charts.band import Band, BandPlot, stairs
from widgets.charts.plot import Series
from widgets.faces.studies import evaluate_words as words
from widgets.faces.studies.threshold_charts import per_bin
from widgets.kit.access.tabs import reorder_tabs
from widgets.kit.figures_table import FiguresTable
from widgets.kit.labels import Label
from widgets.kit.layouts import column_of, held, row_of
from widgets.kit.panel import ElidedLabel, StatGrid, describe, scrolled
from widgets.kit.theme import number_font
from widgets.kit.when_new import when_new

ROOM_FOR_BOTH = 760
LEAST_PLOT = 180
BAR = 1.07
"""Half the width of an interval's bar, as a factor of the rate."""


class Pane(QWidget):
    """Plots and figures side by side, or where that is too narrow the plots under the figures; then it scrolls."""

    def __init__(self, plots: list[QWidget], figures: list[QWidget]) -> None:
        super().__init__()
        for plot in plots:
            plot.setMinimumHeight(LEAST_PLOT)
        left = column_of(*((plot, 1) for plot in plots), spacing=12)
        self._row = row_of((left, 5), (column_of(*figures, None, spacing=8), 4), spacing=12, margins=(12, 4, 12, 8))
        self.setLayout(column_of(scrolled(held(self._row, "body"))))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < ROOM_FOR_BOTH
        ways = QBoxLayout.Direction
        way = ways.BottomToTop if narrow else ways.LeftToRight
        if way != self._row.direction():
            self._row.setDirection(way)
            reorder_tabs(self)


class VerificationPane(Pane):
    """Accuracy, ROC, TAR table, histogram."""

    def __init__(self) -> None:
        self.roc = BandPlot("ROC", tr("False-accept rate"), tr("True-accept rate"), log_x=True, shares=True)
        self.histogram = BandPlot(tr("Similarities"), tr("Similarity"), tr("Share of pairs"), shares=True)
        self.stats = StatGrid()
        self.table = FiguresTable(tr("True-accept rates"), words.TAR_HEADERS, words.TAR_TIPS)
        self.no_pairs = _note(tr("No pair list: accuracy over folds is not measured."))
        super().__init__([self.roc, self.histogram], [self.stats, self.no_pairs, self.table])
        self._shown: Evaluation | None = None

    def show_result(self, result: Evaluation | None) -> None:
        if result is self._shown:
            return
        self._shown = result
        self.stats.set_stats(words.accuracy_stats(result) if result else ())
        self.stats.setVisible(bool(result and result.accuracy is not None))
        self.no_pairs.setVisible(bool(result and result.accuracy is None))
        self.table.show_rows(words.tar_rows(result) if result else ())
        _show_curve(self.roc, result.roc if result else None, tr("TAR over all pairs"))
        self._show_histogram(result)

    def _show_histogram(self, result: Evaluation | None) -> None:
        kinds = ((tr("different people"), result.impostor), (tr("same person"), result.genuine)) if result else ()
        lines, bands = [], []
        for place, (name, heights) in enumerate(kinds):
            if result and heights:
                x, y = stairs(result.bins, per_bin(result.bins, heights))
                lines.append(Series(name, x, y, place=place))
                bands.append(Band(x, [0.0] * len(x), y, place, hatched=True))
        self.histogram.show_lines(lines, bands)
        if lines:
            self.histogram.set_ranges(None, (0.0, 1.1 * max(y for line in lines for y in line.y)))


class OpenSetPane(Pane):
    """TPIR over FPIR, its table, and what a chosen rate really did."""

    def __init__(self) -> None:
        self.curve = BandPlot(
            tr("Open set"),
            tr("Strangers named (FPIR)"),
            tr("Enrolled named right (TPIR)"),
            log_x=True,
            shares=True,
            shares_x=True,
        )
        self.sizes, self.fixed = _note(""), _note("")
        self.stats = StatGrid()
        self.table = FiguresTable(tr("Open set"), words.OPEN_HEADERS, words.OPEN_TIPS)
        self.title = ElidedLabel(tr("A chosen rate, and what it did"), "heading")
        self.chosen = FiguresTable(tr("Chosen rates"), words.CHOSEN_HEADERS, words.CHOSEN_TIPS)
        super().__init__([self.curve], [self.sizes, self.stats, self.table, self.title, self.chosen, self.fixed])
        self.curve.set_nothing(tr("The open-set curve follows the verification"))
        self._shown: OpenSet | None = None

    def show_result(self, result: OpenSet | None) -> None:
        if result is self._shown:
            return
        self._shown = result
        self.sizes.setText(words.open_words(result) if result else "")
        self.stats.set_stats(words.rank_stats(result) if result else ())
        self.table.show_rows(words.tpir_rows(result) if result else ())
        self.chosen.show_rows(words.chosen_rows(result) if result else ())
        for widget in (self.title, self.chosen):
            widget.setVisible(bool(result and result.chosen))
        self.fixed.setText(words.fixed_words(result) if result else "")
        _show_curve(self.curve, result.curve if result else None, "TPIR")
        if result and result.curve.x and not result.curve.low:
            self._show_bars(result)

    def _show_bars(self, result: OpenSet) -> None:
        """A curve without a band gets the intervals of the table as upright bars."""
        bars = [
            Band((float(key) / BAR, float(key) * BAR), (low, low), (high, high), hatched=True)
            for key, (low, high) in result.tpir_interval.items()
        ]
        self.curve.show_lines([Series("TPIR", result.curve.x, result.curve.y)], bars)
        ends = tuple(end for pair in result.tpir_interval.values() for end in pair)
        self.curve.set_ranges(None, curve_ends(replace(result.curve, low=ends, high=ends)))


class MissedPane(QWidget):
    """Files without a face."""

    def __init__(self) -> None:
        super().__init__()
        self._model = QStringListModel()
        self.list = QListView()
        self.list.setModel(self._model)
        describe(self.list, tr("Files without a face"))
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setUniformItemSizes(True)
        self.words = _note("")
        self.setLayout(column_of(self.words, (self.list, 1), spacing=6, margins=(12, 8, 12, 8)))

    @when_new
    def show_files(self, files: tuple[str, ...]) -> None:
        self._model.setStringList(list(files))
        self.words.setText(tr("No face was found in these files:") if files else tr("A face was found in every file."))
        self.list.setVisible(bool(files))


def _show_curve(plot: BandPlot, curve: Curve | None, name: str) -> None:
    if curve is None or not curve.x:
        plot.show_lines(())
        return
    bands = [Band(curve.x, curve.low, curve.high)] if curve.low and curve.high else []
    plot.show_lines([Series(name, curve.x, curve.y)], bands)
    plot.set_ranges(None, curve_ends(curve))


def curve_ends(curve: Curve) -> tuple[float, float]:
    """Ends of the y axis. A band that reaches far below its line is cut off, so that the line can be read."""
    line = min(curve.y)
    least = max(min((*curve.y, *curve.low)), line - (1 - line))
    return max(least - 0.05 * (1 - least), 0.0), 1 + 0.02 * (1 - least) + 1e-4


def _note(text: str) -> QLabel:
    label = Label(text)
    label.setProperty("role", "muted")
    label.setFont(number_font())
    label.setWordWrap(True)
    return label
