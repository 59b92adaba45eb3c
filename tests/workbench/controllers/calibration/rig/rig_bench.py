"""A rig's controller with a window's worth of real parts around it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QWidget

from widgets.calibration.rig.pages.tabs import RigBoard
from widgets.calibration.rig.panel import RigPanel
from widgets.calibration.rig.state import RigState
from widgets.kit.theme import DARK, LOOK
from widgets.viewer.grid import ViewerGrid
from workbench.commands import Actions
from workbench.controllers.calibration.rig.controller import RigController
from workbench.controllers.shell.viewer import ViewerController
from workbench.feeds.running import Feeds
from workbench.log import LogBook
from workbench.project.file import Project
from workbench.project.settings import SettingsStore
from workbench.services import Services
from workbench.threads.jobs import JobQueue
from workbench.threads.supervisor import Supervisor


@dataclass
class RigBench:
    controller: RigController
    panel: RigPanel
    viewer: ViewerController
    services: Services
    window: QWidget
    said: list[str] = field(default_factory=list)

    @property
    def state(self) -> RigState:
        return self.panel.shown


@pytest.fixture
def rig_bench(qtbot, qapp, supervisor: Supervisor, jobs: JobQueue, tmp_path: Path) -> Iterator[RigBench]:
    LOOK.apply(qapp, DARK)
    feeds = Feeds(supervisor)
    project, settings, log = Project(tmp_path / "test.kino"), SettingsStore(tmp_path / "settings.json"), LogBook()
    said: list[str] = []
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(900, 900)
    grid, panel, board = ViewerGrid(window), RigPanel(), RigBoard()
    for part in (panel, board, board.head):
        part.setParent(window)
    panel.resize(400, 900)
    notify = lambda text, *_: said.append(text)  # noqa: E731
    services = Services(supervisor, feeds, jobs, log, settings, project, QUndoStack(window), notify)
    viewer = ViewerController(grid, services)
    controller = RigController(panel, board, viewer, services, Actions(window))
    window.show()
    yield RigBench(controller, panel, viewer, services, window, said)
    controller.close()
    viewer.close()
    feeds.clear()
    supervisor.shutdown(20.0)
    project.close()
