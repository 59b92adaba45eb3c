"""Charts of a training: loss and held-out loss, held-out precision with its best, and precision by class."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QWidget

from engines.actions.study_types import Evaluation, TrainProgress
from engines.core.words import tr
from widgets.actions.board.train_words import best_of
from widgets.charts.axes import percent
from widgets.charts.band import BandPlot, Mark
from widgets.charts.class_bars import ClassBars, class_rows
from widgets.charts.plot import Series
from widgets.kit.fields import wrapped
from widgets.kit.layouts import column_of, held, turn
from widgets.kit.panel import ElidedLabel
from widgets.kit.when_new import when_new

ROOM_FOR_BOTH, ROOM_FOR_PLOTS = 820, 560
"""Pixels from which the bars stand beside the plots, and, where they do not, the plots beside each other."""
LEAST_PLOT = 170
LOSS, HELD, MAP = 0, 1, 2
TOP = 1.17
"""End of the precision's axis: above 100 % there is room for the words of the best."""
NOTHING_HELD = tr("Nothing is held out: precision is not measured while it learns, and it does not stop early.")
TITLE = tr("Average precision by class")
NO_EXAMPLE = tr("no example held out")


class TrainCharts(QWidget):
    """Curves at the left, bars at the right; bars below the curves where that is too narrow."""

    def __init__(self) -> None:
        super().__init__()
        self.loss = BandPlot(tr("Loss"), tr("Iteration"), tr("Loss, nats"), log_y=True)
        self.map = BandPlot(tr("Held-out precision"), tr("Iteration"), tr("Held-out mAP"), shares=True)
        self.bars_title = ElidedLabel(TITLE, "heading")
        self.bars = ClassBars(TITLE, "AP", NO_EXAMPLE)
        self.nothing = wrapped("muted")
        self.nothing.setText(NOTHING_HELD)
        self.loss.set_nothing(tr("The loss appears with the first iterations"))
        self.map.set_nothing(tr("Precision appears with the first check of the held-out part"))
        self._lay_out()

    @when_new
    def show_progress(self, progress: TrainProgress | None, *, held: bool, tested: Evaluation | None = None) -> None:
        """`held`: something is held out, so that there is precision to show. tested: on a benchmark's test videos."""
        for part in (self.map, self._side):
            part.setVisible(held)
        self.nothing.setVisible(not held)
        self._show_loss(progress)
        self._show_map(progress if held else None)
        self._show_bars(progress if held else None, tested)
        room = max(self.loss.left_room, self.map.left_room)
        for plot in (self.loss, self.map):
            plot.set_left_room(room)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width()
        turn(self._row, wide >= ROOM_FOR_BOTH)
        turn(self._plots, ROOM_FOR_PLOTS <= wide < ROOM_FOR_BOTH)

    def _show_loss(self, progress: TrainProgress | None) -> None:
        drawn = ((tr("training"), progress.loss, LOSS), (tr("held out"), progress.held_loss, HELD)) if progress else ()
        self.loss.show_lines([_line(*one) for one in drawn if one[1]])
        self.loss.set_ranges(_iterations(progress))
        best = best_of(progress) if progress is not None and progress.map else None
        self.loss.set_uprights([Mark(best[0], "")] if best else ())

    def _show_map(self, progress: TrainProgress | None) -> None:
        pairs = progress.map if progress is not None else ()
        self.map.show_lines([_line(tr("held-out mAP"), pairs, MAP, markers=True)] if pairs else ())
        self.map.set_ranges(_iterations(progress), (0.0, TOP))
        best = best_of(progress) if progress is not None else None
        self.map.set_uprights([Mark(best[0], tr("best {best}", best=percent(best[1], 1)), chosen=True)] if best else ())

    def _show_bars(self, progress: TrainProgress | None, tested: Evaluation | None) -> None:
        """Of the test videos once they were looked at, before that of what is held out."""
        classes = tested.classes if tested else progress.classes if progress else ()
        ap = tested.ap if tested else progress.ap if progress else {}
        self.bars_title.setText(tr("{title}, test films", title=TITLE) if tested else TITLE)
        self._side.setVisible(bool(ap))
        self.bars.show_rows(class_rows([name for name in classes if name in ap] or tuple(ap), [ap]) if ap else ())

    def _lay_out(self) -> None:
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(12, 4, 12, 8)
        self._row.setSpacing(16)
        self._plots = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._plots.setSpacing(8)
        for plot in (self.loss, self.map):
            plot.setMinimumHeight(LEAST_PLOT)
            self._plots.addWidget(plot, 1)
        self._side = held(column_of(self.bars_title, (self.bars, 1), spacing=8, margins=(0, 2, 0, 0)))
        self._side.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._row.addLayout(column_of((self._plots, 1), self.nothing, spacing=16), 6)
        self._row.addWidget(self._side, 5)


def _iterations(progress: TrainProgress | None) -> tuple[float, float] | None:
    """The whole way, so that the curve grows into its place."""
    if progress is None or progress.phase == "features" or progress.iterations < 1:
        return None
    return 0.0, 1.02 * progress.iterations


def _line(name: str, pairs: Sequence[tuple[int, float]], place: int, *, markers: bool = False) -> Series:
    x, y = [float(at) for at, _ in pairs], [value for _, value in pairs]
    return Series(name, x, y, markers, place, style=0 if markers else -1)
