"""A folder with a pipeline of its own: the panel says what it says, offers its schedule and the way back to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent

from engines.generative.diffusion.models import catalog
from engines.generative.diffusion.pipeline_types import Grid, Own
from engines.generative.diffusion.types import SampleSpec, Schedule
from tests.widgets.generative.diffusion_views import READY, TEXT, UNET, of
from widgets.generative.panel.dock import DiffusionPanel
from widgets.kit.theme import DARK, LOOK

OWN = Own("FlowMatchEulerDiscreteScheduler", "euler", 28, guidance=7.0, shift=3.0, grid=Grid(top=1000))
FOLDER = replace(TEXT, process="flow", prediction="u", sigma_min=1e-3, sigma_max=0.0, own=OWN)
FOLLOWING = replace(READY, model=FOLDER, spec=catalog.usual(FOLDER))


@pytest.fixture
def panel(qapp) -> Iterator[DiffusionPanel]:
    LOOK.apply(qapp, DARK)
    made = DiffusionPanel()
    yield made
    made.deleteLater()
    qapp.sendPostedEvents(made, QEvent.Type.DeferredDelete)


def test_a_run_as_the_folder_says_is_called_so(panel: DiffusionPanel) -> None:
    panel.show_state(FOLLOWING)
    assert panel.sampler.folder.text() == "As the folder says: Euler (DDIM), shift 3"
    assert panel.sampler.back.isHidden()
    assert panel.schedule.name.value() == "own"
    assert panel.schedule.shift.value() == 3
    assert panel.schedule.problem.text() == ""
    panel.show_state(replace(FOLLOWING, spec=replace(FOLLOWING.spec, steps=12)))
    assert panel.sampler.folder.text() == "As the folder says: Euler (DDIM), shift 3, in 28 steps"
    panel.show_state(READY)
    assert panel.sampler.folder.text() == ""


def test_there_is_a_way_back_to_what_the_folder_says(panel: DiffusionPanel) -> None:
    told: list[SampleSpec] = []
    panel.specChanged.connect(told.append)
    departed = replace(FOLLOWING.spec, sampler="heun", schedule=Schedule("karras"), steps=5, seeds=(4,))
    panel.show_state(replace(FOLLOWING, spec=departed))
    assert panel.sampler.folder.text().startswith("The folder says: Euler")
    assert not panel.sampler.back.isHidden()
    panel.sampler.back.click()
    assert told == [replace(FOLLOWING.spec, seeds=(4,))]


def test_a_folder_that_is_gone_is_no_wrong_schedule(panel: DiffusionPanel) -> None:
    panel.show_state(replace(FOLLOWING, model=None))
    assert panel.schedule.name.value() == "own"
    assert panel.schedule.problem.text() == ""


def test_its_schedule_is_offered_for_it_alone(panel: DiffusionPanel) -> None:
    told: list[SampleSpec] = []
    panel.specChanged.connect(told.append)
    panel.show_state(of(UNET))
    assert panel.schedule.name.findData("own") < 0
    panel.show_state(replace(FOLLOWING, spec=replace(FOLLOWING.spec, schedule=Schedule("karras", 0.1))))
    panel.schedule.name.setCurrentIndex(panel.schedule.name.findData("own"))
    panel.schedule.name.activated.emit(panel.schedule.name.currentIndex())
    assert told[-1].schedule == FOLLOWING.spec.schedule
