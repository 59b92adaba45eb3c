"""Joins the rig's panel and board to cameras, jobs, files and undo.

Panel and board are shown one value, made anew from the session, the parts and the running job.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from engines.calibration.formats.rig_files import READ
from engines.calibration.rig.types import RigResult, RigSpec, SolveStep
from engines.calibration.types import Remedy
from engines.cameras.sources.changes import opens_anew
from engines.cameras.sources.parsing import sample_source
from engines.core.boards import Board
from engines.core.words import tr, tr_count
from widgets.calibration.reasons import remedy_words
from widgets.calibration.rig.pages.state import IN_VIEWER, Cell, Page, PagesForm, PagesView
from widgets.calibration.rig.pages.tabs import RigBoard
from widgets.calibration.rig.panel import RigPanel
from widgets.calibration.rig.state import RigState
from workbench.commands import Actions
from workbench.controllers.calibration.files import shortened
from workbench.controllers.calibration.rig.cells import Cells
from workbench.controllers.calibration.rig.edits import Edits
from workbench.controllers.calibration.rig.files import Files
from workbench.controllers.calibration.rig.keeping import keep_session, restore_session
from workbench.controllers.calibration.rig.live import Live
from workbench.controllers.calibration.rig.pages import PARTS
from workbench.controllers.calibration.rig.part import SectionPart
from workbench.controllers.calibration.rig.picked import by_names, of_list, one_each
from workbench.controllers.calibration.rig.points import Use
from workbench.controllers.calibration.rig.prepare import Prepare
from workbench.controllers.calibration.rig.session import JOB, Material, Session, command_line
from workbench.controllers.calibration.rig.takes import Takes
from workbench.controllers.common.feature_controller import PagedController, Room
from workbench.controllers.common.job_slot import JobSlot
from workbench.controllers.common.page_part import PageParts
from workbench.controllers.common.trouble_words import trouble_of
from workbench.controllers.shell.viewer import ViewerController
from workbench.features import Feature
from workbench.services import Services
from workbench.threads.background import Errands

NAME = "rig"
T = TypeVar("T")


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
        self._fitted: RigResult | None = None
        self._errands = Errands("rig files")
        services.supervisor.adopt(self._errands)
        self.edits = Edits(lambda: self.session.material, self._apply, services, self)
        self.files = Files(self._errands, panel, self.show_trouble)
        self.jobs = JobSlot(services.jobs, JOB, partial(trouble_of, title=tr("Rig not calibrated")), self)
        self.live = Live(self, viewer, self._errands, self)
        self.takes = Takes(self, viewer, self._errands, self, self.live)
        self.use = Use(self, viewer, self._errands, self, records)
        self.pages = PageParts(board, PARTS, PagesView, self, self._errands, self)
        self._listen()
        self._connect_panel()
        self._connect_board()
        self.restore()

    @property
    def sections(self) -> tuple[SectionPart, ...]:
        return self.live, self.takes, self.use

    def close(self) -> None:
        """Keep what was set, stop looking and let go of the sources."""
        self.rest()
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
        for part in self.sections:
            part.follow_sources()
        self.show_now()

    def keep(self) -> None:
        keep_session(self.session, self.services)

    # Pictures

    def add(self, paths: Sequence[str]) -> None:
        """More pictures, films and folders; a list of cameras in their place; a single calibration file is opened."""
        if len(paths) == 1 and Path(paths[0]).suffix.lower() in READ:
            told = of_list(paths[0])
            self.edits.set(tr("Use {paths}", paths=Path(paths[0]).name), **told, exclude=()) if told else self.open(
                paths[0]
            )
            return
        have = self.session.setup.paths
        fresh = tuple(path for path in paths if path not in have and Path(path).suffix.lower() not in READ)
        if fresh:
            apart = {} if have else one_each(fresh)
            told = {"paths": (*have, *fresh)} | apart
            self.edits.set(tr_count(len(fresh), "Add {n} file to the rig", "Add {n:,} files to the rig"), **told)

    def add_pictures(self) -> None:
        self.add(self.files.ask_pictures())

    def remove(self, number: int) -> None:
        """Take a file out, or a camera with its folder or film."""
        setup = self.session.setup
        gone = Path(setup.paths[number]).name
        without: dict[str, object] = {"paths": _without(setup.paths, number)}
        if setup.tiled:
            without["exclude"] = tuple(name for name in setup.exclude if not name.startswith(gone))
        else:
            without |= {"names": _without(setup.names, number), "offsets": _without(setup.offsets, number)}
        self.edits.set(tr("Remove {gone}", gone=gone), **without)

    def clear(self) -> None:
        """Forget pictures and result; Undo brings them back."""
        if self.edits.clear(self.live.tiles if self.live.running else {}):
            for part in (self.live, self.takes):
                part.captures.new_run()

    def begin(self) -> None:
        """What the empty panel offers: pictures of the cameras that there are, else files."""
        self.takes.start() if self.takes.state.ready else self.add_pictures()

    def open_sample(self) -> None:
        """Play the rendered rig, take pictures of it and calibrate from them."""
        self.actions.run("file.open-sample")
        sample = sample_source()
        feeds = self.services.feeds
        self.live.choose_rig(next(id for id in feeds.ids() if not opens_anew(feeds.feed(id).source, sample)))
        self.takes.start()

    @property
    def camera_paths(self) -> tuple[str, ...]:
        """Feeds or tiles of the project that are the rig's cameras, in their order; () where none is chosen."""
        return self.live.chosen

    @property
    def can_clear(self) -> bool:
        return bool(self.session.setup.paths) or self.session.result is not None

    # Solving

    def set(self, **values: object) -> None:
        """Change settings; a result that is shown says that it is of others. Pictures that are said to be of a camera
        each are parted by their names."""
        parted = by_names(self.session.setup.paths) if values.get("tiled") is False else {}
        self.edits.set(**(values | parted))

    def run(self) -> None:
        """Calibrate from what is set, or ask for pictures where there are none."""
        if not self.session.setup.paths:
            self.add_pictures()
        elif not self.panel.shown.problem:
            self.trouble, self._steps, self._fitted = None, (), None
            setup = self.session.setup
            title = tr_count(
                len(setup.cameras), "Calibrate the rig of {n} camera", "Calibrate the rig of {n:,} cameras"
            )
            self.jobs.start(self.session.spec, title, self.command())

    def cancel(self) -> None:
        """The last state that the solver accepted stays."""
        self.jobs.cancel()

    def follow(self, remedy: Remedy) -> None:
        """Do what a reason advises, and solve again."""
        before = self.session.material
        if remedy.kind == "load_lenses":
            self.choose_known()
        elif remedy.kind == "switch_off":
            self.edits.switch([remedy.target], False)
        else:
            self.edits.set(remedy_words(remedy), **remedied(remedy))
        if self.session.solved is None and self.session.material is not before:
            self.run()

    def choose_cell(self, cell: Cell) -> None:
        """Look at a frame of a camera, on the page of the rig."""
        part = self.pages.parts[Page.RIG]
        assert isinstance(part, Cells)
        part.choose(cell)

    # Files

    def open(self, path: str) -> None:
        """Show a calibrated rig beside the pictures, until they are calibrated again."""
        if path:
            self.files.open_rig(path, lambda result: self.edits.show_loaded(Path(path).name, result))

    def save(self) -> None:
        """Ask for a file and save what is shown."""
        result = self.session.result
        if result is not None and (path := self.files.ask_rig_target()):
            self.files.save_rig(
                result, path, lambda: self.services.notify(tr("Saved {path}", path=Path(path).name), "good")
            )

    def export(self) -> None:
        """Ask for a format and a file, and write what is shown for another program."""
        result = self.session.result
        if result is not None:
            self.files.export_rig(
                result, *self.files.ask_rig_export(result), lambda said: self.services.notify(said, "good")
            )

    def save_board(self) -> None:
        """Ask where to, and write the board that is being edited."""
        board = self.panel.boards.editor.board
        page, path = self.files.ask_page(board)
        if path:
            said = tr("Saved {path}; print it at 100 %", path=Path(path).name)
            self.files.write_board(board, page, path, lambda: self.services.notify(said, "good"))

    def choose_known(self) -> None:
        """Ask for a file whose lenses are known."""
        if path := self.files.ask_rig(tr("Known lenses")):
            self.edits.set(intrinsics=path)

    def command(self) -> str:
        """The command line that does the same."""
        return command_line(self.session.spec, shortened(self.session.setup.paths) if self.session.setup.tiled else ())

    # Within

    def _told(self, key: str, value: object) -> None:
        """The solver goes on; the rig is solved, and whether to believe it comes next."""
        if key == "step" and isinstance(value, SolveStep):
            self._steps = (*self._steps, value)
            self.show_soon()
        elif key == "fit" and isinstance(value, RigResult):
            self._fitted, self._steps = value, value.steps
            self.show_soon()

    def _solved(self, spec: RigSpec, result: RigResult) -> None:
        self.trouble, self._fitted = None, None
        self.session.keep(spec, result)
        self.edits.close_loaded(tr("Calibrate the rig"))
        self._changed()

    def _stopped(self, spec: RigSpec) -> None:
        """Cancelled: what was solved by then stays, as what nothing was left out of."""
        if self._fitted is not None:
            self._solved(spec, self._fitted)

    def _apply(self, material: Material) -> None:
        self.trouble = None
        if material.setup.paths != self.session.setup.paths and not self.session.setup.paths:
            self.session.last = None
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
            take=self.takes.state,
            result=self._fitted if self._fitted is not None and self.jobs.busy is not None else session.result,
            current=session.current or self._fitted is not None,
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
        jobs.cancelled.connect(self._stopped)
        self.takes.taken.connect(self.run)
        for part in self.sections:
            part.changed.connect(self.show_soon)
            part.failed.connect(self.show_trouble)

    def _connect_panel(self) -> None:
        panel = self.panel
        self.takes.wire(panel.pictures.take)
        self.live.wire(panel.live)
        self.use.wire(panel.use)
        for section in (panel.pictures, panel.known, panel.solver):
            section.changed.connect(lambda field, value: self.set(**{field: value}))
        panel.boards.changed.connect(self._set_boards)
        panel.pictures.files.removed.connect(self.remove)
        panel.pictures.places.removed.connect(self.remove)
        panel.pictures.folder.clicked.connect(lambda: self.add(self.files.ask_folder()))
        panel.known.chooseWanted.connect(self.choose_known)
        panel.report.reasons.remedyWanted.connect(self.follow)
        panel.report.close_loaded.clicked.connect(lambda: self.edits.close_loaded())
        panel.report.look.clicked.connect(lambda: self.go_to(Page.RIG))
        panel.report.space.clicked.connect(lambda: self.go_to(Page.SPACE))
        panel.empty.button.clicked.connect(self.begin)
        panel.empty.sample.clicked.connect(self.open_sample)
        panel.dropped.connect(self.add)
        panel.progress.cancelled.connect(self.cancel)
        panel.trouble.logWanted.connect(self.services.host.show_log)
        panel.trouble.dismissed.connect(self.dismiss)
        panel.help.clicked.connect(self.show_help)
        for id, button in panel.commands.items():
            button.clicked.connect(self.actions.action(f"{NAME}.{id}").trigger)

    def _dropped(self, paths: Sequence[str]) -> None:
        """Files on the board are the rig's, on the page Prepare they are to be cut."""
        prepare = self.pages.parts[Page.PREPARE]
        if self.form.page == Page.PREPARE and isinstance(prepare, Prepare):
            prepare.take(paths)
        else:
            self.add(paths)

    def _set_boards(self, boards: Sequence[Board]) -> None:
        first, *more = map(str, boards)
        self.edits.set(board=first, more_boards=tuple(more))

    def _connect_board(self) -> None:
        board = self.board
        board.pageChosen.connect(self.choose_page)
        board.dropped.connect(self._dropped)
        board.help.clicked.connect(self.show_help)
        board.trouble.logWanted.connect(self.services.host.show_log)
        board.trouble.dismissed.connect(self.pages.dismiss)
        board.trouble.dismissed.connect(self.dismiss)
        self.pages.changed.connect(self.show_soon)


def remedied(remedy: Remedy) -> dict[str, object]:
    """The fields of the setup that a remedy changes."""
    if remedy.kind == "use_model":
        return {"model": remedy.target}
    if remedy.kind == "use_board":
        return {"board": remedy.target}
    return {"free_board": True}


def _without(values: tuple[T, ...], number: int) -> tuple[T, ...]:
    return (*values[:number], *values[number + 1 :])


def make(room: Room) -> RigController:
    """The feature in a window."""
    board, panel = RigBoard(), room.dock(NAME, RigPanel())
    room.board(NAME, board, board.head)
    return RigController(panel, board, room.viewer, room.services, room.commands, room.records)
