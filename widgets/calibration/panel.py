"""The calibration panel: from a board held before a camera, or photographs of one, to a camera with known errors.

`show(CalibrationView)` is the one way in; signals are the one way out. Nothing here is computed twice: the head, the
phase and the words come from `widgets.calibration.state`.
"""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
from PySide6.QtWidgets import QHBoxLayout, QWidget

from engines.calibration.types import MonoResult
from widgets.calibration.board import BoardEditor
from widgets.calibration.report import Report
from widgets.calibration.sections import (
    CameraSection,
    CoverageRow,
    EmptyCard,
    SolverSection,
    coverage_of_result,
)
from widgets.calibration.state import CalibrationView, Phase, Picture, board_title, count
from widgets.calibration.views import ViewsTable
from widgets.kit.panel import FOLDS, Panel, PlainButton, PrimaryButton, QuietButton, Section, describe
from widgets.kit.trouble_card import TroubleCard
from widgets.kit.work_parts import BusyLine

LEVELS = {"good": "good", "fair": "warn", "weak": "warn", "poor": "bad"}


class CalibrationPanel(Panel):
    """What the user wants goes out by these signals; paths are those of photographs."""

    sourceChosen = Signal(str)
    finderToggled = Signal(bool)
    captureWanted = Signal()
    autoToggled = Signal(bool)
    boardChanged = Signal(object)
    boardSuggested = Signal(object)
    modelChosen = Signal(str)
    freeBoardToggled = Signal(bool)
    windowChosen = Signal(str)
    addWanted = Signal()
    addFolderWanted = Signal()
    dropped = Signal(list)
    viewToggled = Signal(str, bool)
    viewChosen = Signal(str)
    removeWanted = Signal(list)
    worstOffWanted = Signal()
    runWanted = Signal()
    cancelWanted = Signal()
    openWanted = Signal()
    saveWanted = Signal()
    copyCommandWanted = Signal()
    boardPdfWanted = Signal()
    clearWanted = Signal()
    logWanted = Signal()
    helpWanted = Signal()
    troubleDismissed = Signal()
    pictureWanted = Signal(str, bool, float)

    def __init__(self) -> None:
        super().__init__("Calibration")
        self.setAcceptDrops(True)
        self.setMinimumWidth(320)
        self.shown = CalibrationView()
        self.run_button = PrimaryButton("Calibrate", "calibrate", "Solve for the camera from the views (Ctrl+Return)")
        self.trouble = TroubleCard(narrow=True, titled=False)
        self.progress = BusyLine()
        self.empty = EmptyCard()
        self.report = Report()
        self.camera = CameraSection()
        self.views = Section("Views", name="calibration.views")
        self.table = ViewsTable()
        self.coverage = CoverageRow()
        self.board_section = Section("Board", name="calibration.board")
        self.board = BoardEditor()
        self.solver = SolverSection()
        self._lay_out()
        self._wire()
        self.show_state(self.shown)

    def show_state(self, state: CalibrationView) -> None:
        """Show exactly this."""
        before, self.shown = self.shown, state
        phase = state.phase
        self.set_state(state.headline, _level(state))
        self.run_button.setEnabled(state.can_calibrate)
        self.trouble.show_trouble(state.trouble)
        self.progress.show_busy(state.busy)
        self.empty.setVisible(phase is Phase.EMPTY)
        self.empty.show_choice(bool(state.source))
        self.camera.setVisible(bool(state.sources) or phase not in (Phase.LOADED, Phase.EMPTY))
        self.camera.show_state(state)
        self._show_views(state)
        self.board_section.head.setText(f"Board \u00b7 {board_title(state.board)}")
        if state.board != self.board.board:
            self.board.show_board(state.board)
        self.solver.show_state(state)
        self.report.show_state(state)
        self._show_foot(state.result)
        if (before.result is None) != (state.result is None):
            self._fold(state)

    def show_picture(self, picture: Picture) -> None:
        """The photograph that `pictureWanted` asked for."""
        self.report.view.show_picture(picture)

    def show_no_picture(self, path: str, why: str) -> None:
        """It cannot be had."""
        self.report.view.show_problem(path, why)

    def show_thumbnail(self, path: str, image: QImage) -> None:
        self.table.show_picture(path, image)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        self.dropped.emit(paths)

    def _show_views(self, state: CalibrationView) -> None:
        there = bool(state.views)
        title = "Views"
        if there:
            off = len(state.views) - sum(view.used for view in state.views)
            title = count(len(state.views), "view") + (f", {off} off" if off else "")
        self.views.head.setText(title)
        describe(self.views.head, title, self.views.head.toolTip())
        self.views.setVisible(there or bool(state.sources) or state.phase not in (Phase.LOADED, Phase.EMPTY))
        self.table.setVisible(there)
        self.table.show_rows(state.views, state.selected)
        self._discard.setVisible(there)
        self.report.worst.setVisible(state.worst is not None)
        self.coverage.setVisible(there and state.live is None and any(state.coverage))
        coverage_of_result(self.coverage, state)

    def _fold(self, state: CalibrationView) -> None:
        """Once there is a result, what led to it makes room; a section the user turned stays as it is."""
        done = state.result is not None
        for name, section, folded in (
            ("calibration.camera", self.camera, done and state.live is None),
            ("calibration.board", self.board_section, done),
        ):
            if name not in FOLDS.state:
                section.set_folded(folded)

    def _show_foot(self, result: MonoResult | None) -> None:
        self._save.setEnabled(result is not None)
        self._copy.setEnabled(bool(self.shown.views))

    def _lay_out(self) -> None:
        self.add_head(self.run_button)
        self._add = PlainButton("Add photographs", "views", "Image files that show the board; or drop them here")
        self._folder = QuietButton("", "folder", "A folder of images", name="Add a folder of images")
        self._discard = QuietButton("", "clear", "Forget all views; Undo brings them back", name="Discard all views")
        self.views.add_action(self._discard)
        self.views.add(self.table)
        self.views.add(self._view_actions())
        self.views.add(self.coverage)
        self.board_section.add(self.board)
        for part in (self.trouble, self.progress, self.empty, self.report, self.camera, self.views):
            self.add(part)
        self.add(self.board_section)
        self.add(self.solver)
        self.body.addStretch(1)
        self._open = QuietButton("Open", "open", "Load an OpenCV YAML or JSON calibration")
        self._save = QuietButton("Save", "save", "Save as OpenCV YAML or JSON")
        self._copy = QuietButton("", "command", "Copy the command line that does the same", name="Copy as command")
        self._pdf = QuietButton("", "print", "A PDF of the board in true size", name="Print board")
        self._help = QuietButton("", "help", "What the figures mean and how to hold the board", name="Help")
        self.add_foot(self._open, self._save)
        self.foot.addStretch(1)
        self.add_foot(self._copy, self._pdf, self._help)

    def _view_actions(self) -> QWidget:
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self._add)
        row.addWidget(self._folder)
        row.addStretch(1)
        return box

    def _wire(self) -> None:
        self.run_button.clicked.connect(self.runWanted)
        self.progress.cancelled.connect(self.cancelWanted)
        self.empty.clicked.connect(self._begin)
        self.trouble.retryWanted.connect(self.boardSuggested)
        self.trouble.logWanted.connect(self.logWanted)
        self.trouble.dismissed.connect(self.troubleDismissed)
        self.camera.sourceChosen.connect(self.sourceChosen)
        self.camera.finderToggled.connect(self.finderToggled)
        self.camera.autoToggled.connect(self.autoToggled)
        self.camera.captureWanted.connect(self.captureWanted)
        self.board.changed.connect(self.boardChanged)
        self.solver.modelChosen.connect(self.modelChosen)
        self.solver.freeBoardToggled.connect(self.freeBoardToggled)
        self.solver.windowChosen.connect(self.windowChosen)
        self.table.toggled.connect(self.viewToggled)
        self.table.chosen.connect(self.viewChosen)
        self.table.removeWanted.connect(self.removeWanted)
        self.report.viewChosen.connect(self.viewChosen)
        self.report.view.pictureWanted.connect(self.pictureWanted)
        for button, signal in (
            (self._add, self.addWanted),
            (self._folder, self.addFolderWanted),
            (self.report.worst, self.worstOffWanted),
            (self._discard, self.clearWanted),
            (self._open, self.openWanted),
            (self._save, self.saveWanted),
            (self._copy, self.copyCommandWanted),
            (self._pdf, self.boardPdfWanted),
            (self._help, self.helpWanted),
        ):
            button.clicked.connect(signal)

    def _begin(self) -> None:
        if self.shown.source:
            self.finderToggled.emit(True)
        else:
            self.addWanted.emit()


def _level(state: CalibrationView) -> str:
    """The icon before the head's line."""
    if state.phase is Phase.FAILED:
        return "bad"
    if state.busy is not None:
        return "busy"
    return LEVELS.get(state.result.verdict, "") if state.result is not None and state.current else ""
