"""What the panel shows of a rig in use: its sources, and named points that are triangulated."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RigUse:
    """kept: the result that is shown is kept for sources of the project."""

    kept: bool = False
