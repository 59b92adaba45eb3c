"""The rig's problem as caliscope's own bundle adjustment is given it, from the same start.

It solves one focal length and k1, k2 a camera, so the rest of each lens is given to it as it truly is; every corner of
every frame is a point of its own, held to the board by distances. Its first camera drifts, distances do not mind.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench.benchmarks.calibration.rig_peers import Answer
from workbench.benchmarks.calibration.rig_problem import BOARD, SIZE, Problem, Rig

Floats = NDArray[np.float64]
_PRINT = 1e-4
"""How well the board's distances are known, metres; its own default is 2 mm."""


def caliscope_solved(problem: Problem, bend: float | None, most: int) -> Answer:
    """bend: of Huber's loss in pixels, None: linear; most: evaluations."""
    (columns, rows), board = BOARD.corner_grid, _theirs("core.chessboard").Chessboard
    print_ = _theirs("core.constraints").ConstraintSet.from_chessboard(
        board(rows, columns, 100 * BOARD.square), sigma_m=_PRINT
    )
    volume = _theirs("core.capture_volume").CaptureVolume(_cameras(problem), *_points(problem), constraints=print_)
    loss, scale = ("linear", 1.0) if bend is None else ("huber", volume.pixel_f_scale(bend))
    solved = volume.optimize(
        max_nfev=most, strict=False, pixel_sigma=0.2, refine_intrinsics=True, loss=loss, f_scale=scale
    )
    return Answer(_rig(solved.camera_array, problem.start), bool(solved.optimization_status.converged))


def _theirs(name: str) -> Any:
    return import_module(f"caliscope.{name}")


def _cameras(problem: Problem) -> Any:
    array = _theirs("cameras.camera_array")
    cameras = {}
    for number, (start, truth) in enumerate(zip(problem.start.cameras, problem.truth.cameras, strict=True)):
        fx, fy, cx, cy = start[0], start[0] * truth[1] / truth[0], *truth[2:4]
        cameras[number] = array.CameraData(
            number,
            (SIZE.width, SIZE.height),
            matrix=np.array([[fx, 0.0, cx], [0.0, fy, cy], [0.0, 0.0, 1.0]]),
            distortions=np.concatenate([start[4:6], truth[6:]]),
            rotation=cv2.Rodrigues(problem.start.places[number, :3])[0],
            translation=problem.start.places[number, 3:].copy(),
        )
    return array.CameraArray(cameras)


def _points(problem: Problem) -> tuple[Any, Any]:
    data, table = _theirs("core.point_data"), import_module("pandas").DataFrame
    sights, rig = problem.sights, problem.start
    seen = {
        "sync_index": sights.frame,
        "cam_id": sights.camera,
        "object_id": 0,
        "keypoint_id": sights.corner,
        "img_loc_x": sights.seen[:, 0],
        "img_loc_y": sights.seen[:, 1],
    }
    frame, corner = np.unique(np.column_stack([sights.frame, sights.corner]), axis=0).T
    placed = np.array([rig.points @ cv2.Rodrigues(board[:3])[0].T + board[3:] for board in rig.boards])
    x, y, z = placed[frame, corner].T
    numbers = {"sync_index": frame, "object_id": 0, "keypoint_id": corner, "frame_time": 0.0}
    world = numbers | {"x_coord": x, "y_coord": y, "z_coord": z}
    return data.ImagePoints(table(seen)), data.WorldPoints(table(world))


def _rig(cameras: Any, like: Rig) -> Rig:
    solved = [cameras.cameras[number] for number in range(len(like.cameras))]
    lenses = [
        [each.matrix[0, 0], each.matrix[1, 1], each.matrix[0, 2], each.matrix[1, 2], *each.distortions]
        for each in solved
    ]
    places = [np.concatenate([cv2.Rodrigues(each.rotation)[0].ravel(), each.translation]) for each in solved]
    return Rig(np.array(lenses, dtype=np.float64), np.array(places), like.boards, like.points)
