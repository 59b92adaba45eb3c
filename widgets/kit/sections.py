"""Parts of a panel that fold, and small actions that give up their words where there is little room."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QSizePolicy,
    QStyle,
    QStyleOptionToolButton,
    QStylePainter,
    QToolButton,
    QWidget,
)

from engines.core.words import tr
from widgets.kit.fields import QuietButton, describe
from widgets.kit.icons import icon
from widgets.kit.labels import lines_of
from widgets.kit.layouts import column_of, held, row_of

ICON_ONLY = Qt.ToolButtonStyle.ToolButtonIconOnly
BESIDE_ICON = 24
"""Pixels that the words of a button take besides themselves."""
BESIDE_TITLE = 26
"""Pixels of a section's head beside its title."""


@dataclass
class Folds:
    """Which sections the user has folded, by name; the application keeps it between two starts."""

    state: dict[str, bool] = field(default_factory=dict)


FOLDS = Folds()


class _Title(QToolButton):
    """The head of a section: a caret and the title, which goes on in the next line where it has no room."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setProperty("role", "section")
        self.setText(title)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setIconSize(QSize(16, 12))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def minimumSizeHint(self) -> QSize:
        widest = max(map(self.fontMetrics().horizontalAdvance, self.text().split()), default=0)
        return QSize(min(widest + BESIDE_TITLE, self.sizeHint().width()), self.sizeHint().height())

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, wide: int) -> int:
        return self.sizeHint().height() + (len(self._lines(wide)) - 1) * self.fontMetrics().lineSpacing()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, option = QStylePainter(self), QStyleOptionToolButton()
        self.initStyleOption(option)
        option.text = "\n".join(self._lines(self.width()))
        painter.drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option)

    def _lines(self, wide: int) -> list[str]:
        return lines_of(self.text(), self.font(), max(wide, self.minimumSizeHint().width()) - BESIDE_TITLE + 2)


class Section(QWidget):
    """A titled part of a panel that folds. `body` is the column to put things into."""

    def __init__(self, title: str, folded: bool = False, *, name: str = "") -> None:
        """`name` is what its state is remembered by; the title where there is none."""
        super().__init__()
        self.fold_key = name or title
        self.head = _Title(title)
        self.head.clicked.connect(self._turn)
        self._row = row_of((self.head, 1), spacing=4)
        self.body = column_of(spacing=12, margins=(0, 0, 0, 4))
        self._content = held(self.body)
        self.setLayout(column_of(self._row, self._content, spacing=8))
        self.folded = False
        self.set_folded(FOLDS.state.get(self.fold_key, folded))

    def add(self, widget: QWidget) -> None:
        self.body.addWidget(widget)

    def add_action(self, widget: QWidget) -> None:
        """A small control at the right of the title."""
        self._row.addWidget(widget)

    def set_folded(self, folded: bool) -> None:
        self.folded = folded
        self._content.setVisible(not folded)
        self.head.setIcon(icon("caret-right" if folded else "caret-down"))
        describe(self.head, self.head.text(), tr("Show these settings") if folded else tr("Fold these settings away"))

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest) and self.isVisible():
            fit_words(self._row, self.width())
        return super().event(event)

    def minimumSizeHint(self) -> QSize:
        """An action beside the title may be an icon."""
        size = super().minimumSizeHint()
        worded = [part for part in _worded(self._row) if part.toolButtonStyle() != ICON_ONLY]
        head = self._row.minimumSize().width() - sum(map(_words_width, worded))
        body = 0 if self.folded else self._content.minimumSizeHint().width()
        return QSize(min(size.width(), max(head, body)), size.height())

    def _turn(self) -> None:
        self.set_folded(not self.folded)
        FOLDS.state[self.fold_key] = self.folded


def fit_words(row: QBoxLayout, room: int) -> None:
    """Small actions that have no room for their words show their icons alone."""
    buttons = _worded(row)
    bare = [part for part in buttons if part.toolButtonStyle() == ICON_ONLY]
    fits = row.sizeHint().width() + sum(map(_words_width, bare)) <= room
    for part in buttons:
        if (part in bare) == fits:
            part.show_words(fits)


def _words_width(button: QuietButton) -> int:
    return button.fontMetrics().horizontalAdvance(button.text()) + BESIDE_ICON


def _worded(row: QBoxLayout) -> list[QuietButton]:
    """The actions of a row that have words and an icon."""
    parts = [
        part
        for at in range(row.count())
        if (item := row.itemAt(at)) is not None and (part := item.widget()) is not None
    ]
    buttons = [found for part in parts for found in (part, *part.findChildren(QuietButton))]
    return [
        part
        for part in buttons
        if isinstance(part, QuietButton) and part.text() and not part.icon().isNull() and not part.isHidden()
    ]
