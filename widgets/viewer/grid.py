"""The grid in the centre of the window: one, two, four or nine tiles; one is selected, one can be shown alone."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QContextMenuEvent, QFocusEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from engines.core.words import tr
from widgets.kit.layouts import styled
from widgets.viewer.host import TileHost
from widgets.viewer.tile import ViewerTile

LAYOUTS = {"1": (1, 1), "1x2": (1, 2), "2x2": (2, 2), "3x3": (3, 3)}
"""Rows and columns, from small to large."""
GAP = 8
RETURN = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
MOVES = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class ViewerGrid(TileHost):
    """Tiles by index, row by row. A tile is made when it is first asked for, or the grid comes into view."""

    maximised = Signal(int)
    menuWanted = Signal(int, QPoint)
    """A tile, and where on the screen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        styled(self, role="base")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Viewer"))
        self.setAccessibleDescription(
            tr("Arrow keys choose a tile, with Shift they swap it, Enter shows it alone, F fits the picture")
        )
        self._tiles: dict[int, ViewerTile] = {}
        self._sources: list[tuple[str, str]] = []
        self._engines: list[tuple[str, str]] = []
        self.layout_name = "1"
        self.selected_index = 0
        self.maximised_index: int | None = None
        self._keyboard = self._seen = False
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GAP)
        self.set_layout("1")

    def set_layout(self, layout: str) -> None:
        """A name of `LAYOUTS`. Tiles beyond it are hidden and keep what they show."""
        self.layout_name = layout
        self.maximised_index = None
        self._arrange()
        if self.selected_index >= self.count:
            self.select(0)

    @property
    def count(self) -> int:
        return tiles_of(self.layout_name)

    def tile(self, index: int) -> ViewerTile:
        """Tile `index`, from 0, row by row."""
        if index not in self._tiles:
            self._tiles[index] = self._make(index)
        return self._tiles[index]

    def set_sources(self, sources: Sequence[tuple[str, str]]) -> None:
        """What the tiles' menus offer: (path, title)."""
        if list(sources) != self._sources:
            self._sources = list(sources)
            for tile in self._tiles.values():
                tile.set_sources(self._sources)

    def set_engines(self, engines: Sequence[tuple[str, str]]) -> None:
        """Which engines a tile can be looked at with: (id, title)."""
        self._engines = list(engines)
        for tile in self._tiles.values():
            tile.set_engines(self._engines)

    def select(self, index: int) -> None:
        """Select a tile; `selected` is sent when it was another one before."""
        index = min(max(index, 0), self.count - 1)
        changed, self.selected_index = index != self.selected_index, index
        for number, tile in self._tiles.items():
            tile.set_selected(number == index, self._keyboard)
        if changed:
            self.selected.emit(index)

    def maximise(self, index: int | None = None) -> None:
        """Show a tile (the selected one) alone, or all again when it is alone already."""
        index = self.selected_index if index is None else index
        self.maximised_index = None if self.maximised_index is not None else index
        self.select(index)
        self._arrange()
        self.maximised.emit(-1 if self.maximised_index is None else self.maximised_index)

    def fit(self) -> None:
        """The whole picture in the selected tile."""
        self.tile(self.selected_index).view.fit()

    def views(self) -> dict[int, list[float]]:
        """Where pictures are looked at that are not shown whole, by tile; see `ImageView.place`."""
        places = {index: tile.view.place for index, tile in self._tiles.items() if tile.view.has_picture}
        return {index: place for index, place in places.items() if place is not None}

    def look(self, index: int, larger: float, x: float, y: float) -> bool:
        """Look at a part of a tile's picture; False while it has none."""
        view = self.tile(index).view if index < self.count else None
        if view is None or not view.has_picture or not view.isVisible():
            return False
        view.look_at(larger, x, y)
        return True

    def sizeHint(self) -> QSize:
        return QSize(960, 600)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._seen:
            self._seen = True
            self._arrange()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in MOVES and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._swap(self._beside(*MOVES[key]))
        elif key in MOVES:
            self._use_keyboard()
            self._move(self._beside(*MOVES[key]))
        elif key in RETURN or (key == Qt.Key.Key_Escape and self.maximised_index is not None):
            self.maximise()
        elif key == Qt.Key.Key_F:
            self.fit()
        elif key == Qt.Key.Key_Space:
            self.playToggled.emit(self.selected_index)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            tile = self.tile(self.selected_index)
            self.menuWanted.emit(tile.index, tile.mapToGlobal(tile.rect().center()))
            return
        for index, tile in self._tiles.items():
            if tile.isVisible() and tile.geometry().contains(event.pos()):
                self.press(index)
                self.menuWanted.emit(index, event.globalPos())

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The frame of the selected tile says where the keys go."""
        super().focusInEvent(event)
        self.tile(self.selected_index).update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.tile(self.selected_index).update()

    def _beside(self, down: int, right: int) -> int:
        """The tile in a direction from the selected one, or itself at the edge."""
        rows, columns = LAYOUTS[self.layout_name]
        row, column = divmod(self.selected_index, columns)
        row, column = min(max(row + down, 0), rows - 1), min(max(column + right, 0), columns - 1)
        return row * columns + column

    def _move(self, target: int) -> None:
        if self.maximised_index is not None and target != self.selected_index:
            self.maximised_index = target
            self._arrange()
        self.select(target)
        QAccessible.updateAccessibility(QAccessibleEvent(self.tile(target), QAccessible.Event.Focus))

    def _swap(self, target: int) -> None:
        """What the selected tile shows goes there, and the selection with it."""
        if target != self.selected_index and self.maximised_index is None:
            self.swapWanted.emit(self.selected_index, target)
            self.select(target)

    def _make(self, index: int) -> ViewerTile:
        tile = ViewerTile(index, self)
        tile.set_sources(self._sources)
        tile.set_engines(self._engines)
        return tile

    def press(self, index: int) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._keyboard = False
        self.select(index)

    def _use_keyboard(self) -> None:
        """Who moves by keys finds the tools of the selected tile by keys too."""
        self._keyboard = True
        self.tile(self.selected_index).set_selected(True, True)

    def _arrange(self) -> None:
        if not self._seen:
            return
        for tile in self._tiles.values():
            self._grid.removeWidget(tile)
        shown = [self.maximised_index] if self.maximised_index is not None else list(range(self.count))
        rows, columns = LAYOUTS["1" if self.maximised_index is not None else self.layout_name]
        for number in range(3):
            self._grid.setRowStretch(number, int(number < rows))
            self._grid.setColumnStretch(number, int(number < columns))
        for place, index in enumerate(shown):
            self._grid.addWidget(self.tile(index), *divmod(place, columns))
        for index, tile in self._tiles.items():
            tile.setVisible(index in shown)
            tile.set_maximised(self.maximised_index is not None)
            tile.set_selected(index == self.selected_index, self._keyboard)


def tiles_of(layout: str) -> int:
    """How many tiles a layout has."""
    rows, columns = LAYOUTS[layout]
    return rows * columns


def layout_for(count: int) -> str:
    """The smallest layout with room for so many, or else the largest."""
    return next((layout for layout in LAYOUTS if tiles_of(layout) >= count), "3x3")
