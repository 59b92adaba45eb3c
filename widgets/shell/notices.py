"""Notices: short sentences in the lower right corner of the work that take no focus and go by themselves.

They lie over the pictures, never over a panel: what a panel says about the same trouble, and its buttons, stay in view.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QMainWindow, QWidget

from widgets.kit.fields import QuietButton
from widgets.kit.icons import draw_icon
from widgets.kit.labels import Label
from widgets.kit.layouts import row_of
from widgets.kit.pill import LEVEL_ICONS, LEVEL_TOKENS

MOST = 3
WIDTH, LEAST = 360, 240
INSET = 16
SECONDS = {"good": 4.0, "info": 6.0, "warn": 10.0}
"""How long a notice stays; one that is bad stays until it is closed."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What happened. level: "info", "good", "warn" or "bad". action: the word on its button, or ""."""

    text: str
    level: str = "info"
    action: str = ""


class Notices(QObject):
    """The stack of a window: at most three, the newest at the bottom; a repeated one is not shown twice."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._center: QWidget | None = None
        self.cards: list[NoticeCard] = []
        window.installEventFilter(self)

    def show_notice(
        self, text: str, level: str = "info", action: str = "", run: Callable[[], object] | None = None
    ) -> None:
        """Show a sentence; `run` is called when the word `action` is clicked."""
        notice = Notice(text, level, action)
        for card in [card for card in self.cards if card.notice == notice]:
            self._drop(card)
        card = NoticeCard(notice, run, self._window)
        card.closed.connect(self._drop)
        self.cards.append(card)
        while len(self.cards) > MOST:
            self._drop(self._least())
        self._watch()
        self._place()
        card.show()

    @property
    def shown(self) -> list[Notice]:
        """From the top."""
        return [card.notice for card in self.cards]

    def settle(self, text: str) -> None:
        """Take away the notice that says this."""
        for card in [card for card in self.cards if card.notice.text == text]:
            self._drop(card)

    def clear(self) -> None:
        for card in list(self.cards):
            self._drop(card)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move) and watched in (self._window, self._center):
            self._place()
        return False

    def _watch(self) -> None:
        """Follow what is in the middle of the window, once there is something."""
        center = self._window.centralWidget() if isinstance(self._window, QMainWindow) else None
        if center is not self._center and center is not None:
            center.installEventFilter(self)
        self._center = center

    def _area(self) -> QRect:
        """The middle of the window, or all of it where that is too small."""
        if self._center is not None and self._center.isVisible() and self._center.width() >= LEAST + 2 * INSET:
            return self._center.geometry()
        return self._window.rect()

    def _least(self) -> NoticeCard:
        """Which one goes when there are too many: the oldest that is not an error, else the oldest."""
        return next((card for card in self.cards[:-1] if card.notice.level != "bad"), self.cards[0])

    def _drop(self, card: NoticeCard) -> None:
        if card in self.cards:
            self.cards.remove(card)
            card.timer.stop()
            card.hide()
            card.deleteLater()
            self._place()

    def _place(self) -> None:
        area = self._area()
        bottom = area.bottom() + 1 - INSET
        wide = min(WIDTH, area.width() - 2 * INSET)
        for card in reversed(self.cards):
            card.setFixedWidth(wide)
            high = max(card.row.totalHeightForWidth(wide), 44)
            bottom -= high
            card.setGeometry(area.right() + 1 - wide - INSET, bottom, wide, high)
            card.raise_()
            bottom -= 8


class NoticeCard(QFrame):
    """One notice: icon, sentence, at most one action, and a cross. Pauses while the pointer is on it."""

    closed = Signal(object)

    def __init__(self, notice: Notice, run: Callable[[], object] | None, parent: QWidget) -> None:
        super().__init__(parent)
        self.notice = notice
        self._run = run
        self.setProperty("role", "popover")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(f"Notice: {notice.text}")
        self.words = Label(notice.text, wraps=True)
        self.action = QuietButton(notice.action, "", notice.action or "No action")
        self.action.setProperty("accent", "true")
        self.action.clicked.connect(self._act)
        self.cross = QuietButton("", "close", "Close this notice", name="Close notice")
        self.row = row_of((self.words, 1), self.action, self.cross, spacing=4, margins=(40, 8, 6, 8))
        for button in (self.action, self.cross):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self.row.setAlignment(button, Qt.AlignmentFlag.AlignTop)
        self.setLayout(self.row)
        self.action.setVisible(bool(notice.action))
        self.timer = QTimer(self, singleShot=True)
        for over in (self.cross.clicked, self.timer.timeout):
            over.connect(self._close)
        self._wait()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        level = self.notice.level
        role, token = ("info", "accent") if level == "info" else (LEVEL_ICONS[level], LEVEL_TOKENS[level])
        draw_icon(QPainter(self), QRect(14, 14, 16, 16), role, token)

    def enterEvent(self, event: QEvent) -> None:
        self.timer.stop()

    def leaveEvent(self, event: QEvent) -> None:
        self._wait()

    def _wait(self) -> None:
        if self.notice.level in SECONDS:
            self.timer.start(round(SECONDS[self.notice.level] * 1000))

    def _act(self) -> None:
        self._close()
        if self._run is not None:
            self._run()

    def _close(self) -> None:
        self.closed.emit(self)
