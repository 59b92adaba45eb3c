"""Everything that the palette finds, and what choosing it does: commands, pages, settings, sources, projects, help."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget

from engines.core.names import shown
from engines.core.spec import resolve
from engines.core.words import tr
from widgets.shell.help import headings
from widgets.shell.palette import CommandPalette, CommandRow
from workbench.commands import Actions
from workbench.features import Feature
from workbench.project.recent import recent_titles
from workbench.services import Services
from workbench.synonyms import MEANINGS

HIDDEN = ("window.palette",)
KEPT = "palette"
Found = tuple[CommandRow, Callable[[], object]]


class Finds(Protocol):
    """What the palette asks of the parts of the window."""

    def go_to(self, feature: str, page: str) -> None: ...
    def open_project(self, path: str) -> None: ...
    def show_source(self, path: str) -> None: ...
    def show_heading(self, page: str, heading: str) -> None: ...
    def show_panel(self, id: str) -> None: ...
    def panels(self) -> Iterable[tuple[str, str]]:
        """Ids and titles of all panels."""
        ...

    def show_setting(self, title: str) -> None: ...
    def settings(self) -> Iterable[tuple[str, str]]:
        """Titles and more words of all settings."""
        ...

    def sources(self) -> Iterable[tuple[str, str]]:
        """Paths and titles of sources and their tiles."""
        ...


class FindingController(QObject):
    """The palette is made when it is first asked for; what it can find is collected anew each time."""

    def __init__(
        self, window: QWidget, services: Services, actions: Actions, finds: Finds, features: Sequence[Feature],
        guide: Mapping[str, Path],
    ) -> None:  # fmt: skip
        """guide: pages of the guide by name."""
        super().__init__(window)
        self._window, self._services, self._actions = window, services, actions
        self._finds, self._features, self._guide = finds, features, guide
        self._helps: list[Found] | None = None
        self._runs: dict[str, Callable[[], object]] = {}
        self.palette: CommandPalette | None = None
        actions.bind("window.palette", self.show)

    def show(self) -> None:
        """A command that is run in any other way closes the palette."""
        if self.palette is None:
            self.palette = CommandPalette(self._window, MEANINGS)
            self.palette.recent = self._recent()
            self.palette.chosen.connect(self._run)
            for id in self._actions.commands.keys() - set(HIDDEN):
                self._actions.action(id).triggered.connect(self.palette.hide)
        found = list(self.found())
        self._runs = {row.id: run for row, run in found}
        self.palette.open_with([row for row, _ in found])

    def found(self) -> Iterator[Found]:
        """Everything there is now."""
        for id in self._actions.commands:
            if id not in HIDDEN:
                yield self._command(id), partial(self._actions.run, id)
        yield from self._panels()
        yield from self._pages()
        yield from self._settings()
        yield from self._sources()
        yield from self._projects()
        if self._helps is None:
            self._helps = list(self._headings())
        yield from self._helps

    def close(self) -> None:
        if self.palette is not None:
            self.palette.close()

    def _run(self, id: str) -> None:
        assert self.palette is not None
        self._services.settings.set_panel(KEPT, recent=list(self.palette.recent))
        self._runs[id]()

    def _recent(self) -> list[str]:
        kept = self._services.settings.value.panels.get(KEPT, {}).get("recent")
        return [id for id in kept if isinstance(id, str)] if isinstance(kept, list) else []

    def _command(self, id: str) -> CommandRow:
        command, actions = self._actions.commands[id], self._actions
        title = actions.title(id).rstrip("…")
        return CommandRow(
            id, title, command.menu, _native(actions.key(id)), command.tip, actions.action(id).isEnabled(),
            command.needs, command.also,
        )  # fmt: skip

    def _panels(self) -> Iterator[Found]:
        for id, title in self._finds.panels():
            row = CommandRow(f"panel:{id}", title, tr("Panel"), "", tr("Bring this panel to the front"), kind="page")
            yield row, partial(self._finds.show_panel, id)

    def _pages(self) -> Iterator[Found]:
        for feature in self._features:
            titles = resolve(feature.pages) if feature.pages else {}
            for page, (title, tip) in titles.items():
                id, category = f"page:{feature.id}/{page}", tr("Page of {feature}", feature=feature.title)
                also = tr("go to page {title} {feature}", title=title, feature=feature.title)
                row = CommandRow(id, f"{feature.title}: {title}", category, "", tip, also=also, kind="page")
                yield row, partial(self._finds.go_to, feature.id, str(page))

    def _settings(self) -> Iterator[Found]:
        for title, words in self._finds.settings():
            row = CommandRow(f"setting:{title}", title, tr("Setting"), "", words, also=words, kind="setting")
            yield row, partial(self._finds.show_setting, title)

    def _sources(self) -> Iterator[Found]:
        for path, title in self._finds.sources():
            row = CommandRow(f"source:{path}", title, tr("Source"), "", tr("Show it in the viewer"), kind="source")
            yield row, partial(self._finds.show_source, path)

    def _projects(self) -> Iterator[Found]:
        for path, title in recent_titles(self._services.settings.value):
            where = shown(str(Path(path).parent))
            row = CommandRow(f"project:{path}", title, tr("Recent project"), "", where, kind="project")
            yield row, partial(self._finds.open_project, path)

    def _headings(self) -> Iterator[Found]:
        for page, file in self._guide.items():
            titles = headings(file.read_text("utf-8"))
            for number, heading in enumerate(titles):
                category = tr("Guide") if number == 0 else tr("Guide to {page}", page=titles[0])
                row = CommandRow(f"help:{page}#{heading}", heading, category, "", kind="help")
                yield row, partial(self._finds.show_heading, page, heading)


def _native(key: str) -> str:
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
