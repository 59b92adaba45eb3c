"""The controls that panels are made of. Each has a name for the screen reader and a tooltip from the start.

Looks come from `resources/theme.qss` by property; what is painted by hand asks `LOOK` for the tokens while painting.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias, cast

from PySide6.QtCore import QLocale, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QFontMetrics, QPainter, QPaintEvent, QPen, QValidator
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFrame,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QToolButton,
    QToolTip,
    QWidget,
)

from engines.core.words import tr
from widgets.kit.access.elided import elided
from widgets.kit.icons import icon
from widgets.kit.labels import Label
from widgets.kit.layouts import KEPT_CLEAR, row_of
from widgets.kit.theme import CONTROL_HEIGHT, ICON, LOOK, high, number_font
from widgets.kit.wheel import leave_wheel

Segment: TypeAlias = tuple[str, str] | tuple[str, str, str]
SIGNS = str.maketrans({",": ".", "\u2212": "-"})
"""What is typed for a decimal point and a minus."""
BESIDE_TEXT = QSize(ICON + 4, ICON)


def describe(widget: QWidget, name: str, tip: str = "") -> None:
    """Give a control its accessible name and its tooltip (the name where there is no more to say)."""
    widget.setAccessibleName(name)
    widget.setToolTip(tip or name)


def set_property(widget: QWidget, name: str, value: str) -> None:
    """Set a property that the style sheet looks at, and have the widget styled anew when it changed."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


class PlainButton(QPushButton):
    """A button with a border, for dialogs and forms."""

    tokens = ("muted", "accent")
    """Colours of its icon, at rest and switched on."""

    def __init__(self, text: str, icon_role: str = "", tip: str = "") -> None:
        super().__init__(text)
        if icon_role:
            self.setIcon(icon(icon_role, *self.tokens))
            self.setIconSize(BESIDE_TEXT)
        describe(self, text or tip, tip)

    def setText(self, text: str) -> None:
        """Other words; the name follows, unless it is one of its own."""
        if self.accessibleName() == self.text() or not self.text():
            self.setAccessibleName(text or self.accessibleName())
        super().setText(text)


class PrimaryButton(PlainButton):
    """The one thing to do in a panel."""

    tokens = ("on_accent", "on_accent")

    def __init__(self, text: str, icon_role: str = "", tip: str = "") -> None:
        super().__init__(text, icon_role, tip)
        self.setProperty("primary", "true")
        self.setProperty(KEPT_CLEAR, True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)


class QuietButton(QToolButton):
    """A small flat button: an icon, a word, or both. An icon alone needs `name`, which is said and shown as a tip."""

    def __init__(
        self, text: str = "", icon_role: str = "", tip: str = "", *, name: str = "", checkable: bool = False
    ) -> None:
        super().__init__()
        self.setProperty("quiet", "true")
        self.setText(text)
        self.setAutoRaise(True)
        self.setCheckable(checkable)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if icon_role:
            self.set_icon(icon_role)
            self.show_words(bool(text))
        else:
            self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        if not text:
            self.setFixedWidth(CONTROL_HEIGHT)
        describe(self, name or text or tip, tip)

    def show_words(self, on: bool) -> None:
        """Words beside the icon, or the icon alone."""
        style = Qt.ToolButtonStyle
        self.setToolButtonStyle(style.ToolButtonTextBesideIcon if on else style.ToolButtonIconOnly)
        set_property(self, "beside", "true" if on else "")

    def set_icon(self, role: str, token: str = "muted") -> None:
        self.setIcon(icon(role, token))
        self.setIconSize(BESIDE_TEXT if self.text() else QSize(ICON, ICON))


BESIDE_NUMBER = 52
"""Pixels of a field beside its number: border, margins and arrows."""


