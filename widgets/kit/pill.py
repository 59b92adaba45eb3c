"""A pill that shows a state: an icon in the colour of its level beside a word, so colour is never alone."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from engines.core.words import tr
from widgets.kit.access.elided import elided
from widgets.kit.fields import describe
from widgets.kit.icons import draw_icon
from widgets.kit.theme import LOOK, number_font
from widgets.kit.when_new import when_new

LEVEL_ICONS = {"good": "good", "warn": "warn", "bad": "bad", "busy": "busy", "": "idle"}
COMPACT = 26
LEVEL_TOKENS = {"good": "good", "warn": "warn", "bad": "bad", "busy": "accent", "": "muted"}


class Pill(QWidget):
    """A state: an icon in the colour of its level and a word, in a quiet capsule."""

    HEIGHT = 20

    def __init__(self, text: str = "", level: str = "", icon_role: str = "") -> None:
        super().__init__()
        self.text, self.level, self._role = text, level, icon_role
        self.compact = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFont(number_font(11))
        self._describe()

    @when_new
    def set_state(self, text: str, level: str = "", icon_role: str = "") -> None:
        """`level`: "good", "warn", "bad", "busy" or "" (nothing to say). The icon follows it unless it is given."""
        self.text, self.level, self._role = text, level, icon_role
        self._describe()
        self.updateGeometry()
        self.update()

    @when_new
    def set_compact(self, on: bool) -> None:
        """Only the icon, for places with little room; the word is then in the tooltip."""
        self.compact = on
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(COMPACT, self.HEIGHT) if self.compact else pill_size(self.text)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.text:
            return
        painter = QPainter(self)
        words = "" if self.compact else self.text
        draw_pill(painter, QRectF(self.rect()), words, self.level, self._role)

    def _describe(self) -> None:
        describe(self, tr("State: {text}", text=self.text) if self.text else tr("State"), self.text)


def pill_size(text: str) -> QSize:
    """How large a pill with these words is."""
    return QSize(QFontMetrics(number_font(11)).horizontalAdvance(text) + 30, Pill.HEIGHT)


def draw_pill(painter: QPainter, rect: QRectF, text: str, level: str = "", icon_role: str = "") -> None:
    """Paint a pill into `rect`; delegates of lists share it with `Pill`."""
    look = LOOK.now
    token = LEVEL_TOKENS.get(level, "muted")
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(look.color("line"), 1))
    painter.setBrush(look.color("raised"))
    box = rect.adjusted(0.5, 0.5, -0.5, -0.5)
    painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
    spot = QRectF(rect.left() + 7, rect.center().y() - 6, 12, 12)
    draw_icon(painter, spot.toRect(), icon_role or LEVEL_ICONS.get(level, "idle"), token)
    painter.setFont(number_font(11))
    painter.setPen(look.color("text"))
    words = rect.adjusted(23, 0, -7, 0)
    shown = elided(painter.fontMetrics(), text, int(words.width()) + 1)
    painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
    painter.restore()
