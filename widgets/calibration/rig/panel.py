"""The rig's panel: from pictures of a board in all cameras to cameras whose places are known, with reason.

`show_state(RigState)` is the one way in; the signals of its parts are the one way out.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QWidget

from engines.core.words import tr
from widgets.calibration.boards import BoardsEditor
from widgets.calibration.panel import SHORTEST_HEAD, boards_title, head_level
from widgets.calibration.rig.known import KnownSection
from widgets.calibration.rig.live import LiveSection
from widgets.calibration.rig.pictures import PicturesSection
from widgets.calibration.rig.points import UseSection
from widgets.calibration.rig.report import RigReport, SolverLine
from widgets.calibration.rig.solver import RigSolverSection
from widgets.calibration.rig.state import Phase, RigState
from widgets.kit.feature_panel import FeaturePanel
from widgets.kit.fields import wrapped
from widgets.kit.layouts import column_of
from widgets.kit.lengths.units import UNITS
from widgets.kit.panel import FOLDS, PlainButton, PrimaryButton, QuietButton, Section, describe

SOLVE_TIP = tr("Solve for all cameras together")


class EmptyRig(QWidget):
    """How to begin: one sentence, one button, and the sample."""

    def __init__(self) -> None:
        super().__init__()
        self.words = wrapped("muted")
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.button = PlainButton(tr("Add pictures"))
        self.sample = QuietButton(
            tr("Open sample"), "sample", tr("A rendered rig of four cameras, calibrated in half a minute")
        )
        column = column_of(self.words, self.button, self.sample, spacing=10, margins=(8, 12, 8, 16))
        for part in (self.button, self.sample):
            column.setAlignment(part, Qt.AlignmentFlag.AlignHCenter)
        self.setLayout(column)

    def show_state(self, state: RigState) -> None:
        """A source of the project, where there is one, else files."""
        take = state.take
        self.setVisible(state.phase is Phase.EMPTY and not take.taking)
        live = take.ready
        self.sample.setVisible(not live)
        what = tr(
            "Move a printed board before the cameras of {take}; pictures of all of them are kept.", take=take.title
        )
        files = tr("Add pictures or films in which two cameras or more see one printed board at the same moment.")
        self.words.setText(what if live else files)
        self.button.setText(tr("Take {count} pictures", count=take.count) if live else tr("Add pictures"))
        tip = (
            tr("Keep pictures of all cameras, then calibrate from them")
            if live
            else tr("With all cameras in each, or one")
        )
        describe(self.button, self.button.text(), tip)


class RigPanel(FeaturePanel):
    """Its parts say what the user wants."""

    def __init__(self) -> None:
        start = PrimaryButton(tr("Calibrate"), "calibrate", SOLVE_TIP)
        super().__init__(tr("Rig"), start, tr("How a rig is calibrated and when to believe it"), titled=False)
        self.shown = RigState()
        self.empty, self.steps, self.report = EmptyRig(), SolverLine(), RigReport()
        self.pictures, self.known, self.solver = PicturesSection(), KnownSection(), RigSolverSection()
        self.live, self.use = LiveSection(), UseSection()
        self.board_section = Section(tr("Board"), name="rig.board")
        self.boards = BoardsEditor("rig")
        self.open = QuietButton(tr("Open"), "open", tr("Show a calibrated rig of ours or of another program"))
        self.save = QuietButton(tr("Save"), "save", tr("Save everything as JSON"))
        self.export = QuietButton(
            "", "export", tr("For OpenCV, Kalibr, ROS, aniposelib or caliscope"), name=tr("Export")
        )
        self.print = QuietButton("", "print", tr("A PDF of the board in true size"), name=tr("Print board"))
        self._lay_out()
        self.show_state(self.shown)
        UNITS.changed.connect(self._tell_anew)

    @property
    def commands(self) -> dict[str, QAbstractButton]:
        """Buttons that are commands too, by the command."""
        return {
            "run": self.start,
            "add-files": self.pictures.add_files,
            "clear": self.pictures.discard,
            "open": self.open,
            "save": self.save,
            "export": self.export,
            "board-pdf": self.print,
            "copy-command": self.copy,
        }

    def show_state(self, view: RigState) -> None:
        before, self.shown = self.shown, view
        focused = self.start.hasFocus() or self.progress.cancel.hasFocus()
        verdict = view.result.verdict if view.result is not None and view.current else ""
        self.set_state(view.headline, head_level(view.phase is Phase.FAILED, view.busy is not None, verdict))
        self.show_start(tr("Calibrate"), SOLVE_TIP, view.problem)
        self.trouble.show_trouble(view.trouble)
        self.progress.show_busy(view.busy)
        self.steps.show_steps(view.steps if view.busy is not None else ())
        self.empty.show_state(view)
        self.report.show_state(view)
        self.pictures.show_state(view)
        self.live.show_state(view.live)
        boards = view.setup.boards
        self.board_section.head.setText(boards_title(boards))
        self.boards.show_boards(boards)
        self.known.show_setup(view.setup)
        self.solver.show_setup(view.setup)
        self.use.show_state(view.use)
        for part in (self.save, self.export):
            part.setEnabled(view.result is not None)
        self.copy.setEnabled(bool(view.setup.paths))
        if (before.result is None) != (view.result is None):
            self._fold(view.result is not None)
        if (before.busy is None) != (view.busy is None):
            self.show_top()
            if focused:
                (self.start if view.busy is None else self.progress.cancel).setFocus()

    def _tell_anew(self) -> None:
        self.show_state(self.shown)

    def _fold(self, done: bool) -> None:
        """Once there is a result, what led to it makes room; a section the user turned stays as it is."""
        for name, section in (("rig.pictures", self.pictures), ("rig.board", self.board_section)):
            if name not in FOLDS.state:
                section.set_folded(done)

    def _lay_out(self) -> None:
        self.board_section.add(self.boards)
        for section in (self.pictures, self.board_section, self.known):
            section.head.setMinimumWidth(SHORTEST_HEAD)
        parts = self.steps, self.empty, self.report, self.live, self.use, self.pictures, self.board_section
        self.lay_out(*parts, self.known, self.solver, foot=(self.open, self.save, self.export), more=(self.print,))
