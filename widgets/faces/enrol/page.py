"""The enrolment page: faces found in pictures, looked through before anything is stored.

One bad picture poisons a person, so what is doubtful is held back, with the reason in words and the picture it
resembles beside it; the user has the last word.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QWidget

from engines.core.pictures.files import in_short
from engines.core.words import tr
from widgets.faces.enrol.list import ReviewList
from widgets.faces.enrol.words import Review, store_problem, summary
from widgets.faces.state import EnrolView, FacesView
from widgets.kit.file_drops import FileDrops
from widgets.kit.keeping.fields import keep
from widgets.kit.layouts import column_of, held, row_of, styled, turn
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

WIDE, ROOM = 560, (48, 32, 48, 32)
FILTERS = (("all", tr("All")), ("doubts", tr("In doubt")))


class EnrolPage(FileDrops):
    """Pictures are chosen by `start`, looked through in `list`; `store` and `drop` end the review."""

    def __init__(self) -> None:
        super().__init__()
        self.shown, self._latest = EnrolView(), FacesView()
        self._read_only = False
        self._known: tuple[object, ...] = ()
        self._names: tuple[str, ...] = ()
        self.list = ReviewList()
        self.title, self.line = ElidedLabel(tr("Review"), "title"), ElidedLabel("", "state")
        self.filter = Segmented(tr("Show"), FILTERS, tip=tr("All faces, or only those with a doubt"))
        self.store = PrimaryButton(tr("Store"), "save")
        self.drop = QuietButton(tr("Discard"), "delete", tr("Throw this review away; nothing of it is stored"))
        self.progress, self.finding = BusyLine(), BusyLine()
        self.start = DropArea()
        self._lay_out()
        self.list.settled.connect(lambda: self.show_state(self._latest))
        self.filter.chosen.connect(lambda _value: self._refilter())
        keep("enrol", filter=self.filter)

    def show_state(self, view: FacesView) -> None:
        self._latest = view
        if self.list.saying:
            return
        before, self.shown = self.shown, view.enrol
        enrol = view.enrol
        self.list.thumbs.show_images(view.thumbs)
        gathered = enrol.gathered
        if gathered is None:
            self.start.set_missing(view.people.info is None)
            self._stack.setCurrentIndex(int(enrol.busy is not None))
            self.finding.show_busy(enrol.busy)
            return
        self._stack.setCurrentIndex(2)
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
        turn(self._head, self.width() >= WIDE)

    def show_aimed(self, on: bool) -> None:
        self.start.set_aimed(on)

    def _show_words(self, review: Review, enrol: EnrolView, read_only: bool) -> None:
        left_out = in_short(enrol.gathered.left_out) if enrol.gathered else ""
        self.line.setText(DOT.join(part for part in (summary(review), left_out) if part))
        set_property(self.line, "level", "warn" if review.nameless else "")
        chosen = len(review.chosen)
        words = tr("Store {chosen:,}", chosen=chosen) if chosen else tr("Store")
        why = tr("The gallery is read-only here") if read_only else store_problem(review)
        self.store.setText(words)
        self.store.setEnabled(not why and enrol.busy is None)
        describe(
            self.store, words, f"{why}." if why else tr("Put the ticked faces into the gallery; this can be undone")
        )
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
        styled(self)
        self.filter.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        words = column_of(self.title, self.line, spacing=2)
        buttons = row_of(self.filter, self.drop, self.store, spacing=8)
        self._head = row_of((words, 1), buttons, spacing=8, margins=(12, 10, 12, 6))
        nothing = EmptyState(tr("Looking for faces and judging them. Nothing is stored yet."), "", "faces")
        finding = row_of(None, (self.finding, 3), None, spacing=6)
        self._stack = QStackedWidget()
        for part in (
            self.start,
            held(column_of((None, 3), nothing, finding, (None, 4), spacing=6, margins=ROOM)),
            held(column_of(self._head, Framed(self.progress), (self.list, 1))),
        ):
            self._stack.addWidget(part)
        self.setLayout(column_of(self._stack))


class DropArea(QWidget):
    """Nothing gathered yet: drop pictures, or choose them."""

    def __init__(self) -> None:
        super().__init__()
        self._aimed = False
        self.state = EmptyState(tr("Drop pictures or a folder of people here."), "", "faces")
        self.files = PrimaryButton(tr("Choose pictures"), "views", tr("Pictures of one person or of several"))
        self.folder = PlainButton(
            tr("Choose a folder"), "folder", tr("With one folder a person, or files named Ada_0001.jpg")
        )
        self.hint = ElidedLabel("", "hint")
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        choices = row_of(None, self.files, self.folder, None, spacing=8)
        parts = ((None, 3), self.state, choices, 8, self.hint, (None, 4))
        self.setLayout(column_of(*parts, spacing=6, margins=ROOM))
        self.set_missing(False)

    def set_missing(self, gallery: bool) -> None:
        """There is no gallery to store into yet."""
        self.hint.setText(
            tr("There is no gallery yet; one is made when the faces are stored.")
            if gallery
            else tr("One folder a person, or files named Ada_0001.jpg; nothing is stored before you have seen it.")
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
