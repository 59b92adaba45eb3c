"""Joins the calibration panel to cameras, jobs, files and undo.

The panel is shown one value, made anew from the session, the finders and the running job; nothing is stored twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QGuiApplication

from engines.calibration.formats.files import READ
from engines.calibration.types import MonoResult, MonoSpec
from engines.core.boards import Board
from engines.core.pictures.files import Listing
from widgets.calibration.panel import CalibrationPanel
from widgets.calibration.state import CalibrationView, Trouble, ViewRow, count
from workbench.commands import Actions
from workbench.controllers.calibration.captures import Captures
from workbench.controllers.calibration.files import Files, shortened
from workbench.controllers.calibration.keeping import keep_session, restore_session
from workbench.controllers.calibration.pictures import picture, thumbnail
from workbench.controllers.calibration.runs import Runs, trouble_of
from workbench.controllers.calibration.session import Material, Session, command_line, photograph
from workbench.controllers.calibration.undo import ChangeMaterial
from workbench.controllers.calibration.watch import Watch
from workbench.controllers.shell.sources import undo_just_this
from workbench.controllers.shell.viewer import ViewerController
from workbench.project.file import Project
from workbench.services import Services
from workbench.threads.background import Errands
from workbench.threads.engine_thread import Failure

REFIT_MS = 350
"""A pause this long after the last change of a view starts the fit again."""


class CalibrationController(QObject):
    """Shows the panel one view of session, finder and jobs."""

    def __init__(self, panel: CalibrationPanel, viewer: ViewerController, services: Services, actions: Actions) -> None:
        super().__init__(panel)
        self.panel, self._services, self._actions = panel, services, actions
        self.session = Session()
        self._base = CalibrationView()
        self._selected = ""
        self._trouble: Trouble | None = None
        self._project: Project | None = None
        self._thumbnails: set[str] = set()
        self._errands = Errands("calibration files")
        services.supervisor.adopt(self._errands)
        self.captures = Captures(self._errands, self)
        self.watch = Watch(viewer, services, self.captures, lambda: self.session, lambda: self._base.coverage, self)
        self.runs = Runs(services.jobs, self)
        self.files = Files(self._errands, panel, self._show_trouble)
        self._refit_soon = QTimer(self, singleShot=True, interval=REFIT_MS)
        self._refit_soon.timeout.connect(self._refit)
        self._listen()
        self._bind()
        self.restore()

    def close(self) -> None:
        """Stop looking and let go of the sources."""
        self._refit_soon.stop()
        self.watch.close()
        self._errands.request_stop()

    def restore(self) -> None:
        """Show what the open project holds; nothing happens while it is the same project."""
        if self._services.project is self._project:
            return
        self.runs.cancel()
        self._project = self._services.project
        self.session = restore_session(self._services)
        self._trouble, self._selected = None, ""
        self.captures.new_run()
        self._refresh()

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
            self._services.notify("Views discarded", "info", "Undo", undo_just_this(self._services.undo))

    def switch_off_worst(self) -> None:
        worst = self._base.worst
        if worst is not None:
            self._selected = worst.path
            self.set_used([worst.path], False)

    # Solving

    def run(self) -> None:
        """Calibrate from what is shown, once every captured view is on the disk."""
        if not self._base.can_calibrate or self.runs.busy is not None:
            return
        self._trouble = None
        self._refit_soon.stop()
        self.captures.retry()
        self._errands.ask(lambda: None, lambda _none: self._run_now(), self._failed("Calibration failed"))

    def set_board(self, board: Board) -> None:
        if board != self.session.board:
            self.session.material = self.session.material.unseen()
            self._set(board=str(board))

    def use_board(self, board: Board) -> None:
        """Take the board that was said to fit, and calibrate."""
        self._trouble = None
        self.set_board(board)
        self.run()

    # Files

    def open(self, path: str) -> None:
        """Show a saved calibration in place of the views; Undo brings those back."""
        name = Path(path).name
        self.files.open(path, lambda result: self._opened(name, result))

    def save(self, path: str) -> None:
        result = self.session.result
        if result is not None and path:
            said = f"Saved {Path(path).name}"
            self.files.save(result, path, lambda: self._services.notify(said, "good"))

    def save_board(self, page: str, path: str) -> None:
        """Write the printable board."""
        if page and path:
            self.files.write_board(
                self.session.board,
                page,
                path,
                lambda: self._services.notify(f"Wrote {Path(path).name}; print it at 100 %", "good"),
            )

    def command(self) -> str:
        """The command line that does the same."""
        spec = self.session.spec()
        return command_line(replace(spec, images=shortened(spec)))

    def copy_command(self) -> None:
        QGuiApplication.clipboard().setText(self.command())
        self._services.notify("Command copied", "good")

    # Within: what was asked for has happened

    def _added(self, found: Listing) -> None:
        if found.left_out:
            self._services.notify(found.words, "info")
        have = len(self.session.material.views)
        after = self.session.material.with_views([photograph(path) for path in found.files])
        fresh = len(after.views) - have
        if fresh > 0:
            self._show_anew(f"Add {count(fresh, 'photograph')}", after)
        else:
            self._services.notify("These photographs are there already", "info")

    def _captured(self, row: ViewRow) -> None:
        self._show_anew(f"Capture {row.name}", self.session.material.with_views([row]))

    def _opened(self, name: str, result: MonoResult) -> None:
        self._show_anew(f"Open {name}", Material((), result, name))

    def _run_now(self) -> None:
        if self.captures.unwritten:
            what = f"{count(self.captures.unwritten, 'captured view')} could not be written yet"
            self._show_trouble(Trouble(what, "Calibration failed", "Free some space on the disk and calibrate again"))
            return
        self.runs.start(self.session.spec())

    def _refit(self) -> None:
        if self.session.solved() is None and self._base.missing_views == 0 and self.session.material.views:
            self.runs.start(self.session.spec(), refit=True)

    def _fitted(self, spec: MonoSpec, result: MonoResult) -> None:
        self.session.keep(replace(spec, leave_one_out=False), result)
        self._refresh()

    def _solved(self, spec: MonoSpec, result: MonoResult) -> None:
        self._trouble = None
        self.session.keep(spec, result)
        self._refresh()
        self._keep()

    # Within: the session changes

    def _show_anew(self, text: str, after: Material) -> None:
        """Change, and offer to take it back where something that was shown is shown no more."""
        before = self.session.material
        self._change(text, after)
        gone = before.lost_in(after)
        if gone:
            what = f"{text}: {gone} no longer shown"
            self._services.notify(what, "info", "Undo", undo_just_this(self._services.undo))

    def _change(self, text: str, after: Material) -> None:
        self._trouble = None
        self._services.undo.push(ChangeMaterial(text, self.session.material, after, self._apply))

    def _apply(self, material: Material) -> None:
        self._trouble = None
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
            if self.runs.busy is not None and self.runs.refit:
                self.runs.cancel()
            self._refit_soon.start()
        else:
            self._refit_soon.stop()

    def _set(self, **values: object) -> None:
        self.session.settings = replace(self.session.settings, **values)  # type: ignore[arg-type]
        self.watch.configure()
        self._refresh()
        if "board" not in values:
            self._refit_later()
        self._keep()

    def _keep(self) -> None:
        if self._services.project is self._project:
            keep_session(self.session, self._services)

    # Within: showing

    def _refresh(self) -> None:
        """Make the panel's state anew and show it."""
        self._base = self.session.view()
        self._ask_thumbnails()
        self._show()

    def _show(self) -> None:
        state = replace(
            self._base,
            sources=self.watch.sources(),
            source=self.watch.source,
            live=self.watch.live,
            busy=self.runs.busy,
            refit=self.runs.refit,
            trouble=self._trouble,
            selected=self._selected,
        )
        self.panel.show_state(state)
        self._enable(state)

    def _enable(self, state: CalibrationView) -> None:
        for id, on in (
            ("capture", state.live is not None),
            ("run", state.can_calibrate),
            ("save", state.result is not None),
            ("copy-command", bool(state.views)),
            ("clear", bool(state.views) or bool(state.loaded_from)),
        ):
            self._actions.enable(f"calibration.{id}", on)

    def _show_trouble(self, trouble: Trouble) -> None:
        self._trouble = trouble
        self._show()

    def _failed(self, title: str) -> Callable[[Failure], None]:
        return lambda failure: self._show_trouble(trouble_of(failure.as_json(), title))

    def _ask_thumbnails(self) -> None:
        for view in self._base.views:
            if view.path not in self._thumbnails:
                self._thumbnails.add(view.path)
                self._ask_thumbnail(view.path)

    def _ask_thumbnail(self, path: str) -> None:
        image = self.captures.image(path)
        self._errands.ask(
            lambda: thumbnail(path, image),
            lambda small: self.panel.show_thumbnail(path, small),
            lambda _failure: None,
            key=f"thumbnail {path}",
        )

    def _ask_picture(self, path: str, straight: bool, keep: float) -> None:
        image, result = self.captures.image(path), self.session.result
        self._errands.ask(
            lambda: picture(path, image, result, straight, keep),
            self.panel.show_picture,
            lambda failure: self.panel.show_no_picture(path, str(failure)),
            key="picture",
            first=True,
        )

    def _sources_changed(self, _id: str = "") -> None:
        self.restore()
        self.watch.follow_sources()

    def _choose_view(self, path: str) -> None:
        self._selected = path
        self._show()

    def _listen(self) -> None:
        panel, feeds = self.panel, self._services.feeds
        for signal in (feeds.added, feeds.removed, feeds.changed):
            signal.connect(self._sources_changed)
        self.watch.changed.connect(self._show)
        self.watch.captured.connect(self._captured)
        self.watch.trouble.connect(self._show_trouble)
        self.captures.stuck.connect(lambda failure: self._show_trouble(trouble_of(failure.as_json(), "View not saved")))
        self.runs.changed.connect(self._show)
        self.runs.fitted.connect(self._fitted)
        self.runs.solved.connect(self._solved)
        self.runs.failed.connect(self._show_trouble)
        panel.sourceChosen.connect(self.watch.choose)
        panel.finderToggled.connect(lambda on: self.watch.look(self.watch.source, on))
        panel.autoToggled.connect(lambda on: self._set(auto=on))
        panel.boardChanged.connect(self.set_board)
        panel.boardSuggested.connect(self.use_board)
        panel.modelChosen.connect(lambda model: self._set(model=model))
        panel.freeBoardToggled.connect(lambda on: self._set(free_board=on))
        panel.windowChosen.connect(lambda window: self._set(window=window))
        panel.dropped.connect(self.add)
        panel.addFolderWanted.connect(lambda: self.add(self.files.ask_folder()))
        panel.viewToggled.connect(lambda path, on: self.set_used([path], on))
        panel.viewChosen.connect(self._choose_view)
        panel.removeWanted.connect(self.remove)
        panel.worstOffWanted.connect(self.switch_off_worst)
        panel.cancelWanted.connect(self.runs.cancel)
        panel.logWanted.connect(self._services.host.show_log)
        panel.helpWanted.connect(lambda: self._services.host.show_help("calibration"))
        panel.troubleDismissed.connect(self._dismiss)
        panel.pictureWanted.connect(self._ask_picture)

    def _bind(self) -> None:
        panel = self.panel
        for id, signal, act in (
            ("capture", panel.captureWanted, self.watch.capture),
            ("run", panel.runWanted, self.run),
            ("add-images", panel.addWanted, lambda: self.add(self.files.ask_pictures())),
            ("open", panel.openWanted, lambda: self._open_asked(self.files.ask_calibration())),
            ("save", panel.saveWanted, lambda: self.save(self.files.ask_target(self._name()))),
            ("board-pdf", panel.boardPdfWanted, lambda: self.save_board(*self.files.ask_page(self.session.board))),
            ("copy-command", panel.copyCommandWanted, self.copy_command),
            ("clear", panel.clearWanted, self.clear),
        ):
            self._actions.bind(f"calibration.{id}", act)
            signal.connect(act)

    def _open_asked(self, path: str) -> None:
        if path:
            self.open(path)

    def _dismiss(self) -> None:
        self._trouble = None
        self._show()

    def _name(self) -> str:
        """A name for a saved calibration: what was calibrated."""
        views = self.session.material.views
        return f"{Path(views[0].path).parent.name} calibration" if views else "calibration"
