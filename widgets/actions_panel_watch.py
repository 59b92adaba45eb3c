"""The live part of the actions panel: what is happening now, what comes next, and what was seen."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from widgets.actions_state import ActionsView


class WatchPage(QWidget):
    """What the user wants goes out by these signals."""

    modelWanted = Signal()
    modelChosen = Signal(str)
    startWanted = Signal()
    stopWanted = Signal()
    settingsChanged = Signal(object)
    eventChosen = Signal(float)
    exportEventsWanted = Signal()
    detectWanted = Signal()
    SIGNALS = (
        *("modelWanted", "modelChosen", "startWanted", "stopWanted", "settingsChanged"),
        *("eventChosen", "exportEventsWanted", "detectWanted"),
    )

    def show_state(self, view: ActionsView) -> None:
        """Show exactly this."""
