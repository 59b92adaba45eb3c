"""Notices: short messages in the window's corner that never take the focus. At most three; all but errors go by themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from widgets.fields import QuietButton
from widgets.icons import icon_pixmap
from widgets.theme import LOOK, RADIUS

MOST = 3
WIDTH = 360
MARGIN = 12
SECONDS = {"info": 6.0, "good": 6.0, "warn": 10.0}
"""How long a notice stays; an error stays until it is closed."""
ICONS = {"info": ("info", "accent"), "good": ("good", "good"), "warn": ("warn", "warn"), "bad": ("bad", "bad")}


@dataclass(frozen=True, slots=True)
class Notice:
    """level: "info", "good", "warn" or "bad". action: the word on its button, "" for none."""

    text: str
    level: str = "info"
    action: str = ""


class NoticeCard(QWidget):
    """One notice: icon, words, an action, a cross."""

    def __init__(self, notice: Notice, run: Callable[[], None] | None, parent: QWidget) -> None:
        super().__init__(parent)
        self.notice = notice
        self.setFixedWidth(WIDTH)
        self.setAccessibleName(notice.text)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(8)
        mark = QLabel()
        mark.setPixmap(icon_pixmap(*ICONS[notice.level], ratio=parent.devicePixelRatioF()))
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        words = QLabel(notice.text)
        words.setWordWrap(True)
        words.setTextFormat(Qt.TextFormat.PlainText)
        row.addWidget(words, 1)
        if notice.action and run is not None:
            button = QuietButton(notice.action, tip=notice.action)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(run)
            button.clicked.connect(self.close)
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        cross = QuietButton(icon_role="close", name="Close", tip="Close this notice")
        cross.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        cross.clicked.connect(self.close)
        row.addWidget(cross, 0, Qt.AlignmentFlag.AlignTop)
        if seconds := SECONDS.get(notice.level):
            QTimer.singleShot(int(seconds * 1000), self, self.close)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(LOOK.now.color("raised"))
        painter.setPen(QPen(LOOK.now.color("line"), 1))
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), RADIUS, RADIUS)


class Notices(QWidget):
    """The stack in the bottom right corner of `window`; the newest lies lowest."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self.cards: list[NoticeCard] = []
        window.installEventFilter(self)
        self.hide()

    def show_notice(self, notice: Notice, run: Callable[[], None] | None = None) -> None:
        """Show a notice; the same words twice are shown once, and a fourth pushes the oldest out."""
        for card in [card for card in self.cards if card.notice == notice]:
            self._drop(card)
        for card in self.cards[: max(0, len(self.cards) - MOST + 1)]:
            self._drop(card)
        card = NoticeCard(notice, run, self)
        card.installEventFilter(self)
        self.cards.append(card)
        self._column.addWidget(card)
        card.show()
        self._place()

    def clear(self) -> None:
        for card in list(self.cards):
            self._drop(card)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.parent() and event.type() == QEvent.Type.Resize:
            self._place()
        elif isinstance(watched, NoticeCard) and event.type() == QEvent.Type.Close:
            self._drop(watched)
            self._place()
        return False

    def _drop(self, card: NoticeCard) -> None:
        if card in self.cards:
            self.cards.remove(card)
            card.removeEventFilter(self)
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()

    def _place(self) -> None:
        window = self.parentWidget()
        self.setVisible(bool(self.cards))
        self._column.activate()
        high = self._column.heightForWidth(WIDTH) if self._column.hasHeightForWidth() else self.sizeHint().height()
        self.setGeometry(window.width() - WIDTH - MARGIN, window.height() - high - MARGIN, WIDTH, high)
        self.raise_()
