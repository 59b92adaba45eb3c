"""The card of the live page, painted because it changes many times a second: the present action, the next one,
a bar for each class, and what it costs.

Classes keep their place, so that a bar can be followed; where there are many, the most probable ones are shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from engines.actions.types import ModelCard, Watched
from engines.core.words import all_of, tr, tr_count
from widgets.actions.panel.classes import paint_swatch
from widgets.actions.panel.words import map_words
from widgets.actions.state import WatchView
from widgets.actions.words import Seen, coming, coming_words, ranked
from widgets.charts.class_colors import class_brush, class_words, place_of
from widgets.kit.fields import describe
from widgets.kit.layouts import column_of
from widgets.kit.results import Stat
from widgets.kit.row_list import RIGHT, wide, write
from widgets.kit.theme import LOOK

MOST = 8
"""Bars."""
HEAD, NEXT, ROW, GAP = 32.0, 18.0, 20.0, 8.0
LARGE = 20
NAMES = 0.45
"""Part of the width that names take at most."""
THICK = 6.0


@dataclass(frozen=True, slots=True)
class Bar:
    """place: of the colour, -1 for the background. first: the most probable one."""

    words: str
    place: int
    probability: float
    first: bool


@dataclass(frozen=True, slots=True)
class Now:
    """All that the card shows, to two digits: equal values are painted once."""

    seen: Seen
    place: int
    next: str
    expected: bool
    bars: tuple[Bar, ...]
    threshold: float


def now_of(watched: Watched, threshold: float, classes: Sequence[str]) -> Now | None:
    """None before the first decision. classes: without the background, in the order of their colours."""
    decision = watched.now
    if decision is None:
        return None
    known = classes or watched.classes[1:]
    order = ranked(decision, watched.classes, threshold)
    shown = sorted(order[:MOST], key=lambda seen: seen.place)
    bars = tuple(
        Bar(seen.words, place_of(seen.action, known), round(seen.probability, 2), seen is order[0]) for seen in shown
    )
    seen = Seen(order[0].action, order[0].place, round(order[0].probability, 2), order[0].sure)
    expected = coming(watched) is not None
    return Now(seen, place_of(seen.action, known), coming_words(watched), expected, bars, threshold)


class NowCard(QFrame):
    """Hidden while there is nothing to show."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.face = _Face()
        self.setLayout(column_of(self.face, margins=(12, 8, 12, 10)))
        self.hide()

    def show_now(self, now: Now | None) -> None:
        if now is None:
            self.hide()
            return
        self.face.show_now(now)
        self.show()


