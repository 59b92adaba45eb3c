"""The Timeline dock: probabilities of every action along the video's clock, and the segments that are labelled."""

from __future__ import annotations

from PySide6.QtCore import Signal

from widgets.actions_state import ActionsView
from widgets.panel import EmptyState, Panel

NO_SOURCE = "Open a video or a camera to see its timeline."


class TimelinePanel(Panel):
    """Shows an `ActionsView` by `show_state`; says by signals what the user wants and changes nothing itself."""

    positionWanted = Signal(float)
    playWanted = Signal(float)
    segmentAdded = Signal(object)
    segmentMoved = Signal(int, int, int)
    segmentChosen = Signal(int)
    segmentRemoved = Signal(int)
    relabelled = Signal(int, str)
    splitWanted = Signal(int, int)
    trackChosen = Signal(str)
    trackAdded = Signal(str)
    classToggled = Signal(str)
    markWanted = Signal(str)
    markDropped = Signal()
    thresholdChanged = Signal(float)
    exportEventsWanted = Signal()
    addSourceWanted = Signal()
    pageWanted = Signal(str)
    helpWanted = Signal()

    def __init__(self) -> None:
        super().__init__("Timeline", scrolling=False)
        empty = EmptyState(NO_SOURCE, "Add a source", "actions")
        empty.clicked.connect(self.addSourceWanted)
        self.set_empty(empty)
        self.show_empty(True)

    def show_state(self, view: ActionsView) -> None:
        """Show a state; cheap where it equals the one before."""
        self.show_empty(not view.timeline.path)
