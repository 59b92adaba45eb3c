"""The section about a rig in use: which sources it belongs to, and points of theirs in space."""

from __future__ import annotations

from widgets.calibration.rig.points_state import RigUse
from workbench.controllers.calibration.rig.part import SectionPart


class Use(SectionPart):
    @property
    def state(self) -> RigUse:
        return RigUse()
