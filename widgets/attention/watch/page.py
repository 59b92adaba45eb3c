"""The page on which the tiled algorithm is watched: its picture, what the step does in words, and the error falling."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from engines.attention.watching.back_tiling import BackTrace
from engines.attention.watching.tiling import Trace
from engines.core.words import tr
from widgets.attention.state import AttentionView
from widgets.attention.steps_bar import StepsBar
from widgets.attention.watch.picture import TilePicture
from widgets.attention.watch.scene import scene_of
from widgets.attention.watch.words import step_words
from widgets.charts.axes import figure
from widgets.charts.band import BandPlot, Mark
from widgets.charts.plot import Series
from widgets.kit.fields import wrapped
from widgets.kit.layouts import column_of, held, row_of, styled
from widgets.kit.panel import ElidedLabel, QuietButton

PERIOD_MS = 900
SIDE = 168, 212, 0.3
"""Pixels beside the picture at the least and at the most, and their share of the page."""


class WatchPage(QWidget):
    """Place 0 of the bar is before the first tile, place n after the n-th."""

    def __init__(self) -> None:
        super().__init__()
        self.trace: Trace | BackTrace | None = None
        self.title, self.state = wrapped("heading"), ElidedLabel("", "muted")
        self.made_up = QuietButton(
            tr("Made-up numbers"), "retry", tr("Go back from the network's head to made-up numbers")
        )
        self.picture = TilePicture()
        self.words = wrapped()
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.words.setFixedHeight(3 * self.words.fontMetrics().lineSpacing() + 4)
        self.error = BandPlot(tr("Error so far"), tr("Tile"), tr("Error so far, relative"))
        self.bar = StepsBar(tr("Tile"), tr("Click or drag to another tile"), PERIOD_MS)
        self.bar.moved.connect(self._show)
        self._lay_out()

    def show_state(self, view: AttentionView) -> None:
        trace = view.watch.trace
        self.title.setText(view.watch.title)
        self.made_up.setVisible(view.watch.of_network)
        if trace is None or trace is self.trace:
            return
        self.trace = trace
        self.bar.set_places(len(trace.steps), 0)
        numbers = range(len(trace.steps) + 1)
        line = Series(tr("distance"), tuple(numbers), (1.0, *(step.error for step in trace.steps)))
        self.error.set_series([line])
        self._show(0)

    def begin(self) -> None:
        """Play from the first tile; the keys are the page's."""
        self.setFocus()
        self.bar.go(0)
        self.bar.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.bar.keyed(event):
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        least, most, share = SIDE
        self._side.setFixedWidth(min(max(least, round(share * self.width())), most))
        super().resizeEvent(event)

    def _show(self, place: int) -> None:
        trace = self.trace
        if trace is None:
            return
        self.picture.show_scene(scene_of(trace, place - 1))
        words = step_words(trace, place - 1)
        self.words.setText(words)
        self.picture.setAccessibleDescription(words)
        error = trace.steps[place - 1].error if place else 1.0
        self.state.setText(tr("Error {error}", error=figure(error)))
        self.state.set_tip(tr("Beside the {whole_of} over all keys, relative", whole_of=whole_of(trace)))
        self.error.set_uprights([Mark(place, "", True)])
        last = len(trace.steps)
        self.bar.say(
            tr("Tile {place} of {last}", place=place, last=last) if place else tr("0 of {last} tiles", last=last),
            tr("Tile {last} of {last}", last=last),
        )

    def _lay_out(self) -> None:
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        side = held(column_of(self.title, self.state, self.made_up, 8, (self.error, 1), (None, 0), spacing=4))
        self._side = side
        body = row_of((self.picture, 1), side, spacing=12)
        self.setLayout(column_of((body, 1), self.words, self.bar, spacing=8, margins=(12, 12, 12, 8)))
        styled(self)


def whole_of(trace: Trace | BackTrace) -> str:
    """What the sums come to in the end."""
    return tr("softmax") if isinstance(trace, Trace) else tr("gradients")
