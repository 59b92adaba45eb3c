"""The one toolbar: presets at the left, what is added and how it is tiled, and the palette at the right.

Where it is narrow, first the name goes, which the window's title says too, then one button after another loses its
words, the presets last, so that all of them stay in view. What has no room even so is in a menu at its end.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolBar, QToolButton, QWidget

from engines.core.words import tr
from widgets.kit.fields import BESIDE_TEXT, describe
from widgets.kit.icons import icon
from widgets.kit.labels import Label
from workbench.commands import Actions

ICON_BUTTON = 32
OPENS = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down)
Worded = tuple[QAction | QToolButton, ...]


class TopBar(QToolBar):
    """Buttons for commands of the table; it knows their ids and nothing of what they do."""

    def __init__(self, actions: Actions, presets: Iterable[str], parent: QWidget) -> None:
        super().__init__(tr("Toolbar"), parent)
        self._table = actions
        self.rest = QMenu(self)
        self.setObjectName("topbar")
        self.setMovable(False)
        self.setIconSize(BESIDE_TEXT)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        mark = Label("Kinoscope")
        mark.setObjectName("wordmark")
        name = self.addWidget(mark)
        places = self._buttons(presets, text=True)
        self.addSeparator()
        add = self._menu(tr("Add source"), "add", [id for id in actions.commands if id.startswith("source.add-")])
        sample = self._buttons(("file.open-sample",), text=True)
        self.addSeparator()
        self._buttons(("view.one", "view.four", "view.nine"))
        self.addSeparator()
        self._buttons(("view.snapshot", "view.fit", "view.maximise"))
        self._space()
        palette = self._buttons(("window.palette",), text=True)
        self._worded: tuple[Worded, ...] = (tuple(places), (add,), tuple(sample), tuple(palette), (name,))
        self._words, self._needs = len(self._worded), dict[int, int]()
        for rest in self.findChildren(QToolButton, "qt_toolbar_ext_button"):
            rest.setIcon(icon("more"))
            describe(rest, tr("More"), tr("What the toolbar has no room for"))
            self._overflow(rest)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = event.size().width()
        while self._need() > wide and self._words:
            self._show_words(self._words - 1)
        more = [words for words, need in self._needs.items() if words > self._words and need <= wide]
        if more:
            self._show_words(max(more))

    def fill_rest(self, menu: QMenu) -> None:
        """What has no room now, as entries."""
        menu.clear()
        for place in self.actions():
            button = self.widgetForAction(place)
            if not isinstance(button, QToolButton) or button.isVisible():
                continue
            if (under := button.menu()) is not None:
                under.setTitle(button.text())
                menu.addMenu(under)
            else:
                menu.addAction(button.defaultAction())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The arrow opens a menu, by keys too; Qt would unfold the bar, where no key leads."""
        pressed = isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonPress
        typed = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in OPENS
        if (pressed or typed) and isinstance(watched, QWidget):
            self.fill_rest(self.rest)
            self.rest.popup(watched.mapToGlobal(QPoint(0, watched.height())))
            return True
        return False

    def _overflow(self, arrow: QToolButton) -> None:
        arrow.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        arrow.installEventFilter(self)

    def _need(self) -> int:
        """Pixels that it takes as it is; remembered for when there is more room again."""
        if (layout := self.layout()) is not None:
            layout.invalidate()
        self._needs[self._words] = self.sizeHint().width()
        return self._needs[self._words]

    def _show_words(self, words: int) -> None:
        """The first so many of what can be in words are; of the others the icon is left."""
        self._words, style = words, Qt.ToolButtonStyle
        for rank, parts in enumerate(self._worded):
            for part in parts:
                if isinstance(part, QToolButton):
                    part.setToolButtonStyle(
                        style.ToolButtonTextBesideIcon if rank < words else style.ToolButtonIconOnly
                    )
                else:
                    part.setVisible(rank < words)

    def _buttons(self, ids: Iterable[str], text: bool = False) -> list[QToolButton]:
        made = []
        for id in ids:
            button = QToolButton()
            made.append(button)
            button.setDefaultAction(self._table.action(id))
            style = Qt.ToolButtonStyle
            button.setToolButtonStyle(style.ToolButtonTextBesideIcon if text else style.ToolButtonIconOnly)
            if not text:
                button.setFixedWidth(ICON_BUTTON)
            button.setProperty("beside", "true" if text else "")
            button.setAccessibleName(self._table.commands[id].title)
            self.addWidget(button)
        return made

    def _menu(self, title: str, role: str, ids: Sequence[str]) -> QToolButton:
        button = QToolButton()
        button.setText(title)
        button.setIcon(icon(role))
        button.setToolTip(tr("Add a camera, file, folder, stream, tiled source or rendered scene"))
        button.setAccessibleName(title)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setProperty("beside", "true")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        for id in ids:
            menu.addAction(self._table.action(id))
        button.setMenu(menu)
        self.addWidget(button)
        return button

    def _space(self) -> None:
        space = QWidget()
        space.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(space)
