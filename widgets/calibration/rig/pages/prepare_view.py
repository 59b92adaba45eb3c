"""What the page Prepare shows besides the panel's state."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PrepareView:
    """Nothing yet."""
