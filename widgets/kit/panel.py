"""The frame of every panel: a head with its state in words, a body of sections that fold, a foot of small actions.

A panel says what the user wants by signals and is told what to show by values; it never looks for anything itself.
The controls are in `widgets.kit.fields` and are given on from here, so that a panel has one place to import from.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QScrollArea,
    QSizePolicy,
    QStackedLayout,
    QWidget,
)

from engines.core.words import tr
from widgets.kit.card_columns import Columns
from widgets.kit.fields import (
    ChoiceField,
    NumberField,
    PlainButton,
    PrimaryButton,
    QuietButton,
    SearchField,
    Segmented,
    TextField,
    Toggle,
    describe,
    set_property,
)
from widgets.kit.icons import draw_icon
from widgets.kit.labels import ElidedLabel, Lines, StateLine
from widgets.kit.layouts import column_of, held, row_of, styled, turn
from widgets.kit.pill import LEVEL_TOKENS, Pill
from widgets.kit.results import Stat, StatGrid
from widgets.kit.sections import FOLDS, Section, fit_words
from widgets.kit.when_new import when_new

__all__ = [
    "FOLDS",
    "ChoiceField",
    "ElidedLabel",
    "EmptyState",
    "NumberField",
    "Panel",
    "Pill",
    "PlainButton",
    "PrimaryButton",
    "QuietButton",
    "SearchField",
    "Section",
    "Segmented",
    "Stat",
    "StatGrid",
    "TextField",
    "Toggle",
    "columns",
    "describe",
    "labelled",
    "roomy",
    "rule",
    "scrolled",
    "set_property",
]


class EmptyState(QWidget):
    """Nothing to show yet: one quiet drawing, one sentence, one button."""

    clicked = Signal()

    def __init__(self, text: str, button_text: str = "", icon_role: str = "", tip: str = "") -> None:
        super().__init__()
        self._icon = icon_role
        self._drawing = _Drawing(icon_role)
        self.words = Lines(text, "muted")
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.button = PlainButton(button_text or tr("Add"), tip=tip)
        self.button.clicked.connect(self.clicked)
        parts = self._drawing, self.words, self.button
        self._column = column_of(None, *parts, spacing=12, margins=(16, 16, 16, 16))
        for part in (self._drawing, self.button):
            self._column.setAlignment(part, Qt.AlignmentFlag.AlignHCenter)
        self._column.addStretch(2)
        self.setLayout(self._column)
        self._drawing.setVisible(bool(icon_role))
        self.button.setVisible(bool(button_text))

    def add_below(self, widget: QWidget) -> None:
        """A second way to begin, under the button."""
        self._column.insertWidget(self._column.count() - 1, widget, 0, Qt.AlignmentFlag.AlignHCenter)

    @when_new
    def set_text(self, text: str, button_text: str | None = None) -> None:
        """Another sentence, and another word on the button (None: as it is, "": no button)."""
        self.words.setText(text)
        if button_text is not None:
            self.button.setText(button_text)
            self.button.setVisible(bool(button_text))

    def set_drawing_shown(self, on: bool) -> None:
        """Leave the drawing out where there is little room, and most of the air."""
        self._drawing.setVisible(on and bool(self._icon))
        air = 16 if on else 6
        self._column.setContentsMargins(air, air, air, air)
        self._column.setSpacing(12 if on else 6)


class _Drawing(QWidget):
    """An icon, large and faint."""

    def __init__(self, role: str) -> None:
        super().__init__()
        self._role = role
        self.setFixedSize(40, 40)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setOpacity(0.55)
        draw_icon(painter, self.rect(), self._role)


class Panel(QWidget):
    """Head, body and foot. `body` is the column for sections; `foot` the row of small actions, hidden while empty.

    A panel of settings scrolls as a whole; one that is a table or a list (`scrolling=False`) leaves that to it.
    """

    def __init__(self, title: str, scrolling: bool = True) -> None:
        super().__init__()
        styled(self)
        self.setAccessibleName(title)
        self.head = _Head(title)
        self.body = column_of(spacing=12, margins=(12, 4, 12, 12) if scrolling else (0, 0, 0, 0))
        self._body = held(self.body, "body")
        self._stack = QStackedLayout()
        self._empty: EmptyState | None = None
        self.foot = row_of(spacing=4, margins=(8, 4, 8, 4))
        self._foot = held(self.foot, "foot")
        self._foot.hide()
        self.setLayout(column_of(self.head, (self._stack, 1), self._foot))
        self._area = scrolled(self._body) if scrolling else None
        self._stack.addWidget(self._area or self._body)

    def show_top(self) -> None:
        """Scroll back to where the body begins."""
        if self._area is not None:
            self._area.verticalScrollBar().setValue(0)

    @property
    def state(self) -> str:
        return self.head.state.accessibleName()

    def set_state(self, text: str, level: str = "") -> None:
        """The line under the title, in words; `level` "good", "warn", "bad", "busy" or "" puts an icon before it."""
        self.head.set_state(text, level)

    def add_head(self, *controls: QWidget) -> None:
        """Controls at the right of the head, the primary action last."""
        for control in controls:
            self.head.buttons.addWidget(control)

    def add(self, widget: QWidget, stretch: int = 0) -> None:
        self.body.addWidget(widget, stretch)

    def add_foot(self, *widgets: QWidget) -> None:
        """Small actions from left to right."""
        for widget in widgets:
            self.foot.addWidget(widget)
        self._foot.show()

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            fit_words(self.foot, self.width())
        return super().event(event)

    def set_empty(self, empty: EmptyState) -> None:
        """What is shown in place of the body while there is nothing to show."""
        self._empty = empty
        self._stack.addWidget(empty)

    def show_empty(self, on: bool) -> None:
        self._stack.setCurrentIndex(1 if on and self._empty is not None else 0)

    @property
    def is_empty(self) -> bool:
        return self._stack.currentIndex() == 1


USUAL_WIDTH = 400
"""Pixels from which on a head has its buttons beside its words."""
STATE_ROOM = 150
"""Pixels of a line of state that go before the words of buttons beside it."""


class _Head(QWidget):
    """Title and state line at the left, actions at the right."""

    def __init__(self, title: str) -> None:
        super().__init__()
        styled(self)
        self.title = ElidedLabel(title, "title")
        self.title.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.mark = _Mark()
        self.state = StateLine()
        top = Qt.AlignmentFlag.AlignTop
        words = column_of(self.title, row_of((self.mark, 0, top), (self.state, 1), spacing=4), spacing=2)
        self.buttons = row_of(spacing=4)
        self._row = row_of((words, 1), self.buttons, spacing=8, margins=(12, 10, 12, 8))
        self.setLayout(self._row)

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest) and self.isVisible():
            self._fit()
        return super().event(event)

    def _fit(self) -> None:
        """The buttons stand below the words where the title has no room beside them; in a row of tools as icons."""
        said = max(self.title.sizeHint().width(), min(self.state.sizeHint().width(), STATE_ROOM))
        if self.width() >= USUAL_WIDTH:
            fit_words(self.buttons, self.width() - said - 40)
        least = self.title.sizeHint().width() + self.buttons.minimumSize().width() + 32
        beside = self.width() >= min(least, USUAL_WIDTH) or not self.buttons.sizeHint().width()
        turn(self._row, beside, self.buttons)

    def set_state(self, text: str, level: str) -> None:
        self.state.setText(text)
        self.state.setVisible(bool(text))
        self.mark.set_level(level)


class _Mark(QWidget):
    """The icon of a level, 12 pixels."""

    ROLES = {"good": "good", "warn": "warn", "bad": "bad", "busy": "busy"}

    def __init__(self) -> None:
        super().__init__()
        self.level = ""
        self.setFixedSize(13, 13)
        self.hide()

    def set_level(self, level: str) -> None:
        self.level = level
        self.setVisible(level in self.ROLES)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        draw_icon(QPainter(self), QRect(0, 0, 13, 13), self.ROLES[self.level], LEVEL_TOKENS[self.level])


def labelled(label: str, widget: QWidget, tip: str = "") -> QWidget:
    """A control with its label above. Gives the control its accessible name, and `tip` as its tooltip."""
    describe(widget, widget.accessibleName() or label, tip or widget.toolTip() or label)
    above = ElidedLabel(label, "label")
    above.setBuddy(widget)
    return held(column_of(above, widget, spacing=4))


def columns(*widgets: QWidget, spacing: int = 8) -> QWidget:
    """Controls side by side in equal columns, aligned at their tops; below each other where it is narrow."""
    return Columns(widgets, spacing)


def rule() -> QFrame:
    """A line of one pixel."""
    line = QFrame()
    line.setProperty("role", "rule")
    return line


def roomy(page: QWidget) -> QScrollArea:
    """`page` in all the room there is, scrolled both ways where that is less than it needs."""
    area = scrolled(page)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
    return area


def scrolled(body: QWidget) -> QScrollArea:
    """`body` as wide as there is room, scrolled up and down where it is too long."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidget(body)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return area
