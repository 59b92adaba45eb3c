"""The list of a film's segments, the segment that is open, and advice on what is weak about the labels."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QMenu, QWidget

from engines.actions.types import Labels, Segment
from engines.core.words import tr
from widgets.actions.panel.classes import SWATCH, paint_swatch
from widgets.actions.panel.words import duration_words, segment_words
from widgets.actions.state import ActionsView
from widgets.charts.class_colors import class_words, place_of
from widgets.kit.form import beside, say, words
from widgets.kit.icons import draw_icon
from widgets.kit.labels import StateLine
from widgets.kit.layouts import column_of, row_of
from widgets.kit.menus import menu_of
from widgets.kit.panel import ElidedLabel, QuietButton, Section, describe
from widgets.kit.row_list import RIGHT, RowList, wide, write
from widgets.kit.theme import number_font
from widgets.kit.when_new import when_new
from widgets.kit.words import file_name
from widgets.timeline.axis import FrameClock
from widgets.timeline.state import TimelineView
from widgets.viewer.transport import clock_words


class SegmentList(RowList):
    """Rows are segments, by start. Times come from the film's frames where they are known, else from its rate."""

    most_rows = 10
    removable = True

    def __init__(self) -> None:
        super().__init__(tr("Segments"), tr("A click goes to the segment in the film, Delete removes it"))
        self._classes: tuple[str, ...] = ()
        self._clock, self._tracks = FrameClock(), 1

    def show_labels(self, labels: Labels, timeline: TimelineView) -> None:
        """These segments, timed as the film is."""
        self._classes, self._tracks, self._clock = labels.classes, len(labels.tracks), clock_of(labels, timeline)
        self.viewport().update()
        self.show_rows(labels.segments)

    def span(self, row: int) -> tuple[float, float]:
        """Start and length of a segment in seconds; both of its frames are part of it."""
        segment: Segment = self.rows[row]
        start = self._clock.edge(segment.start)
        return start, self._clock.edge(segment.end + 1) - start

    def words(self, row: int) -> str:
        return segment_words(self.rows[row], *self.span(row), several=self._tracks > 1)

    def paint_row(self, painter: QPainter, box: QRectF, row: int) -> None:
        segment: Segment = self.rows[row]
        start, seconds = self.span(row)
        paint_swatch(painter, box, place_of(segment.action, self._classes))
        line = box.adjusted(SWATCH + 8, 0, 0, 0)
        if self.shows_cross(row):
            self.paint_cross(painter, row)
        length = duration_words(seconds)
        lengths = line.adjusted(0, 0, -22, 0)
        write(painter, lengths, length, "text", 11, RIGHT)
        at = f"{clock_words(start)} \u2013 {clock_words(start + seconds)}"
        spans = lengths.adjusted(0, 0, -max(wide("00.0 s", 11), wide(length, 11)) - 12, 0)
        write(painter, spans, at, "muted", 11, RIGHT)
        room = spans.adjusted(0, 0, -wide(at, 11) - 8, 0)
        used = write(painter, room, class_words(segment.action), given=True)
        if self._tracks > 1:
            write(painter, room.adjusted(used + 8, 0, 0, 0), segment.track, "muted", 11, given=True)

    def menu(self, row: int) -> QMenu:
        remove = ("delete", tr("Remove"), lambda: self.removed.emit(row))
        return menu_of(self, ("reveal", tr("Go to"), lambda: self.opened.emit(row)), None, remove)


class SegmentSection(Section):
    """The list, and files to read it from (`bring`) and write it to (`save`)."""

    segmentChosen = Signal(int)

    def __init__(self) -> None:
        super().__init__(tr("Segments"), name="actions.segments")
        self._selected = -1
        self._shown: tuple[Labels, int] | None = None
        self.list, self.file = SegmentList(), words("hint")
        self.bring = QuietButton(
            tr("Import"), "open", tr("Read labels from a file: CSV, JSON, ELAN, VIA or THUMOS text")
        )
        self.save = QuietButton(tr("Export"), "export", tr("Save these labels: CSV, JSON, ELAN or VIA"))
        self.add(self.list)
        self.add(self.file)
        self.add(beside(QWidget(), self.bring, self.save))
        self.file.hide()
        self.body.setSpacing(6)
        self.list.chosen.connect(self._choose)
        self.list.opened.connect(self.segmentChosen)

    def show_state(self, view: ActionsView) -> None:
        labels, row = view.teach.labels, view.timeline.selected
        self._show(labels, view.timeline)
        if row != self._selected or row != self.list.row:
            self._selected = row
            self.list.select(row)
        self._show_file(_file_words(view), view.teach.labels_file)

    def _show(self, labels: Labels, timeline: TimelineView) -> None:
        shown = labels, len(timeline.frame_times)
        if self._shown is not None and self._shown[0] is labels and self._shown[1] == shown[1]:
            return
        self._shown = shown
        self.list.show_labels(labels, timeline)
        self.list.setVisible(bool(labels.segments))
        self.save.setEnabled(bool(labels.segments))
        self.head.setText(tr("Segments: {count:,}", count=len(labels.segments)) if labels.segments else tr("Segments"))

    @when_new
    def _show_file(self, words: str, path: str) -> None:
        say(self.file, words)
        self.file.setToolTip(path)

    def _choose(self, row: int) -> None:
        self._selected = row
        self.segmentChosen.emit(row)


