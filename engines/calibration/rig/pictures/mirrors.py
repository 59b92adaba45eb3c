"""Finds a camera whose pictures are mirrored where the board has no markers that would tell.

Two cameras that stand fixed see a board turn by turns that differ by one constant turn. In a mirror the board turns the
other way: then what is constant is the turn between the one camera and the other's mirror image.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import TypeAlias

import cv2
import numpy as np

from engines.calibration.evidence.half_turns import turns
from engines.calibration.rig.found import RigShot
from engines.calibration.targets.detection import Detection, Floats
from engines.calibration.targets.looks import outline_of
from engines.core.boards import Board
from engines.core.frames import Size

_LEAST = 5
"""Frames that two cameras must share."""
_APART = 12.0
"""Degrees (median) by which fixed cameras' turns may differ, with lenses that are only guessed."""
_BETTER = 0.5
_MIRROR = np.diag([-1.0, 1.0, 1.0])
_BOARD_MIRRORS = (np.diag([-1.0, 1.0, 1.0]), np.diag([1.0, -1.0, 1.0]))
Turns: TypeAlias = Mapping[str, Floats]


def mirrored_pairs(shots: Sequence[RigShot], cameras: int, board: Board) -> list[tuple[int, int]]:
    """Pairs of cameras one of which is mirrored, by what both see of a board without markers; [] where none is seen."""
    if board.kind in ("charuco", "aprilgrid") or len(turns(board)) > 1:
        return []
    seen: list[dict[str, Floats]] = [{} for _ in range(cameras)]
    for one in shots:
        found, size = one.shot.detection, one.shot.size
        if found is not None and size is not None and not one.shot.board:
            turn = _turn(board, found, size)
            if turn is not None:
                seen[one.camera][one.frame] = turn
    pairs = combinations(range(cameras), 2)
    return [(first, second) for first, second in pairs if _is_mirrored(seen[first], seen[second])]


def odd_one(pairs: Sequence[tuple[int, int]]) -> int | None:
    """The camera that all of these pairs have in common, where that is one."""
    counted = Counter(camera for pair in pairs for camera in pair)
    common = [camera for camera, times in counted.items() if times == len(pairs)]
    return common[0] if len(common) == 1 else None


def _is_mirrored(first: Turns, second: Turns) -> bool:
    shared = [frame for frame in first if frame in second]
    if len(shared) < _LEAST:
        return False
    one, two = np.array([first[frame] for frame in shared]), np.array([second[frame] for frame in shared])
    plain = _spread(two @ one.transpose(0, 2, 1))
    mirrored = min(_spread(_MIRROR @ two @ board @ one.transpose(0, 2, 1)) for board in _BOARD_MIRRORS)
    return plain > _APART and mirrored < _BETTER * plain


def _spread(rotations: Floats) -> float:
    """Median angle in degrees from their mean."""
    left, _, right = np.linalg.svd(rotations.sum(axis=0))
    mean = left @ np.diag([1.0, 1.0, np.linalg.det(left @ right)]) @ right
    cosines = (np.trace(rotations @ mean.T, axis1=1, axis2=2) - 1) / 2
    return float(np.degrees(np.median(np.arccos(np.clip(cosines, -1, 1)))))


def _turn(board: Board, found: Detection, size: Size) -> Floats | None:
    """From the board to a camera as wide as its focal length is long, 3 x 3."""
    outline = outline_of(board, found.ids, found.corners)
    if outline is None or not np.isfinite(outline).all():
        return None
    focal = float(max(size.width, size.height))
    matrix = np.array([[focal, 0, size.width / 2], [0, focal, size.height / 2], [0, 0, 1]])
    solved, rvec, _ = cv2.solvePnP(board.corners[found.ids], found.corners, matrix, None, flags=cv2.SOLVEPNP_IPPE)
    return np.asarray(cv2.Rodrigues(rvec)[0], dtype=np.float64) if solved else None
