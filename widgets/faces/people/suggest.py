"""Suggestions above the portraits: "These 4 faces may be Ada", to be confirmed or refused with one click.

As many cards as there is room for; the next one takes the place of an answered one, so a long list is worked through
without a move of the mouse.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, SignalInstance
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from engines.core.words import tr
from engines.faces.gallery.types import Suggestion
from widgets.faces.people.requests import PeopleRequests
from widgets.faces.people.words import faces_may_be, short_name, sure_words
from widgets.faces.row import FaceRow
from widgets.faces.thumbs import Thumbs
from widgets.kit.icons import draw_icon
from widgets.kit.layouts import column_of, row_of
from widgets.kit.panel import ElidedLabel, PlainButton, QuietButton, describe

LEAST = 430
MOST_CARDS = 4


class SuggestionCard(QFrame):
    """One suggestion: the faces, the person they resemble, Confirm and Not X."""

    def __init__(self, requests: PeopleRequests, thumbs: Thumbs) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._shown: tuple[Suggestion | None, str] = (None, "")
        self.faces, self.portrait = (
            FaceRow(thumbs, 44, 3, tr("Faces in question")),
            FaceRow(thumbs, 44, 1, tr("Portrait")),
        )
        self.title, self.name = ElidedLabel("", "hint"), ElidedLabel("", "heading")
        self.confirm = PlainButton(tr("Confirm"), "check")
        self.refuse = QuietButton(tr("Not them"))
        self.confirm.clicked.connect(lambda: self._answer(requests.confirmed))
        self.refuse.clicked.connect(lambda: self._answer(requests.refused))
        self._lay_out()

    def show_suggestion(self, suggestion: Suggestion, portrait: str) -> None:
        """`portrait`: the face that stands for the person."""
        if (suggestion, portrait) == self._shown:
            return
        self._shown = suggestion, portrait
        self.faces.show_faces(suggestion.faces)
        self.portrait.show_faces((portrait,) if portrait else ())
        self.title.setText(faces_may_be(suggestion))
        self.name.setText(suggestion.name)
        self.name.set_tip(f"{suggestion.name}\n{sure_words(suggestion)}")
        self.refuse.setText(tr("Not {short_name}", short_name=short_name(suggestion.name)))
        describe(self, f"{self.title.text()} {suggestion.name}", sure_words(suggestion))
        describe(
            self.confirm,
            tr("Confirm {suggestion}", suggestion=suggestion.name),
            tr("Yes, {suggestion} ({sure_words})", suggestion=suggestion.name, sure_words=sure_words(suggestion)),
        )
        describe(
            self.refuse,
            tr("Not {suggestion}", suggestion=suggestion.name),
            tr("Not {suggestion}; this is not suggested again", suggestion=suggestion.name),
        )

    def _answer(self, signal: SignalInstance) -> None:
        suggestion = self._shown[0]
        if suggestion is not None:
            signal.emit(list(suggestion.faces), suggestion.person)

    def _lay_out(self) -> None:
        words = column_of(self.title, self.name, spacing=0)
        buttons = column_of(self.confirm, (self.refuse, 0, Qt.AlignmentFlag.AlignHCenter), spacing=0)
        parts = (self.faces, _Arrow(), self.portrait, (words, 1), buttons)
        self.setLayout(row_of(*parts, spacing=8, margins=(8, 6, 6, 6)))


class _Arrow(QWidget):
    """From the faces in question to whom they resemble."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(14, 14)

    def paintEvent(self, event: QPaintEvent) -> None:
        draw_icon(QPainter(self), self.rect(), "arrow-right")


class SuggestionStrip(QWidget):
    """The cards that fit, and arrows where there are more. Hidden while there are none."""

    def __init__(self, requests: PeopleRequests, thumbs: Thumbs) -> None:
        super().__init__()
        self._requests, self._thumbs = requests, thumbs
        self._suggestions: tuple[Suggestion, ...] = ()
        self._portraits: dict[str, str] = {}
        self._first = 0
        self.cards: list[SuggestionCard] = []
        self.back = QuietButton("", "caret-left", tr("Suggestions before these"), name=tr("Suggestions before"))
        self.on = QuietButton("", "caret-right", tr("Suggestions after these"), name=tr("Suggestions after"))
        self.back.clicked.connect(lambda: self._turn(-1))
        self.on.clicked.connect(lambda: self._turn(1))
        self._row = row_of(self.back, self.on, spacing=8)
        self.setLayout(self._row)
        self._grow()
        self.setFixedHeight(self.cards[0].sizeHint().height())
        self.hide()

    def show_suggestions(self, suggestions: tuple[Suggestion, ...], portraits: dict[str, str]) -> None:
        """`portraits`: face that stands for each person."""
        same = suggestions is self._suggestions or suggestions == self._suggestions
        if same and portraits is self._portraits:
            return
        self._suggestions, self._portraits = suggestions, portraits
        self._first = min(self._first, max(0, len(suggestions) - 1))
        self.setVisible(bool(suggestions))
        self._fill()

    @property
    def room(self) -> int:
        """How many cards fit."""
        return max(1, min(MOST_CARDS, (self.width() - 64) // LEAST))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fill()

    def _grow(self) -> None:
        card = SuggestionCard(self._requests, self._thumbs)
        self._row.insertWidget(len(self.cards) + 1, card, 1)
        self.cards.append(card)

    def _turn(self, way: int) -> None:
        self._first = max(0, min(self._first + way * self.room, len(self._suggestions) - 1))
        self._fill()

    def _fill(self) -> None:
        shown = self._suggestions[self._first : self._first + self.room]
        while len(self.cards) < len(shown):
            self._grow()
        for card, suggestion in zip(self.cards, shown, strict=False):
            card.show_suggestion(suggestion, self._portraits.get(suggestion.person, ""))
        for place, card in enumerate(self.cards):
            card.setVisible(place < len(shown))
        more = len(self._suggestions) > self.room
        last = self._first + len(shown)
        for button in (self.back, self.on):
            button.setVisible(more)
            button.setToolTip(
                tr(
                    "{first} to {last} of {count:,} suggestions",
                    first=self._first + 1,
                    last=last,
                    count=len(self._suggestions),
                )
            )
        self.back.setEnabled(self._first > 0)
        self.on.setEnabled(last < len(self._suggestions))
