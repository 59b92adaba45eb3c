"""Projects from the user's side: new, open, save under a name, export, and bringing back what was open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from engines.cameras.sources.parsing import parse, title
from engines.cameras.types import Source
from engines.core.errors import BadInput, KinoscopeError
from engines.core.names import shown
from widgets.kit.save_file import ask_file, ask_folder, ask_open
from workbench.commands import Actions
from workbench.controllers.shell.grid import GridController
from workbench.controllers.shell.sources import SourcesController
from workbench.controllers.shell.viewer import ViewerController
from workbench.feeds.passwords import ASKS, has_password
from workbench.project.file import SUFFIX, Project, named, new_untitled
from workbench.services import Services

FILTER = f"Kinoscope projects (*{SUFFIX})"


class ProjectController(QObject):
    """Which project is open. `changed` says that its title may be another."""

    changed = Signal()

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
        self._grid = grid
        actions.bind("file.new", self.new)
        actions.bind("file.open", self.ask_open)
        actions.bind("file.save-as", self.ask_save)
        actions.bind("file.export", self.ask_export)

    def start(self, arguments: Sequence[str]) -> None:
        """What the command line named: a project, or things to add; without a project, what was open last."""
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
        if project.read_only:
            self._services.notify(f"{project.title} {project.why}: changes here are not saved", "warn")
        self.changed.emit()

    def _restore_sources(self, sources: dict[str, Any]) -> None:
        errors = []
        for id, value in sources.items():
            try:
                self._restore_source(id, value)
            except KinoscopeError as error:
                errors.append(error)
        if errors:
            count = "A source" if len(errors) == 1 else f"{len(errors)} sources"
            self._services.notify(f"{count} of this project could not be opened: {errors[0]}", "warn")

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
            text = f"The password of {title(source)} is not kept on this machine"
            self._services.notify(text, "warn", "Enter it", partial(self._sources.ask_password, id))

    def new(self) -> None:
        """An empty project; the present one is saved already, under Recent when it has no name."""
        self._attempt(self._new)

    def open(self, path: str | Path) -> None:
        self._attempt(lambda: self._switch(_existing(Path(path))))

    def ask_open(self) -> None:
        if path := ask_open(self._window, "Open project", "project", FILTER):
            self.open(path)

    def ask_save(self) -> None:
        if path := ask_file(self._window, "Save project as", "project", FILTER, self._services.project.title):
            self._attempt(lambda: self._save(Path(path)))

    def ask_export(self) -> None:
        if folder := ask_folder(self._window, "Export to a new folder in", "bundle"):
            self._attempt(lambda: self._export(Path(folder) / f"{self._services.project.title} bundle"))

    def close(self) -> None:
        self._services.project.close()

    def _new(self) -> None:
        self._switch(new_untitled())

    def _switch(self, project: Project) -> None:
        self._services.undo.clear()
        self._services.feeds.clear()
        self._services.project.close()
        self._services.project = project
        self._services.settings.add_recent(str(project.path))
        self.restore()

    def _save(self, path: Path) -> None:
        here = self._services.project
        if named(path).exists() and here.path.exists() and named(path).samefile(here.path):
            self._services.notify(f"{here.title} saves itself; nothing is left to be saved", "good")
            return
        saved = here.save_as(path)
        here.close()
        saved.tell = here.tell
        self._services.project = saved
        self._take_out_passwords()
        self._services.settings.add_recent(str(saved.path))
        self._services.notify(f"Saved as {shown(saved.path.name)}; from now on it saves itself", "good")
        self.changed.emit()

    def _take_out_passwords(self) -> None:
        if taken := self._services.project.forget_passwords(ASKS):
            self._sources.passwords.take_over(taken)

    def _export(self, folder: Path) -> None:
        target = _new_folder(folder, self._services.project.title)
        written = self._services.project.export(target)
        self._services.notify(f"Wrote {len(written)} files to {target}", "good")

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
    names = (f"{name} export" + (f" {number}" if number > 1 else "") for number in count(1))
    return next(folder / name for name in names if not (folder / name).exists())


def _existing(path: Path) -> Project:
    """A project that is there: opening one must not make it."""
    if not path.is_file():
        raise BadInput("There is no such project", path=path, hint="It may have been moved or renamed")
    return Project(path)
