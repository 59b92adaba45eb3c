"""A rig whose truth is known, as it would be solved: the rendered scene's cameras and its board's places."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import cv2
import numpy as np

from engines.calibration.rig.places import vector
from engines.calibration.rig.types import BoardPose, RigCamera, RigPair, RigResult, RigView, SpacePoint
from engines.cameras.scene.motion import Motion
from engines.cameras.scene.rig import rig
from engines.cameras.types import SceneSource
from engines.core.boards import Board
from engines.core.lenses import Intrinsics

BOARD = Board.parse("charuco:7x5:40mm:30mm:DICT_4X4_250")
BONES = (("nose", "neck"), ("neck", "left hand"), ("neck", "right hand"))


def spaced_rig(frames: int = 22, board: Board = BOARD, cameras: int = 4, sigma: float = 2e-4) -> RigResult:
    """In the first camera's coordinates. sigma: metres and radians of every pose's parameter."""
    source = SceneSource(board=board, cameras=cameras)
    truths = rig(source)
    first_turn, first_shift = truths[0].rotation, np.array(truths[0].tvec)
    made = []
    for number, one in enumerate(truths):
        turn = one.rotation @ first_turn.T
        shift = np.array(one.tvec) - turn @ first_shift
        made.append(
            RigCamera(
                one.name,
                one.size,
                "brown5",
                Intrinsics(one.fx, one.fy, one.cx, one.cy),
                one.distortion,
                vector(cv2.Rodrigues(turn)[0]),
                vector(shift),
                {"fx": 0.4, "fy": 0.4, "cx": 0.3, "cy": 0.3},
                rms_px=0.11 + 0.02 * number,
                frames=frames,
                corners=24 * frames,
            )  # fmt: skip
        )
    motion = Motion(board, truths, 0)
    poses = []
    for frame in range(frames):
        pose = motion.pose(motion.period * frame / frames)
        turn = first_turn @ cv2.Rodrigues(np.array(pose.rvec))[0]
        shift = first_turn @ np.array(pose.tvec) + first_shift
        poses.append(BoardPose(f"{frame:06d}", 0, vector(cv2.Rodrigues(turn)[0]), vector(shift)))
    views = [RigView(pose.frame, n, "", True, True) for pose in poses for n in range(len(made)) if (n + 1) % 5]
    return RigResult(
        tuple(made), pairs_of(made), 0.12, "good", (), 1.0, tuple(views), tuple(poses), frames, board=board,
        covariance=_covariance(len(made), sigma), converged=True,
    )  # fmt: skip


def pairs_of(cameras: Sequence[RigCamera]) -> tuple[RigPair, ...]:
    places = [-cv2.Rodrigues(np.array(one.rvec))[0].T @ np.array(one.tvec) for one in cameras]
    axes = [cv2.Rodrigues(np.array(one.rvec))[0][2] for one in cameras]
    return tuple(
        RigPair(
            a,
            b,
            float(np.linalg.norm(places[a] - places[b])),
            float(np.degrees(np.arccos(axes[a] @ axes[b]))),
            0.00024,
            0.011,
            frames=18,
        )  # fmt: skip
        for a, b in combinations(range(len(cameras)), 2)
    )


def _covariance(cameras: int, sigma: float) -> tuple[tuple[float, ...], ...]:
    """Of all parameters: the first camera's pose is held."""
    one = np.diag([0.16, 0.16, 0.09, 0.09, *[1e-6] * 5, *[(0.3 * sigma) ** 2] * 3, *[sigma**2] * 2, (2 * sigma) ** 2])
    whole = np.kron(np.eye(cameras), one)
    whole[9:15, 9:15] = 0
    return tuple(tuple(row) for row in whole.tolist())


def spaced_points(sigma: float = 1e-3) -> tuple[SpacePoint, ...]:
    """Four points of a body in front of the cameras."""
    places = {
        "nose": (0.0, -0.1, 0.6),
        "neck": (0.0, 0.0, 0.62),
        "left hand": (0.15, 0.1, 0.5),
        "right hand": (-0.14, 0.12, 0.55),
    }
    spread = tuple((sigma**2 * np.diag([1.0, 1.0, 6.0])).ravel().tolist())
    return tuple(SpacePoint(name, place, spread, (0, 1, 2), 0.4) for name, place in places.items())
