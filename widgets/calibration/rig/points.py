"""The section about a rig in use: which sources it belongs to, points in space."""

from __future__ import annotations

from widgets.calibration.rig.points_state import RigUse
from widgets.kit.panel import Section


class UseSection(Section):
    """Hidden while there is nothing to use."""

    def __init__(self) -> None:
        super().__init__("Use", name="rig.use")
        self.hide()

    def show_state(self, use: RigUse) -> None:
        self.setVisible(use.kept)
