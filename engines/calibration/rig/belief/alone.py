"""Each view by itself: how well a camera's own lens explains what it saw, when no other camera has a say.

Where every camera alone fits much better than all together, they do not agree on where the board was: the pictures
are not of one moment, a camera was moved, or a lens that is held is not that of these pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from engines.calibration.rig.fitting import Fitted
from engines.calibration.solve.bundle import bundle
from engines.calibration.solve.equations import Floats, Freedom
from engines.calibration.solve.fit import one_thread_each
from engines.calibration.solve.motions import Motions
from engines.calibration.solve.sights import Sights


@dataclass(frozen=True, slots=True)
class Alone:
    """Root mean squares in pixels over the believed corners that two cameras or more saw: together as in the fit; apart
    with a pose of the board for each camera. frames: the same by frame, (together, apart)."""

    together: float
    apart: float
    frames: dict[str, tuple[float, float]]


def each_alone(fitted: Fitted) -> Alone | None:
    """None where no board is seen by two cameras."""
    problem, state = fitted.problem, fitted.state
    cameras_of = np.zeros(len(problem.groups), dtype=int)
    for view in problem.seen:
        cameras_of[view.group] += 1
    sights, boards, count = [], [], 0
    for one in fitted.believed_sights(cameras_of > 1):
        boards.append(state.boards[one.groups])
        sights.append(replace(one, groups=count + np.arange(len(one.groups))))
        count += len(one.groups)
    if not count:
        return None
    apart = replace(state, boards=Motions.joined(boards))
    still = Freedom(tuple(np.zeros((len(lens), 0)) for lens in state.lenses), (False,) * problem.cameras)
    with one_thread_each():
        posed = bundle(apart, sights, still, "linear")
    return _summed(fitted, sights, posed.squares)


def _summed(fitted: Fitted, sights: Sequence[Sights], alone: Sequence[Floats]) -> Alone:
    squares_of = {
        int(place): own
        for one, squares in zip(fitted.problem.sights, fitted.bundle.squares, strict=True)
        for place, own in zip(one.places, squares, strict=True)
    }
    sums: dict[str, Floats] = {}
    for one, squares in zip(sights, alone, strict=True):
        there = one.trust > 0
        for row, place in enumerate(one.places):
            frame = fitted.problem.groups[fitted.problem.seen[int(place)].group][0]
            kept = there[row]
            more = np.array([squares_of[int(place)][kept].sum(), squares[row][kept].sum(), kept.sum()])
            sums[frame] = sums.get(frame, np.zeros(3)) + more
    total = sum(sums.values(), np.zeros(3))
    roots = {frame: (float(np.sqrt(a / max(n, 1))), float(np.sqrt(b / max(n, 1)))) for frame, (a, b, n) in sums.items()}
    together, apart = (float(np.sqrt(total[k] / max(total[2], 1))) for k in (0, 1))
    return Alone(together, apart, roots)
