"""Joins the calibration panel to cameras, jobs, files and undo.

The panel is shown one value, made anew from the session, the finders and the running job; nothing is stored twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QTimer

from engines.calibration.formats.files import READ
from engines.calibration.types import MonoResult, MonoSpec, Remedy
from engines.core.boards import Board
from engines.core.errors import KinoscopeError
from engines.core.pictures.files import Listing
from engines.core.words import tr, tr_count
from widgets.calibration.pages.state import IN_VIEWER, Page, PagesForm, PagesView
from widgets.calibration.pages.tabs import CalibrationBoard
from widgets.calibration.panel import CalibrationPanel
from widgets.calibration.state import CalibrationView, Trouble, ViewRow
from workbench.commands import Actions
from workbench.controllers.calibration.captures import Captures
from workbench.controllers.calibration.changes import Put
from workbench.controllers.calibration.edits import Edits
from workbench.controllers.calibration.files import Files, shortened
from workbench.controllers.calibration.keeping import keep_session, kept_camera, restore_session
from workbench.controllers.calibration.pages import Pages
from workbench.controllers.calibration.rows import photograph
from workbench.controllers.calibration.runs import CalibrationRuns, trouble_of
from workbench.controllers.calibration.session import Session, command_line
from workbench.controllers.calibration.showing import ShownPictures
from workbench.controllers.calibration.watch import BoardWatch
from workbench.controllers.common.feature_controller import PagedController, Room
from workbench.controllers.shell.step import KeepOnShelf
from workbench.controllers.shell.viewer import ViewerController
from workbench.services import Services
from workbench.threads.background import Errands
from workbench.threads.engine_thread import Failure

NAME = "calibration"
REFIT_MS = 350
"""A pause this long after the last change of a view starts the fit again."""


class CalibrationController(PagedController):
    """Shows panel and board one view of session, finder and jobs."""

    form: PagesForm

    def __init__(
        self, panel: CalibrationPanel, board: CalibrationBoard, viewer: ViewerController, services: Services,
        actions: Actions,
    ) -> None:  # fmt: skip
        super().__init__(NAME, board, IN_VIEWER, PagesForm(), services, actions, panel)
        self.panel, self.board = panel, board
        self.view = PagesView()
        self.session = Session()
        self._base = CalibrationView()
        self._selected, self._camera = "", ""
        self._errands = Errands("calibration files")
        services.supervisor.adopt(self._errands)
        self.captures = Captures(self._errands, self)
        self.edits = Edits(lambda: self.session, self._apply, services, self)
        self.pictures = ShownPictures(panel, self._errands, self.captures, lambda: self.session.result)
        self.watch = BoardWatch(
            viewer, services, self.captures, lambda: self.session, lambda: self._base.coverage, self
        )
        self.runs = CalibrationRuns(services.jobs, self)
        self.files = Files(self._errands, panel, self.show_trouble)
        self.pages = Pages(board, self, self._errands, self)
        self._refit_soon = QTimer(self, singleShot=True, interval=REFIT_MS)
        self._refit_soon.timeout.connect(self._refit)
        self._listen()
        self._connect_panel()
        self._connect_board()
        self.restore()

    def close(self) -> None:
        """Keep what was set, stop looking and let go of the sources."""
        self.rest()
        self._refit_soon.stop()
        self.watch.close()
        self._errands.request_stop()

    def restore(self) -> None:
        if not self.is_other_project():
            return
        self.runs.cancel()
        self.session, self._camera = restore_session(self.services), kept_camera(self.services)
        self.trouble, self._selected = None, ""
        self.captures.new_run(view.path for view in self.session.material.views)
        self.pages.forget()
        self._refresh()

    def keep(self) -> None:
        keep_session(self.session, self.services, self._camera)

    # Photographs

    def add(self, paths: Sequence[str]) -> None:
        """Add picture files and folders; a single calibration file is opened instead."""
        if len(paths) == 1 and Path(paths[0]).suffix.lower() in READ:
            self.open(paths[0])
        elif paths:
            self.files.expand(paths, self._added)

    def clear(self) -> None:
        """Forget all views and the result; Undo brings them back."""
        if self.edits.clear():
            self.captures.new_run()

    def switch_off_worst(self) -> None:
        worst = self._base.worst
        if worst is not None:
            self._selected = worst.path
            self.edits.switch([worst.path], False)

    def choose_view(self, path: str) -> None:
        self._selected = path
        self.show_now()

    # Solving

    def run(self) -> None:
        """Calibrate from what is shown, once every captured view is on the disk."""
        if not self._base.can_calibrate or self.runs.busy is not None:
            return
        self.trouble = None
        self._refit_soon.stop()
        self.captures.retry()
        self._errands.ask(lambda: None, lambda _none: self._run_now(), self._failed(tr("Calibration failed")))

    def compare_models(self) -> None:
        """Solve the views with every lens model, on the page that shows them side by side."""
        self.go_to(Page.MODELS)
        self.pages.parts[Page.MODELS].begin()

    def set_board(self, board: Board) -> None:
        """Another first board."""
        self.edits.set_boards((board, *self.session.boards[1:]))

    def set(self, **values: object) -> None:
        """Change settings; a result that is shown follows them."""
        self.edits.set(**values)

    def use_board(self, board: Board) -> None:
        """Take the board that was said to fit, and calibrate."""
        self.trouble = None
        self.edits.use_board(board)
        self.run()

    def follow(self, remedy: Remedy) -> None:
        """Do what a reason advises, and fit again."""
        self.edits.follow(remedy)
        if self.session.solved() is None and not self._refit_soon.isActive():
            self.run()

    def take_back(self, corner: str) -> None:
        """A single corner, `view#id`, takes part again."""
        self.edits.put_back(corner)

    # Files

    def open(self, path: str) -> None:
        """Show a saved calibration beside the views, until they are calibrated again."""
        name = Path(path).name
        if path:
            self.files.open(path, lambda result: self.edits.show_loaded(name, result))

    def save(self, path: str) -> None:
        result = self.session.result
        if result is not None and path:
            said = tr("Saved {path}", path=Path(path).name)
            self.files.save(result, path, lambda: self.services.notify(said, "good"))

    def use_for_camera(self) -> None:
        """Keep what is shown for the camera that the panel is about."""
        result, focus = self.session.result, self.panel.report.focus
        if result is not None and self.watch.source and self.assign(self.watch.source, result, focus.text()):
            focus.clear()

    def assign(self, path: str, result: MonoResult, focus: str = "") -> bool:
        """Keep a calibration for the camera of a source; what does not fit is said. Whether it was kept."""
        try:
            kept = self.services.calibrations.assign(path, result, focus)
        except KinoscopeError as error:
            self.services.notify(tr("The calibration is not used: {error}", error=error), "bad")
            return False
        text = tr("Use calibration for {source}", source=self.watch.title(path))
        forget = self.services.calibrations.forgetter(path, kept)
        self.services.undo.push(KeepOnShelf(text, self.place(), self.services.notify, forget))
        said = tr("{watch} is calibrated. Undistort shows it with straight lines", watch=self.watch.title(path))
        self.services.notify(said, "good", tr("Show it"), lambda: self.services.host.undistort(path))
        return True

    def save_board(self, board: Board, page: str, path: str) -> None:
        """Write a printable board."""
        if page and path:
            said = tr("Saved {path}; print it at 100 %", path=Path(path).name)
            self.files.write_board(board, page, path, lambda: self.services.notify(said, "good"))

    def command(self) -> str:
        """The command line that does the same."""
        spec = self.session.spec(films=True)
        return command_line(replace(spec, images=shortened(spec.images)))

    # Within: what was asked for has happened

    def _added(self, found: Listing) -> None:
        if found.left_out:
            self.services.notify(found.words, "info")
        self.edits.add([photograph(path) for path in found.files])

    def _captured(self, row: ViewRow) -> None:
        self._camera = self.watch.source
        self.edits.add([row], tr("Capture {row}", row=row.name))

    def _run_now(self) -> None:
        if self.captures.unwritten:
            what = tr_count(
                self.captures.unwritten,
                "{n} captured view could not be written yet",
                "{n:,} captured views could not be written yet",
            )
            hint = tr("Free some space on the disk and calibrate again")
            self.show_trouble(Trouble(what, tr("Calibration failed"), hint))
            return
        self.runs.solve(self.session.spec())

    def _refit(self) -> None:
        loaded = self.session.material.loaded is not None
        if not loaded and self.session.solved() is None and self._base.can_calibrate:
            self.runs.solve(self.session.spec(), refit=True)

    def _told(self, key: str, value: object) -> None:
        """The camera is solved; its views are left out next."""
        if key == "fit" and isinstance(value, MonoResult):
            self.session.keep(replace(self.runs.spec, leave_one_out=False), value)
            self._show_solved()

    def _solved(self, spec: MonoSpec, result: MonoResult) -> None:
        self.trouble = None
        self.session.keep(spec, result)
        self._show_solved()
        self._keep()

    def _show_solved(self) -> None:
        """The result of the views, in place of one that was opened."""
        if self.session.material.loaded is not None:
            self.edits.close_loaded(tr("Calibrate"))
        else:
            self._refresh()

    # Within: the session changes

    def _apply(self, put: Put) -> None:
        self.trouble = None
        self.session.settings = replace(self.session.settings, **put.settings)  # type: ignore[arg-type]
        if put.material is not None:
            self.session.material = put.material
        if not self.session.material.views:
            self.session.last = None
            self.runs.cancel()
        self.watch.configure()
        self._refresh()
        if "board" not in put.settings:
            self._refit_later()
        self._keep()

    def _refit_later(self) -> None:
        """A result that is shown follows what is switched, removed or set; new views wait for the user."""
        if self.session.last is not None and not self.session.current and not self.session.has_new_views:
            if self.runs.refit:
                self.runs.cancel()
            self._refit_soon.start()
        else:
            self._refit_soon.stop()

    # Within: showing

    def _refresh(self) -> None:
        """Make the panel's state anew and show it."""
        self._base = self.session.view()
        self.pictures.ask_thumbnails(self._base.views)
        self.show_now()

    def show_now(self) -> None:
        state = replace(
            self._base,
            sources=self.watch.sources(),
            source=self.watch.source,
            live=self.watch.live,
            busy=self.runs.busy,
            refit=self.runs.refit,
            trouble=self.trouble,
            selected=self._selected,
        )
        self.panel.show_state(state)
        self.view = self.pages.show(self.form.page, state)
        self.actions.refresh(self.name, self)

    def _failed(self, title: str) -> Callable[[Failure], None]:
        return lambda failure: self.show_trouble(trouble_of(failure.as_json(), title))

    def begin(self) -> None:
        """What the empty panel offers."""
        if self.watch.source:
            self.watch.look(self.watch.source, True)
        else:
            self.add_pictures()

    def add_pictures(self) -> None:
        self.add(self.files.ask_pictures())

    def _sources_changed(self, _id: str = "") -> None:
        self.restore()
        self.watch.follow_sources()

    def _listen(self) -> None:
        feeds, runs = self.services.feeds, self.runs
        for signal in (feeds.added, feeds.removed, feeds.changed):
            signal.connect(self._sources_changed)
        self.watch.changed.connect(self.show_now)
        self.watch.captured.connect(self._captured)
        self.watch.trouble.connect(self.show_trouble)
        self.captures.stuck.connect(self._failed(tr("View not saved")))
        runs.changed.connect(self.show_now)
        runs.told.connect(self._told)
        runs.done.connect(self._solved)
        runs.failed.connect(self.show_trouble)

    def _connect_panel(self) -> None:
        panel, camera, solver = self.panel, self.panel.camera, self.panel.solver
        camera.source.chosen.connect(self.watch.choose)
        camera.finder.clicked.connect(lambda on: self.watch.look(self.watch.source, on))
        camera.auto.clicked.connect(lambda on: self.edits.set(auto=on))
        camera.boardWanted.connect(self.edits.use_board)
        camera.flipWanted.connect(lambda: self.edits.set(mirror="yes"))
        panel.boards.changed.connect(self.edits.set_boards)
        panel.every.everyChosen.connect(lambda every: self.edits.set(every=every))
        solver.changed.connect(lambda field, value: self.edits.set(**{field: value}))
        panel.table.toggled.connect(lambda path, on: self.edits.switch([path], on))
        panel.table.chosen.connect(self.choose_view)
        panel.table.removeWanted.connect(self.edits.remove)
        panel.report.bars.chosen.connect(self.choose_view)
        panel.report.worst.clicked.connect(self.switch_off_worst)
        panel.report.view.pictureWanted.connect(self.pictures.ask_picture)
        panel.report.reasons.remedyWanted.connect(self.follow)
        panel.report.put_back.clicked.connect(self.edits.put_back_dropped)
        panel.report.use.clicked.connect(self.use_for_camera)
        panel.report.close_loaded.clicked.connect(lambda: self.edits.close_loaded())
        panel.empty.button.clicked.connect(self.begin)
        panel.dropped.connect(self.add)
        panel.folder.clicked.connect(lambda: self.add(self.files.ask_folder()))
        panel.progress.cancelled.connect(self.runs.cancel)
        panel.trouble.retryWanted.connect(self.use_board)
        panel.trouble.logWanted.connect(self.services.host.show_log)
        panel.trouble.dismissed.connect(self.dismiss)
        panel.help.clicked.connect(self.show_help)

        for id, button in panel.commands.items():
            button.clicked.connect(self.actions.action(f"{NAME}.{id}").trigger)

    def _connect_board(self) -> None:
        board = self.board
        board.pageChosen.connect(self.choose_page)
        board.dropped.connect(self.add)
        board.help.clicked.connect(self.show_help)
        board.trouble.retryWanted.connect(self.use_board)
        board.trouble.logWanted.connect(self.services.host.show_log)
        board.trouble.dismissed.connect(self.pages.dismiss)
        board.trouble.dismissed.connect(self.dismiss)
        self.pages.changed.connect(self.show_soon)

    def save_boards(self) -> None:
        """Ask where to, and write the board that is being edited."""
        board = self.panel.board.board
        self.save_board(board, *self.files.ask_page(board))

    @property
    def file_name(self) -> str:
        """A name for a saved calibration: what was calibrated."""
        views = self.session.material.views
        return tr("{parent} calibration", parent=Path(views[0].path).parent.name) if views else "calibration"


def make(room: Room) -> CalibrationController:
    """The feature in a window."""
    board, panel = CalibrationBoard(), room.dock("calibration", CalibrationPanel())
    room.board(NAME, board, board.head)
    return CalibrationController(panel, board, room.viewer, room.services, room.commands)
