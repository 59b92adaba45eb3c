"""The diffusion panel: what to sample, compare or train, as a form; the pictures themselves are the studio's.

`show_state(DiffusionView)` is the one way in; signals are the one way out. A change of the form goes out as the whole
new specification and runs nothing.
"""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QSizePolicy

from widgets import diffusion_panel_words as words
from widgets.diffusion_state import Busy, DiffusionView, Mode
from widgets.panel import Panel, PrimaryButton, ProgressLine, QuietButton, Segmented, describe

VERBS = {
    Mode.SAMPLE: ("Sample", "Draw samples with these settings (Ctrl+G); while one runs, the next waits"),
    Mode.COMPARE: ("Compare", "Fill the grid, one run a cell (Ctrl+G)"),
    Mode.TRAIN: ("Train", "Train a network with these settings, or go on where it stopped (Ctrl+G)"),
}


class DiffusionPanel(Panel):
    """What the user wants goes out by these signals."""

    modeChosen = Signal(str)
    modelChosen = Signal(str)
    openModelFileWanted = Signal()
    openModelFolderWanted = Signal()
    predictionChosen = Signal(str)
    specChanged = Signal(object)
    compareChanged = Signal(object)
    trainChanged = Signal(object)
    startWanted = Signal()
    cancelWanted = Signal()
    cancelAllWanted = Signal()
    curvesWanted = Signal()
    imageWanted = Signal()
    maskWanted = Signal()
    dataFolderWanted = Signal()
    copyCommandWanted = Signal()
    dropped = Signal(list)
    retryWanted = Signal()
    troubleDismissed = Signal()
    logWanted = Signal()
    helpWanted = Signal()

    def __init__(self) -> None:
        super().__init__("Diffusion")
        self.setAcceptDrops(True)
        self.setMinimumWidth(320)
        self.shown = DiffusionView()
        self.start = PrimaryButton("Sample", "sample")
        self.progress = ProgressLine()
        self.cancel_all = QuietButton("Cancel all", "", "Stop the run under way and empty the queue")
        self.mode = Segmented("Mode", [(mode.value, VERBS[mode][0]) for mode in Mode])
        self._lay_out()
        self._wire()
        self.show_state(self.shown)

    def show_state(self, view: DiffusionView) -> None:
        """Show exactly this."""
        self.shown = view
        self.set_state(words.headline(view), words.level(view))
        self._show_start(view)
        self._show_progress(view)
        self.mode.set_value(view.mode.value)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        self.dropped.emit(paths)

    def _show_start(self, view: DiffusionView) -> None:
        verb, tip = VERBS[view.mode]
        why = words.problem(view)
        self.start.setText(verb)
        self.start.setEnabled(not why)
        describe(self.start, verb, f"{why}." if why else tip)

    def _show_progress(self, view: DiffusionView) -> None:
        busy = busy_of(view)
        self.cancel_all.setVisible(view.running is not None and view.queued > 0)
        if busy is None:
            self.progress.finish()
            return
        note = "Cancelling" if busy.cancelling else "Waiting for its turn" if busy.waiting else busy.note or "Starting"
        left = words.left_words(busy.seconds_left)
        self.progress.cancel.setEnabled(not busy.cancelling)
        self.progress.set_progress(busy.done, busy.total, f"{note}, {left}" if left else note)

    def _lay_out(self) -> None:
        self.set_action(self.start)
        self.cancel_all.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        for part in (self.progress, self.cancel_all, self.mode):
            self.add(part)
        self.body.addStretch(1)
        self._open = QuietButton("Open", "open", "Open a model: a safetensors file with its card")
        self._copy = QuietButton("", "command", "Copy the command line that does the same", name="Copy as command")
        self._help = QuietButton("", "help", "Samplers, schedules and guidance in short", name="Help")
        self.add_foot(self._open)
        self.foot.addStretch(1)
        self.add_foot(self._copy, self._help)

    def _wire(self) -> None:
        self.start.clicked.connect(self.startWanted)
        self.progress.cancelled.connect(self.cancelWanted)
        self.cancel_all.clicked.connect(self.cancelAllWanted)
        self.mode.chosen.connect(self.modeChosen)
        self._open.clicked.connect(self.openModelFileWanted)
        self._copy.clicked.connect(self.copyCommandWanted)
        self._help.clicked.connect(self.helpWanted)


def busy_of(view: DiffusionView) -> Busy | None:
    """The work that the mode's button began: runs, the comparison, or the training."""
    if view.mode is Mode.COMPARE:
        return view.compared.busy or view.compared.curves_busy
    if view.mode is Mode.TRAIN:
        return view.training.busy
    run = view.running
    return None if run is None else run.busy or Busy()
