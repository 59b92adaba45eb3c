"""What action detection draws over the picture: the body and the action that is happening."""

from __future__ import annotations

from engines.actions.types import Watched, WatchSettings
from widgets.overlays import Caption, Overlay


def overlays_of(watched: Watched, settings: WatchSettings) -> list[Overlay]:
    """In the picture's pixels."""
    now = watched.now
    if now is None or not watched.classes:
        return []
    best = max(range(len(watched.classes)), key=now.probabilities.__getitem__)
    return [Caption(f"{watched.classes[best].replace('_', ' ')} {100 * now.probabilities[best]:.0f} %")]
