"""What speaks against a rig's board, in words."""

from __future__ import annotations

from collections.abc import Iterator

from engines.calibration.evidence.half_turns import ambiguous
from engines.calibration.rig.belief.shape import Shape, stretch_of
from engines.calibration.rig.fitting import Fitted
from engines.calibration.types import Reason, Remedy
from engines.core.words import tr

UNSURE = 0.002, 0.005, 0.03
"""Deviations of focal lengths and distances, as shares of them, that raise the level of doubt."""
MOVES = 0.002
"""By which share distances or focal lengths may be off for a doubt to be slight."""


def against_the_board(shape: Shape | None, fitted: Fitted) -> Iterator[Reason]:
    """That it is bent, stretched, or may be taken for another end of itself."""
    yield from _bent(shape)
    yield from _stretched(fitted)
    yield from _ends(fitted)


def level_of(share: float, *limits: float) -> int:
    """How many of the limits are passed."""
    return sum(share > limit for limit in limits)


def _bent(shape: Shape | None) -> Iterator[Reason]:
    if shape is not None:
        words = tr("The board is bent or its print is off by {off:.2g}\u00a0mm", off=1000 * shape.off)
        moves = tr(", which moves distances and focal lengths by up to {moved:.2g} %", moved=100 * shape.moved)
        level = 1 + int(shape.moved > MOVES)
        moves = moves if shape.moved > 5e-4 else ""
        yield Reason(
            "bent-board", level, tr("{words}{moves}; free its shape", words=words, moves=moves), Remedy("free_board")
        )


def _stretched(fitted: Fitted) -> Iterator[Reason]:
    stretch = stretch_of(fitted)
    level = level_of(stretch, *UNSURE[:2])
    if level:
        words = tr(
            "The board's print is {stretch:.2g} % longer one way than across, and pictures cannot tell which is right: "
            "all distances may be off by {stretch:.2g} %; print it true to scale, or measure a distance",
            stretch=100 * stretch,
        )
        yield Reason("stretched-board", level, words)


def _ends(fitted: Fitted) -> Iterator[Reason]:
    if fitted.problem.spec.free_board and ambiguous(fitted.problem.target):
        words = tr(
            "This board looks the same turned, so its free shape may mix its ends from frame to frame; "
            "use one with an odd and an even side, or with markers"
        )
        yield Reason("half-turn", 1, words)
