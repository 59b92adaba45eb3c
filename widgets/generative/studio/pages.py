"""The studio: samples and their steps, flows, comparisons and training, in the centre of the window."""

from __future__ import annotations

from engines.core.words import tr
from widgets.generative.state import Page
from widgets.kit.page_board import PageBoard

TITLES = {
    Page.SAMPLES: (tr("Samples"), tr("Pictures of a run, its steps, and earlier runs")),
    Page.FLOW: (tr("Flow"), tr("Particles of a 2-D model on their way from noise to data")),
    Page.COMPARE: (tr("Compare"), tr("One setting against another, with errors where the truth is known")),
    Page.TRAINING: (tr("Training"), tr("Loss and live samples of a network in training")),
}


class Studio(PageBoard):
    """A board that holds its own tabs. The controller puts the makers of its pages into `makers`."""

    def __init__(self) -> None:
        super().__init__(tr("Diffusion studio"), TITLES, {}, tr("What the studio shows and how to read it"))
        self.hold_head()
