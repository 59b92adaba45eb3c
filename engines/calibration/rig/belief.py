"""Whether a rig may be believed: frames left out, other starts, and a verdict in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from engines.calibration.rig.fitting import Fitted
from engines.calibration.solve.equations import Floats
from engines.calibration.types import Reason, Verdict

Further = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Belief:
    """held_out: rms in pixels of each camera on frames left out, () where not asked for; view_squares: the same, sums of
    squares by the place of a view. spreads: of distances when frames are left out, C x C metres."""

    held_out: tuple[float | None, ...] = ()
    held_out_rms: float | None = None
    view_squares: Mapping[int, float] = field(default_factory=dict)
    spreads: Floats | None = None
    reasons: tuple[Reason, ...] = ()
    verdict: Verdict = ""


def believe(fitted: Fitted, leave_out: bool, further: Further) -> Belief:
    return Belief()
