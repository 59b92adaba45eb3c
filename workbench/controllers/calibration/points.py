"""The named corners of a board, for whoever joins those of several cameras."""

from __future__ import annotations

from engines.calibration.live.finder import unflipped
from engines.calibration.types import Sighting
from engines.core.sightings import Seen, SeenPoint, Subject
from engines.core.words import tr

SIGMA = 0.15
"""Pixels: the deviation of a corner."""


def seen(sighting: Sighting) -> Seen:
    """The board of a frame, if there is one."""
    return Seen(sighting.stamp, (_board(sighting),) if sighting.found else ())


def _board(sighting: Sighting) -> Subject:
    plain = unflipped(sighting) if sighting.mirrored else sighting
    corners = zip(plain.ids, plain.corners, strict=True)
    return Subject(
        tuple(SeenPoint(tr("corner {id}", id=id), x, y, SIGMA) for id, (x, y) in corners),
        tr("board {board}", board=sighting.board + 1),
    )
