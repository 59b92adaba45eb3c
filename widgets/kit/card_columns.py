"""Side by side, and below each other where it is narrow: controls, result cards, a chart and what is said of it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QWidget,
)

from widgets.kit.fields import ChoiceField, TextField, wrapped
from widgets.kit.labels import ElidedLabel
from widgets.kit.layouts import ANY, Margins, column_of, row_of, turn

APART, SPACE = 20, 8
BESIDE_CHOICE, BESIDE_WORDS = 40, 28
"""Pixels of a field beside the words of its choice, or those it holds while it is empty."""
BELOW_EACH_OTHER = 240
"""Pixels that the large one of two is high at the least where the other is below it."""


class ResultCard(QWidget):
    """A heading, a chart, and below it in muted words how it is read."""

    def __init__(self, title: str, body: QWidget, caption: str = "") -> None:
        super().__init__()
        self.title = ElidedLabel(title, "heading")
        self.caption = wrapped("muted")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setLayout(column_of(self.title, body, self.caption, spacing=6))
        self.set_caption(caption)

    def set_caption(self, text: str) -> None:
        self.caption.setText(text)
        self.caption.setVisible(bool(text))


class CardColumns(QWidget):
    """`cards`: (card, column 0 or 1), in the order in which one column shows them. `room`: pixels that two need."""

    def __init__(self, cards: Sequence[tuple[QWidget, int]], room: int) -> None:
        super().__init__()
        self._cards, self._room = tuple(cards), room
        self.columns = 0
        self._columns = column_of(None, spacing=APART), column_of(None, spacing=APART)
        self._row = row_of(*((column, 1) for column in self._columns), spacing=APART)
        self.setLayout(self._row)
        self._place(1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place(2 if event.size().width() >= self._room else 1)

    def _place(self, columns: int) -> None:
        if columns == self.columns:
            return
        self.columns = columns
        for card, _side in self._cards:
            for column in self._columns:
                column.removeWidget(card)
        for card, side in self._cards:
            column = self._columns[side if columns == 2 else 0]
            column.insertWidget(column.count() - 1, card)
        self._row.setStretch(1, columns - 1)
        self._row.setSpacing(APART if columns == 2 else 0)


class Beside(QWidget):
    """What is large, and at its right what is said of it: below it where the page is too narrow for both.

    widths: of what is said, at least, at most, and as a share of the whole. room: pixels that the large one needs.
    """

    def __init__(
        self,
        large: QWidget,
        said: QWidget,
        widths: tuple[int, int, float],
        *,
        room: int = 280,
        margins: Margins = (12, 4, 12, 12),
    ) -> None:
        super().__init__()
        self._large, self._said, self._widths, self._room = large, said, widths, room
        self._least_height = large.minimumHeight()
        self._row = row_of((large, 1), said, spacing=16, margins=margins)
        self.setLayout(self._row)
        self.is_narrow = False
        if isinstance(said, QScrollArea) and (body := said.widget()) is not None:
            body.installEventFilter(self)
        self._place()

    def minimumSizeHint(self) -> QSize:
        edges = self._row.contentsMargins()
        scrolled = self._said.widget() if isinstance(self._said, QScrollArea) else None
        wide = max(
            part.minimumSizeHint().width() for part in (self._large, scrolled if scrolled is not None else self._said)
        )
        wide = max(wide, self._large.minimumWidth())
        return QSize(wide + edges.left() + edges.right(), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place()
        super().resizeEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            self._unroll()
        return False

    def _place(self) -> None:
        least, most, share = self._widths
        edges = self._row.contentsMargins()
        wide = min(max(least, round(share * self.width())), most)
        self.is_narrow = self.width() < self._room + self._row.spacing() + least + edges.left() + edges.right()
        self._said.setMinimumWidth(0 if self.is_narrow else wide)
        self._said.setMaximumWidth(ANY if self.is_narrow else wide)
        self._large.setMinimumHeight(max(self._least_height, BELOW_EACH_OTHER * self.is_narrow))
        turn(self._row, not self.is_narrow)
        self._unroll()

    def _unroll(self) -> None:
        """What scrolls by itself beside is as long as it is below: there the page scrolls."""
        if isinstance(self._said, QScrollArea) and (body := self._said.widget()) is not None:
            high = body.heightForWidth(self._said.width()) if body.hasHeightForWidth() else body.sizeHint().height()
            self._said.setMinimumHeight(high * self.is_narrow)
            bar = Qt.ScrollBarPolicy
            self._said.setVerticalScrollBarPolicy(bar.ScrollBarAlwaysOff if self.is_narrow else bar.ScrollBarAsNeeded)


class Columns(QWidget):
    """Controls side by side in equal columns, aligned at their tops; below each other where one has no room."""

    def __init__(self, parts: Sequence[QWidget], spacing: int) -> None:
        super().__init__()
        self._parts = parts
        self._row = row_of(*((part, 1) for part in parts), spacing=spacing)
        for part in parts:
            self._row.setAlignment(part, Qt.AlignmentFlag.AlignTop)
        self.setLayout(self._row)

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest) and self.isVisible():
            self._turn()
        return super().event(event)

    def minimumSizeHint(self) -> QSize:
        wide = max((part.minimumSizeHint().width() for part in self._parts if not part.isHidden()), default=0)
        return QSize(wide, super().minimumSizeHint().height())

    def _turn(self) -> None:
        shown = [part for part in self._parts if not part.isHidden()]
        room = (self.width() - self._row.spacing() * (len(shown) - 1)) / max(len(shown), 1)
        turn(self._row, all(needed(part) <= room for part in shown))


def needed(part: QWidget) -> int:
    """Pixels that a control takes with its label and all of its choices whole."""
    needs = [part.minimumSizeHint().width()]
    needs += [one.sizeHint().width() for one in (part, *part.findChildren(QPushButton)) if isinstance(one, QPushButton)]
    needs += [label.sizeHint().width() for label in part.findChildren(ElidedLabel) if not label.isHidden()]
    for choice in (part, *part.findChildren(ChoiceField)):
        if isinstance(choice, ChoiceField) and not choice.given and not choice.isHidden():
            metrics = choice.fontMetrics()
            words = (metrics.horizontalAdvance(choice.itemText(at)) for at in range(choice.count()))
            needs.append(max(words, default=0) + BESIDE_CHOICE)
    fields = [part for part in (part, *part.findChildren(TextField)) if isinstance(part, TextField)]
    needs += [one.fontMetrics().horizontalAdvance(one.placeholderText()) + BESIDE_WORDS for one in fields]
    return max(needs)


class Flow(QWidget):
    """Controls from left to right that go on in the next line where there is no room.

    It lays out itself: the items of a `QLayout` in Python do not outlive what Qt does with them.
    """

    def __init__(self, *parts: QWidget, spacing: int = SPACE) -> None:
        super().__init__()
        self._parts, self._spacing = parts, spacing
        for part in parts:
            part.setParent(self)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def sizeHint(self) -> QSize:
        sizes = [_wanted(part) for part in self._shown()]
        wide = sum(size.width() for size in sizes) + self._spacing * max(len(sizes) - 1, 0)
        return self._with_edges(wide, max((size.height() for size in sizes), default=0))

    def minimumSizeHint(self) -> QSize:
        sizes = [_least(part) for part in self._shown()]
        return self._with_edges(
            *(max((side(size) for size in sizes), default=0) for side in (QSize.width, QSize.height))
        )

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, wide: int) -> int:
        edges = self.contentsMargins()
        places = self._places(wide - edges.left() - edges.right())
        return max((place.bottom() + 1 for _part, place in places), default=0) + edges.top() + edges.bottom()

    def event(self, event: QEvent) -> bool:
        """What changed out of view is not told of: that is made good when it comes into view."""
        kind = QEvent.Type
        if event.type() in (kind.LayoutRequest, kind.Show):
            self.updateGeometry()
        if event.type() in (kind.LayoutRequest, kind.Show, kind.Resize, kind.ContentsRectChange):
            self._lay_out()
        return super().event(event)

    def _lay_out(self) -> None:
        room = self.contentsRect()
        for part, place in self._places(room.width()):
            part.setGeometry(place.translated(room.topLeft()))

    def _shown(self) -> list[QWidget]:
        return [part for part in self._parts if not part.isHidden()]

    def _with_edges(self, wide: int, high: int) -> QSize:
        edges = self.contentsMargins()
        return QSize(wide + edges.left() + edges.right(), high + edges.top() + edges.bottom())

    def _places(self, wide: int) -> list[tuple[QWidget, QRect]]:
        lines: list[list[QWidget]] = []
        left = 0
        for part in self._shown():
            need = _wanted(part).width()
            if not lines or left + need > wide:
                lines.append([])
                left = 0
            lines[-1].append(part)
            left += need + self._spacing
        places, top = [], 0
        for line in lines:
            left, high = 0, max(_wanted(part).height() for part in line)
            for part in line:
                size = _wanted(part).boundedTo(QSize(max(wide, _least(part).width()), high))
                places.append((part, QRect(QPoint(left, top + (high - size.height()) // 2), size)))
                left += size.width() + self._spacing
            top += high + self._spacing
        return places


def _least(part: QWidget) -> QSize:
    return part.minimumSizeHint().expandedTo(part.minimumSize()).boundedTo(part.maximumSize())


def _wanted(part: QWidget) -> QSize:
    return part.sizeHint().expandedTo(_least(part)).boundedTo(part.maximumSize())


class FlowRow(QWidget):
    """`parts` are (control, cells it takes); a cell is at least `least` pixels wide, and all are alike."""

    def __init__(self, parts: Sequence[tuple[QWidget, int]], least: int = 92) -> None:
        super().__init__()
        self._parts, self._least = tuple(parts), least
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(SPACE)
        self._grid.setVerticalSpacing(SPACE)
        self.cells = 0
        self._place(sum(span for _, span in parts))

    def minimumSizeHint(self) -> QSize:
        widest = max(span for _, span in self._parts)
        return QSize(widest * (self._least + SPACE) - SPACE, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place((event.size().width() + SPACE) // (self._least + SPACE))

    def _place(self, cells: int) -> None:
        """Lay out in rows of so many cells, where that is a change."""
        most, widest = sum(span for _, span in self._parts), max(span for _, span in self._parts)
        cells = min(max(cells, widest), most)
        if cells == self.cells:
            return
        for column in range(max(cells, self.cells)):
            self._grid.setColumnStretch(column, 1 if column < cells else 0)
            self._grid.setColumnMinimumWidth(column, 1 if column < cells else 0)
        self.cells = cells
        row = column = 0
        for widget, span in self._parts:
            if column + span > cells:
                row, column = row + 1, 0
            self._grid.addWidget(widget, row, column, 1, span)
            column += span
        self.updateGeometry()
