"""What the page Pair shows besides the panel's state."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PairView:
    """Nothing yet."""
