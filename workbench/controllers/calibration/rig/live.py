"""The live section: boards looked for in all cameras at once, captures of one moment, guidance."""

from __future__ import annotations

from widgets.calibration.rig.live_state import RigLive
from workbench.controllers.calibration.rig.part import SectionPart


class Live(SectionPart):
    @property
    def state(self) -> RigLive:
        return RigLive()
