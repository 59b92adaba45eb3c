"""A feed or tile that a panel can look at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SourceChoice:
    """path: "feed" or "feed/tile"; title: as the Sources panel calls it."""

    path: str
    title: str
