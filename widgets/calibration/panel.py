"""The calibration panel: from a board held before a camera, or photographs of one, to a camera with known errors.

`show_state(CalibrationView)` is the one way in; the signals of its parts are the one way out. The head, the phase and
the words come from `widgets.calibration.state`.
"""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractButton, QWidget

from engines.calibration.types import MonoResult
from engines.core.boards import Board
from engines.core.words import tr, tr_count
from widgets.calibration.bars import ViewBars
from widgets.calibration.boards import BoardsEditor
from widgets.calibration.kinds import board_title
from widgets.calibration.numbers import ErrorFigures, ParameterTable
from widgets.calibration.reasons import ReasonList
from widgets.calibration.sections import CameraSection, CoverageRow, EmptyCard, EveryFrame
from widgets.calibration.solver import SolverSection
from widgets.calibration.state import MODEL_NAMES, CalibrationView, Phase, coverage_words
from widgets.calibration.view import ResultView
from widgets.calibration.views import ViewsTable
from widgets.kit.feature_panel import FeaturePanel
from widgets.kit.fields import TextField, wrapped
from widgets.kit.layouts import column_of, held, row_of
from widgets.kit.lengths.units import UNITS
from widgets.kit.panel import FOLDS, PlainButton, PrimaryButton, QuietButton, Section, columns, describe

MOST_ADVICE = 3
SHORTEST_HEAD = 120
"""Pixels that the head of a section keeps, however long the name of its board is."""
LEVELS = {"good": "good", "fair": "warn", "weak": "warn", "poor": "bad"}


class ResultReport(QWidget):
    """Hidden until there is a result."""

    def __init__(self) -> None:
        super().__init__()
        self.figures = ErrorFigures()
        self.reasons = ReasonList()
        self.loaded = wrapped("muted")
        self.close_loaded = QuietButton(tr("Close"), "close", tr("Show again what the views give"))
        self.dropped = wrapped("hint")
        self.put_back = QuietButton(tr("Put back"), "undo", tr("Let all single corners take part again"))
        self._loaded = held(row_of((self.loaded, 1), self.close_loaded, spacing=8))
        self._dropped = held(row_of((self.dropped, 1), self.put_back, spacing=8))
        self.view = ResultView()
        self.bars = ViewBars()
        self.chart = Section(tr("Error by view"), name="calibration.errors")
        self.worst = QuietButton(
            tr("Switch off worst"), "hide", tr("Leave the view with the largest error out of the fit")
        )
        self.chart.add_action(self.worst)
        self.chart.add(self.bars)
        self.parameters = ParameterTable()
        self.camera = Section(tr("Parameters"), name="calibration.parameters")
        self.about = wrapped("hint")
        self.camera.add(self.parameters)
        self.camera.add(self.about)
        self.use = PlainButton(tr("Use for this camera"), "straight")
        self.focus = TextField(
            tr("Focus"), placeholder=tr("Focus, such as 2 m"), tip=tr("Where the lens is focused; may stay empty")
        )
        self._use = columns(self.use, self.focus)
        words = self._loaded, self.figures, self.reasons, self._dropped, self._use
        self.setLayout(column_of(*words, self.view, self.chart, self.camera, spacing=12))
        self.hide()

    def show_state(self, state: CalibrationView) -> None:
        """Show the state's result and the view that is selected in it."""
        result = state.result
        self.setVisible(result is not None)
        if result is None:
            self.view.show_view(None, None)
            return
        self.figures.show_result(result, current=state.current)
        self.reasons.show_result(result, MOST_ADVICE)
        self._show_what_is_apart(state)
        shown = state.shown if state.views else None
        self.view.setVisible(shown is not None)
        self.view.show_view(shown, result)
        rated = bool(state.views) and not state.loaded_from and any(view.rms_px is not None for view in result.views)
        self.chart.setVisible(rated)
        if rated:
            self.bars.show_result(result, shown.path if shown else "")
        self.parameters.show_result(result)
        self.about.setText(about(result))

    def _show_what_is_apart(self, state: CalibrationView) -> None:
        """A file that is shown in place of what the views give, and single corners that are left out."""
        self._loaded.setVisible(bool(state.loaded_from and state.views))
        self.loaded.setText(
            tr("From {loaded_from}. The views are kept; calibrating shows theirs.", loaded_from=state.loaded_from)
        )
        camera = next((one.title for one in state.sources if one.path == state.source), "")
        self._use.setVisible(bool(camera))
        tip = tr("Keep this calibration for {camera}, so that its picture can be undistorted", camera=camera)
        describe(self.use, self.use.text(), tip)
        self._dropped.setVisible(bool(state.drop) and not state.loaded_from)
        self.dropped.setText(
            tr_count(len(state.drop), "{n} corner left out of the fit", "{n:,} corners left out of the fit")
        )


