"""The enrolment page: faces found in pictures, looked through before anything is stored.

One bad picture poisons a person, so what is doubtful is held back, with the reason in words and the picture it
resembles beside it; the user has the last word.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from engines.core.pictures.files import in_short
from widgets.faces.enrol.list import ReviewList
from widgets.faces.enrol.words import Review, store_problem, summary
from widgets.faces.state import EnrolView, FacesView
from widgets.kit.panel import (
    ElidedLabel,
    EmptyState,
    PlainButton,
    PrimaryButton,
    QuietButton,
    Segmented,
    describe,
    set_property,
)
from widgets.kit.theme import LOOK
from widgets.kit.words import DOT
from widgets.kit.work_parts import BusyLine, Framed

WIDE = 560
FILTERS = (("all", "All"), ("doubts", "In doubt"))


class EnrolPage(QWidget):
    """`candidateTaken(row, on)`, `candidateNamed(row, name)`: rows are those of the review's candidates."""

    filesWanted = Signal()
    folderWanted = Signal()
    candidateTaken = Signal(int, bool)
    candidateNamed = Signal(int, str)
    storeWanted = Signal()
    dropReviewWanted = Signal()
    gatherCancelWanted = Signal()
    thumbsWanted = Signal(list)
    dropped = Signal(list)
    SIGNALS = (
        "filesWanted", "folderWanted", "candidateTaken", "candidateNamed", "storeWanted", "dropReviewWanted",
        "gatherCancelWanted", "thumbsWanted", "dropped",
    )  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self.setAcceptDrops(True)
        self.shown, self._latest = EnrolView(), FacesView()
        self._read_only = False
        self._known: tuple[object, ...] = ()
        self._names: tuple[str, ...] = ()
        self.list = ReviewList()
        self.title, self.line = ElidedLabel("Review", "title"), ElidedLabel("", "state")
        self.filter = Segmented("Show", FILTERS, tip="All faces, or only those with a doubt")
        self.store = PrimaryButton("Store", "save")
        self.drop = QuietButton("Discard", "delete", "Throw this review away; nothing of it is stored")
        self.progress = BusyLine()
        self.start = DropArea()
        self.finding = _Finding()
        self._lay_out()
        self._wire()

    def show_state(self, view: FacesView) -> None:
        self._latest = view
        if self.list.saying:
            return
        before, self.shown = self.shown, view.enrol
        enrol = view.enrol
        self.list.show_thumbs(view.thumbs)
        gathered = enrol.gathered
        if gathered is None:
            self.start.set_missing(view.people.info is None)
            self._stack.setCurrentWidget(self.start if enrol.busy is None else self.finding)
            self.finding.progress.show_busy(enrol.busy)
            return
        self._stack.setCurrentWidget(self._review)
        self.progress.show_busy(enrol.busy)
        self._know(view)
        if before.gathered is None or before.gathered.folder != gathered.folder:
            self.filter.set_value("all")
        review = Review(gathered.candidates, enrol.taken, enrol.names)
        self.list.show_review(review, self.filter.value() == "doubts", self._names)
        read_only = view.people.info is not None and view.people.info.read_only
        if (enrol, read_only) != (before, self._read_only):
            self._read_only = read_only
            self._show_words(review, enrol, read_only)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        way = QBoxLayout.Direction
        self._head.setDirection(way.LeftToRight if self.width() >= WIDE else way.TopToBottom)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()
            self.start.set_aimed(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.start.set_aimed(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self.start.set_aimed(False)
        event.acceptProposedAction()
        self.dropped.emit([url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()])

    def _show_words(self, review: Review, enrol: EnrolView, read_only: bool) -> None:
        left_out = in_short(enrol.gathered.left_out) if enrol.gathered else ""
        self.line.setText(DOT.join(part for part in (summary(review), left_out) if part))
        set_property(self.line, "level", "warn" if review.nameless else "")
        chosen = len(review.chosen)
        words = f"Store {chosen:,}" if chosen else "Store"
        why = "The gallery is read-only here" if read_only else store_problem(review)
        self.store.setText(words)
        self.store.setEnabled(not why and enrol.busy is None)
        describe(self.store, words, f"{why}." if why else "Put the ticked faces into the gallery; this can be undone")
        self.drop.setEnabled(enrol.busy is None)
        self.filter.setVisible(bool(review.doubted))

    def _know(self, view: FacesView) -> None:
        """The names that may be completed to, made anew when the people are others."""
        key = (view.people.people, view.enrol.names)
        if self._known and all(a is b for a, b in zip(key, self._known, strict=True)):
            return
        self._known = key
        self._names = tuple(sorted({*(person.name for person in view.people.people), *view.enrol.names} - {""}))

    def _refilter(self) -> None:
        self.list.show_review(self.list.review, self.filter.value() == "doubts", self._names)

    def _lay_out(self) -> None:
        for part in (self, self.filter):
            part.setProperty("role", part.property("role") or "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.filter.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.title)
        words.addWidget(self.line)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for part in (self.filter, self.drop, self.store):
            buttons.addWidget(part)
        self._head = head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        head.setContentsMargins(12, 10, 12, 6)
        head.setSpacing(8)
        head.addLayout(words, 1)
        head.addLayout(buttons)
        self._review = QWidget()
        column = QVBoxLayout(self._review)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(Framed(self.progress))
        column.addWidget(self.list, 1)
        self._stack = QStackedWidget()
        for part in (self.start, self.finding, self._review):
            self._stack.addWidget(part)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)

    def _wire(self) -> None:
        for source, signal in (
            (self.list.taken, self.candidateTaken),
            (self.list.named, self.candidateNamed),
            (self.list.thumbsWanted, self.thumbsWanted),
            (self.store.clicked, self.storeWanted),
            (self.drop.clicked, self.dropReviewWanted),
            (self.progress.cancelled, self.gatherCancelWanted),
            (self.finding.progress.cancelled, self.gatherCancelWanted),
            (self.start.files.clicked, self.filesWanted),
            (self.start.folder.clicked, self.folderWanted),
        ):
            source.connect(signal)
        self.list.settled.connect(lambda: self.show_state(self._latest))
        self.filter.chosen.connect(lambda _value: self._refilter())


class DropArea(QWidget):
    """Nothing gathered yet: drop pictures, or choose them."""

    def __init__(self) -> None:
        super().__init__()
        self._aimed = False
        self.state = EmptyState("Drop pictures or a folder of people here.", "", "faces")
        self.files = PrimaryButton("Choose pictures", "views", "Pictures of one person or of several")
        self.folder = PlainButton("Choose a folder", "folder", "With one folder a person, or files named Ada_0001.jpg")
        self.hint = ElidedLabel("", "hint")
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(self.files)
        row.addWidget(self.folder)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(48, 32, 48, 32)
        column.addStretch(3)
        column.addWidget(self.state)
        column.addLayout(row)
        column.addSpacing(8)
        column.addWidget(self.hint)
        column.addStretch(4)
        self.set_missing(False)

    def set_missing(self, gallery: bool) -> None:
        """There is no gallery to store into yet."""
        self.hint.setText(
            "There is no gallery yet; one is made when the faces are stored."
            if gallery
            else "One folder a person, or files named Ada_0001.jpg; nothing is stored before you have seen it."
        )

    def set_aimed(self, on: bool) -> None:
        """Something is being dragged over it."""
        if on != self._aimed:
            self._aimed = on
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(LOOK.now.color("accent" if self._aimed else "line"), 1.5, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        if self._aimed:
            painter.setBrush(LOOK.now.color("accent", 0.08))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(20, 20, -20, -20), 10, 10)


class _Finding(QWidget):
    """Faces are being looked for."""

    def __init__(self) -> None:
        super().__init__()
        self.progress = BusyLine()
        self.state = EmptyState("Looking for faces and judging them. Nothing is stored yet.", "", "faces")
        column = QVBoxLayout(self)
        column.setContentsMargins(48, 32, 48, 32)
        column.addStretch(3)
        column.addWidget(self.state)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.progress, 3)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(4)
