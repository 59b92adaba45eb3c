"""Rows and columns of widgets in one call, and widgets on the colour of a panel.

In a compact window they have less air above and below; widths stay.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias, TypeVar
from weakref import WeakSet

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLayout, QSplitter, QVBoxLayout, QWidget
from shiboken6 import isValid

from widgets.kit.theme import LOOK, air

Margins: TypeAlias = tuple[int, int, int, int]
Part: TypeAlias = QWidget | QLayout | int | None | tuple[Any, ...]
Box = TypeVar("Box", bound=QBoxLayout)
KEPT_CLEAR = "kept_clear"
"""Property of what no notice may lie over."""
NONE: Margins = (0, 0, 0, 0)
ANY = 16777215
"""Qt's largest width or height: none is asked for."""


class Row(QHBoxLayout):
    """Its margins are those of a comfortable window."""

    def __init__(self) -> None:
        super().__init__()
        self._margins = NONE
        _MADE.add(self)

    def setContentsMargins(self, left: int, top: int, right: int, bottom: int) -> None:  # type: ignore[override]
        self._margins = left, top, right, bottom
        super().setContentsMargins(left, air(top), right, air(bottom))

    def pack(self) -> None:
        self.setContentsMargins(*self._margins)


class Column(QVBoxLayout):
    """Its margins and the room between its parts are those of a comfortable window."""

    def __init__(self) -> None:
        super().__init__()
        self._margins, self._spacing = NONE, 0
        _MADE.add(self)

    def setContentsMargins(self, left: int, top: int, right: int, bottom: int) -> None:  # type: ignore[override]
        self._margins = left, top, right, bottom
        super().setContentsMargins(left, air(top), right, air(bottom))

    def setSpacing(self, pixels: int) -> None:
        self._spacing = pixels
        super().setSpacing(air(pixels))

    def pack(self) -> None:
        self.setContentsMargins(*self._margins)
        self.setSpacing(self._spacing)


_MADE: WeakSet[Row | Column] = WeakSet()


def _pack() -> None:
    for layout in [one for one in _MADE if isValid(one)]:
        layout.pack()


LOOK.packed.connect(_pack)


def turn(row: QBoxLayout, beside: bool, tools: QWidget | QLayout | None = None) -> None:
    """Lay the parts of a row beside each other, or below each other. tools: those stand at the left while below."""
    way = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
    if way == row.direction():
        return
    row.setDirection(way)
    if tools is not None:
        row.setAlignment(tools, Qt.AlignmentFlag(0) if beside else Qt.AlignmentFlag.AlignLeft)


def row_of(*parts: Part, spacing: int = 0, margins: Margins = NONE) -> QHBoxLayout:
    """Parts from left to right. None takes the room that is left, a number is so many pixels, (part, n) stretches.

    A third value of a tuple is the alignment.
    """
    return _filled(Row(), parts, spacing, margins)


def column_of(*parts: Part, spacing: int = 0, margins: Margins = NONE) -> QVBoxLayout:
    """Parts from top to bottom, as in `row_of`."""
    return _filled(Column(), parts, spacing, margins)


def held(layout: QLayout, role: str = "") -> QWidget:
    """A widget that holds this; `role`: the style sheet paints its background."""
    box = QWidget()
    box.setLayout(layout)
    if role:
        styled(box, role=role)
    return box


class _Split(QSplitter):
    """Side by side, and below each other where there are fewer pixels than `room`; 0 leaves that to whoever made it."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self._room = room

    def minimumSizeHint(self) -> QSize:
        size, parts = (
            super().minimumSizeHint(),
            [part for at in range(self.count()) if (part := self.widget(at)) is not None],
        )
        if not self._room:
            return size
        least = [max(part.minimumWidth(), part.minimumSizeHint().width()) for part in parts if not part.isHidden()]
        return QSize(max(least, default=0), size.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        way = Qt.Orientation.Vertical if self.width() < self._room else Qt.Orientation.Horizontal
        if self._room and way != self.orientation():
            self.setOrientation(way)
        super().resizeEvent(event)


def split_of(*parts: QWidget, sizes: Sequence[int], stretch: Sequence[int] = (), room: int = 0) -> QSplitter:
    """Parts side by side that the user divides; none of them can be closed. room: see `_Split`."""
    split = _Split(room)
    split.setChildrenCollapsible(False)
    for part in parts:
        split.addWidget(part)
    for place, share in enumerate(stretch):
        split.setStretchFactor(place, share)
    split.setSizes(sizes)
    return split


def styled(*widgets: QWidget, role: str = "panel") -> None:
    """Give widgets the background that the style sheet has for this role."""
    for widget in widgets:
        widget.setProperty("role", role)
        widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)


def _filled(box: Box, parts: tuple[Part, ...], spacing: int, margins: Margins) -> Box:
    box.setSpacing(spacing)
    box.setContentsMargins(*margins)
    for part in parts:
        _put(box, part)
    return box


def _put(box: QBoxLayout, part: Part) -> None:
    item, *how = part if isinstance(part, tuple) else (part,)
    if item is None:
        box.addStretch(*how or [1])
    elif isinstance(item, int):
        box.addSpacing(item)
    else:
        add: Callable[..., None] = box.addWidget if isinstance(item, QWidget) else box.addLayout
        add(item, *how)