class OpenSegment(QFrame):
    """The segment that is being marked: since when, how long so far, and how to end it or to `drop` it."""

    markWanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._action = ""
        self.swatch = Swatch()
        self.title, self.since, self.length = ElidedLabel("", "heading"), StateLine("hint"), ElidedLabel("", "heading")
        self.title.given = True
        self.length.setFont(number_font())
        self.end = QuietButton(tr("End here"), "check", tr("End the segment at the frame that is shown"))
        self.drop = QuietButton(tr("Drop"), "close", tr("Discard this segment (Esc)"))
        self.length.setSizePolicy(self.swatch.sizePolicy())
        head = row_of(self.swatch, (self.title, 1), self.length, spacing=8)
        foot = row_of(None, self.drop, self.end, spacing=4)
        self.setLayout(column_of(head, self.since, foot, margins=(8, 8, 8, 4)))
        self.end.clicked.connect(lambda: self.markWanted.emit(self._action))
        self.hide()

    def show_state(self, view: ActionsView) -> None:
        timeline, self._action = view.timeline, view.timeline.marking
        if self._action:
            start = clock_of(view.teach.labels, timeline).edge(max(timeline.marking_from, 0))
            self.length.setText(duration_words(max(timeline.position - start, 0.0)))
            since = tr(
                "since {clock_words}, frame {marking_from:,}",
                clock_words=clock_words(start),
                marking_from=timeline.marking_from,
            )
            key = next((each.key for each in view.teach.counts if each.name == self._action), "")
            self._show(class_words(self._action), since, place_of(self._action, view.teach.labels.classes), key)
        self.setVisible(bool(self._action))

    @when_new
    def _show(self, title: str, since: str, place: int, key: str) -> None:
        self.title.setText(title)
        self.since.setText(since)
        self.swatch.show_place(place)
        describe(
            self.end, tr("End here"), tr("End the segment at the frame that is shown") + (f" ({key})" if key else "")
        )
        describe(self, f"{title} {since}")


class Swatch(QWidget):
    """A class's colour and hatch."""

    def __init__(self) -> None:
        super().__init__()
        self._place = -1
        self.setFixedSize(int(SWATCH), int(SWATCH) + 8)

    def show_place(self, place: int) -> None:
        self._place = place
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_swatch(painter, QRectF(self.rect()), self._place)


class AdviceLines(QWidget):
    """Weak points, a line each."""

    MOST = 4

    def __init__(self) -> None:
        super().__init__()
        self.lines = [_Line() for _ in range(self.MOST)]
        self.setLayout(column_of(*self.lines, spacing=4))
        self.hide()

    @when_new
    def show_advice(self, advice: tuple[str, ...]) -> None:
        """The first few, and how many more there are."""
        more = tr("And {count:,} more", count=len(advice) - self.MOST + 1)
        shown = advice if len(advice) <= self.MOST else (*advice[: self.MOST - 1], more)
        for place, line in enumerate(self.lines):
            say(line.words, shown[place] if place < len(shown) else "")
            line.setVisible(place < len(shown))
        self.setVisible(bool(advice))
        self.setToolTip("\n".join(advice))


class _Line(QWidget):
    """A sign and a sentence."""

    def __init__(self) -> None:
        super().__init__()
        self.words = words("hint")
        self.setLayout(row_of(self.words, margins=(20, 0, 0, 0)))

    def paintEvent(self, event: QPaintEvent) -> None:
        draw_icon(QPainter(self), QRectF(0, 1, 14, 14).toRect(), "warn", "warn")


def clock_of(labels: Labels, timeline: TimelineView) -> FrameClock:
    """By the film's frames where they are known, else by its rate."""
    known = len(timeline.frame_times) > 1
    return FrameClock(timeline.frame_times, 0.0 if known else labels.rate or timeline.rate)


def _file_words(view: ActionsView) -> str:
    path = view.teach.labels_file
    if not view.teach.labels.segments:
        return tr("Mark segments while the film plays, or import a file of labels.")
    return tr("In {path}", path=file_name(path)) if path else ""
