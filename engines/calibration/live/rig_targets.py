"""Where a board should go that two cameras see at once: both pictures hold it, and it tells most of their distance.

The views that could come next are those of one camera (`candidates`), carried over into the other's picture by what is
known of the rig. What a shared view tells of the pair's six degrees of freedom is the information that is left when the
board's own pose is eliminated (Schur complement), as for one camera in `information`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engines.calibration.live.candidates import MARGIN, candidates, few_of, rim_of
from engines.calibration.live.information import NOISE, Floats, Poses, derivatives, pose_of
from engines.calibration.rig.places import between
from engines.calibration.rig.types import RigCamera
from engines.calibration.solve.motions import cross_matrices
from engines.calibration.types import Capture
from engines.core.boards import Board
from engines.core.lenses import Lens

_LOOSE = 1.0, 1.0
"""Widths of the prior: of the pair's turn in radians and of its shift in metres."""
_GRAZING = np.cos(np.radians(70.0))


@dataclass(frozen=True, slots=True)
class Pair:
    """Two cameras of a rig whose lenses and places are roughly known; turn and shift lead from the first's
    coordinates to the second's."""

    first: RigCamera
    second: RigCamera
    turn: Floats
    shift: Floats

    @staticmethod
    def of(first: RigCamera, second: RigCamera) -> Pair:
        step = between(first, second)
        return Pair(first, second, step.rotation, step.shift)

    def across(self, poses: Poses) -> Poses:
        """Boards before the first camera, as they stand before the second."""
        return Poses(self.turn @ poses.turns, poses.shifts @ self.turn.T + self.shift)


@dataclass(frozen=True, slots=True)
class Places:
    """N places of a board that both cameras of a pair see. outlines: in their pictures, N x 4 x 2 each. information:
    what each tells of the pair, N x 6 x 6. words: how to hold it, as the first camera sees it."""

    outlines: tuple[Floats, Floats]
    information: Floats
    words: tuple[str, ...]


def places(pair: Pair, board: Board, quarter: int = 0) -> Places:
    """All places that both see whole and from the front."""
    known = candidates(pair.first.lens, pair.first.size, board, quarter)
    there = pair.across(known.poses)
    rim = rim_of(board)[::2]
    outlines = derivatives(pair.second.lens, there, rim).pixels if len(known.wishes) else np.zeros((0, 4, 2))
    size = np.array([pair.second.size.width, pair.second.size.height])
    low = MARGIN * pair.second.size.width
    inside = ((outlines > low) & (outlines < size - low)).all(axis=(1, 2)) & (there.apply(rim)[..., 2] > 0).all(axis=1)
    good = inside & (_facing(there, rim) > _GRAZING)
    chosen = np.flatnonzero(good)
    some = Poses(known.poses.turns[chosen], known.poses.shifts[chosen])
    return Places(
        (known.outlines[chosen], outlines[chosen]),
        pair_information(pair, some, board.corners[few_of(board)]),
        tuple(known.wishes[number].words for number in chosen),
    )


def pair_information(pair: Pair, poses: Poses, points: Floats) -> Floats:
    """What shared views of K x 3 points at N poses before the first camera tell of the pair, N x 6 x 6: of a turn of
    the second camera (left of its rotation, radians), then a shift (metres)."""
    if not len(poses.turns):
        return np.zeros((0, 6, 6))
    there = pair.across(poses)
    one = derivatives(pair.first.lens, poses, points).by_pose
    other = derivatives(pair.second.lens, there, points).by_pose
    by_board = np.concatenate([one, other @ _both(pair.turn)], axis=1)
    by_pair = np.concatenate([np.zeros_like(one), other @ _moved_by(there.shifts - pair.shift)], axis=1)
    coupling = by_board.mT @ by_pair
    own = by_board.mT @ by_board
    return np.asarray((by_pair.mT @ by_pair - coupling.mT @ np.linalg.solve(own, coupling)) / NOISE**2)


def known_information(pair: Pair, board: Board, shared: Sequence[tuple[Capture, Capture]]) -> Floats:
    """What the shared views tell so far, 6 x 6, with a loose prior."""
    told = np.diag(1 / np.repeat(_LOOSE, 3) ** 2)
    for one, other in shared:
        both = np.intersect1d(one.ids, other.ids)
        pose = _pose(pair.first.lens, board, one)
        if pose is not None and len(both) >= 4:
            told = told + pair_information(pair, pose, board.corners[both])[0]
    return np.asarray(told)


def distance_gain(pair: Pair, known: Floats, added: Floats) -> Floats:
    """By what share each of N views (N x 6 x 6) would lessen the deviation of the pair's distance."""
    before, after = np.linalg.inv(known), np.linalg.inv(known + added)
    way = pair.shift / max(float(np.linalg.norm(pair.shift)), 1e-9)
    along = np.concatenate([np.zeros(3), way])
    old, new = along @ before @ along, np.einsum("i,nij,j->n", along, after, along)
    return np.asarray(1 - np.sqrt(new / old))


def _pose(lens: Lens, board: Board, view: Capture) -> Poses | None:
    return pose_of(lens, board.corners[list(view.ids)], np.array(view.corners)) if len(view.ids) >= 4 else None


def _both(turn: Floats) -> Floats:
    """A small motion of the board in the first camera's coordinates, in the second's."""
    made = np.zeros((6, 6))
    made[:3, :3] = made[3:, 3:] = turn
    return made


def _moved_by(arms: Floats) -> Floats:
    """How a turn and a shift of the second camera move boards (N) that lie `arms` from the first one, N x 6 x 6."""
    made = np.tile(np.eye(6), (len(arms), 1, 1))
    made[:, 3:, :3] = -cross_matrices(arms)
    return made


def _facing(poses: Poses, rim: Floats) -> Floats:
    """Cosine of the angle between each board's normal and the line of sight to its middle; negative from behind."""
    middles = poses.apply(rim).mean(axis=1)
    away = middles / np.linalg.norm(middles, axis=1, keepdims=True)
    return np.asarray(np.einsum("ni,ni->n", poses.turns[:, :, 2], away))
