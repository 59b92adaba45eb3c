"""Whether a rig may be believed: frames left out, other starts, each camera alone, and what they say in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from engines.calibration.quality import VERDICTS
from engines.calibration.rig.belief.alone import each_alone
from engines.calibration.rig.belief.changes import change_of
from engines.calibration.rig.belief.doubts import Evidence, doubts
from engines.calibration.rig.belief.leaving_out import LeftOutFrames, leave_out
from engines.calibration.rig.belief.lenses import misheld_lens
from engines.calibration.rig.belief.shape import board_is_bent
from engines.calibration.rig.belief.starts import apart, best, other_ends
from engines.calibration.rig.fitting import Fitted
from engines.calibration.solve.equations import Floats
from engines.calibration.types import Reason, Verdict
from engines.core.words import tr

Further = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Belief:
    """held_out: rms in pixels of each camera on frames left out, () where not asked for; view_squares: the same as sums
    of squares, by the place of a view. spreads: of distances when frames are left out, C x C metres;
    focal_spreads: the same of fx and fy, C x 2 pixels."""

    held_out: tuple[float | None, ...] = ()
    held_out_rms: float | None = None
    view_squares: Mapping[int, float] = field(default_factory=dict)
    spreads: Floats | None = None
    focal_spreads: Floats | None = None
    reasons: tuple[Reason, ...] = ()
    verdict: Verdict = ""


STOPPED = Belief(
    reasons=(Reason("stopped", 3, tr("The solver was stopped before it stood in an optimum; calibrate again")),),
    verdict="poor",
)


def believe(fitted: Fitted, leaving_out: bool, further: Further, threads: int = 2) -> tuple[Fitted, Belief]:
    """The best of the ends that several starts lead to, and what is to be thought of it."""
    further(0.0, tr("Solving from other starts"))
    ends = (fitted, *other_ends(fitted, lambda progress, state: further(0.0, tr("Solving from other starts"))))
    chosen = best(ends)
    further(0.3, tr("Looking for a bent board"))
    bent = board_is_bent(chosen)
    left_out = (
        leave_out(chosen, lambda share, words: further(0.4 + 0.6 * share, words), threads) if leaving_out else None
    )
    spreads = None if left_out is None else left_out.spreads
    focal_spreads = None if left_out is None else left_out.focal_spreads
    evidence = Evidence(
        chosen, apart(ends), spreads, each_alone(chosen), bent, misheld_lens(chosen), change_of(chosen),
        focal_spreads,
    )  # fmt: skip
    reasons = tuple(sorted(doubts(evidence), key=lambda reason: -reason.level))
    verdict = VERDICTS[reasons[0].level if reasons else 0]
    if left_out is None:
        return chosen, Belief(reasons=reasons, verdict=verdict)  # type: ignore[arg-type]
    own, whole = _held_out(chosen, left_out)
    return chosen, Belief(own, whole, left_out.view_squares, spreads, focal_spreads, reasons, verdict)  # type: ignore[arg-type]


def _held_out(fitted: Fitted, left_out: LeftOutFrames) -> tuple[tuple[float | None, ...], float]:
    """Of each camera and of all, over the corners that are believed."""
    squares, corners = np.zeros(fitted.problem.cameras), np.zeros(fitted.problem.cameras)
    for sights, believed in zip(fitted.problem.sights, fitted.bundle.believed, strict=True):
        for row, place in enumerate(sights.places):
            if int(place) in left_out.view_squares:
                squares[sights.camera] += left_out.view_squares[int(place)]
                corners[sights.camera] += int(believed[row].sum())
    own = tuple(float(np.sqrt(a / n)) if n else None for a, n in zip(squares, corners, strict=True))
    return own, float(np.sqrt(squares.sum() / max(corners.sum(), 1)))
