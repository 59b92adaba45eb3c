"""The faces panel: where to look, who is known, how sure is sure enough, and who must not be seen.

`show_state(FacesView)` is the one way in; signals are the one way out.
"""

from __future__ import annotations

from PySide6.QtCore import Signal

from widgets.faces_state import FacesView
from widgets.panel import Panel, PrimaryButton


class FacesPanel(Panel):
    """What the user wants goes out by these signals."""

    pageWanted = Signal(str)
    sourceChosen = Signal(str)
    startWanted = Signal()
    stopWanted = Signal()
    settingsChanged = Signal(object)
    galleryNewWanted = Signal()
    galleryOpenWanted = Signal()
    galleryChosen = Signal(str)
    unlockWanted = Signal()
    protectWanted = Signal()
    unprotectWanted = Signal()
    keepDaysChanged = Signal(int)
    expiryDryRunWanted = Signal()
    expireWanted = Signal()
    enrolTrackWanted = Signal(int, str)
    notThisWanted = Signal(int)
    trackChosen = Signal(int)
    copyCommandWanted = Signal()
    redactWanted = Signal()
    fetchWanted = Signal()
    troubleDismissed = Signal()
    dropped = Signal(list)
    logWanted = Signal()
    helpWanted = Signal()

    def __init__(self) -> None:
        super().__init__("Faces")
        self.shown = FacesView()
        self.start = PrimaryButton("Start", "faces")
        self.set_action(self.start)
        self.start.clicked.connect(lambda: (self.stopWanted if self.shown.live.running else self.startWanted).emit())
        self.show_state(self.shown)

    def show_state(self, view: FacesView) -> None:
        """Show exactly this."""
        self.shown = view
        found = view.live.recognition
        self.start.setText("Stop" if view.live.running else "Start")
        self.set_state(f"{len(found.faces)} faces" if found else "Not looking")
