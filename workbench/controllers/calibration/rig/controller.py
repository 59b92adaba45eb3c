"""Joins the rig's panel and board to cameras, jobs, files and undo.

Panel and board are shown one value, made anew from the session, the parts and the running job.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from engines.calibration.rig.types import RigResult, RigSpec, SolveStep
from engines.calibration.types import Remedy
from widgets.calibration.rig.pages.state import IN_VIEWER, Cell, PagesForm, PagesView
from widgets.calibration.rig.pages.tabs import RigBoard
from widgets.calibration.rig.panel import RigPanel
from widgets.calibration.rig.state import RigState
from widgets.kit.words import count
from workbench.commands import Actions
from workbench.controllers.calibration.rig.edits import Edits
from workbench.controllers.calibration.rig.files import Files
from workbench.controllers.calibration.rig.keeping import keep_session, restore_session
from workbench.controllers.calibration.rig.live import Live
from workbench.controllers.calibration.rig.pages import PARTS
from workbench.controllers.calibration.rig.part import SectionPart
from workbench.controllers.calibration.rig.points import Use
from workbench.controllers.calibration.rig.session import JOB, Material, Session, command_line
from workbench.controllers.common.feature_controller import PagedController, Room
from workbench.controllers.common.job_slot import JobSlot
from workbench.controllers.common.page_part import PageParts
from workbench.controllers.common.trouble_words import trouble_of
from workbench.controllers.shell.viewer import ViewerController
from workbench.features import Feature
from workbench.services import Services
from workbench.threads.background import Errands

NAME = "rig"


class RigController(PagedController):
    """Shows panel and board one view of session, parts and jobs."""

    form: PagesForm

    def __init__(
        self, panel: RigPanel, board: RigBoard, viewer: ViewerController, services: Services, actions: Actions,
        records: Sequence[Feature] = (),
    ) -> None:  # fmt: skip
        """records: all features there are: what some of them see is placed in space."""
        super().__init__(NAME, board, IN_VIEWER, PagesForm(), services, actions, panel)
        self.panel, self.board = panel, board
        self.view = PagesView()
        self.session = Session()
        self._steps: tuple[SolveStep, ...] = ()
        self._errands = Errands("rig files")
        services.supervisor.adopt(self._errands)
        self.edits = Edits(lambda: self.session.material, self._apply, services, self)
        self.files = Files(self._errands, panel, self.show_trouble)
        self.jobs = JobSlot(services.jobs, JOB, partial(trouble_of, title="Rig not calibrated"), self)
        self.live = Live(self, viewer, self._errands, self)
        self.use = Use(self, viewer, self._errands, self, records)
        self.pages = PageParts(board, PARTS, PagesView, self, self._errands, self)
        self._listen()
        self._connect_panel()
        self._connect_board()
        self.restore()

    @property
    def sections(self) -> tuple[SectionPart, ...]:
        return self.live, self.use

    def close(self) -> None:
        """Stop looking and let go of the sources."""
        self._soon.stop()
        self._pages_soon.stop()
        for part in self.sections:
            part.close()
        self._errands.request_stop()

    def restore(self) -> None:
        if not self.is_other_project():
            return
        self.jobs.cancel()
        self.session = restore_session(self.services)
        self.trouble, self._steps = None, ()
        for part in (self.pages, *self.sections):
            part.forget()
        self.show_now()

    def keep(self) -> None:
        keep_session(self.session, self.services)

    # Pictures

    def add(self, paths: Sequence[str]) -> None:
        """More pictures, films and folders."""
        have = self.session.setup.paths
        fresh = tuple(path for path in paths if path not in have)
        self.edits.set(f"Add {count(len(fresh), 'file')} to the rig", paths=(*have, *fresh))

    def add_pictures(self) -> None:
        self.add(self.files.ask_pictures())

    def clear(self) -> None:
        """Forget pictures and result; Undo brings them back."""
        self.edits.clear()

    @property
    def can_clear(self) -> bool:
        return bool(self.session.setup.paths) or self.session.result is not None

    # Solving

    def set(self, **values: object) -> None:
        """Change settings; a result that is shown says that it is of others."""
        self.edits.set(**values)

    def run(self) -> None:
        """Calibrate from what is set, or ask for pictures where there are none."""
        if not self.session.setup.paths:
            self.add_pictures()
        elif not self.panel.shown.problem:
            self.trouble, self._steps = None, ()
            setup = self.session.setup
            title = f"Calibrate the rig of {count(len(setup.cameras), 'camera')}"
            self.jobs.start(self.session.spec, title, self.command())

    def cancel(self) -> None:
        """The last state that the solver accepted stays."""
        self.jobs.cancel()

    def follow(self, remedy: Remedy) -> None:
        """Do what a reason advises, and solve again."""
        raise NotImplementedError(remedy.kind)

    def choose_cell(self, cell: Cell) -> None:
        """Look at a frame of a camera."""
        self.show_soon()

    # Files

    def open(self, path: str) -> None:
        """Show a calibrated rig beside the pictures, until they are calibrated again."""

    def save(self) -> None:
        """Ask for a file and save what is shown."""

    def command(self) -> str:
        """The command line that does the same."""
        return command_line(self.session.spec)

    # Within

    def _told(self, key: str, value: object) -> None:
        if key == "step" and isinstance(value, SolveStep):
            self._steps = (*self._steps, value)
            self.show_soon()

    def _solved(self, spec: RigSpec, result: RigResult) -> None:
        self.trouble = None
        self.session.keep(spec, result)
        self.edits.close_loaded("Calibrate the rig")
        self._changed()

    def _apply(self, material: Material) -> None:
        self.trouble = None
        self.session.material = material
        if not material.setup.paths:
            self.session.last = None
            self.jobs.cancel()
        self._changed()

    def _changed(self) -> None:
        for part in self.sections:
            part.follow()
        self.show_now()
        self._keep()

    def show_now(self) -> None:
        session = self.session
        state = RigState(
            setup=session.setup,
            result=session.result,
            current=session.current,
            loaded_from=session.material.loaded_from,
            busy=self.jobs.busy,
            steps=self._steps,
            trouble=self.trouble,
            live=self.live.state,
            use=self.use.state,
        )
        self.panel.show_state(state)
        self.view = self.pages.show(self.form.page, state)
        self.actions.refresh(self.name, self)

    def _sources_changed(self, _id: str = "") -> None:
        self.restore()
        for part in self.sections:
            part.follow_sources()
        self.show_soon()

    def _listen(self) -> None:
        feeds, jobs = self.services.feeds, self.jobs
        for signal in (feeds.added, feeds.removed, feeds.changed):
            signal.connect(self._sources_changed)
        jobs.changed.connect(self.show_soon)
        jobs.told.connect(self._told)
        jobs.done.connect(self._solved)
        jobs.failed.connect(self.show_trouble)
        for part in self.sections:
            part.changed.connect(self.show_soon)
            part.failed.connect(self.show_trouble)

    def _connect_panel(self) -> None:
        panel = self.panel
        self.live.wire(panel.live)
        self.use.wire(panel.use)
        panel.dropped.connect(self.add)
        panel.start.clicked.connect(self.run)
        panel.progress.cancelled.connect(self.cancel)
        panel.trouble.logWanted.connect(self.services.host.show_log)
        panel.trouble.dismissed.connect(self.dismiss)
        panel.copy.clicked.connect(lambda: self.copy(self.command()))
        panel.help.clicked.connect(self.show_help)

    def _connect_board(self) -> None:
        board = self.board
        board.pageChosen.connect(self.choose_page)
        board.dropped.connect(self.add)
        board.help.clicked.connect(self.show_help)
        board.trouble.logWanted.connect(self.services.host.show_log)
        board.trouble.dismissed.connect(self.pages.dismiss)
        board.trouble.dismissed.connect(self.dismiss)
        self.pages.changed.connect(self.show_soon)


def make(room: Room) -> RigController:
    """The feature in a window."""
    board, panel = RigBoard(), room.dock(NAME, RigPanel())
    room.board(NAME, board, board.head)
    return RigController(panel, board, room.viewer, room.services, room.commands, room.records)
