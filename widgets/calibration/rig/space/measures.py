"""How a rig lies in space: which way is up, where its floor is, and how large its cameras are drawn."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from engines.calibration.rig.names import floor_frame
from engines.calibration.rig.places import centre_of, turn_of
from engines.calibration.rig.types import RigCamera, RigResult
from widgets.calibration.rig.space.boards import middles, placed, rim
from widgets.calibration.rig.space.cameras import SIDEWAYS, Dress, picture_outline
from widgets.charts.space.eye import Compass, Eye, Floats
from widgets.charts.space.things import AXES, Ink, Part, Strand, Word

UPRIGHT = 0.5
"""How much of a unit the cameras' upward ways must have in common, to tell where up is."""
SHARE, CLEAR = 0.22, 0.85
"""Depth of a pyramid in distances to the boards; its width at most, in distances to the next camera."""
LEAST = 0.04
FRAME = 1.04
"""How much more than a camera's picture is shown, seen from where it stands."""


def compass(result: RigResult) -> Compass:
    """Up is the floor's normal where a board lies on it, else what the cameras agree on, else the first camera's."""
    turns = [turn_of(camera) for camera in result.cameras]
    ups = np.array([-turn[1] for turn in turns])
    ahead = np.mean([turn[2] for turn in turns], axis=0)
    if floor_frame(result.reference) is not None:
        up = np.array([0.0, 0.0, -1.0])
        return Compass.of(up if (centres(result) @ up).mean() > 0 else -up, ahead)
    mean = ups.mean(axis=0)
    return Compass.of(mean if np.linalg.norm(mean) > UPRIGHT else ups[0], ahead)


def centres(result: RigResult) -> Floats:
    return np.array([centre_of(camera) for camera in result.cameras])


def floor(result: RigResult, up: Floats) -> float:
    """Height of the board that lies on it, else of the lowest that there is."""
    if floor_frame(result.reference) is not None:
        return 0.0
    boards = [
        placed(pose, rim(result.boards[pose.board])) for pose in result.board_poses if pose.board < len(result.boards)
    ]
    points = np.concatenate([centres(result), *boards])
    heights = points @ up
    spread = float(np.linalg.norm(points - points.mean(axis=0), axis=1).max())
    return float(heights.min()) - 0.12 * spread


def depth(result: RigResult) -> float:
    """Of the pyramids: a share of the way to the boards, but so that neighbours stay apart."""
    places = centres(result)
    apart = [float(np.linalg.norm(one - other)) for one, other in combinations(places, 2)]
    away = _distances(result)
    reach = float(np.median(away)) if away.size else max(apart, default=0.5)
    widest = max(camera.size.width / camera.intrinsics.fx for camera in result.cameras)
    room = CLEAR * min((one for one in apart if one > 0), default=reach) / widest
    return max(min(SHARE * reach, room), LEAST * reach)


def _distances(result: RigResult) -> Floats:
    boards = middles(result)
    return np.linalg.norm(boards[None] - centres(result)[:, None], axis=2).ravel()


def dress(result: RigResult, dashed: bool = False) -> Dress:
    """How its cameras are drawn; those of a second rig dashed."""
    up = compass(result).up
    return Dress(depth(result), (up, floor(result, up)), dashed)


def axes(length: float) -> Part:
    """The rig's own axes at its origin."""
    ends = np.eye(3) * length
    return Part(
        tuple(Strand(np.array([np.zeros(3), end]), Ink(AXES[n], 1.0, 2.2)) for n, end in enumerate(ends)),
        words=tuple(Word(end * 1.08, "xyz"[n], Ink(AXES[n])) for n, end in enumerate(ends)),
    )


def as_camera(camera: RigCamera, result: RigResult) -> Eye:
    """The eye where a camera is, that shows what its picture shows, its lens's bending aside."""
    turn = turn_of(camera)
    boards = middles(result)
    ahead = (boards - centre_of(camera)) @ turn[2] if len(boards) else np.ones(1)
    away = float(np.median(ahead[ahead > 0])) if (ahead > 0).any() else 1.0
    rim = (picture_outline(camera, 1.0) - centre_of(camera)) @ turn.T
    low, high = (limit(rim[:, :2] / np.maximum(rim[:, 2:], SIDEWAYS), axis=0) for limit in (np.min, np.max))
    (across, down), (x, y) = (FRAME * (high - low) / 2).tolist(), ((low + high) / 2).tolist()
    return Eye(centre_of(camera) + away * turn[2], turn, away, compass(result).up, True, (across, down), (x, y))
