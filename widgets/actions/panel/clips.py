"""Labelled videos of the project with a tick each: those that are trained on."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QMenu

from engines.core.words import tr
from widgets.actions.panel.words import clip_words
from widgets.actions.state import ClipState
from widgets.kit.icons import draw_icon
from widgets.kit.menus import menu_of
from widgets.kit.row_list import RowList, write
from widgets.kit.theme import LOOK

TICK = 14.0


class ClipList(RowList):
    """`clipTaken(video, on)` by a click, by Space or by Return. A clip that cannot be trained on has no tick."""

    clipTaken = Signal(str, bool)
    height_of_row, most_rows = 40, 6

    def __init__(self) -> None:
        super().__init__(tr("Clips"), tr("Space takes a clip into the training, or leaves it out"))
        self.opened.connect(self.turn)

    def turn(self, row: int) -> None:
        """Take a clip, or leave it out."""
        clip: ClipState = self.rows[row]
        if not clip.note:
            self.clipTaken.emit(clip.video, not clip.chosen)

    def words(self, row: int) -> str:
        clip: ClipState = self.rows[row]
        taken = "" if clip.note else tr(", trained on") if clip.chosen else tr(", left out")
        return f"{clip.title}, {clip_words(clip)}{taken}"

    def menu(self, row: int) -> QMenu | None:
        clip: ClipState = self.rows[row]
        if clip.note:
            return None
        return menu_of(self, ("", tr("Leave it out") if clip.chosen else tr("Train on it"), lambda: self.turn(row)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and self.row >= 0:
            self.turn(self.row)
        else:
            super().keyPressEvent(event)

    def pressed_at(self, row: int, event: QMouseEvent) -> bool:
        self.select(row)
        self.turn(row)
        return True

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    def paint_row(self, painter: QPainter, box: QRectF, row: int) -> None:
        clip: ClipState = self.rows[row]
        if clip.note:
            draw_icon(painter, QRectF(box.left(), box.center().y() - 14, TICK, TICK).toRect(), "warn", "warn")
        else:
            paint_tick(painter, QRectF(box.left(), box.center().y() - 14, TICK, TICK), clip.chosen)
        words = box.adjusted(TICK + 8, 0, 0, 0)
        title = QRectF(words.left(), box.center().y() - 17, words.width(), 18)
        write(painter, title, clip.title, "text" if clip.chosen and not clip.note else "muted", given=True)
        write(painter, title.translated(0, 16), clip_words(clip), "warn" if clip.note else "muted", 11)


def paint_tick(painter: QPainter, box: QRectF, on: bool) -> None:
    """A box that is ticked or not."""
    look = LOOK.now
    painter.setPen(QPen(look.color("accent" if on else "muted"), 1))
    painter.setBrush(look.color("accent" if on else "raised"))
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
    if on:
        draw_icon(painter, box.adjusted(2, 2, -2, -2).toRect(), "check", "on_accent")
