"""Joins the calibration panel to cameras, jobs, files and undo.

The panel is shown one value, made anew from the session, the finders and the running job; nothing is stored twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QUndoCommand

from engines.calibration.formats.files import READ
from engines.calibration.types import MonoResult, MonoSpec
from engines.core.boards import Board
from engines.core.pictures.files import Listing
from widgets.calibration.pages.state import IN_VIEWER, PagesForm, PagesView
from widgets.calibration.pages.tabs import CalibrationBoard
from widgets.calibration.panel import CalibrationPanel
from widgets.calibration.state import CalibrationView, Trouble, ViewRow
from widgets.kit.words import count
from workbench.commands import Actions
from workbench.controllers.calibration.captures import Captures
from workbench.controllers.calibration.files import Files, shortened
from workbench.controllers.calibration.keeping import keep_session, restore_session
from workbench.controllers.calibration.pages import Pages
from workbench.controllers.calibration.pictures import picture, thumbnail
from workbench.controllers.calibration.runs import CalibrationRuns, trouble_of
from workbench.controllers.calibration.session import Material, Session, command_line, photograph
from workbench.controllers.calibration.watch import BoardWatch
from workbench.controllers.common.feature_controller import PagedController, Room
from workbench.controllers.shell.sources import undo_just_this
from workbench.controllers.shell.viewer import ViewerController
from workbench.services import Services
from workbench.threads.background import Errands
from workbench.threads.engine_thread import Failure

NAME = "calibration"
REFIT_MS = 350
"""A pause this long after the last change of a view starts the fit again."""


class ChangeMaterial(QUndoCommand):
    """From one set of photographs to another. `apply` shows a set and fits again where that is wanted."""

    def __init__(self, text: str, before: Material, after: Material, apply: Callable[[Material], None]) -> None:
        super().__init__(text)
        self._before, self._after, self._apply = before, after, apply

    def redo(self) -> None:
        self._apply(self._after)

    def undo(self) -> None:
        self._apply(self._before)


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
        self._selected = ""
        self._thumbnails: set[str] = set()
        self._errands = Errands("calibration files")
        services.supervisor.adopt(self._errands)
        self.captures = Captures(self._errands, self)
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
        self._connect_buttons()
        self.restore()

    def close(self) -> None:
        """Stop looking and let go of the sources."""
        self._soon.stop()
        self._pages_soon.stop()
        self._refit_soon.stop()
        self.watch.close()
        self._errands.request_stop()

    def restore(self) -> None:
        if not self.is_other_project():
            return
        self.runs.cancel()
        self.session = restore_session(self.services)
        self.trouble, self._selected = None, ""
        self.captures.new_run()
        self.pages.forget()
        self._refresh()

    def keep(self) -> None:
        keep_session(self.session, self.services)

    # Photographs

    def add(self, paths: Sequence[str]) -> None:
        """Add picture files and folders; a single calibration file is opened instead."""
        if len(paths) == 1 and Path(paths[0]).suffix.lower() in READ:
            self.open(paths[0])
        elif paths:
            self.files.expand(paths, self._added)

    def set_used(self, paths: Sequence[str], on: bool) -> None:
        """Switch views on or off; the fit follows by itself. Undo brings them back."""
        word = "on" if on else "off"
        name = Path(paths[0]).name if len(paths) == 1 else count(len(paths), "view")
        self._change(f"Switch {name} {word}", self.session.material.switched(paths, on))

    def remove(self, paths: Sequence[str]) -> None:
        self._change(f"Remove {count(len(paths), 'view')}", self.session.material.without(paths))

    def clear(self) -> None:
        """Forget all views and the result; Undo brings them back."""
        if self.session.material != Material():
            self._change("Discard views", Material())
            self.captures.new_run()
            self._offer_undo("Views discarded")

    def switch_off_worst(self) -> None:
        worst = self._base.worst
        if worst is not None:
            self._selected = worst.path
            self.set_used([worst.path], False)

    def drop_corner(self, corner: str, on: bool) -> None:
        """Leave one corner, `view#id`, out of the fit, or take it back; the fit follows by itself."""
        self._change(f"{'Drop' if on else 'Take back'} {corner}", self.session.material.dropping(corner, on))

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
        self._errands.ask(lambda: None, lambda _none: self._run_now(), self._failed("Calibration failed"))

    def set_board(self, board: Board) -> None:
        if board != self.session.board:
            self.session.material = self.session.material.unseen()
            self.set(board=str(board))

    def use_board(self, board: Board) -> None:
        """Take the board that was said to fit, and calibrate."""
        self.trouble = None
        self.set_board(board)
        self.run()

    def set(self, **values: object) -> None:
        """Change settings; a result that is shown follows them."""
        self.session.settings = replace(self.session.settings, **values)  # type: ignore[arg-type]
        self.watch.configure()
        self._refresh()
        if "board" not in values:
            self._refit_later()
        self._keep()

    # Files

    def open(self, path: str) -> None:
        """Show a saved calibration in place of the views; Undo brings those back."""
        name = Path(path).name
        if path:
            self.files.open(path, lambda result: self._show_anew(f"Open {name}", Material((), result, name)))

    def save(self, path: str) -> None:
        result = self.session.result
        if result is not None and path:
            said = f"Saved {Path(path).name}"
            self.files.save(result, path, lambda: self.services.notify(said, "good"))

    def save_board(self, page: str, path: str) -> None:
        """Write the printable board."""
        if page and path:
            said = f"Wrote {Path(path).name}; print it at 100 %"
            self.files.write_board(self.session.board, page, path, lambda: self.services.notify(said, "good"))

    def command(self) -> str:
        """The command line that does the same."""
        spec = self.session.spec()
        return command_line(replace(spec, images=shortened(spec)))

    # Within: what was asked for has happened

    def _added(self, found: Listing) -> None:
        if found.left_out:
            self.services.notify(found.words, "info")
        have = len(self.session.material.views)
        after = self.session.material.with_views([photograph(path) for path in found.files])
        fresh = len(after.views) - have
        if fresh > 0:
            self._show_anew(f"Add {count(fresh, 'photograph')}", after)
        else:
            self.services.notify("These photographs are there already", "info")

    def _captured(self, row: ViewRow) -> None:
        self._show_anew(f"Capture {row.name}", self.session.material.with_views([row]))

    def _run_now(self) -> None:
        if self.captures.unwritten:
            what = f"{count(self.captures.unwritten, 'captured view')} could not be written yet"
            hint = "Free some space on the disk and calibrate again"
            self.show_trouble(Trouble(what, "Calibration failed", hint))
            return
        self.runs.solve(self.session.spec())

    def _refit(self) -> None:
        if self.session.solved() is None and self._base.missing_views == 0 and self.session.material.views:
            self.runs.solve(self.session.spec(), refit=True)

    def _told(self, key: str, value: object) -> None:
        """The camera is solved; its views are left out next."""
        if key == "fit" and isinstance(value, MonoResult):
            self.session.keep(replace(self.runs.spec, leave_one_out=False), value)
            self._refresh()

    def _solved(self, spec: MonoSpec, result: MonoResult) -> None:
        self.trouble = None
        self.session.keep(spec, result)
        self._refresh()
        self._keep()

    # Within: the session changes

    def _show_anew(self, text: str, after: Material) -> None:
        """Change, and offer to take it back where something that was shown is shown no more."""
        before = self.session.material
        self._change(text, after)
        if gone := before.lost_in(after):
            self._offer_undo(f"{text}: {gone} no longer shown")

    def _offer_undo(self, said: str) -> None:
        self.services.notify(said, "info", "Undo", undo_just_this(self.services.undo))

    def _change(self, text: str, after: Material) -> None:
        self.trouble = None
        self.services.undo.push(ChangeMaterial(text, self.session.material, after, self._apply))

    def _apply(self, material: Material) -> None:
        self.trouble = None
        self.session.material = material
        if not material.views:
            self.session.last = None
            self.runs.cancel()
        self.watch.configure()
        self._refresh()
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
        for view in self._base.views:
            if view.path not in self._thumbnails:
                self._thumbnails.add(view.path)
                self._ask_thumbnail(view.path)
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

    def _ask_thumbnail(self, path: str) -> None:
        self._errands.ask(
            partial(thumbnail, path, self.captures.image(path)),
            partial(self.panel.table.show_picture, path),
            lambda _failure: None,
            key=f"thumbnail {path}",
        )

    def _ask_picture(self, path: str, straight: bool, keep: float) -> None:
        shown = self.panel.report.view
        self._errands.ask(
            partial(picture, path, self.captures.image(path), self.session.result, straight, keep),
            shown.show_picture,
            lambda failure: shown.show_problem(path, str(failure)),
            key="picture",
            first=True,
        )

    def _begin(self) -> None:
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
        self.captures.stuck.connect(self._failed("View not saved"))
        runs.changed.connect(self.show_now)
        runs.told.connect(self._told)
        runs.done.connect(self._solved)
        runs.failed.connect(self.show_trouble)

    def _connect_panel(self) -> None:
        panel, camera, solver = self.panel, self.panel.camera, self.panel.solver
        camera.source.chosen.connect(self.watch.choose)
        camera.finder.clicked.connect(lambda on: self.watch.look(self.watch.source, on))
        camera.auto.clicked.connect(lambda on: self.set(auto=on))
        panel.board.changed.connect(self.set_board)
        solver.model.chosen.connect(lambda model: self.set(model=model))
        solver.free.clicked.connect(lambda on: self.set(free_board=on))
        solver.windowChosen.connect(lambda window: self.set(window=window))
        panel.table.toggled.connect(lambda path, on: self.set_used([path], on))
        panel.table.chosen.connect(self.choose_view)
        panel.table.removeWanted.connect(self.remove)
        panel.report.bars.chosen.connect(self.choose_view)
        panel.report.worst.clicked.connect(self.switch_off_worst)
        panel.report.view.pictureWanted.connect(self._ask_picture)
        panel.empty.button.clicked.connect(self._begin)
        panel.dropped.connect(self.add)
        panel.folder.clicked.connect(lambda: self.add(self.files.ask_folder()))
        panel.progress.cancelled.connect(self.runs.cancel)
        panel.trouble.retryWanted.connect(self.use_board)
        panel.trouble.logWanted.connect(self.services.host.show_log)
        panel.trouble.dismissed.connect(self.dismiss)
        panel.help.clicked.connect(self.show_help)

    def _connect_board(self) -> None:
        board = self.board
        board.pageChosen.connect(self.choose_page)
        board.dropped.connect(self.add)
        board.help.clicked.connect(self.show_help)
        board.trouble.retryWanted.connect(self.use_board)
        board.trouble.logWanted.connect(self.services.host.show_log)
        board.trouble.dismissed.connect(self.dismiss)
        self.pages.changed.connect(self.show_soon)

    def _connect_buttons(self) -> None:
        """Those that are commands, too."""
        panel = self.panel
        buttons = {
            "capture": panel.camera.capture,
            "run": panel.start,
            "add-images": panel.photographs,
            "open": panel.open,
            "save": panel.save,
            "board-pdf": panel.print,
            "copy-command": panel.copy,
            "clear": panel.discard,
        }
        for id, button in buttons.items():
            button.clicked.connect(self.actions.action(f"{NAME}.{id}").trigger)

    @property
    def file_name(self) -> str:
        """A name for a saved calibration: what was calibrated."""
        views = self.session.material.views
        return f"{Path(views[0].path).parent.name} calibration" if views else "calibration"


def make(room: Room) -> CalibrationController:
    """The feature in a window."""
    board, panel = CalibrationBoard(), room.dock("calibration", CalibrationPanel())
    room.board(NAME, board, board.head)
    return CalibrationController(panel, board, room.viewer, room.services, room.commands)