class CalibrationPanel(FeaturePanel):
    """Its parts say what the user wants; paths are those of photographs."""

    def __init__(self) -> None:
        start = PrimaryButton(tr("Calibrate"), "calibrate", tr("Solve for the camera from the views"))
        super().__init__(tr("Calibration"), start, tr("What the figures mean and how to hold the board"), titled=False)
        self.shown = CalibrationView()
        self.empty = EmptyCard()
        self.report = ResultReport()
        self.camera = CameraSection()
        self.views = Section(tr("Views"), name="calibration.views")
        self.table = ViewsTable()
        self.coverage = CoverageRow()
        self.board_section = Section(tr("Board"), name="calibration.board")
        self.boards = BoardsEditor("calibration")
        self.board = self.boards.editor
        self.every = EveryFrame()
        self.solver = SolverSection()
        self.photographs = PlainButton(
            tr("Add pictures"), "views", tr("Pictures or films that show the board; or drop them here")
        )
        self.folder = QuietButton("", "folder", tr("A folder of pictures or films"), name=tr("Add a folder"))
        self.discard = QuietButton(
            "", "clear", tr("Discard all views; Undo brings them back"), name=tr("Discard all views")
        )
        self.open = QuietButton(tr("Open"), "open", tr("Load an OpenCV YAML or JSON calibration"))
        self.save = QuietButton(tr("Save"), "save", tr("Save as OpenCV YAML or JSON"))
        self.print = QuietButton("", "print", tr("A PDF of the board in true size"), name=tr("Print board"))
        self._lay_out()
        self.show_state(self.shown)
        UNITS.changed.connect(self._tell_anew)

    @property
    def commands(self) -> dict[str, QAbstractButton]:
        """Buttons that are commands too, by the command."""
        return {
            "capture": self.camera.capture,
            "run": self.start,
            "models": self.solver.compare,
            "add-images": self.photographs,
            "open": self.open,
            "save": self.save,
            "board-pdf": self.print,
            "copy-command": self.copy,
            "clear": self.discard,
        }

    def show_state(self, view: CalibrationView) -> None:
        before, self.shown = self.shown, view
        phase = view.phase
        verdict = view.result.verdict if view.result is not None and view.current else ""
        self.set_state(view.headline, head_level(phase is Phase.FAILED, view.busy is not None, verdict))
        self.start.setEnabled(view.can_calibrate)
        self.trouble.show_trouble(view.trouble)
        self.progress.show_busy(view.busy)
        self.empty.setVisible(phase is Phase.EMPTY)
        self.empty.show_choice(bool(view.source))
        self.camera.setVisible(bool(view.sources) or phase not in (Phase.LOADED, Phase.EMPTY))
        self.camera.show_state(view)
        self._show_views(view)
        self.board_section.head.setText(boards_title(view.boards))
        self.boards.show_boards(view.boards)
        self.solver.show_state(view)
        self.report.show_state(view)
        self.save.setEnabled(view.result is not None)
        self.copy.setEnabled(bool(view.views))
        if (before.result is None) != (view.result is None):
            self._fold(view)

    def _show_views(self, view: CalibrationView) -> None:
        there = bool(view.views)
        self.every.show_every(view.every, shown=view.has_films)
        off = len(view.views) - sum(row.used for row in view.views)
        title = (
            tr_count(len(view.views), "{n} view", "{n:,} views") + (tr(", {off} off", off=off) if off else "")
            if there
            else tr("Views")
        )
        self.views.head.setText(title)
        describe(self.views.head, title, self.views.head.toolTip())
        self.views.setVisible(there or bool(view.sources) or view.phase not in (Phase.LOADED, Phase.EMPTY))
        self.table.setVisible(there)
        self.table.show_rows(view.views, view.selected)
        self.discard.setVisible(there)
        self.report.worst.setVisible(view.worst is not None)
        self.coverage.setVisible(there and view.live is None and any(view.coverage))
        size = view.result.image_size if view.result else None
        self.coverage.show_coverage(view.coverage, size, coverage_words(view.coverage))

    def _tell_anew(self) -> None:
        self.show_state(self.shown)

    def _fold(self, view: CalibrationView) -> None:
        """Once there is a result, what led to it makes room; a section the user turned stays as it is."""
        done = view.result is not None
        for name, section, folded in (
            ("calibration.camera", self.camera, done and view.live is None),
            ("calibration.board", self.board_section, done),
        ):
            if name not in FOLDS.state:
                section.set_folded(folded)

    def _lay_out(self) -> None:
        self.views.add_action(self.discard)
        self.views.add(self.table)
        self.views.add(held(row_of(self.photographs, self.folder, None, spacing=4)))
        self.views.add(self.every)
        self.views.add(self.coverage)
        self.board_section.add(self.boards)
        self.board_section.head.setMinimumWidth(SHORTEST_HEAD)
        parts = self.empty, self.report, self.camera, self.views, self.board_section, self.solver
        self.lay_out(*parts, foot=(self.open, self.save), more=(self.print,))


def head_level(failed: bool, busy: bool, verdict: str) -> str:
    """The icon before the head's line. verdict: of a result that holds for what is set, else ""."""
    return "bad" if failed else "busy" if busy else LEVELS.get(verdict, "")


def boards_title(boards: tuple[Board, ...]) -> str:
    """What the section of the boards is called."""
    return (
        tr("Board \u00b7 {board_title}", board_title=board_title(boards[0]))
        if len(boards) == 1
        else tr("{count} boards", count=len(boards))
    )


def about(result: MonoResult) -> str:
    """Which model, for which pictures, and what was solved besides."""
    parts = [
        MODEL_NAMES[result.model],
        tr("{width} × {height} pixels", width=result.image_size.width, height=result.image_size.height),
    ]
    if result.free_board:
        parts.append(tr("board shape solved"))
    if result.fixed:
        parts.append(tr("held: {fixed}", fixed=", ".join(result.fixed)))
    if result.mirrored:
        parts.append(tr("pictures flipped left to right"))
    if result.seconds > 0:
        parts.append(f"{result.seconds:.1f} s")
    known = tr("\u00b1 is one standard deviation.") if result.std else tr("This file says nothing of the uncertainty.")
    return "\u2002\u00b7\u2002".join(parts) + f". {known}"
