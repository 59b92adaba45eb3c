"""What the page Space shows besides the panel's state."""

from __future__ import annotations

from dataclasses import dataclass

from engines.calibration.rig.types import SpacePoint


@dataclass(frozen=True, slots=True)
class SpaceView:
    """points: triangulated now; bones: names of which a line is drawn between two."""

    points: tuple[SpacePoint, ...] = ()
    bones: tuple[tuple[str, str], ...] = ()
