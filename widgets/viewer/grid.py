"""The centre of the window: one, four or nine tiles on the base, one of them selected, one of them alone if wished."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from engines.core.frames import Frame
from widgets.viewer.overlays import Overlay
from widgets.viewer.tile import SOURCE_MIME, ViewerTile

__all__ = ["LAYOUTS", "SOURCE_MIME", "ViewerGrid", "ViewerTile"]

LAYOUTS = {"1": 1, "2x2": 2, "3x3": 3}
GAP = 8
MOVES = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class ViewerGrid(QWidget):
    """Tiles by index, row by row. A tile is made when it is first asked for."""

    selected = Signal(int)
    maximised = Signal(int)
    sourceChosen = Signal(int, str)
    sourceDropped = Signal(int, str)
    addWanted = Signal(int)
    engineToggled = Signal(int, str, bool)
    snapshotWanted = Signal(int)
    retryWanted = Signal(int)
    playToggled = Signal(int)
    stepped = Signal(int, int)
    sought = Signal(int, float)
    loopToggled = Signal(int, bool)
    speedChosen = Signal(int, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "base")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Viewer")
        self.setAccessibleDescription("Arrow keys choose a tile, Enter shows it alone, F fits the picture")
        self._tiles: dict[int, ViewerTile] = {}
        self._sources: list[tuple[str, str]] = []
        self._engines: list[tuple[str, str]] = []
        self._layout = "1"
        self._selected = 0
        self._alone: int | None = None
        self._keyboard = False
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GAP)
        self.set_layout("2x2")

    def set_layout(self, layout: str) -> None:
        """ "1", "2x2" or "3x3". Tiles beyond it are hidden and keep what they show."""
        self._layout = layout
        self._alone = None
        self._arrange()
        if self._selected >= self.count:
            self.select(0)

    @property
    def layout_name(self) -> str:
        return self._layout

    @property
    def count(self) -> int:
        return LAYOUTS[self._layout] ** 2

    @property
    def selected_index(self) -> int:
        return self._selected

    @property
    def maximised_index(self) -> int | None:
        """The tile that is shown alone; None when all are."""
        return self._alone

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

    def show_frame(self, index: int, frame: Frame, overlays: Sequence[Overlay] = (), *, moving: bool = True) -> None:
        """Show a frame, and what belongs to it, in a tile. moving: the source gives new ones now."""
        self.tile(index).show_frame(frame, overlays, moving=moving)

    def select(self, index: int) -> None:
        """Select a tile; `selected` is sent when it was another one before."""
        index = min(max(index, 0), self.count - 1)
        changed, self._selected = index != self._selected, index
        for number, tile in self._tiles.items():
            tile.set_selected(number == index, self._keyboard)
        if changed:
            self.selected.emit(index)

    def maximise(self, index: int | None = None) -> None:
        """Show a tile (the selected one) alone, or all again when it is alone already."""
        index = self._selected if index is None else index
        self._alone = None if self._alone is not None else index
        self.select(index)
        self._arrange()
        self.maximised.emit(-1 if self._alone is None else self._alone)

    def fit(self) -> None:
        """The whole picture in the selected tile."""
        self.tile(self._selected).view.fit()

    def sizeHint(self) -> QSize:
        return QSize(960, 600)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in MOVES:
            self._use_keyboard()
            self._move(*MOVES[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or key == Qt.Key.Key_Escape and self._alone is not None:
            self.maximise()
        elif key == Qt.Key.Key_F:
            self.fit()
        elif key == Qt.Key.Key_Space:
            self.playToggled.emit(self._selected)
        else:
            super().keyPressEvent(event)

    def _move(self, down: int, right: int) -> None:
        side = LAYOUTS[self._layout]
        row, column = divmod(self._selected, side)
        row, column = min(max(row + down, 0), side - 1), min(max(column + right, 0), side - 1)
        target = row * side + column
        if self._alone is not None and target != self._selected:
            self._alone = target
            self._arrange()
        self.select(target)

    def _make(self, index: int) -> ViewerTile:
        tile = ViewerTile(index)
        tile.set_sources(self._sources)
        tile.set_engines(self._engines)
        tile.selected.connect(self._press)
        tile.activated.connect(self.maximise)
        for name in PASSED_ON:
            getattr(tile, name).connect(getattr(self, name))
        tile.setParent(self)
        tile.hide()
        return tile

    def _press(self, index: int) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._keyboard = False
        self.select(index)

    def _use_keyboard(self) -> None:
        """Who moves by keys finds the tools of the selected tile by keys too."""
        self._keyboard = True
        self.tile(self._selected).set_selected(True, True)

    def _arrange(self) -> None:
        for tile in self._tiles.values():
            self._grid.removeWidget(tile)
        shown = [self._alone] if self._alone is not None else list(range(self.count))
        side = 1 if self._alone is not None else LAYOUTS[self._layout]
        for number in range(3):
            self._grid.setRowStretch(number, int(number < side))
            self._grid.setColumnStretch(number, int(number < side))
        for place, index in enumerate(shown):
            self._grid.addWidget(self.tile(index), *divmod(place, side))
        for index, tile in self._tiles.items():
            tile.setVisible(index in shown)
            tile.set_maximised(self._alone is not None)
            tile.set_selected(index == self._selected, self._keyboard)


PASSED_ON = (
    "sourceChosen",
    "sourceDropped",
    "addWanted",
    "engineToggled",
    "snapshotWanted",
    "retryWanted",
    "playToggled",
    "stepped",
    "sought",
    "loopToggled",
    "speedChosen",
)