class NumberField(QDoubleSpinBox):
    """A number with its unit inside the field, written with a point or a comma whatever the system's language is."""

    def __init__(
        self, name: str, value: float, low: float, high: float, *, unit: str = "", decimals: int = 0,
        step: float = 1.0, tip: str = "",
    ) -> None:  # fmt: skip
        super().__init__()
        self.setLocale(QLocale.c())
        self.setDecimals(decimals)
        self.setRange(low, high)
        self.setSingleStep(step)
        self.setValue(value)
        self.setFont(number_font())
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._pack()
        LOOK.packed.connect(self._pack)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setKeyboardTracking(False)
        self.valueChanged.connect(lambda _value: self.updateGeometry())
        leave_wheel(self)
        describe(self, name, tip)
        self.setSuffix(f" {unit}" if unit else "")

    def setSuffix(self, suffix: str) -> None:
        """The unit is heard as well: Qt says the number alone."""
        super().setSuffix(suffix)
        self.setAccessibleDescription(f"{suffix.strip()}. {self.toolTip()}" if suffix.strip() else "")

    def minimumSizeHint(self) -> QSize:
        """Room for the number with the words before and after it."""
        least = self.fontMetrics().horizontalAdvance(self.text()) + BESIDE_NUMBER
        return QSize(max(60, least if self.prefix() or self.suffix() else 0), super().minimumSizeHint().height())

    def validate(self, text: str, pos: int) -> tuple[QValidator.State, str, int]:
        """A comma is a decimal point. With more separators than a number can have, no part of it is taken."""
        if text != self.specialValueText():
            number = text.removesuffix(self.suffix())
            text = number.translate(SIGNS) + text[len(number) :]
        told = cast(tuple[QValidator.State, str, int], super().validate(text, pos))
        if told[0] == QValidator.State.Invalid and text.count(".") > min(1, self.decimals()):
            return QValidator.State.Intermediate, text, pos
        return told

    def fixup(self, text: str) -> str:
        """The value of before stays where what was typed may mean two numbers; that is said below the field."""
        if text.translate(SIGNS).count(".") > min(1, self.decimals()):
            QToolTip.showText(self.mapToGlobal(self.rect().bottomLeft()), self._refusal(), self)
        return cast(str, super().fixup(text))

    def _refusal(self) -> str:
        now = {"now": self.textFromValue(self.value())}
        if self.decimals():
            return tr("Write one point or comma at most, and nothing between thousands. {now} stays.", **now)
        return tr("Write a whole number, with nothing between thousands. {now} stays.", **now)

    def whole(self) -> int:
        """The value as an integer."""
        return round(self.value())

    def _pack(self) -> None:
        self.setFixedHeight(high(CONTROL_HEIGHT))


class ChoiceField(QComboBox):
    """One of a few: `choices` are (id, title). `chosen` tells the id that the user picked."""

    chosen = Signal(str)
    given = False
    """Its choices are names or files of the user."""

    def __init__(self, name: str, choices: Sequence[tuple[str, str]] = (), value: str = "", *, tip: str = "") -> None:
        super().__init__()
        leave_wheel(self)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)
        self.set_choices(choices, value)
        self.activated.connect(lambda: self.chosen.emit(self.value()))
        describe(self, name, tip)

    def set_choices(self, choices: Sequence[tuple[str, str]], value: str = "") -> None:
        """Replace the choices; keeps the one that is chosen where it is still there."""
        keep = value or self.value()
        if [(self.itemData(row), self.itemText(row)) for row in range(self.count())] != list(choices):
            self.clear()
            for id, title in choices:
                self.addItem(title, id)
        self.set_value(keep)

    def value(self) -> str:
        return self.currentData() or ""

    def set_value(self, id: str) -> None:
        index = self.findData(id)
        self.setCurrentIndex(index if index >= 0 else min(0, self.count() - 1))

    def paintEvent(self, event: QPaintEvent) -> None:
        """A title that does not fit ends in an ellipsis."""
        painter, option = QStylePainter(self), QStyleOptionComboBox()
        self.initStyleOption(option)
        box = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        option.currentText = elided(self.fontMetrics(), self.currentText(), box.width() - 4, given=self.given)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)


class TextField(QLineEdit):
    """A line of text that can say what is wrong with it."""

    def __init__(self, name: str, text: str = "", *, placeholder: str = "", tip: str = "") -> None:
        super().__init__(text)
        self.setPlaceholderText(placeholder)
        self._tip = tip or name
        describe(self, name, self._tip)

    def set_problem(self, problem: str) -> None:
        """Mark the field and put the sentence into its tooltip; an empty one clears it."""
        set_property(self, "invalid", "true" if problem else "")
        self.setToolTip(problem or self._tip)


