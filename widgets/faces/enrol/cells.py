"""How the rows of a review are painted: headings, faces in a flow, and doubtful ones with what they resemble."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from engines.faces.gallery.types import Candidate
from widgets.faces.cells import paint_meter
from widgets.faces.enrol.words import USELESS, Kind, Review, Row, doubt_title, person_words
from widgets.faces.name_field import NameField
from widgets.faces.people.words import quality_words
from widgets.faces.thumbs import Thumbs
from widgets.faces.words import file_name
from widgets.kit.icons import draw_icon
from widgets.kit.theme import LOOK, RADIUS, mixed, number_font

HEAD, SIDE = 38, 96
TILE = QSize(SIDE + 12, SIDE + 34)
DOUBT = SIDE + 14
TICK = 20
NAME_ROOM = 220
LEFT_OUT = 0.45
"""Opacity of a face that is not ticked."""
Index = QModelIndex | QPersistentModelIndex


class ReviewCell(QStyledItemDelegate):
    """`named(row, text)`: a name was typed into a row. `names`: what it is completed to."""

    named = Signal(int, str)

    def __init__(self, thumbs: Thumbs, parent: QListView) -> None:
        super().__init__(parent)
        self._thumbs = thumbs
        self.review = Review()
        self.rows: tuple[Row, ...] = ()
        self.names: tuple[str, ...] = ()
        self.width = 400

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        kind = self.rows[index.row()].kind
        return TILE if kind is Kind.FACE else QSize(self.width, HEAD if kind is Kind.PERSON else DOUBT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row, cell = self.rows[index.row()], QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint_ground(painter, cell, option.state, row.kind)
        if row.kind is Kind.PERSON:
            self._paint_person(painter, cell, row)
        elif row.kind is Kind.FACE:
            self._paint_face(painter, cell, row.first)
        else:
            self._paint_doubt(painter, cell, row.first)
        painter.restore()

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = NameField("Name of this person", tip="Return keeps the name, Escape leaves it as it was")
        editor.setParent(parent)
        editor.show_names(self.names)
        editor.named.connect(lambda _name: self._commit(editor))
        editor.left.connect(lambda: self.closeEditor.emit(editor))
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        assert isinstance(editor, NameField)
        editor.setText(self.review.name(self.rows[index.row()].first))
        editor.selectAll()

    def setModelData(self, editor: QWidget, model: object, index: Index) -> None:
        assert isinstance(editor, NameField)
        if editor.name() != self.review.name(self.rows[index.row()].first):
            self.named.emit(index.row(), editor.name())

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        row = self.rows[index.row()]
        editor.setGeometry(name_box(option.rect, row.kind, self.review.candidates[row.first]))

    def _commit(self, editor: NameField) -> None:
        self.commitData.emit(editor)
        self.closeEditor.emit(editor)

    def _paint_person(self, painter: QPainter, cell: QRectF, row: Row) -> None:
        look = LOOK.now
        if row.title != USELESS:
            taken = [self.review.takes(index) for index in row.members]
            paint_tick(painter, tick_box(cell.toRect(), row.kind), all(taken), any(taken))
        font = number_font(13)
        font.setWeight(QFont.Weight.DemiBold)
        left = cell.left() + TICK + 14
        wide = min(QFontMetricsF(font).horizontalAdvance(row.title), cell.width() * 0.6)
        _write(painter, QRectF(left, cell.top(), wide + 2, HEAD), row.title, font, look.color("text"))
        if row.title != USELESS:
            draw_icon(painter, QRect(int(left + wide) + 8, int(cell.center().y()) - 6, 12, 12), "edit")
            wide += 20
        room = QRectF(left + wide + 12, cell.top(), cell.right() - left - wide - 20, HEAD)
        _write(painter, room, person_words(self.review, row), number_font(11), look.color("muted"))

    def _paint_face(self, painter: QPainter, cell: QRectF, index: int) -> None:
        candidate = self.review.candidates[index]
        box = QRectF(cell.left() + 6, cell.top() + 6, SIDE, SIDE)
        self._thumbs.paint(painter, box, candidate.crop, 1.0 if self.review.takes(index) else LEFT_OUT)
        paint_tick(painter, tick_box(cell.toRect(), Kind.FACE), self.review.takes(index))
        if candidate.quality is not None:
            paint_meter(painter, QRectF(box.left(), box.bottom() + 3, SIDE, 3), candidate.quality.total)
            room = QRectF(box.left(), box.bottom() + 7, SIDE, 16)
            _write(painter, room, quality_words(candidate.quality), number_font(11), LOOK.now.color("muted"))

    def _paint_doubt(self, painter: QPainter, cell: QRectF, index: int) -> None:
        candidate, taken = self.review.candidates[index], self.review.takes(index)
        box = QRectF(cell.left() + 6, cell.top() + 6, SIDE, SIDE)
        self._thumbs.paint(painter, box, candidate.crop or candidate.file)
        if candidate.row >= 0:
            paint_tick(painter, tick_box(cell.toRect(), Kind.DOUBT), taken)
        if candidate.like:
            self._paint_like(painter, like_box(cell), candidate)
        left = reasons_left(cell, candidate)
        room = QRectF(left, cell.top() + 8, cell.right() - 12 - left, cell.height() - 12)
        self._paint_reasons(painter, room, candidate, index)

    def _paint_reasons(self, painter: QPainter, room: QRectF, candidate: Candidate, index: int) -> None:
        look = LOOK.now
        bad = candidate.row < 0
        draw_icon(painter, QRect(int(room.left()), int(room.top()) + 2, 14, 14), "warn", "bad" if bad else "warn")
        font = number_font(13)
        font.setWeight(QFont.Weight.DemiBold)
        title = QRectF(room.left() + 20, room.top(), room.width() - 20, 19)
        _write(painter, title, doubt_title(candidate), font, look.color("text"))
        painter.setFont(number_font(12))
        painter.setPen(look.color("text"))
        words = QRectF(room.left(), room.top() + 21, room.width(), 2 * painter.fontMetrics().lineSpacing())
        used = min(painter.boundingRect(words, Qt.TextFlag.TextWordWrap, candidate.words).height(), words.height())
        painter.drawText(words, Qt.TextFlag.TextWordWrap, candidate.words)
        facts = [file_name(candidate.file)]
        if candidate.quality is not None:
            facts.append(f"quality {quality_words(candidate.quality)}")
        line = QRectF(room.left(), words.top() + used + 2, room.width(), 15)
        _write(painter, line, " \u00b7 ".join(facts), number_font(11), look.color("muted"))
        if candidate.row >= 0:
            box = QRectF(room.left(), room.top() + 73, min(room.width(), NAME_ROOM), 20)
            _paint_name(painter, box, self.review.name(index))

    def _paint_like(self, painter: QPainter, box: QRectF, candidate: Candidate) -> None:
        """What it resembles, with that person's name across its foot."""
        self._thumbs.paint(painter, box, candidate.like)
        if candidate.like_name:
            foot = QRectF(box.left(), box.bottom() - 17, box.width(), 17)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(LOOK.now.color("base", 0.78))
            painter.drawRoundedRect(foot, RADIUS, RADIUS)
            _write(painter, foot.adjusted(5, 0, -5, 0), candidate.like_name, number_font(11), LOOK.now.color("text"))


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
    painter.setPen(QPen(look.color("accent" if filled else "muted"), 1.5))
    painter.setBrush(look.color("accent") if filled else look.color("base", 0.7))
    painter.drawRoundedRect(inner, 4, 4)
    if filled:
        draw_icon(painter, inner.adjusted(2, 2, -2, -2).toRect(), "check" if on else "remove", "on_accent")


