"""What sits on a tile of the viewer: the path it shows, its reader, and the frames that may still be painted."""

from __future__ import annotations

from dataclasses import dataclass, field

from engines.cameras.feed.running import Feed
from engines.cameras.types import FeedState
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


def play_or_pause(feed: Feed) -> None:
    """Play what stands still, pause what plays."""
    (feed.pause if feed.status().state is FeedState.PLAYING else feed.play)()
