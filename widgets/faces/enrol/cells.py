"""The painting of a review's rows: headings, faces in a flow, and doubtful ones with what they resemble."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen
from PySide6.QtWidgets import QStyle

from engines.core.words import tr
from engines.faces.gallery.types import Candidate
from widgets.faces.cells import paint_meter
from widgets.faces.enrol.words import USELESS, Kind, Review, Row, doubt_title, person_words
from widgets.faces.people.words import quality_words
from widgets.faces.thumbs import Thumbs
from widgets.faces.words import file_name
from widgets.kit.icons import draw_icon
from widgets.kit.ink import ink
from widgets.kit.row_list import write
from widgets.kit.theme import LOOK, RADIUS, mixed, number_font

HEAD, SIDE = 38, 96
TILE = QSize(SIDE + 12, SIDE + 34)
DOUBT = SIDE + 14
TICK = 20
NAME_ROOM = 220
LEFT_OUT = 0.45
"""Opacity of a face that is not ticked."""
STRONG = QFont.Weight.DemiBold


def paint_row(
    painter: QPainter, cell: QRectF, state: QStyle.StateFlag, row: Row, review: Review, thumbs: Thumbs
) -> None:
    """A heading, a face, or a doubtful one with what it resembles."""
    _paint_ground(painter, cell, state, row.kind)
    if row.kind is Kind.PERSON:
        _paint_person(painter, cell, row, review)
    elif row.kind is Kind.FACE:
        _paint_face(painter, cell, row.first, review, thumbs)
    else:
        _paint_doubt(painter, cell, row.first, review, thumbs)


def _paint_person(painter: QPainter, cell: QRectF, row: Row, review: Review) -> None:
    if row.title != USELESS:
        taken = [review.takes(index) for index in row.members]
        paint_tick(painter, tick_box(cell.toRect(), row.kind), all(taken), any(taken))
    left = cell.left() + TICK + 14
    room = QRectF(left, cell.top(), cell.width() * 0.6 + 2, HEAD)
    wide = min(write(painter, room, row.title, weight=STRONG, given=True), room.width())
    if row.title != USELESS:
        draw_icon(painter, QRect(int(left + wide) + 8, int(cell.center().y()) - 6, 12, 12), "edit")
        wide += 20
    room = QRectF(left + wide + 12, cell.top(), cell.right() - left - wide - 20, HEAD)
    write(painter, room, person_words(review, row), "muted", 11)


def _paint_face(painter: QPainter, cell: QRectF, index: int, review: Review, thumbs: Thumbs) -> None:
    candidate = review.candidates[index]
    box = QRectF(cell.left() + 6, cell.top() + 6, SIDE, SIDE)
    thumbs.paint(painter, box, candidate.crop, 1.0 if review.takes(index) else LEFT_OUT)
    paint_tick(painter, tick_box(cell.toRect(), Kind.FACE), review.takes(index))
    if candidate.quality is not None:
        paint_meter(painter, QRectF(box.left(), box.bottom() + 3, SIDE, 3), candidate.quality.total)
        room = QRectF(box.left(), box.bottom() + 7, SIDE, 16)
        write(painter, room, quality_words(candidate.quality), "muted", 11)


def _paint_doubt(painter: QPainter, cell: QRectF, index: int, review: Review, thumbs: Thumbs) -> None:
    candidate, taken = review.candidates[index], review.takes(index)
    box = QRectF(cell.left() + 6, cell.top() + 6, SIDE, SIDE)
    thumbs.paint(painter, box, candidate.crop or candidate.file)
    if candidate.row >= 0:
        paint_tick(painter, tick_box(cell.toRect(), Kind.DOUBT), taken)
    if candidate.like:
        _paint_like(painter, like_box(cell), candidate, thumbs)
    left = reasons_left(cell, candidate)
    room = QRectF(left, cell.top() + 8, cell.right() - 12 - left, cell.height() - 12)
    _paint_reasons(painter, room, candidate, review.name(index))


def _paint_reasons(painter: QPainter, room: QRectF, candidate: Candidate, name: str) -> None:
    look = LOOK.now
    bad = candidate.row < 0
    draw_icon(painter, QRect(int(room.left()), int(room.top()) + 2, 14, 14), "warn", "bad" if bad else "warn")
    title = QRectF(room.left() + 20, room.top(), room.width() - 20, 19)
    write(painter, title, doubt_title(candidate), weight=STRONG)
    painter.setFont(number_font(12))
    painter.setPen(look.color("text"))
    words = QRectF(room.left(), room.top() + 21, room.width(), 2 * painter.fontMetrics().lineSpacing())
    used = min(painter.boundingRect(words, Qt.TextFlag.TextWordWrap, candidate.words).height(), words.height())
    painter.drawText(words, Qt.TextFlag.TextWordWrap, candidate.words)
    facts = [file_name(candidate.file)]
    if candidate.quality is not None:
        facts.append(tr("quality {quality_words}", quality_words=quality_words(candidate.quality)))
    line = QRectF(room.left(), words.top() + used + 2, room.width(), 15)
    write(painter, line, " \u00b7 ".join(facts), "muted", 11, given=True)
    if candidate.row >= 0:
        box = QRectF(room.left(), room.top() + 73, min(room.width(), NAME_ROOM), 20)
        _paint_name(painter, box, name)


def _paint_like(painter: QPainter, box: QRectF, candidate: Candidate, thumbs: Thumbs) -> None:
    """What it resembles, with that person's name across its foot."""
    thumbs.paint(painter, box, candidate.like)
    if candidate.like_name:
        foot = QRectF(box.left(), box.bottom() - 17, box.width(), 17)
        ink(painter, None, LOOK.now.color("base", 0.78))
        painter.drawRoundedRect(foot, RADIUS, RADIUS)
        write(painter, foot.adjusted(5, 0, -5, 0), candidate.like_name, size=11, given=True)


