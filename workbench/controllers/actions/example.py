"""The example of the start page: the walking film, watched by the model that ships with the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engines.core.store.fetching import load_path

if TYPE_CHECKING:
    from workbench.controllers.actions.controller import ActionsController

MODEL = "walking-actions"


def begin(desk: ActionsController) -> None:
    """Play the film, with what happens in it on the timeline."""
    desk.watching.use_model(str(load_path(MODEL)))
    desk.watching.open_sample()
