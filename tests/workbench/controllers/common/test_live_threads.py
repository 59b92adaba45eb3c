"""One live engine on several sources of the window, in a thread and in a worker process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QWidget

from engines.cameras.types import FolderSource
from tests.workbench.fakes import SAMPLES
from tests.workbench.samples import MeanSettings
from workbench.controllers.common.live_threads import Lookers
from workbench.feeds.running import Feeds
from workbench.log import LogBook
from workbench.project.file import Project
from workbench.project.settings import SettingsStore
from workbench.services import Services
from workbench.threads.live import Host
from workbench.threads.supervisor import Supervisor

both = pytest.mark.parametrize("host", ["thread", "worker"])


@pytest.fixture
def services(qtbot, supervisor: Supervisor, jobs, tmp_path: Path, pictures: Path) -> Iterator[Services]:
    window = QWidget()
    qtbot.addWidget(window)
    feeds, project = Feeds(supervisor), Project(tmp_path / "one.kino")
    made = Services(
        supervisor, feeds, jobs, LogBook(), SettingsStore(tmp_path / "settings.json"), project, QUndoStack(window),
        lambda *_words: None,
    )  # fmt: skip
    for name in ("left", "right"):
        feeds.add(FolderSource(str(pictures), loop=True), name)
    yield made
    feeds.clear()
    project.close()


@both
def test_one_engine_looks_at_two_sources(services: Services, qtbot, host: Host) -> None:
    lookers = Lookers(services, f"{SAMPLES}:Mean", "Means", services.undo, host)
    assert lookers.start("left", MeanSettings(), ["right"])
    qtbot.waitUntil(lambda: lookers.latest("left") is not None, timeout=20_000)
    result = lookers.latest("left")
    assert [stamp.source for stamp in result.stamps] == ["left", "right"]
    assert (result.pid == os.getpid()) == (host == "thread")
    assert lookers.paths() == ["left"]
    with qtbot.waitSignal(lookers.stopped, timeout=20_000) as told:
        services.feeds.remove("right")
    assert told.args[0] == "left"
    assert lookers.paths() == []


def test_a_source_that_is_not_there_stops_before_it_begins(services: Services, qtbot) -> None:
    lookers = Lookers(services, f"{SAMPLES}:Mean", "Means", services.undo)
    with qtbot.waitSignal(lookers.stopped) as told:
        assert not lookers.start("left", MeanSettings(), ["nobody"])
    assert "not open any more" in told.args[1]
    assert lookers.paths() == []
