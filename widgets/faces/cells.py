"""One cell of a grid of faces: what it shows, and how it is painted."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyle

from widgets.faces.thumbs import Thumbs
from widgets.kit.icons import draw_icon
from widgets.kit.ink import ink
from widgets.kit.pill import LEVEL_TOKENS
from widgets.kit.row_list import write
from widgets.kit.theme import LOOK, RADIUS, mixed

PAD = 6
CAPTION, SUB = 18, 15
BADGE = 20


@dataclass(frozen=True, slots=True)
class FaceItem:
    """thumb: key of its picture. badge: icon role in the picture's corner, in the colour of `level` ("good", "warn",
    "bad", "busy" or ""). meter: share, 0 to 1, as a bar below the picture. words: what a screen reader adds.
    about: what it stands for, of which the grid's `tip_of` makes the tooltip when it is wanted.
    """

    id: str
    thumb: str
    caption: str = ""
    sub: str = ""
    badge: str = ""
    level: str = ""
    meter: float | None = None
    words: str = ""
    about: object = None

    @property
    def spoken(self) -> str:
        return ", ".join(part for part in (self.caption, self.sub, self.words) if part)


def cell_height(wide: int, lines: int) -> int:
    """Of a cell of this width with so many lines of words."""
    words = (0, CAPTION, CAPTION + SUB)[lines]
    return wide + words + (2 if lines else 0)


def picture_box(cell: QRectF) -> QRectF:
    """Where in its cell a picture is."""
    side = round(cell.width() - 2 * PAD)
    return QRectF(round(cell.left()) + PAD, round(cell.top()) + PAD, side, side)


def paint_badge(painter: QPainter, corner: QPointF, role: str, level: str) -> None:
    """A round badge in the top right corner of a picture."""
    look = LOOK.now
    disk = QRectF(corner.x() - BADGE - 3, corner.y() + 3, BADGE, BADGE)
    ink(painter, None, look.color("base", 0.82))
    painter.drawEllipse(disk)
    draw_icon(painter, disk.adjusted(4, 4, -4, -4).toRect(), role, LEVEL_TOKENS[level] if level else "text")


def paint_meter(painter: QPainter, bar: QRectF, share: float) -> None:
    """A share as a thin bar; its colour says the same as the number beside it."""
    look = LOOK.now
    ink(painter, None, look.color("line"))
    painter.drawRoundedRect(bar, 1.5, 1.5)
    painter.setBrush(look.color(meter_token(share)))
    painter.drawRoundedRect(
        QRectF(bar.left(), bar.top(), bar.width() * min(max(share, 0.0), 1.0), bar.height()), 1.5, 1.5
    )


def meter_token(share: float) -> str:
    """Colour of a quality: good, middling, poor."""
    return "good" if share >= 0.6 else "warn" if share >= 0.35 else "bad"


def paint_cell(painter: QPainter, cell: QRectF, item: FaceItem, thumbs: Thumbs, lines: int) -> None:
    """Picture, caption, a quieter line."""
    box = picture_box(cell)
    thumbs.paint(painter, box, item.thumb)
    if item.badge:
        paint_badge(painter, QPointF(box.right(), box.top()), item.badge, item.level)
    if item.meter is not None:
        paint_meter(painter, QRectF(box.left(), box.bottom() + 3, box.width(), 3), item.meter)
    _paint_words(painter, cell, box.bottom(), item, lines)


def paint_ground(painter: QPainter, cell: QRectF, state: QStyle.StateFlag, target: bool) -> None:
    """What a chosen, hovered or current cell stands on. target: a drop would land on it."""
    look, flags = LOOK.now, QStyle.StateFlag
    chosen, focus = bool(state & flags.State_Selected) or target, bool(state & flags.State_HasFocus) or target
    hovered = bool(state & flags.State_MouseOver)
    if not (chosen or focus or hovered):
        return
    ground = QColor(mixed(look.surface, look.accent, 0.16)) if chosen else look.color("raised", 1.0 if hovered else 0.0)
    ink(painter, QPen(look.color("accent"), 2 if focus else 1) if chosen or focus else None, ground)
    painter.drawRoundedRect(cell.adjusted(1, 1, -1, -1), RADIUS, RADIUS)


def _paint_words(painter: QPainter, cell: QRectF, top: float, item: FaceItem, lines: int) -> None:
    top += 5 if item.meter is not None else 3
    room = QRectF(cell.left() + PAD, top, cell.width() - 2 * PAD, CAPTION)
    if lines > 0:
        write(painter, room, item.caption, size=12, given=True)
    if lines > 1:
        write(painter, QRectF(room.left(), room.bottom() - 1, room.width(), SUB), item.sub, "muted", 11)
