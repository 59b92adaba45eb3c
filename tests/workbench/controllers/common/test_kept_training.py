"""The curves of a training are in the project: they come back as they were shown, and what is broken is left out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QObject

from engines.generative.training.types import TrainProgress
from widgets.generative.state import TrainView
from workbench.controllers.common.kept_training import KIND, KeptTraining
from workbench.controllers.generative import kept_curves
from workbench.project.file import Project


class Page:
    """Shows a training, and keeps it."""

    def __init__(self, services: Any, parent: QObject) -> None:
        self.view = TrainView()
        self.kept = KeptTraining("page", services, lambda: self.view, kept_curves.plain, self._read, parent)
        self.kept.restore()

    def _read(self, told: dict[str, Any]) -> None:
        self.view = kept_curves.shown(told)


@pytest.fixture
def page(tmp_path: Path, qtbot) -> Callable[[str], Page]:
    parent = QObject()

    def made(name: str) -> Page:
        services.project.close() if services.project is not None else None
        services.project = Project(tmp_path / f"{name}.kino")
        return Page(services, parent)

    services = SimpleNamespace(project=None)
    made.services = services  # type: ignore[attr-defined]
    yield made
    services.project.close()


def test_curves_pictures_and_title_come_back_and_a_file_that_is_gone_does_not(page, tmp_path: Path) -> None:
    losses, levels = np.array([[1, 0.5], [2, 0.25]], np.float32), np.array([[-1, 3]], np.float32)
    images = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)
    there = tmp_path / "net.safetensors"
    there.touch()
    for file, back in ((str(there), str(there)), ("/gone/net.safetensors", "")):
        first = page("a")
        progress = TrainProgress(2, 9, 0.25, 1e-3, losses, levels, images, 1)
        first.view = TrainView("Digits", progress=progress, file=file, stopped="Stopped")
        first.kept.keep()
        again = page("a").view
        assert (again.title, again.file, again.stopped) == ("Digits", back, "Stopped")
        assert again.progress is not None
        assert (again.progress.step, again.progress.steps, again.progress.resumed) == (2, 9, 1)
        np.testing.assert_array_equal(again.progress.losses, losses)
        np.testing.assert_array_equal(again.progress.by_level, levels)
        np.testing.assert_array_equal(again.progress.images, images)
    assert page("b").view == TrainView()


@pytest.mark.parametrize("kept", [7, {}, {"progress": {"step": "x"}, "title": "", "file": "", "stopped": ""}])
def test_what_is_no_training_is_left_out(page, kept: object) -> None:
    page("a")
    page.services.project.put(KIND, "page", kept)
    assert page("a").view == TrainView()


def test_a_project_gets_nothing_of_another(page) -> None:
    of_before = page("a")
    page("b")
    of_before.view = TrainView("Digits")
    of_before.kept.keep()
    assert page.services.project.get(KIND, "page") is None
