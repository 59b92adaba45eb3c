"""The classes in one line: colour, key and name of each. A click hides a class from the timeline or shows it again."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

from engines.core.words import tr
from widgets.charts.class_colors import class_words
from widgets.kit.fields import QuietButton, describe
from widgets.kit.theme import LOOK, number_font
from widgets.timeline.menu import KEYS, swatch

LEGEND = 28
MORE = 56


class Legend(QWidget):
    """`toggled(name)`: this class is to be hidden or shown."""

    toggled = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._classes: tuple[str, ...] = ()
        self._hidden: frozenset[str] = frozenset()
        self._chips: list[QuietButton] = []
        self.setFixedHeight(LEGEND)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(8, 0, 8, 0)
        self._row.setSpacing(4)
        self.more = QuietButton("+0", "", tr("Classes for which there is no room here"), name=tr("More classes"))
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self)
        self._menu.setProperty("given", True)
        self.more.setMenu(self._menu)
        self._row.addWidget(self.more)
        self._row.addStretch(1)
        describe(self, tr("Classes"), tr("A click hides a class or shows it again"))
        LOOK.changed.connect(self._dress)

    def show_state(self, classes: tuple[str, ...], hidden: frozenset[str]) -> None:
        if classes != self._classes:
            self._classes = classes
            self._build()
        elif hidden == self._hidden:
            return
        self._hidden = hidden
        self._dress()
        self._arrange()

    @property
    def chips(self) -> tuple[QuietButton, ...]:
        return tuple(self._chips)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, LEGEND)

    def resizeEvent(self, event: QResizeEvent) -> None:
        QTimer.singleShot(0, self, self._arrange) if event.oldSize().width() < 0 else self._arrange()

    def _build(self) -> None:
        for chip in self._chips:
            self._row.removeWidget(chip)
            chip.deleteLater()
        self._chips = [self._chip(place, name) for place, name in enumerate(self._classes)]
        for place, chip in enumerate(self._chips):
            self._row.insertWidget(place, chip)

    def _chip(self, place: int, name: str) -> QuietButton:
        key = f"{place + 1} " if place < KEYS else ""
        chip = QuietButton(f"{key}{class_words(name)}", "idle", name=class_words(name), checkable=True)
        chip.setProperty("given", True)
        chip.setFont(number_font(11))
        chip.setIconSize(QSize(12, 12))
        chip.clicked.connect(partial(self._toggle, name))
        return chip

    def _toggle(self, name: str, _on: bool = False) -> None:
        """The chip itself stays as it is until the view comes back."""
        self._dress()
        self.toggled.emit(name)

    def _dress(self) -> None:
        for place, (name, chip) in enumerate(zip(self._classes, self._chips, strict=True)):
            hidden = name in self._hidden
            chip.setIcon(swatch(-1 if hidden else place))
            chip.setChecked(False)
            font = chip.font()
            font.setStrikeOut(hidden)
            chip.setFont(font)
            describe(
                chip,
                tr("{name}, hidden", name=class_words(name)) if hidden else tr("{name}, shown", name=class_words(name)),
                tr("Show it again") if hidden else tr("Hide it"),
            )

    def _arrange(self) -> None:
        """As many as fit; the rest is in a menu."""
        room, used = self.width() - 16, 0
        widths = [chip.sizeHint().width() + 4 for chip in self._chips]
        all_fit = sum(widths) <= room
        rest = []
        for name, chip, wide in zip(self._classes, self._chips, widths, strict=True):
            used += wide
            fits = all_fit or (used <= room - MORE and not rest)
            chip.setVisible(fits)
            if not fits:
                rest.append(name)
        self.more.setVisible(bool(rest))
        self.more.setText(f"+{len(rest)}")
        self._fill(rest)

    def _fill(self, rest: list[str]) -> None:
        self._menu.clear()
        for name in rest:
            entry = self._menu.addAction(swatch(self._classes.index(name)), class_words(name))
            entry.setCheckable(True)
            entry.setChecked(name not in self._hidden)
            entry.triggered.connect(partial(self._toggle, name))