class _Face(QWidget):
    """The painted content of the card."""

    def __init__(self) -> None:
        super().__init__()
        self.now: Now | None = None
        self.given = True
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        LOOK.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        if self.now is None:
            return QSize(160, int(HEAD))
        rest = ROW * len(self.now.bars) + GAP
        return QSize(160, int(HEAD + (NEXT if self.now.next else 0) + rest))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def show_now(self, now: Now) -> None:
        if now == self.now:
            return
        high, self.now = self.sizeHint(), now
        if self.sizeHint() != high:
            self.updateGeometry()
        said = tr("Now: {action} {percent}", action=now.seen.words, percent=now.seen.percent)
        if said != self.accessibleName():
            describe(self, said, _told(now))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.now is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        wide_, top = float(self.width()), HEAD
        self._paint_head(painter, QRectF(0, 0, wide_, HEAD), self.now)
        if self.now.next:
            token = "text" if self.now.expected else "muted"
            write(painter, QRectF(0, HEAD, wide_, NEXT), self.now.next, token, 11)
            top += NEXT
        names = min(max(wide(bar.words, 11) for bar in self.now.bars), NAMES * wide_)
        for row, bar in enumerate(self.now.bars):
            self._paint_bar(painter, QRectF(0, top + GAP + ROW * row, wide_, ROW), bar, names, self.now.threshold)

    def _paint_head(self, painter: QPainter, box: QRectF, now: Now) -> None:
        quiet = now.place < 0 or not now.seen.sure
        token, weight = "muted" if quiet else "text", QFont.Weight.DemiBold
        room = wide("100 %", LARGE) + 12
        paint_swatch(painter, box, now.place)
        write(painter, box.adjusted(18, 0, -room, 0), now.seen.words, token, LARGE, weight=weight, given=True)
        write(painter, box, now.seen.percent, token, LARGE, RIGHT)

    def _paint_bar(self, painter: QPainter, box: QRectF, bar: Bar, names: float, threshold: float) -> None:
        look, room = LOOK.now, wide("100 %", 11)
        token = "text" if bar.first else "muted"
        write(painter, QRectF(box.left(), box.top(), names + 1, ROW), bar.words, token, 11, given=True)
        write(painter, box, f"{round(100 * bar.probability)} %", token, 11, RIGHT)
        track = QRectF(names + 12, box.center().y() - THICK / 2, box.width() - names - room - 24, THICK)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.color("line"))
        painter.drawRoundedRect(track, THICK / 2, THICK / 2)
        if bar.probability > 0:
            filled = QRectF(track.left(), track.top(), max(track.width() * bar.probability, THICK), THICK)
            painter.setBrush(class_brush(bar.place))
            painter.drawRoundedRect(filled, THICK / 2, THICK / 2)
        x = track.left() + track.width() * threshold
        painter.setPen(QPen(look.color("text", 0.45), 1))
        painter.drawLine(QPointF(x, track.top() - 3), QPointF(x, track.bottom() + 3))


def _told(now: Now) -> str:
    bars = "\n".join(f"{bar.words} {round(100 * bar.probability)} %" for bar in now.bars)
    return tr("{bars}\nThe stroke is the threshold, {threshold} %", bars=bars, threshold=round(100 * now.threshold))


def stats_of(watch: WatchView, cap: float) -> tuple[Stat, ...]:
    """Latency, rates and the frames left out. A picture that stands still has no latency and no rate."""
    seen = watch.watched
    if seen is None:
        return ()
    stages = ", ".join(f"{name} {spent:.1f} ms" for name, spent in seen.stages.items())
    left = tr(
        "{left_out:,} above the cap, {dropped:,} while it was busy", left_out=seen.left_out, dropped=watch.dropped
    )
    out = Stat(tr("Frames left out"), f"{seen.left_out + watch.dropped:,}", "", tip=left)
    if not watch.moving:
        return (out,)
    limit = tr("At most {cap:g} per second, as set below", cap=cap) if cap > 0 else tr("Every frame")
    made = [
        Stat(tr("Frames described"), f"{seen.feature_rate:.1f}", "/s", tip=limit + (f"; {stages}" if stages else ""))
    ]
    if seen.now is not None:
        tip = tr("From the camera's picture to the decision, the newest one")
        made.insert(0, Stat(tr("Capture to decision"), f"{1000 * seen.latency:.0f}", "ms", tip=tip))
        made.append(Stat(tr("Decisions"), f"{seen.head_rate:.1f}", "/s", tip=tr("Steps of the network, one a chunk")))
    return (*made, out)


def model_words(card: ModelCard | None) -> str:
    """'6 actions, TRN on appearance and motion, 10 decisions/s, mAP 98.2 %'."""
    if card is None:
        return ""
    parts = [
        tr_count(len(card.classes) - 1, "{n} action", "{n:,} actions"),
        tr("{kind} on {streams}", kind=card.shape.kind.upper(), streams=all_of(card.recipe.streams)),
        tr("{rate:g} decisions/s", rate=card.recipe.rate),
    ]
    if card.map is not None:
        parts.append(map_words(card.map, card.averaged))
    return ", ".join(parts)


def classes_words(card: ModelCard | None) -> str:
    """The names of the actions, for a tooltip."""
    names = [class_words(name) for name in card.classes[1:]] if card is not None else []
    return tr("Actions: {names}", names=all_of(names)) if names else ""