def _paint_name(painter: QPainter, box: QRectF, name: str) -> None:
    """A name that can be edited: with a pencil behind it."""
    look, font = LOOK.now, number_font(12)
    words = name or "No name yet"
    _write(painter, box.adjusted(0, 0, -20, 0), words, font, look.color("text" if name else "warn"))
    wide = min(QFontMetricsF(font).horizontalAdvance(words), box.width() - 20)
    draw_icon(painter, QRect(int(box.left() + wide) + 6, int(box.top()) + 4, 12, 12), "edit")


def _paint_ground(painter: QPainter, cell: QRectF, state: QStyle.StateFlag, kind: Kind) -> None:
    look, flags = LOOK.now, QStyle.StateFlag
    chosen, focus = bool(state & flags.State_Selected), bool(state & flags.State_HasFocus)
    box = cell.adjusted(2, 2, -2, -2)
    if kind is Kind.DOUBT:
        painter.setPen(QPen(look.color("line"), 1))
        painter.setBrush(look.color("raised", 0.6))
        painter.drawRoundedRect(box, RADIUS, RADIUS)
    if chosen or focus:
        painter.setPen(QPen(look.color("accent"), 2 if focus else 1))
        painter.setBrush(QColor(mixed(look.surface, look.accent, 0.22)) if chosen else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, RADIUS, RADIUS)
    elif state & flags.State_MouseOver and kind is not Kind.DOUBT:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.color("raised"))
        painter.drawRoundedRect(box, RADIUS, RADIUS)


def _write(painter: QPainter, room: QRectF, words: str, font: QFont, color: QColor) -> None:
    painter.setFont(font)
    painter.setPen(color)
    shown = QFontMetricsF(font).elidedText(words, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
