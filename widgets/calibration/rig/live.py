"""The live section of the rig's panel: the cameras looked at together, what to do next, capture by itself."""

from __future__ import annotations

from widgets.calibration.rig.live_state import RigLive
from widgets.kit.panel import Section


class LiveSection(Section):
    """Hidden while no camera of the project is chosen."""

    def __init__(self) -> None:
        super().__init__("Live", name="rig.live")
        self.hide()

    def show_state(self, live: RigLive) -> None:
        self.setVisible(live.running)
