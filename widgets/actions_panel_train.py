"""Train: which clips, which features, which head with which loss, and the settings that seldom matter."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from widgets.actions_state import ActionsView


class TrainPage(QWidget):
    """A change of the form goes out as the whole new specification."""

    trainChanged = Signal(object)
    folderWanted = Signal()
    outWanted = Signal()
    trainCancelWanted = Signal()
    clipTaken = Signal(str, bool)
    pageWanted = Signal(str)
    SIGNALS = ("trainChanged", "folderWanted", "outWanted", "trainCancelWanted", "clipTaken", "pageWanted")

    def show_state(self, view: ActionsView) -> None:
        """Show exactly this."""
