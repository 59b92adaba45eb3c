"""Projects from the user's side: new, open, save under a name, export, and bringing back what was open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from engines.cameras.sources import parse
from engines.core.errors import BadInput, KinoscopeError
from workbench.commands import Actions
from workbench.controllers.sources import SourcesController
from workbench.controllers.viewer import ViewerController
from workbench.project import SUFFIX, Project, new_untitled
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
        services: Services,
        actions: Actions,
    ) -> None:
        super().__init__(window)
        self._window, self._sources, self._viewer, self._services = window, sources, viewer, services
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
        running = self._services.feeds.ids()
        for id, value in project.items("source").items():
            if id in running:
                continue
            try:
                self._services.feeds.add(parse(value), id)
            except KinoscopeError as error:
                self._services.notify(f"A source of this project could not be opened: {error}", "warn")
        self._viewer.set_layout(str(project.get("state", "grid", "2x2")))
        if project.read_only:
            self._services.notify(f"{project.title} is open elsewhere: changes here are not saved", "warn")
        self.changed.emit()

    def new(self) -> None:
        """An empty project; the present one is saved already, under Recent when it has no name."""
        self._attempt(self._new)

    def open(self, path: str | Path) -> None:
        self._attempt(lambda: self._switch(_existing(Path(path))))

    def ask_open(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self._window, "Open project", "", FILTER)
        if path:
            self.open(path)

    def ask_save(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self._window, "Save project as", "", FILTER)
        if path:
            self._attempt(lambda: self._save(Path(path)))

    def ask_export(self) -> None:
        folder = QFileDialog.getExistingDirectory(self._window, "Export to a new folder in")
        if folder:
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
        saved = self._services.project.save_as(path)
        self._services.project.close()
        self._services.project = saved
        self._services.settings.add_recent(str(saved.path))
        self._services.notify(f"Saved as {saved.path.name}; from now on it saves itself", "good")
        self.changed.emit()

    def _export(self, folder: Path) -> None:
        written = self._services.project.export(folder)
        self._services.notify(f"Wrote {len(written)} files to {folder}", "good")

    def _attempt(self, act: Callable[[], None]) -> None:
        try:
            act()
        except KinoscopeError as error:
            self._services.notify(str(error), "bad")
        except OSError as error:
            self._services.notify(f"{error.strerror}: {error.filename}", "bad")


def _existing(path: Path) -> Project:
    """A project that is there: opening one must not make it."""
    if not path.is_file():
        raise BadInput("There is no such project", path=path, hint="It may have been moved or renamed")
    return Project(path)
