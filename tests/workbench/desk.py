"""The diffusion controller with real panel, studio, queue and engine, and what a test looks at in it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QWidget

from engines.generative.diffusion.types import SampleSpec
from widgets.generative.panel.dock import DiffusionPanel
from widgets.generative.state import DiffusionView, Page, Run, RunState
from widgets.generative.studio.pages import Studio
from workbench.commands import Actions
from workbench.controllers.generative.controller import DiffusionController
from workbench.feeds.running import Feeds
from workbench.log import LogBook
from workbench.project.file import Project
from workbench.project.settings import SettingsStore
from workbench.services import Services
from workbench.threads.jobs import JobQueue
from workbench.threads.supervisor import Supervisor

SMALL = SampleSpec("analytic:digits", sampler="euler", steps=6, seeds=(0, 1, 2))


@dataclass
class Desk:
    """Everything around one controller."""

    controller: DiffusionController
    panel: DiffusionPanel
    studio: Studio
    services: Services
    actions: Actions
    window: QWidget
    said: list[str] = field(default_factory=list)
    offered: dict[str, object] = field(default_factory=dict)

    @property
    def view(self) -> DiffusionView:
        """What panel and studio were last told: the same, but for trouble with the form, which only the panel says."""
        assert replace(self.studio.shown, trouble=None) == replace(self.panel.shown, trouble=None)
        return self.panel.shown

    @property
    def runs(self) -> tuple[Run, ...]:
        return self.controller.runs.rows()

    def page(self, page: Page) -> Any:
        """A page of the studio."""
        return self.studio.page(page)

    def want(self, act: str, id: str) -> None:
        """As if something had been chosen from the menu of a run."""
        self.page(Page.SAMPLES).history.wanted.emit(act, id)

    def states(self) -> list[RunState]:
        return [run.state for run in self.runs]

    def choose(self, spec: SampleSpec = SMALL, **changes: object) -> SampleSpec:
        """As if the form had been filled in."""
        spec = replace(spec, **changes)  # type: ignore[arg-type]
        self.panel.specChanged.emit(spec)
        return spec


def make_desk(window: QWidget, supervisor: Supervisor, jobs: JobQueue, project: Project, settings: Path) -> Desk:
    """A desk on these services. What is said with a word on its button can be taken up from `offered`."""
    said: list[str] = []
    offered: dict[str, object] = {}

    def notify(text: str, level: str = "info", action: str = "", run: object = None) -> None:
        said.append(text)
        offered[action] = run

    panel, studio = DiffusionPanel(), Studio()
    for part in (panel, studio):
        part.setParent(window)
        part.resize(600, 800)
    feeds, store = Feeds(supervisor), SettingsStore(settings)
    services = Services(supervisor, feeds, jobs, LogBook(), store, project, QUndoStack(window), notify)
    actions = Actions(window)
    controller = DiffusionController(panel, studio, services, actions)
    return Desk(controller, panel, studio, services, actions, window, said, offered)