class SearchField(TextField):
    """A text field with a magnifier and a button that clears it."""

    def __init__(self, name: str = tr("Search"), *, placeholder: str = tr("Search"), tip: str = "") -> None:
        super().__init__(name, placeholder=placeholder, tip=tip)
        self.setProperty("role", "search")
        self.addAction(QAction(icon("search"), "", self), QLineEdit.ActionPosition.LeadingPosition)
        self._clear = QAction(icon("close"), tr("Clear"), self)
        self._clear.triggered.connect(self.clear)
        self.addAction(self._clear, QLineEdit.ActionPosition.TrailingPosition)
        self._clear.setVisible(False)
        self.textChanged.connect(lambda text: self._clear.setVisible(bool(text)))
        for button in self.findChildren(QToolButton):
            describe(button, button.text() or name)


class Segmented(QFrame):
    """A few choices side by side, one of them taken. `choices` are (id, title) or (id, title, icon role)."""

    chosen = Signal(str)

    def __init__(self, name: str, choices: Sequence[Segment], value: str = "", *, tip: str = "") -> None:
        super().__init__()
        self.setProperty("role", "segments")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        describe(self, name, tip)
        self._group = QButtonGroup(self)
        self._buttons = {choice[0]: self._segment(name, choice, tip) for choice in choices}
        self.setLayout(row_of(*((button, 1) for button in self._buttons.values()), spacing=2, margins=(2, 2, 2, 2)))
        self._group.buttonToggled.connect(self._follow)
        self.set_value(value or choices[0][0])
        self._group.buttonClicked.connect(lambda: self.chosen.emit(self.value()))

    def value(self) -> str:
        return next(id for id, button in self._buttons.items() if button.isChecked())

    def set_value(self, id: str) -> None:
        if id in self._buttons:
            self._buttons[id].setChecked(True)

    def button(self, id: str) -> QPushButton:
        """What is pressed for a choice."""
        return self._buttons[id]

    def _segment(self, name: str, choice: Segment, tip: str) -> QPushButton:
        button = QPushButton()
        button.setProperty("role", "segment")
        button.setCheckable(True)
        button.setText(choice[1])
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        if len(choice) > 2:
            button.setIcon(icon(choice[-1], "muted", "text"))
            button.setIconSize(BESIDE_TEXT)
        describe(button, f"{name}: {choice[1]}", tip or choice[1])
        self._group.addButton(button)
        return button

    def _follow(self, button: QAbstractButton, on: bool) -> None:
        """Tab goes to the choice that is taken; arrow keys go on from there."""
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus if on else Qt.FocusPolicy.NoFocus)


class Toggle(QCheckBox):
    """A switch with its words at the right."""

    TRACK = QSize(28, 16)

    def __init__(self, text: str, on: bool = False, *, tip: str = "") -> None:
        super().__init__(text)
        self.setChecked(on)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        describe(self, text, tip)

    def sizeHint(self) -> QSize:
        words = QFontMetrics(self.font()).horizontalAdvance(self.text())
        return QSize(self.TRACK.width() + 10 + words, 24)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def hitButton(self, pos) -> bool:  # noqa: ANN001  (Qt's own type)
        return self.rect().contains(pos)

    def paintEvent(self, event: QPaintEvent) -> None:
        look, on = LOOK.now, self.isChecked()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(1.0 if self.isEnabled() else 0.5)
        top = (self.height() - self.TRACK.height()) / 2
        track = QRectF(1, top, self.TRACK.width() - 1, self.TRACK.height())
        painter.setPen(QPen(look.color("accent" if on else "muted"), 1))
        painter.setBrush(look.color("accent" if on else "raised"))
        painter.drawRoundedRect(track.adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.color("on_accent" if on else "muted"))
        painter.drawEllipse(QPointF(track.right() - 8 if on else track.left() + 8, track.center().y()), 5, 5)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(look.color("text" if on else "accent"), 2))
            painter.drawRoundedRect(track, 8, 8)
        painter.setPen(look.color("text"))
        words = self.rect().adjusted(self.TRACK.width() + 8, 0, 0, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self.text())


def wrapped(role: str = "", text: str = "") -> Label:
    """Words that wrap and can be copied."""
    label = Label(text, role, wraps=True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def quiet(view: QAbstractItemView, name: str, tip: str) -> None:
    """A list or table scrolls by the pixel, never across, and knows where the pointer is."""
    view.setMouseTracking(True)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    describe(view, name, tip)
