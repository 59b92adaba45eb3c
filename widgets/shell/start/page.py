"""The start page: what to begin with while there is no source, in the middle of the window.

It shows one `StartState`; pictures of projects come later, one by one, so that it costs next to nothing to appear.
"""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QImage, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from engines.core.words import tr
from widgets.kit.card_columns import Flow
from widgets.kit.fields import PlainButton, PrimaryButton, QuietButton
from widgets.kit.labels import Label
from widgets.kit.layouts import column_of, held, row_of, styled
from widgets.kit.panel import scrolled
from widgets.kit.theme import LOOK, number_font
from widgets.kit.when_new import when_new
from widgets.shell.start.cards import ExampleButton, RecentButton
from widgets.shell.start.grids import CardGrid
from widgets.shell.start.state import ExampleCard, RecentCard, StartState
from widgets.shell.start.told import CutOffCard

WIDEST = 1080
"""Pixels of what stands on the page; the rest is left free at both sides."""


class StartPage(QWidget):
    """`exampleChosen(id)`, `projectChosen(path)`, `sampleWanted`, `openWanted`; what was cut off is in `cut_off`."""

    exampleChosen = Signal(str)
    projectChosen = Signal(str)
    sampleWanted = Signal()
    openWanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        styled(self, role="base")
        self.setAccessibleName(tr("Start page"))
        self.shown = StartState()
        self.sample = PrimaryButton(tr("Open sample"), "viewer", tr("Four rendered cameras around a moving board"))
        self.add = PlainButton(tr("Add source"), "add", tr("A camera, a video, a folder of pictures or a stream"))
        self.open = QuietButton(tr("Open project…"), "open", tr("Open a project from a file"))
        self.cut_off = CutOffCard()
        self.examples = CardGrid(176, even=True)
        self.recent = CardGrid(176)
        self.none_yet = Label(tr("What you work on is saved by itself, and listed here."), "muted", wraps=True)
        self._head_of_recent = held(row_of(Label(tr("Recent projects"), "heading"), None, self.open))
        self._lay_out()
        self._veil = _Veil(self)
        self.sample.clicked.connect(self.sampleWanted)
        self.open.clicked.connect(self.openWanted)
        self.cut_off.hide()

    def set_menu(self, menu: QMenu) -> None:
        """What can be added."""
        self.add.setMenu(menu)

    @when_new
    def show_state(self, state: StartState) -> None:
        """Show exactly this."""
        self.shown = state
        self.cut_off.show_cut_off(state.cut_off)
        self._show_examples(state.cards)
        self._show_recent(state.recent)
        self._order_keys()

    def show_picture(self, path: str, image: QImage) -> None:
        """The picture of a project that is shown was read."""
        for card in self._recent_cards():
            if card.shown.path == path:
                card.set_image(image)

    def show_aimed(self, on: bool) -> None:
        """Something is being dragged over the window, or no longer."""
        self._veil.setVisible(on)
        self._veil.raise_()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._veil.setGeometry(self.rect())

    def sizeHint(self) -> QSize:
        return QSize(960, 600)

    def _show_examples(self, cards: tuple[ExampleCard, ...]) -> None:
        there = [one for one in self.examples.cards if isinstance(one, ExampleButton)]
        if [one.shown.id for one in there] != [card.id for card in cards]:
            there = [self._example(card.id) for card in cards]
        for button, card in zip(there, cards, strict=True):
            button.show_card(card)
        self.examples.set_cards(there)

    def _example(self, id: str) -> ExampleButton:
        button = ExampleButton()
        button.clicked.connect(lambda: self.exampleChosen.emit(id))
        return button

    @when_new
    def _show_recent(self, cards: tuple[RecentCard, ...]) -> None:
        buttons = [RecentButton(card) for card in cards]
        for button in buttons:
            button.clicked.connect(lambda _on=False, path=button.shown.path: self.projectChosen.emit(path))
        self.recent.set_cards(buttons)
        self.recent.setVisible(bool(cards))
        self.none_yet.setVisible(not cards)

    def _order_keys(self) -> None:
        """Tab goes as the eye does."""
        chain = (self.sample, self.add, *self.cut_off.controls(), *self.examples.cards, self.open, *self.recent.cards)
        for before, after in pairwise(chain):
            QWidget.setTabOrder(before, after)

    def _recent_cards(self) -> list[RecentButton]:
        return [card for card in self.recent.cards if isinstance(card, RecentButton)]

    def _lay_out(self) -> None:
        title = Label("Kinoscope", "hero")
        tagline = Label(tr("Work with cameras, and with the models that look through them."), "tagline", wraps=True)
        hint = Label(tr("or drop videos, pictures or addresses anywhere"), "muted")
        begin = Flow(self.sample, self.add, hint)
        column = column_of(
            title, 2, tagline, 16, begin, 22, self.cut_off, 22,
            Label(tr("One click to something that works"), "heading"), 8, self.examples, 24,
            self._head_of_recent, 4, self.recent, self.none_yet, None, margins=(24, 28, 24, 24),
        )  # fmt: skip
        inner = held(column)
        inner.setMaximumWidth(WIDEST)
        inner.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        body = held(row_of((None, 1), (inner, 1000), (None, 1)), "base")
        self._area = scrolled(body)
        self.setLayout(column_of(self._area))


class _Veil(QWidget):
    """Lies over the page while something is dragged over the window."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(tr("Drop to open"))
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, look = QPainter(self), LOOK.now
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.color("accent"), 2, Qt.PenStyle.DashLine))
        painter.setBrush(look.color("base", 0.86))
        painter.drawRoundedRect(self.rect().adjusted(10, 10, -10, -10), 10, 10)
        font = number_font(15)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        words = tr("Drop to open")
        pill = QRect(0, 0, painter.fontMetrics().horizontalAdvance(words) + 64, 48)
        pill.moveCenter(self.rect().center())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.color("accent"))
        painter.drawRoundedRect(pill, 24, 24)
        painter.setPen(look.color("on_accent"))
        painter.drawText(pill, int(Qt.AlignmentFlag.AlignCenter), words)
