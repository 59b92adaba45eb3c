"""What the live section of the rig's panel shows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RigLive:
    """running: boards are looked for in all cameras of the chosen source."""

    running: bool = False