def like_box(cell: QRectF) -> QRectF:
    """Where in its row the picture is that a doubtful face resembles."""
    return QRectF(cell.left() + SIDE + 14, cell.top() + 6, SIDE, SIDE)


def reasons_left(cell: QRectF, candidate: Candidate) -> float:
    """Where the words of a doubtful face begin."""
    return cell.left() + 6 + SIDE + 14 + (SIDE + 8 if candidate.like else 0)


def tick_box(row: QRect, kind: Kind) -> QRect:
    """Where the tick of a row is."""
    if kind is Kind.PERSON:
        return QRect(row.left() + 6, row.center().y() - TICK // 2 + 1, TICK, TICK)
    return QRect(row.left() + 10, row.top() + 10, TICK, TICK)


def name_box(row: QRect, kind: Kind, candidate: Candidate) -> QRect:
    """Where the name of a row is, and is edited. `candidate`: its first."""
    if kind is Kind.PERSON:
        return QRect(row.left() + TICK + 8, row.center().y() - 14, NAME_ROOM, 28)
    if kind is Kind.FACE:
        return QRect(row.left() + 2, row.bottom() - 30, row.width() - 4, 28)
    return QRect(int(reasons_left(QRectF(row), candidate)) - 9, row.top() + 77, NAME_ROOM, 28)


def paint_tick(painter: QPainter, box: QRect, on: bool, partly: bool = False) -> None:
    """A tick box that reads on any picture."""
    look = LOOK.now
    inner = QRectF(box).adjusted(1.5, 1.5, -1.5, -1.5)
    filled = on or partly
    ink(
        painter,
        QPen(look.color("accent" if filled else "muted"), 1.5),
        look.color("accent") if filled else look.color("base", 0.7),
    )
    painter.drawRoundedRect(inner, 4, 4)
    if filled:
        draw_icon(painter, inner.adjusted(2, 2, -2, -2).toRect(), "check" if on else "remove", "on_accent")


def _paint_name(painter: QPainter, box: QRectF, name: str) -> None:
    """A name that can be edited: with a pencil behind it."""
    wide = write(
        painter, box.adjusted(0, 0, -20, 0), name or tr("No name yet"), "text" if name else "warn", 12, given=bool(name)
    )
    draw_icon(painter, QRect(int(box.left() + wide) + 6, int(box.top()) + 4, 12, 12), "edit")


def _paint_ground(painter: QPainter, cell: QRectF, state: QStyle.StateFlag, kind: Kind) -> None:
    look, flags = LOOK.now, QStyle.StateFlag
    chosen, focus = bool(state & flags.State_Selected), bool(state & flags.State_HasFocus)
    box = cell.adjusted(2, 2, -2, -2)
    if kind is Kind.DOUBT:
        ink(painter, QPen(look.color("line"), 1), look.color("raised", 0.6))
        painter.drawRoundedRect(box, RADIUS, RADIUS)
    if chosen or focus:
        ink(
            painter,
            QPen(look.color("accent"), 2 if focus else 1),
            QColor(mixed(look.surface, look.accent, 0.22)) if chosen else None,
        )
        painter.drawRoundedRect(box, RADIUS, RADIUS)
    elif state & flags.State_MouseOver and kind is not Kind.DOUBT:
        ink(painter, None, look.color("raised"))
        painter.drawRoundedRect(box, RADIUS, RADIUS)
