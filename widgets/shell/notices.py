"""Notices: short sentences in the lower right corner of the work that take no focus and go by themselves.

They lie over the pictures, never over a panel: what a panel says about the same trouble, and its buttons, stay in view.
Nor do they lie over what plays a recording. Tab and a command of the window lead to their buttons.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QMainWindow, QWidget
from shiboken6 import isValid

from engines.core.words import tr
from widgets.kit.fields import QuietButton
from widgets.kit.icons import draw_icon
from widgets.kit.labels import Label, breakable
from widgets.kit.layouts import KEPT_CLEAR, row_of
from widgets.kit.lengths.units import in_units
from widgets.kit.pill import LEVEL_ICONS, LEVEL_TOKENS

MOST = 3
WIDTH, LEAST = 360, 240
INSET, GAP = 16, 8
SECONDS = {"good": 4.0, "info": 6.0, "warn": 10.0}
"""How long a notice stays; one that is bad stays until it is closed, or what it is about is settled."""
LOOK_MS = 300
"""So often the room is looked at while there are notices: what must stay clear comes and goes."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What happened. level: "info", "good", "warn" or "bad". action: the word on its button, or "". key: what it is
    about, by which it is settled, "" for none.
    """

    text: str
    level: str = "info"
    action: str = ""
    key: str = ""


class Notices(QObject):
    """The stack of a window: at most three, the newest at the bottom; a repeated one is not shown twice."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._center: QWidget | None = None
        self.cards: list[NoticeCard] = []
        self._room = QTimer(self, interval=LOOK_MS)
        self._room.timeout.connect(self._place)
        window.installEventFilter(self)

    def show_notice(
        self, text: str, level: str = "info", action: str = "", run: Callable[[], object] | None = None, key: str = ""
    ) -> None:
        """Show a sentence; `run` is called when the word `action` is clicked. One of the same key makes way."""
        notice = Notice(in_units(text), level, action, key)
        for card in [card for card in self.cards if card.notice == notice or (key and card.notice.key == key)]:
            self._drop(card)
        card = NoticeCard(notice, run, self._window)
        card.closed.connect(self._drop)
        self.cards.append(card)
        while len(self.cards) > MOST:
            self._drop(self._least())
        self._watch()
        self._place()
        card.show()
        QAccessible.updateAccessibility(QAccessibleEvent(card, QAccessible.Event.Alert))
        self._room.start()

    def settle(self, key: str) -> None:
        """What notices of this key are about is over: they go."""
        for card in [card for card in self.cards if card.notice.key == key]:
            self._drop(card)

    def focus(self) -> None:
        """Go to the button of the newest notice."""
        if self.cards:
            self.cards[-1].take_focus()

    @property
    def shown(self) -> list[Notice]:
        """From the top."""
        return [card.notice for card in self.cards]

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
            card.give_back_focus()
            card.hide()
            card.deleteLater()
            self._place()
        if not self.cards:
            self._room.stop()

    def _place(self) -> None:
        if not self.cards:
            return
        area, clear = self._area(), self._kept_clear()
        wide = min(WIDTH, area.width() - 2 * INSET)
        bottom = area.bottom() + 1 - INSET
        for card in reversed(self.cards):
            card.setFixedWidth(wide)
            high = max(card.row.totalHeightForWidth(wide), 44)
            box = QRect(area.right() + 1 - wide - INSET, bottom - high, wide, high)
            card.setGeometry(above(box, clear, area.top()))
            card.raise_()
            bottom = card.y() - GAP

    def _kept_clear(self) -> list[QRect]:
        """What no notice may lie over, in the window."""
        parts = [part for part in self._window.findChildren(QWidget) if part.property(KEPT_CLEAR) and part.isVisible()]
        return [QRect(part.mapTo(self._window, QPoint(0, 0)), part.size()) for part in parts]


def above(box: QRect, clear: Sequence[QRect], top: int) -> QRect:
    """The box, moved up as far as it takes to lie over none of these; where it is, if there is no such place."""
    moved = QRect(box)
    while (hit := [one for one in clear if one.intersects(moved)]) and moved.top() > top:
        moved.moveBottom(min(one.top() for one in hit) - 1 - GAP)
    return moved if not hit and moved.top() >= top else box


class NoticeCard(QFrame):
    """One notice: icon, sentence, at most one action, and a cross. Pauses while the pointer is on it."""

    closed = Signal(object)

    def __init__(self, notice: Notice, run: Callable[[], object] | None, parent: QWidget) -> None:
        super().__init__(parent)
        self.notice = notice
        self._run = run
        self._before: QWidget | None = None
        self.setProperty("role", "popover")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(tr("Notice: {text}", text=notice.text))
        self.words = Label(breakable(notice.text), wraps=True)
        self.action = QuietButton(notice.action, "", notice.action or tr("No action"))
        self.action.setProperty("accent", "true")
        self.action.clicked.connect(self._act)
        self.cross = QuietButton("", "close", tr("Close this notice"), name=tr("Close notice"))
        self.row = row_of((self.words, 1), self.action, self.cross, spacing=4, margins=(40, 8, 6, 8))
        for button in (self.action, self.cross):
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

    def take_focus(self) -> None:
        """Go to its button; from there Esc closes it and leads back."""
        self._before = QApplication.focusWidget()
        self.timer.stop()
        (self.action if self.notice.action else self.cross).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def give_back_focus(self) -> None:
        """Where it was before."""
        before, self._before = self._before, None
        now = QApplication.focusWidget()
        if before is not None and isValid(before) and now is not None and self.isAncestorOf(now):
            before.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._close()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEvent) -> None:
        self.timer.stop()

    def leaveEvent(self, event: QEvent) -> None:
        self._wait()

    def _wait(self) -> None:
        if self._before is None and self.notice.level in SECONDS:
            self.timer.start(round(SECONDS[self.notice.level] * 1000))

    def _act(self) -> None:
        self._close()
        if self._run is not None:
            self._run()

    def _close(self) -> None:
        self.closed.emit(self)
