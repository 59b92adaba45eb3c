"""The window: docks around viewer or studio, a toolbar, one table of commands. It joins parts, computes nothing."""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import QByteArray, QChildEvent, QSize, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QShowEvent, QUndoStack
from PySide6.QtWidgets import QMainWindow, QMenu, QTabBar

from engines.cameras.types import Child, Source
from engines.core.addresses import hidden
from engines.core.names import shown
from engines.core.words import tr
from widgets.kit.lengths.units import UNITS
from widgets.kit.menus import SideMenu
from widgets.kit.panel import FOLDS, describe
from widgets.kit.save_file import LAST
from widgets.kit.wheel import leave_wheel
from widgets.shell.jobs import JobsPanel
from widgets.shell.log import LogPanel
from widgets.shell.notices import Notices
from widgets.shell.properties import PropertiesPanel
from widgets.shell.start.place import ViewerPlace
from widgets.sources.panel import SourcesPanel, dropped_texts
from widgets.viewer.grid import ViewerGrid
from widgets.viewer.recording_bar import RecordingBar
from workbench.commands import Actions, commands, presets
from workbench.controllers.shell.dialogs import DialogsController
from workbench.controllers.shell.editing import Editing
from workbench.controllers.shell.finding import FindingController
from workbench.controllers.shell.grid import GridController
from workbench.controllers.shell.jobs import JobsController
from workbench.controllers.shell.leaving import LeavingController
from workbench.controllers.shell.log import LogController
from workbench.controllers.shell.project import ProjectController
from workbench.controllers.shell.properties import PropertiesController
from workbench.controllers.shell.recordings import Recordings
from workbench.controllers.shell.shortcuts import ShortcutsController
from workbench.controllers.shell.source_menu import SourceMenu
from workbench.controllers.shell.sources import SourcesController
from workbench.controllers.shell.start import Parts, StartController
from workbench.controllers.shell.undistort import UndistortController
from workbench.controllers.shell.viewer import ViewerController
from workbench.features import Feature, resumes
from workbench.feeds.running import Feeds
from workbench.log import LogBook
from workbench.plugged import FEATURES
from workbench.project.finding import open_last
from workbench.project.settings import SettingsStore
from workbench.project.settings_keeper import SettingsKeeper
from workbench.services import Host, Services
from workbench.threads.jobs import JobQueue
from workbench.threads.supervisor import Supervisor
from workbench.window import theme
from workbench.window.ahead import ImportsAhead, InTurns
from workbench.window.centre import Centre
from workbench.window.docks import Docks, TabRow, specs
from workbench.window.full_screen import FullScreen
from workbench.window.keeping import DeskKeeper
from workbench.window.made import Made
from workbench.window.placement import Placement
from workbench.window.places import Places, guide
from workbench.window.toolbar import TopBar

log_ = logging.getLogger(__name__)

FIRST_SIZE = QSize(1440, 900)
PRESET = "window."
ROOM_BELOW = 130
"""Height of what stands where a dock of a feature would, were it needed."""


class Panels:
    """The window's own; a name is the id of a dock."""

    def __init__(self) -> None:
        self.sources, self.properties = SourcesPanel(), PropertiesPanel()
        self.jobs, self.log = JobsPanel(), LogPanel()


