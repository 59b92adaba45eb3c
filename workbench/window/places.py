"""Places in the window that can be gone to by name: pages of features, sources, settings, projects, the guide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from widgets.shell.help import PAGES
from workbench.controllers.shell.dialogs import DialogsController
from workbench.controllers.shell.project import ProjectController
from workbench.controllers.shell.viewer import ViewerController
from workbench.features import Feature
from workbench.services import Services
from workbench.window.docks import Docks
from workbench.window.made import Made
from workbench.work.languages import spoken


class Places:
    """What the palette goes to."""

    def __init__(
        self, services: Services, features: Made, viewer: ViewerController, project: ProjectController,
        dialogs: DialogsController, docks: Docks,
    ) -> None:  # fmt: skip
        self._services, self._features, self._viewer = services, features, viewer
        self._project, self._dialogs, self._docks = project, dialogs, docks

    def go_to(self, feature: str, page: str) -> None:
        self._features[feature].go_to(page)

    def open_project(self, path: str) -> None:
        self._project.open(path)

    def show_source(self, path: str) -> None:
        self._services.host.show_centre("viewer")
        self._viewer.show(path)

    def show_heading(self, page: str, heading: str) -> None:
        self._dialogs.show_heading(page, heading)

    def show_setting(self, title: str) -> None:
        self._dialogs.show_setting(title)

    def show_panel(self, id: str) -> None:
        self._docks.show(id)

    def panels(self) -> Iterator[tuple[str, str]]:
        """Ids and titles of all panels."""
        return ((id, dock.windowTitle()) for id, dock in self._docks.docks.items())

    def settings(self) -> Iterable[tuple[str, str]]:
        """Titles and more words of all settings."""
        return self._dialogs.listed_settings()

    def sources(self) -> Iterator[tuple[str, str]]:
        """Paths and titles of sources and their tiles."""
        feeds = self._services.feeds
        return ((path, feeds.title(path)) for id in feeds.ids() for path in feeds.paths(id))


def guide(features: Iterable[Feature]) -> dict[str, Path]:
    """Pages of the guide by name, in their order."""
    own = {dock.id: Path(one.guide or PAGES) for one in features for dock in one.docks}
    folders = {"start": PAGES, "sources": PAGES, "viewer": PAGES, **own}
    folders |= dict.fromkeys(("properties", "jobs", "log", "menus", "settings"), PAGES)
    return {name: page_in(folder, name, spoken()) for name, folder in folders.items()}


def page_in(folder: Path, name: str, language: str) -> Path:
    """A page of the guide in a language, `LANGUAGE/NAME.md`; the English one where it has none."""
    told = folder / language / f"{name}.md"
    return told if told.is_file() else folder / f"{name}.md"
