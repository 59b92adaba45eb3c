"""Boards that look the same turned: numbered from the same end by all cameras, which only the rig itself can tell.

One camera's word on which end is which is a guess, frame by frame. But where a second camera stands is the same in
every frame, and with the wrong end it would seem to jump.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engines.calibration.evidence.half_turns import Turn, ambiguous, turns
from engines.calibration.rig.problem import Problem
from engines.calibration.solve.motions import Motions
from engines.calibration.solve.sights import Seen
from engines.core.boards import Board

Floats = NDArray[np.float64]


@lru_cache(maxsize=8)
def back_turns(board: Board) -> tuple[Motions, ...]:
    """For each way to number the board, what takes its new coordinates to those as found; the first is none at all."""
    middle = (board.corners.min(axis=0) + board.corners.max(axis=0)) / 2
    return tuple(_about(turn, middle).inverse for turn in turns(board))


def _about(turn: Turn, middle: Floats) -> Motions:
    return Motions(turn.rotation[None], (middle - turn.rotation @ middle)[None])


def nearest(some: Motions, others: Motions, scale: float) -> Floats:
    """For each of N others how far the nearest of `some` is: shifts in parts of `scale`, turns as a chord."""
    apart = np.linalg.norm(some.shifts[:, None] - others.shifts[None], axis=2) / scale
    turned = np.linalg.norm(some.turns[:, None] - others.turns[None], axis=(2, 3)) / np.sqrt(2)
    return np.asarray((apart + turned).min(axis=0))


def numbered_alike(
    problem: Problem, places: Motions, poses: Sequence[Motions | None]
) -> tuple[Problem, list[Motions | None]]:
    """The views with the corners of each frame numbered as in its fullest view, and their poses then."""
    if not ambiguous(problem.target):
        return problem, list(poses)
    seen, found = list(problem.seen), list(poses)
    for group in range(len(problem.groups)):
        views = [place for place, view in enumerate(seen) if view.group == group and poses[place] is not None]
        if len(views) < 2:
            continue
        board = problem.target.boards[problem.groups[group][1]]
        first = max(views, key=lambda place: len(seen[place].ids))
        there = _in_rig(places, seen[first], found[first])
        for place in views:
            if place != first:
                seen[place], found[place] = _as_there(seen[place], found[place], board, places, there, problem)
    return replace(problem, seen=tuple(seen)), found


def _as_there(
    view: Seen, pose: Motions | None, board: Board, places: Motions, there: Motions, problem: Problem
) -> tuple[Seen, Motions | None]:
    assert pose is not None
    offered = [pose.after(turn) for turn in back_turns(board)]
    scale = max(float(np.linalg.norm(there.shifts)), 1e-9)
    away = [float(nearest(there, _in_rig(places, view, one), scale)[0]) for one in offered]
    best = int(np.argmin(away))
    if best == 0:
        return view, pose
    start = problem.target.starts[view.board]
    return replace(view, ids=turns(board)[best].ids[view.ids - start] + start), offered[best]


def _in_rig(places: Motions, view: Seen, pose: Motions | None) -> Motions:
    assert pose is not None
    return places[view.camera].inverse.after(pose)
