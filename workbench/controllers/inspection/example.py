"""The example of the start page: an image network at work on a portrait, layer by layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from widgets.inspection.state import Page

if TYPE_CHECKING:
    from workbench.controllers.inspection.controller import InspectionController

MODEL = "efficientnet-lite0"
LAYER, CHANNEL = "_blocks.3._bn0.clip", 12
"""Whose maps are large enough to see a face in."""


def begin(desk: InspectionController) -> None:
    """Open the network, play the portrait, and show what a layer makes of it."""
    desk.open_model(MODEL)
    desk.open_sample()
    desk.edit(Page.ACTIVATIONS, {"layer": LAYER, "channel": CHANNEL})
    desk.go_to(Page.ACTIVATIONS)
