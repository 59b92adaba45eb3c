"""What holds the tiles of the viewer: they say through it what the user wants with them."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget


class TileHost(QWidget):
    """What holds the tiles: they say what the user wants by its signals, which carry the tile's index first."""

    selected = Signal(int)
    clicked = Signal(int, float, float)
    sourceChosen = Signal(int, str)
    addWanted = Signal(int)
    engineToggled = Signal(int, str, bool)
    snapshotWanted = Signal(int)
    undistortToggled = Signal(int)
    retryWanted = Signal(int)
    locateWanted = Signal(int)
    swapWanted = Signal(int, int)
    playToggled = Signal(int)
    stepped = Signal(int, int)
    sought = Signal(int, float)
    loopToggled = Signal(int, bool)
    speedChosen = Signal(int, float)

    def press(self, index: int) -> None:
        """A tile was clicked."""
        raise NotImplementedError

    def maximise(self, index: int | None = None) -> None:
        """Show a tile alone, or all again."""
        raise NotImplementedError
