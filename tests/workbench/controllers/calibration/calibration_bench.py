"""A calibration controller with a window's worth of real parts around it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QWidget

from engines.calibration.types import MonoResult
from widgets.calibration.pages.tabs import CalibrationBoard
from widgets.calibration.panel import CalibrationPanel
from widgets.calibration.state import CalibrationView, Picture, Trouble
from widgets.kit.theme import DARK, LOOK
from widgets.viewer.grid import ViewerGrid
from workbench.commands import Actions
from workbench.controllers.calibration.controller import CalibrationController
from workbench.controllers.shell.viewer import ViewerController
from workbench.feeds.running import Feeds
from workbench.log import LogBook
from workbench.project.file import Project
from workbench.project.settings import SettingsStore
from workbench.services import Services
from workbench.threads.jobs import JobQueue
from workbench.threads.supervisor import Supervisor


@dataclass
class Bench:
    """A window's worth of parts around one controller."""

    controller: CalibrationController
    panel: CalibrationPanel
    viewer: ViewerController
    services: Services
    actions: Actions
    window: QWidget
    said: list[str] = field(default_factory=list)
    undoable: list[Callable[[], None]] = field(default_factory=list)

    @property
    def state(self) -> CalibrationView:
        return self.panel.shown

    @property
    def result(self) -> MonoResult:
        assert self.state.result is not None
        return self.state.result

    @property
    def rms(self) -> float:
        return self.result.rms_px

    @property
    def trouble(self) -> Trouble:
        assert self.state.trouble is not None
        return self.state.trouble

    @property
    def picture(self) -> Picture:
        assert self.panel.report.view.picture is not None
        return self.panel.report.view.picture


@pytest.fixture
def make_bench(qtbot, qapp, supervisor: Supervisor, jobs: JobQueue, tmp_path: Path) -> Iterator[Callable[[], Bench]]:
    LOOK.apply(qapp, DARK)
    benches: list[Bench] = []
    feeds = Feeds(supervisor)
    project, settings, log = Project(tmp_path / "test.kino"), SettingsStore(tmp_path / "settings.json"), LogBook()

    def make() -> Bench:
        said: list[str] = []
        undoable: list[Callable[[], None]] = []

        def notify(text: str, level: str = "info", action: str = "", run: Callable[[], None] | None = None) -> None:
            said.append(text)
            if action == "Undo" and run is not None:
                undoable.append(run)

        window = QWidget()
        qtbot.addWidget(window)
        window.resize(900, 900)
        grid, panel, board = ViewerGrid(window), CalibrationPanel(), CalibrationBoard()
        for part in (panel, board, board.head):
            part.setParent(window)
        panel.resize(400, 900)
        services = Services(supervisor, feeds, jobs, log, settings, project, QUndoStack(window), notify)
        viewer, actions = ViewerController(grid, services), Actions(window)
        controller = CalibrationController(panel, board, viewer, services, actions)
        bench = Bench(controller, panel, viewer, services, actions, window, said, undoable)
        benches.append(bench)
        window.show()
        return bench

    yield make
    for bench in benches:
        bench.controller.close()
        bench.viewer.close()
    feeds.clear()
    supervisor.shutdown(20.0)
    project.close()


@pytest.fixture
def bench(make_bench: Callable[[], Bench]) -> Bench:
    return make_bench()


def until(qtbot, true: Callable[[], object], seconds: float = 20.0) -> None:
    qtbot.waitUntil(lambda: bool(true()), timeout=int(seconds * 1000))
