"""The seat of a tile: holds what it shows, for whoever paints it and reads its figures."""

from __future__ import annotations

from dataclasses import dataclass, field

from engines.core.frames import Frame, FrameRing
from widgets.viewer.overlays import Overlay
from workbench.feeds.running import FrameTap


@dataclass(slots=True)
class Seat:
    """What one tile shows: the path, its reader, and the frames a late result may still belong to."""

    path: str
    tap: FrameTap
    ring: FrameRing = field(default_factory=FrameRing)
    shown: int = 0
    shown_before: tuple[float, int] = (0.0, 0)
    overlaid_at: float = 0.0
    painted: tuple[Frame, list[Overlay]] | None = None
