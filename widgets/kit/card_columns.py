"""Side by side, and below each other where it is narrow: controls, result cards, a chart and what is said of it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QGridLayout,
    QLayout,
    QLayoutItem,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QWidget,
)

from widgets.kit.fields import ChoiceField, ElidedLabel, TextField, wrapped
from widgets.kit.layouts import Margins, column_of, row_of

APART, SPACE = 20, 8
BESIDE_CHOICE, BESIDE_WORDS = 44, 28
"""Pixels of a field beside the words of its choice, or those it holds while it is empty."""
ANY = 16777215
"""Qt's widest."""
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
        if isinstance(said, QScrollArea):
            said.widget().installEventFilter(self)
        self._place()

    def minimumSizeHint(self) -> QSize:
        edges = self._row.contentsMargins()
        said = self._said.widget() if isinstance(self._said, QScrollArea) else self._said
        wide = max(part.minimumSizeHint().width() for part in (self._large, said))
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
        way = QBoxLayout.Direction
        self._row.setDirection(way.TopToBottom if self.is_narrow else way.LeftToRight)
        self._unroll()

    def _unroll(self) -> None:
        """What scrolls by itself beside is as long as it is below: there the page scrolls."""
        if isinstance(self._said, QScrollArea):
            body = self._said.widget()
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
        way = QBoxLayout.Direction
        to = way.LeftToRight if all(_need(part) <= room for part in shown) else way.TopToBottom
        if to != self._row.direction():
            self._row.setDirection(to)


def _need(part: QWidget) -> int:
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


class _Flow(QLayout):
    """From left to right, and on in the next line where there is no room."""

    def __init__(self, spacing: int) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(spacing)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, at: int) -> QLayoutItem | None:  # type: ignore[override]
        return self._items[at] if 0 <= at < len(self._items) else None

    def takeAt(self, at: int) -> QLayoutItem | None:  # type: ignore[override]
        return self._items.pop(at) if 0 <= at < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def sizeHint(self) -> QSize:
        sizes = [item.sizeHint() for item in self._shown()]
        wide = sum(size.width() for size in sizes) + self.spacing() * max(len(sizes) - 1, 0)
        return QSize(wide, max((size.height() for size in sizes), default=0))

    def minimumSize(self) -> QSize:
        sizes = [item.minimumSize() for item in self._shown()]
        return QSize(*(max((side(size) for size in sizes), default=0) for side in (QSize.width, QSize.height)))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, wide: int) -> int:
        return max((place.bottom() + 1 for _item, place in self._places(wide)), default=0)

    def setGeometry(self, box: QRect) -> None:
        super().setGeometry(box)
        for item, place in self._places(box.width()):
            item.setGeometry(place.translated(box.topLeft()))

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _places(self, wide: int) -> list[tuple[QLayoutItem, QRect]]:
        lines: list[list[QLayoutItem]] = []
        left = 0
        for item in self._shown():
            need = item.sizeHint().width()
            if not lines or left + need > wide:
                lines.append([])
                left = 0
            lines[-1].append(item)
            left += need + self.spacing()
        places, top = [], 0
        for line in lines:
            left, high = 0, max(item.sizeHint().height() for item in line)
            for item in line:
                size = item.sizeHint().boundedTo(QSize(max(wide, item.minimumSize().width()), high))
                places.append((item, QRect(QPoint(left, top + (high - size.height()) // 2), size)))
                left += size.width() + self.spacing()
            top += high + self.spacing()
        return places


def flowing(*parts: QWidget, spacing: int = SPACE) -> QLayout:
    """Controls from left to right that go on in the next line where there is no room."""
    flow = _Flow(spacing)
    for part in parts:
        flow.addWidget(part)
    return flow


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
