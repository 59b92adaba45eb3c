"""A feed or tile that a panel can look at."""

from __future__ import annotations

from dataclasses import dataclass

SOURCE_MIME = "application/x-kinoscope-source"
"""What a dragged row of the Sources panel carries: the path of its source."""


@dataclass(frozen=True, slots=True)
class SourceChoice:
    """path: "feed" or "feed/tile"; title: as the Sources panel calls it."""

    path: str
    title: str
