"""Projects from the user's side: new, open, rename, duplicate, bundles, and bringing back what was open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QInputDialog, QMenu, QWidget

from engines.cameras.sources.parsing import parse, title
from engines.cameras.types import Source
from engines.core.errors import BadInput, KinoscopeError
from engines.core.names import shown
from engines.core.outputs import free_name
from engines.core.words import tr
from widgets.kit.labels import really
from widgets.kit.save_file import ask_file, ask_folder, ask_open
from workbench.commands import Actions
from workbench.controllers.shell.grid import GridController
from workbench.controllers.shell.locating import Locating
from workbench.controllers.shell.project_disk import ProjectDisk
from workbench.controllers.shell.reveal import reveal
from workbench.controllers.shell.sources import SourcesController
from workbench.controllers.shell.viewer import ViewerController
from workbench.feeds.passwords import ASKS, has_password
from workbench.project.bundle import ABOUT, LIST, export, read_into
from workbench.project.file import Project
from workbench.project.finding import new_project
from workbench.project.holding import is_elsewhere, lock_of, take_away
from workbench.project.naming import SUFFIX, named, projects_dir, stem_of
from workbench.project.recent import recent_titles
from workbench.services import Services

FILTER = tr("Kinoscope projects (*{suffix})", suffix=SUFFIX)


class ProjectController(QObject):
    """Which project is open. `changed` says that its title or its state may be another."""

    changed = Signal()
    leaving = Signal()
    """What is shown goes into the project that is open, now: another will be."""
    keeping = Signal()
    """The same, and it stays open."""

    def __init__(
        self,
        window: QWidget,
        sources: SourcesController,
        viewer: ViewerController,
        grid: GridController,
        services: Services,
        actions: Actions,
    ) -> None:
        super().__init__(window)
        self._window, self._sources, self._viewer, self._services = window, sources, viewer, services
        self._grid, self._actions = grid, actions
        actions.bind("file.new", self.new)
        actions.bind("file.open", self.ask_open)
        actions.bind("file.save", self.save)
        self.disk = ProjectDisk(window, services, self)
        self.disk.changed.connect(self.changed)
        self.disk.wanted.connect(self.take_over)
        self.locating = Locating(window, services, self)
        self.locating.moved.connect(self._reopen)
        actions.bind("file.save-as", self.ask_save)
        actions.bind("file.rename", self.ask_name)
        actions.bind("file.duplicate", self.duplicate)
        actions.bind("file.export", self.ask_export)
        actions.bind("file.import", self.ask_import)

    def start(self, arguments: Sequence[str]) -> None:
        """What the command line named: a project, or things to add; without a project, what was open last.

        Readers of films are imported first: later, on a feed's thread, the import would hold the window for a tenth of
        a second.
        """
        import_module("engines.cameras.readers.file")
        self.disk.start()
        projects = [name for name in arguments if name.endswith(SUFFIX)]
        if projects:
            self.open(projects[0])
        else:
            self.restore()
        self._sources.add_dropped([name for name in arguments if not name.endswith(SUFFIX)])

    def restore(self) -> None:
        """Run the project's sources again, where they were. One that cannot be read is said and skipped."""
        project = self._services.project
        project.tell = partial(self._services.notify, level="warn")
        running = self._services.feeds.ids()
        sources = project.items("source")
        self._take_out_passwords()
        self._restore_sources({id: value for id, value in sources.items() if id not in running})
        self._grid.restore()
        self._services.settings.change(last=str(project.path))
        self.disk.follow()
        self.locating.look()
        if project.read_only:
            self._say_read_only()
        self.changed.emit()

    def _say_read_only(self) -> None:
        project = self._services.project
        text = tr("{title} can only be read here: changes are not saved. {why}", title=project.title, why=project.why)
        if project.is_held and is_elsewhere(project.path):
            self._services.notify(text, "warn", tr("Use it anyway…"), partial(self._ask_away, project))
        else:
            self._services.notify(text, "warn", tr("Go on in a copy"), self.duplicate)

    def _ask_away(self, project: Project) -> None:
        """Another machine had it last, which may have been switched off; only the user can know."""
        if project is not self._services.project:
            return
        question = tr(
            "{why} If it still runs there, each of the two overwrites what the other saves. Is it closed there?",
            why=project.why,
        )
        if really(self._window, tr("Use it anyway"), question, tr("It is closed")):
            lock = lock_of(project.path)
            take_away(lock)
            lock.unlock()
            self.take_over()

    def take_over(self) -> None:
        """Write to a project that another window had, once that has closed it."""
        path = self._services.project.path
        self._attempt(lambda: self._take_over(path))

    def _take_over(self, path: Path) -> None:
        project = _existing(path)
        if project.read_only:
            self._services.notify(tr("It cannot be saved yet. {why}", why=project.why), "warn")
            project.close()
            return
        self._switch(project)
        self._services.notify(tr("{title} can be changed here now, and saves itself", title=project.title), "good")

    def _restore_sources(self, sources: dict[str, Any]) -> None:
        errors = []
        with self._sources.all_at_once():
            for id, value in sources.items():
                try:
                    self._restore_source(id, value)
                except KinoscopeError as error:
                    errors.append(error)
        if errors:
            count = tr("A source") if len(errors) == 1 else tr("{count} sources", count=len(errors))
            self._services.notify(
                tr("{count} of this project could not be opened: {errors}", count=count, errors=errors[0]), "warn"
            )

    def _restore_source(self, id: str, value: Any) -> None:
        source = parse(value)
        if value.get(ASKS) is True and not has_password(source):
            self._sources.passwords.complete(source, partial(self._run_known, self._services.project, id))
        else:
            self._sources.bring_back(source, id)

    def _run_known(self, project: Project, id: str, source: Source, known: bool) -> None:
        """A stream whose password was looked for, unless another project is open by now."""
        if project is not self._services.project or id in self._services.feeds.ids():
            return
        self._sources.bring_back(source, id)
        self._viewer.restore_tiles()
        if not known:
            text = tr("The password of {title} is not kept on this machine", title=title(source))
            self._services.notify(text, "warn", tr("Enter it"), partial(self._sources.ask_password, id))

    def new(self) -> None:
        """An empty project named after the day, on the start page; the present one is saved, and first in Recent."""
        self._attempt(self._new)

    def open(self, path: str | Path) -> None:
        self._attempt(lambda: self._open(Path(path)))

    def ask_open(self) -> None:
        if path := ask_open(self._window, tr("Open project"), "project", FILTER):
            self.open(path)

    def ask_save(self) -> None:
        if path := ask_file(self._window, tr("Save project as"), "project", FILTER, self._services.project.title):
            self._attempt(lambda: self._save(Path(path)))

    def save(self) -> None:
        """Make certain that what still waits is on the disk, and say so; where it cannot be, ask for another place."""
        project = self._services.project
        self.keeping.emit()
        project.make_certain()
        if project.unsaved:
            self.ask_save()
        elif project.read_only:
            self._say_read_only()
        elif problem := self._services.settings.save():
            self._services.notify(problem, "warn")
        else:
            self._services.notify(tr("{name} is saved", name=project.title), "good")

    def ask_name(self) -> None:
        """In a dialog that holds up nothing."""
        dialog = QInputDialog(self._window)
        dialog.setWindowTitle(tr("Rename project"))
        dialog.setLabelText(tr("What this project is called. Its file takes the name too."))
        dialog.setTextValue(self._services.project.title)
        dialog.setOkButtonText(tr("Rename"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.textValueSelected.connect(self.rename)
        dialog.open()

    def rename(self, title: str) -> None:
        """Call the open project so."""
        self._attempt(lambda: self._rename(title))

    def duplicate(self) -> None:
        """A copy of the project, which is open from now on; the one it is made of stays as it is."""
        self._attempt(self._duplicate)

    def locate(self, paths: list[str]) -> None:
        """Ask where the first of these is, which the project's sources have lost."""
        self.locating.locate(self._services.project, paths)

    def fill_recent(self, menu: QMenu) -> None:
        """The projects used lately besides the one that is open, by their titles."""
        menu.clear()
        for path, called in recent_titles(self._services.settings.value):
            action = menu.addAction(called.replace("&", "&&"))
            action.triggered.connect(lambda _checked=False, path=path: self.open(path))
            action.setToolTip(shown(path))
        if menu.isEmpty():
            menu.addAction(tr("No other project yet")).setEnabled(False)

    def ask_export(self) -> None:
        if folder := ask_folder(self._window, tr("Export to a new folder in"), "bundle"):
            self._attempt(
                lambda: self._export(Path(folder) / tr("{project} bundle", project=self._services.project.title))
            )

    def ask_import(self) -> None:
        """For the list of a bundle or its zip: a folder cannot be told from its files in one dialog."""
        words = tr("The bundle's {about}, or its zip", about=ABOUT)
        kinds = f"{words} ({' '.join((ABOUT, LIST, '*.zip'))})"
        title = tr("Choose the bundle's {about} or its zip", about=ABOUT)
        if path := ask_open(self._window, title, "bundle", kinds):
            self.import_bundle(path if path.lower().endswith(".zip") else Path(path).parent)

    def import_bundle(self, bundle: str | Path) -> None:
        """The project that a folder or zip holds, as a new one that is open from now on."""
        self._attempt(lambda: self._switch(read_into(bundle, new_project)))

    def close(self) -> None:
        """The window is closing: how it looks last. What others still have to save goes to the project after this."""
        self.disk.close()
        self.locating.close()

    def finish(self) -> None:
        """Nothing more is saved."""
        self._close_file()

    def _close_file(self) -> None:
        project, settings = self._services.project, self._services.settings
        settings.add_recent(str(project.path))
        if (rescued := project.close()) is not None:
            settings.add_recent(str(rescued))
            settings.change(last=str(rescued))
            settings.save()
            text = tr("{path} could not be saved; what it held is in {rescued}", path=project.path, rescued=rescued)
            self._services.notify(text, "warn")

    def _open(self, path: Path) -> None:
        here = self._services.project
        if not here.read_only and path.is_file() and here.path.is_file() and path.samefile(here.path):
            self.restore()
        else:
            self._switch(_existing(path))

    def _new(self) -> None:
        self._switch(new_project())
        self._actions.run("window.monitor")

    def _switch(self, project: Project) -> None:
        self.disk.take_picture()
        self.leaving.emit()
        self._services.undo.clear()
        self._sources.clear()
        self._close_file()
        self._services.project = project
        self._services.settings.add_recent(str(project.path))
        self.restore()

    def _reopen(self) -> None:
        """The same project from its file: what it holds was changed for all who had read it."""
        path = self._services.project.path
        self._services.undo.clear()
        self._sources.clear()
        self._close_file()
        self._services.project = Project(path)
        self.restore()

    def _rename(self, title: str) -> None:
        project, settings = self._services.project, self._services.settings
        before = str(project.path)
        project.rename(title)
        settings.forget_recent(before)
        settings.add_recent(str(project.path))
        settings.change(last=str(project.path))
        self.changed.emit()

    def _duplicate(self) -> None:
        here = self._services.project
        self.leaving.emit()
        title = tr("{title} copy", title=here.title)
        folder = here.path.parent if not here.read_only and not here.unsaved else projects_dir()
        copy = here.save_as(free_name(folder / (stem_of(title) + SUFFIX)))
        copy.rename(title if copy.path.stem == stem_of(title) else copy.path.stem)
        self._switch(copy)
        self._services.notify(tr("This is {title} now; {before} is as it was", title=copy.title, before=here.title),
                              "good")  # fmt: skip

    def _save(self, path: Path) -> None:
        here = self._services.project
        if named(path).exists() and here.path.exists() and named(path).samefile(here.path):
            self._services.notify(tr("{here} saves itself; nothing is left to be saved", here=here.title), "good")
            return
        saved = here.save_as(path)
        here.close()
        saved.tell = here.tell
        self._services.project = saved
        self._take_out_passwords()
        self._services.settings.add_recent(str(saved.path))
        self._services.settings.change(last=str(saved.path))
        self.disk.follow()
        self._services.notify(tr("Saved as {path}; from now on it saves itself", path=shown(saved.path.name)), "good")
        self.changed.emit()

    def _take_out_passwords(self) -> None:
        if taken := self._services.project.forget_passwords(ASKS):
            self._sources.passwords.take_over(taken)

    def _export(self, folder: Path) -> None:
        target = _new_folder(folder, self._services.project.title)
        written = export(self._services.project, target)
        told = tr("Exported {count} files to {target}", count=len(written), target=target)
        self._services.notify(told, "good", tr("Reveal"), partial(reveal, target, self._services.notify))

    def _attempt(self, act: Callable[[], None]) -> None:
        try:
            act()
        except KinoscopeError as error:
            self._services.notify(str(error), "bad")
        except OSError as error:
            self._services.notify(f"{error.strerror}: {error.filename}", "bad")


def _new_folder(folder: Path, name: str) -> Path:
    """The chosen folder while it is empty, else a new one in it: no file that is there is replaced."""
    if not folder.is_dir() or not any(folder.iterdir()):
        return folder
    names = (tr("{name} export", name=name) + (f" {number}" if number > 1 else "") for number in count(1))
    return next(folder / name for name in names if not (folder / name).exists())


def _existing(path: Path) -> Project:
    """A project that is there: opening one must not make it."""
    if not path.is_file():
        raise BadInput(tr("There is no such project"), path=path, hint=tr("It may have been moved or renamed"))
    return Project(path)
