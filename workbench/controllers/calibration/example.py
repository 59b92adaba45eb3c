"""The example of the start page: the rendered rig, of which one camera captures views by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engines.cameras.types import SceneSource
from widgets.calibration.pages.state import Page

if TYPE_CHECKING:
    from workbench.controllers.calibration.controller import CalibrationController


def begin(desk: CalibrationController) -> None:
    """Show the rig, look for the board of its first camera, and keep the views that help."""
    desk.go_to(Page.VIEWER)
    desk.set_board(SceneSource().board)
    desk.set(auto=True)
    desk.watch.look_at_next()
    desk.actions.run("file.open-sample")
