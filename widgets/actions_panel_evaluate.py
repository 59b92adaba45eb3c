"""Evaluate: models and score files side by side, the labels they are held against, and which frames count."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from widgets.actions_state import ActionsView


class EvaluatePage(QWidget):
    """A change of the form goes out as the whole new specification."""

    evaluateChanged = Signal(object)
    modelsWanted = Signal()
    scoresWanted = Signal()
    labelsWanted = Signal()
    videoWanted = Signal()
    rowRemoved = Signal(int)
    evaluateCancelWanted = Signal()
    SIGNALS = (
        *("evaluateChanged", "modelsWanted", "scoresWanted", "labelsWanted", "videoWanted", "rowRemoved"),
        "evaluateCancelWanted",
    )

    def show_state(self, view: ActionsView) -> None:
        """Show exactly this."""
