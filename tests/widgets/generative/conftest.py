"""The studio with its pages, as nobody has connected them."""

from __future__ import annotations

import pytest

from widgets.generative.state import Page
from widgets.generative.studio.compare import ComparePage
from widgets.generative.studio.flow import FlowPage
from widgets.generative.studio.pages import Studio
from widgets.generative.studio.samples import SamplesPage
from widgets.generative.studio.training import TrainingPage


@pytest.fixture
def studio(qtbot):
    made = Studio()
    made.makers = dict(zip(Page, (SamplesPage, FlowPage, ComparePage, TrainingPage), strict=True))
    qtbot.addWidget(made)
    made.resize(900, 640)
    with qtbot.waitExposed(made):
        made.show()
    return made
