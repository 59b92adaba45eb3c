"""The list of events, the newest first: when each was, how long, how sure. A click goes there in the film."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QMenu

from engines.actions.types import Event
from engines.core.words import tr
from widgets.actions.panel.classes import SWATCH, paint_swatch
from widgets.actions.state import ActionsView
from widgets.charts.class_colors import class_words, place_of
from widgets.kit.form import say, words
from widgets.kit.menus import menu_of
from widgets.kit.panel import PlainButton, QuietButton, Section
from widgets.kit.row_list import RIGHT, RowList, wide, write
from widgets.kit.when_new import when_new
from widgets.viewer.transport import clock_words

SHOWN = 200
"""Rows, the newest."""
NOTHING = tr("Nothing was seen yet. An event begins where a class reaches the threshold.")
JUMPED = tr("Some of this was watched after a jump, where the model remembers less than in the whole film.")


class EventList(RowList):
    """Rows are events, the newest first."""

    most_rows = 10

    def __init__(self) -> None:
        super().__init__(tr("Events"), tr("A click goes to the event in the film"))
        self._classes: tuple[str, ...] = ()

    def show_events(self, events: Sequence[Event], classes: tuple[str, ...]) -> None:
        """The chosen event stays chosen while newer ones come above it."""
        held = self.rows[self.row] if 0 <= self.row < len(self.rows) else None
        if classes != self._classes:
            self._classes = classes
            self.viewport().update()
        if self.show_rows(tuple(reversed(events[-SHOWN:]))) and held is not None:
            same = [row for row, event in enumerate(self.rows) if _key(event) == _key(held)]
            self.select(same[0] if same else -1)

    def words(self, row: int) -> str:
        return event_words(self.rows[row])

    def paint_row(self, painter: QPainter, box: QRectF, row: int) -> None:
        event: Event = self.rows[row]
        paint_swatch(painter, box, place_of(event.action, self._classes))
        line = box.adjusted(SWATCH + 8, 0, 0, 0)
        sure = f"{round(100 * event.probability)} %"
        write(painter, line, sure, "text", 11, RIGHT)
        at = span_words(event)
        spans = line.adjusted(0, 0, -wide("100 %", 11) - 12, 0)
        write(painter, spans, at, "accent" if event.end is None else "muted", 11, RIGHT)
        write(painter, spans.adjusted(0, 0, -wide(at, 11) - 8, 0), class_words(event.action), given=True)

    def menu(self, row: int) -> QMenu:
        return menu_of(self, ("reveal", tr("Go to"), lambda: self.opened.emit(row)))


class EventSection(Section):
    """The list, `save` to write it to a file, `whole` for the whole film at once."""

    eventChosen = Signal(float)

    def __init__(self) -> None:
        super().__init__(tr("Events"), name="actions.events")
        self.list, self.note = EventList(), words("hint")
        self.save = QuietButton(tr("Export"), "export", tr("Save these events: CSV, JSON, ELAN or VIA"))
        tip = tr("Run the model over every frame of this film, as a job; its scores are drawn on the timeline and kept")
        self.whole = PlainButton(tr("Detect in the whole film"), "file", tip)
        self.add_action(self.save)
        for part in (self.list, self.note, self.whole):
            self.add(part)
        self.body.setSpacing(6)
        self.list.chosen.connect(self._go)
        self.list.opened.connect(self._go)

    def show_state(self, view: ActionsView) -> None:
        film = view.timeline.duration is not None and bool(view.settings.model)
        self._show(events_of(view), view.timeline.classes, film, note_of(view))

    @when_new
    def _show(self, events: tuple[Event, ...], classes: tuple[str, ...], film: bool, note: str) -> None:
        self.list.show_events(events, classes)
        self.list.setVisible(bool(events))
        say(self.note, note)
        self.save.setEnabled(bool(events))
        self.whole.setVisible(film)
        self.head.setText(tr("Events: {count:,}", count=len(events)) if events else tr("Events"))

    def _go(self, row: int) -> None:
        self.eventChosen.emit(self.list.rows[row].start)


def events_of(view: ActionsView) -> tuple[Event, ...]:
    """Those of the chosen model along the source, as the timeline draws them."""
    return view.timeline.own.events if view.timeline.own is not None else ()


def note_of(view: ActionsView) -> str:
    """A remark on the list."""
    own = view.timeline.own
    if own is None or not own.events:
        return NOTHING
    return JUMPED if own.jumped and view.timeline.duration is not None else ""


def span_words(event: Event) -> str:
    """'0:12.4 - 0:14.1', 'since 0:12.4'."""
    if event.end is None:
        return tr("since {clock_words}", clock_words=clock_words(event.start))
    return f"{clock_words(event.start)} \u2013 {clock_words(event.end)}"


def event_words(event: Event) -> str:
    """'wave from 0:12.4 to 0:14.1, 1.7 s, mean probability 93 %, highest 99 %'."""
    name, sure = (
        class_words(event.action),
        tr("mean probability {probability:.0f} %", probability=100 * event.probability),
    )
    sure += tr(", highest {peak:.0f} %", peak=100 * event.peak)
    if event.end is None:
        return tr("{name} since {clock_words}, {sure}", name=name, clock_words=clock_words(event.start), sure=sure)
    span = tr(
        "from {start} to {end}",
        start=clock_words(event.start),
        end=clock_words(event.end),
    )
    return f"{name} {span}, {event.end - event.start:.1f} s, {sure}"


def _key(event: Event) -> tuple[str, float]:
    return event.action, event.start
