"""A few faces side by side, small, with a count of those that have no room: for cards and lists."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from engines.core.words import tr
from widgets.faces.thumbs import Thumbs
from widgets.kit.access.ring import focus_ring
from widgets.kit.fields import describe
from widgets.kit.ink import ink
from widgets.kit.theme import LOOK, RADIUS, number_font

GAP = 4


class FaceRow(QWidget):
    """`clicked(key)` tells which face was clicked."""

    clicked = Signal(str)

    def __init__(self, thumbs: Thumbs, side: int = 48, most: int = 4, name: str = tr("Faces")) -> None:
        """`most`: how many are shown; the last place says how many more there are."""
        super().__init__()
        self._thumbs, self._side, self._most = thumbs, side, most
        self._keys: tuple[str, ...] = ()
        self._at = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(side)
        self._name = name
        describe(self, name)
        thumbs.changed.connect(self.update)
        LOOK.changed.connect(self.update)

    @property
    def keys(self) -> tuple[str, ...]:
        return self._keys

    def show_faces(self, keys: Sequence[str]) -> None:
        """Pictures by key, the best first."""
        if tuple(keys) != self._keys:
            self._keys, self._at = tuple(keys), 0
            describe(self, f"{self._name}: {len(keys)}")
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        places = min(max(len(self._keys), 1), self._most)
        return QSize(places * self._side + (places - 1) * GAP, self._side)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._side, self._side)

    def shown(self) -> int:
        """How many pictures have room."""
        room = min(self._most, max(1, (self.width() + GAP) // (self._side + GAP)))
        return len(self._keys) if len(self._keys) <= room else room - 1

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shown = self.shown()
        for place, key in enumerate(self._keys[:shown]):
            self._thumbs.paint(painter, self._box(place), key)
        if self.hasFocus():
            focus_ring(painter, self._box(min(self._at, max(shown - 1, 0))))
        if shown < len(self._keys):
            self._paint_more(painter, self._box(shown), len(self._keys) - shown)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = int(event.position().x() // (self._side + GAP))
        if event.button() == Qt.MouseButton.LeftButton and place < self.shown():
            self.clicked.emit(self._keys[place])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if step:
            self._at = min(max(self._at + step, 0), max(self.shown() - 1, 0))
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._at < self.shown():
            self.clicked.emit(self._keys[self._at])
        else:
            super().keyPressEvent(event)

    def _box(self, place: int) -> QRectF:
        return QRectF(place * (self._side + GAP), 0, self._side, self._side)

    def _paint_more(self, painter: QPainter, box: QRectF, more: int) -> None:
        ink(painter, None, LOOK.now.color("line"))
        painter.drawRoundedRect(box, RADIUS, RADIUS)
        painter.setPen(LOOK.now.color("text"))
        painter.setFont(number_font(11))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"+{more:,}")
