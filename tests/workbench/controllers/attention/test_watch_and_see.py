"""The pages of watching and seeing in the real window: a network samples, is seen, and a head of it is watched."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engines.attention.types import SeeSpec, WatchSpec
from tests.workbench.opened import Opened, until
from widgets.attention.state import Page
from workbench.controllers.attention.command import see_line
from workbench.controllers.attention.watch import Watching
from workbench.threads.jobs import JobState


def test_a_sample_is_seen_and_its_head_is_watched_tile_by_tile(open_window: Callable[..., Opened], qtbot) -> None:
    window = open_window().window
    window.commands.run("attention.see")
    lab = window.features["attention"]
    assert lab.panel.start.text() == "Sample"
    lab.panel.seeChanged.emit(SeeSpec("mnist-dit", 3, 2))
    lab.panel.start.click()
    until(qtbot, lambda: lab.view.see.recording is not None, 60)
    page = lab.board.page(Page.SEE)
    assert page.title.text() == "MNIST, DiT, class 3, 2 steps, seed 0"
    assert window.services.jobs.records()[-1].state is JobState.DONE
    page.watch.click()
    watched = lab.board.page(Page.WATCH)
    assert lab.view.page is Page.WATCH
    assert watched.title.text() == "Layer 1, head 1, step 1"
    assert watched.bar.playing
    assert watched.trace.scores.shape == (49, 49)
    weights = watched.trace.weights(len(watched.trace.steps) - 1)
    assert np.allclose(weights[page.patch].reshape(7, 7), page.map.values)
    watched.made_up.click()
    assert watched.trace.scores.shape == (24, 24)
    lab.panel.start.click()
    assert watched.bar.playing
    lab.panel.watchChanged.emit(WatchSpec(causal=True))
    assert any(step.skipped for step in watched.trace.steps)
    lab.panel.watchChanged.emit(WatchSpec(backward=True))
    assert [block.title for block in watched.picture.scene.below] == ["dK", "dV"]


def test_a_form_without_sense_is_said_and_shows_nothing(qtbot) -> None:
    told: list[object] = []
    watching = Watching(lambda: WatchSpec(query_tile=0), told.append)
    assert watching.view.trace is None
    assert watching.view.trace is None
    assert [trouble.title for trouble in told] == ["This cannot be watched"]


def test_the_command_line_gives_the_same_sample() -> None:
    line = see_line(SeeSpec("mnist-unet", 7, 18, 4))
    assert "attention see mnist-unet --class 7 --steps 18 --seed 4" in line
    assert "--class" not in see_line(SeeSpec(label=None))
