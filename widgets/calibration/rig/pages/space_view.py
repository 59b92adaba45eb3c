"""What the page Space shows besides the panel's state."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SpaceView:
    """Nothing yet."""