class Window(QMainWindow, Host):
    """The main window. `closed` is sent once its parts have let go and the supervisor has asked every thread to end."""

    closed = Signal()

    def __init__(
        self, supervisor: Supervisor, settings: SettingsStore, log: LogBook, features: Sequence[Feature] = FEATURES
    ) -> None:
        super().__init__()
        self.setAcceptDrops(True)
        self.placement = Placement(self, FIRST_SIZE)
        self.notices = Notices(self)
        project, self._project_notice = open_last(settings.value.last)
        feeds = Feeds(supervisor, parent=self)
        jobs = JobQueue(supervisor, workers=settings.value.workers, parent=self, resumes=resumes(features))
        self.services = Services(supervisor, feeds, jobs, log, settings, project, QUndoStack(self), self.notify, self)
        self.presets = {preset.id: preset for preset in presets(features)}
        self.commands = Actions(self, commands(features))
        self.grid = ViewerGrid()
        self.place = ViewerPlace(self.grid)
        self.centre = Centre("viewer", self.place)
        self.setCentralWidget(self.centre)
        folds = settings.value.panels.get("folds", {})
        FOLDS.state.update({name: folded for name, folded in folds.items() if isinstance(folded, bool)})
        LAST.begin(settings.value.panels.get("files", {}), partial(settings.set_panel, "files"))
        self.docks = Docks(self, specs(features))
        self.panels = Panels()
        for id, panel in vars(self.panels).items():
            self.docks.docks[id].fill(panel)
        self.viewer = ViewerController(self.grid, self.services)
        self.features = Made(features, self.docks, self.centre, self.viewer, self.services, self.commands)
        self._make_controllers()
        self._bind()
        self.commands.fill(self.menuBar(), self._extra_menu)
        self.addToolBar(TopBar(self.commands, [f"{PRESET}{id}" for id in self.presets], self))
        self._restore_layout()
        self._keeper = SettingsKeeper(settings, supervisor, self.notify, self)
        self._desk = DeskKeeper(self.grid, self.docks, self.services, self.preset, self.presets, self)
        self.project.changed.connect(self._desk.restore)
        for keep in (self.features.keep_now, self._desk.keep):
            self.project.leaving.connect(keep)
            self.project.keeping.connect(keep)
        self.project.leaving.connect(self.beginning.leave)
        self._ahead = ImportsAhead(features, self)

    def start(self, arguments: Sequence[str] = ()) -> None:
        """After the first paint: the project's sources, then what the command line named, then what went wrong."""
        QTimer.singleShot(0, partial(self._start, list(arguments)))

    def notify(
        self, text: str, level: str = "info", action: str = "", run: Callable[[], object] | None = None, key: str = ""
    ) -> None:
        """A notice in the corner that does not take the focus, none for ""; one that warns is also in the log."""
        if not text:
            return
        text = shown(hidden(text))
        if level in ("warn", "bad"):
            log_.warning("%s", text)
        self.notices.show_notice(text, level, action, run, key)

    def settle(self, key: str) -> None:
        self.notices.settle(key)

    def preset(self, id: str) -> None:
        """Arrange docks and centre for one kind of work."""
        chosen = self.presets[id]
        self.features.make_for(chosen)
        self.docks.arrange(chosen.docks)
        self.centre.show_strip(chosen.strip)
        if chosen.strip:
            self.features[chosen.strip].show_page()
        else:
            self.centre.show_widget(chosen.centre)
        self.docks.hand_focus(id)
        self.commands.check(PRESET + id)
        self.services.settings.change(preset=id)

    def _centre_chosen(self, name: str) -> None:
        """Under the strip of tabs the viewer is one of the pages."""
        if self.centre.strip and name == "viewer":
            self.features[self.centre.strip].show_live()

    def show_log(self) -> None:
        self.docks.show("log")

    def show_help(self, page: str) -> None:
        self.dialogs.show_heading(page, self.features.page_of(page))

    def show_dock(self, id: str) -> None:
        self.docks.show(id)

    def show_centre(self, name: str) -> None:
        if self.centre.strip not in ("", name) and name != "viewer":
            self.preset(self.features.record(name).preset.id)
        self.centre.show_widget(name)

    def add_source(self, path: str) -> None:
        self.sources.add_dropped([path])

    def play(self, source: Source) -> None:
        self.sources.add(source)

    def undistort(self, path: str, on: bool = True) -> None:
        self.undistorted.show(path) if on else self.undistorted.show_as_it_comes(path)

    def derive(self, pictures: Mapping[str, Child]) -> None:
        for path, child in pictures.items():
            self.sources.straighten(path, child)
            parent = self.services.calibrations.parent(path)
            tiles = [tile for tile, shown in self.viewer.shown().items() if shown == parent]
            self.viewer.show(path, tiles[0] if tiles else None)

    def bring(self, feature: str) -> None:
        preset = self.features.record(feature).preset
        if feature not in (self.centre.strip, self.centre.front):
            self.preset(preset.id)
        self.docks.show(feature)

    def open_lens(self, file: str) -> None:
        for feature in (one.id for one in self.features.records if one.lenses):
            self.bring(feature)
            self.features[feature].open(file)

    def give_room(self, dock: str, on: bool) -> None:
        """Where it is not needed, the jobs get its room."""
        height = self.presets[self.services.settings.value.preset].docks.get(dock)
        if height is not None:
            self.docks.docks[dock].setVisible(on)
            self.docks.resize({dock: height} if on else {"jobs": ROOM_BELOW})
            self.docks.show(dock if on else "jobs")

    def set_theme(self, name: str) -> None:
        """ "dark" or "light", at once and at the next start."""
        theme.change(name)
        self.commands.check(f"view.{name}")
        self.services.settings.change(theme=name)

    def save(self) -> None:
        """What must not be lost when the process has to leave hard."""
        self.services.settings.change(geometry=base64.b64encode(bytes(self.saveGeometry().data())).decode())
        self._desk.keep_layout()
        if problem := self.services.settings.save():
            self.notify(problem, "warn")

    def closeEvent(self, event: QCloseEvent) -> None:
        """A user who closes it is asked about jobs under way; a signal, a test or the tour is not."""
        if event.spontaneous() and not self.leaving.may_close():
            event.ignore()
            return
        self._ahead.stop()
        self._keeper.close()
        self._desk.close()
        self.beginning.close()
        self.save()
        for controller in reversed(self._controllers):
            controller.close()
        self.services.supervisor.shutdown()
        self.services.jobs.close()
        self.project.finish()
        event.accept()
        self.closed.emit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():
            self.placement.shown()

    def childEvent(self, event: QChildEvent) -> None:
        """Rows of tabs that Qt makes for docks behave as ours do."""
        if event.polished() and isinstance(child := event.child(), QTabBar):
            leave_wheel(child)
            TabRow(child)
            describe(child, tr("Panels"), tr("The panel in front"))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() or event.mimeData().hasText():
            event.acceptProposedAction()

        self.beginning.show_aimed(event.isAccepted())

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.beginning.show_aimed(False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Files fall on the feature in the centre or on the one that they are of; everything else is a source."""
        self.beginning.show_aimed(False)
        files = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        taker = self.features.taker(files) if files else ""
        if taker:
            self.features[taker].take(files)
        else:
            self.sources.add_dropped(dropped_texts(event.mimeData()))
        event.acceptProposedAction()

    def _make_controllers(self) -> None:
        panels, services, commands = self.panels, self.services, self.commands
        pages = guide(self.features.records)
        self.sources = SourcesController(panels.sources, self.viewer, services, commands)
        self.source_menu = SourceMenu(panels.sources, self.sources, services, commands)
        self.undistorted = UndistortController(self, self.sources, self.viewer, services, commands)
        self.properties = PropertiesController(panels.properties, self.viewer, services)
        self.source_menu.serve(panels.properties, self.properties.show)
        self.leaving = LeavingController(self, services)
        self.jobs = JobsController(panels.jobs, services, commands, self.features.shows)
        self.log = LogController(panels.log, services, self.features.records)
        self.tiles = GridController(self.viewer, services, commands)
        self.project = ProjectController(self, self.sources, self.viewer, self.tiles, services, commands)
        self.source_menu.lost.connect(self.project.locate)
        parts = Parts(
            self.place, self.docks, panels.sources, self.features, self.project, InTurns(self.features.records, self)
        )
        self.beginning = StartController(parts, services, commands)
        applied = {"theme": self.set_theme, "density": theme.pack, "units": UNITS.choose}
        self.dialogs = DialogsController(
            self, services, commands, self._panel_in_front, applied, list(self.presets.values()), pages
        )
        places = Places(services, self.features, self.viewer, self.project, self.dialogs, self.docks)
        self.finding = FindingController(self, services, commands, places, self.features.records, pages)
        self.shortcuts = ShortcutsController(self, services, commands)
        self.dialogs.serve_shortcuts = self.shortcuts.serve
        self.editing = Editing(self, services, commands, self.finding.show)
        self.full_screen = FullScreen(self, commands)
        self._controllers = (
            self.viewer, self.tiles, self.sources, self.properties, self.features,
            self.leaving, self.jobs, self.log, self.dialogs, self.finding, self.shortcuts, self.project,
        )  # fmt: skip
        self.project.changed.connect(self._show_title)
        self.project.changed.connect(self.features.restore)
        self.centre.chosen.connect(self._centre_chosen)

    def _bind(self) -> None:
        bind, viewer = self.commands.bind, self.viewer
        for id in self.presets:
            bind(PRESET + id, partial(self.preset, id))
        bind("view.snapshot", viewer.snapshot_selected)
        bind("view.record", viewer.record_selected)
        viewer.recording.connect(partial(self.commands.check, "view.record"))
        self._bind_recordings(viewer.recordings)
        bind("view.dark", partial(self.set_theme, "dark"))
        bind("view.light", partial(self.set_theme, "light"))
        bind("view.system", partial(self.set_theme, "system"))
        bind("window.reset", self._reset)
        bind("window.notice", self.notices.focus)
        bind("jobs.start", lambda: self.features.start(self._panel_in_front()))
        bind("file.quit", self.leaving.quit)
        self.commands.check(f"view.{self.services.settings.value.theme}")

    def _bind_recordings(self, recordings: Recordings) -> None:
        bar, commands = RecordingBar(self), self.commands
        self.setStatusBar(bar)
        commands.bind("view.record-all", self.viewer.record_all)
        commands.bind("view.record-stop", recordings.end_all)
        commands.enable("view.record-stop", False)
        recordings.changed.connect(lambda: commands.enable("view.record-stop", bool(recordings.paths())))
        recordings.told.connect(bar.show_recordings)
        bar.stopWanted.connect(recordings.end_all)

    def _extra_menu(self, name: str, menu: QMenu) -> None:
        if name == tr("File"):
            recent = SideMenu(tr("Open recent"), menu)
            recent.aboutToShow.connect(lambda: self.project.fill_recent(recent))
            menu.insertMenu(self.commands.action("file.save"), recent)
        if name == tr("Window"):
            menu.addSeparator()
            for dock in self.docks.docks.values():
                menu.addAction(dock.entry())

    def _reset(self) -> None:
        self.docks.reset()
        self.preset("monitor")
        self.tiles.follow()

    def _restore_layout(self) -> None:
        settings = self.services.settings.value
        known = list(self.presets)
        self.preset(next((id for id in (settings.start_preset, settings.preset) if id in known), known[0]))
        if settings.geometry_bytes:
            self.restoreGeometry(QByteArray(settings.geometry_bytes))
        if settings.layout and not settings.start_preset and not self.docks.restore(settings.layout_bytes):
            self.notify(tr("The layout of the last start does not fit this version and was reset"), "info")
        self.beginning.follow()

    def _start(self, arguments: list[str]) -> None:
        if self.services.supervisor.closed:
            return
        owners = {name: self.features.owner(name) for name in arguments}
        self.project.start([name for name in arguments if not owners[name]])
        for name, owner in owners.items():
            if owner:
                self.features[owner].take([name])
        self.beginning.begin()
        self.features.sweep(self._keeper.errands)
        for notice in (self.services.settings.notice, self._project_notice):
            if notice:
                self.notify(notice, "warn")
        self._ahead.start()

    def _show_title(self) -> None:
        project, of = self.services.project, {"project": self.services.project.title}
        memory = tr("{project} (in memory only) · Kinoscope", **of)
        said = memory if project.unsaved else tr("{project} · Kinoscope", **of)
        self.setWindowTitle(tr("{project} (read-only) · Kinoscope", **of) if project.read_only else said)

    def _panel_in_front(self) -> str:
        """Name of the panel that has the focus, or of what is in the centre."""
        focus = self.focusWidget()
        owners = (id for id, dock in self.docks.docks.items() if focus is not None and dock.isAncestorOf(focus))
        centre = self.centre.strip or self.centre.front
        if centre == "viewer" and not self.viewer.shown():
            centre = "start"
        return next(owners, centre)
