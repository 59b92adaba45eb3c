"""Teach: classes with their keys, the segment that is open, the segments that are made, clips of the project."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from widgets.actions_state import ActionsView


class TeachPage(QWidget):
    """What the user wants goes out by these signals."""

    classAdded = Signal(str)
    classRenamed = Signal(str, str)
    classRemoved = Signal(str)
    markWanted = Signal(str)
    markDropped = Signal()
    segmentChosen = Signal(int)
    segmentRemoved = Signal(int)
    importWanted = Signal()
    exportWanted = Signal()
    clipTaken = Signal(str, bool)
    recordWanted = Signal()
    SIGNALS = (
        *("classAdded", "classRenamed", "classRemoved", "markWanted", "markDropped", "segmentChosen"),
        *("segmentRemoved", "importWanted", "exportWanted", "clipTaken", "recordWanted"),
    )

    def show_state(self, view: ActionsView) -> None:
        """Show exactly this."""
