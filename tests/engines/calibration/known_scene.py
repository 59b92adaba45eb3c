"""A camera, a board and poses that are exactly known, and what the camera would see of them."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.calibration.solve.adjustment import Observation
from engines.core.boards import Board
from engines.core.frames import Size
from engines.core.lenses import Intrinsics, Lens, ModelName
from engines.core.projection import project, undistort_points

SIZE = Size(640, 480)
CHESSBOARD = Board.parse("chessboard:9x6:25mm")
CAMERA = Intrinsics(534.0, 536.0, 326.0, 244.0)
BROWN = (-0.28, 0.08, 0.001, -0.0005, -0.01)
RATIONAL = (0.9, 0.35, 0.0005, -0.0003, 0.02, 1.3, 0.62, 0.08)


@dataclass(frozen=True)
class Scene:
    """The truth. `shape` is the board as it was really printed, M x 3 metres."""

    board: Board = CHESSBOARD
    camera: Intrinsics = CAMERA
    lens: tuple[float, ...] = BROWN
    size: Size = SIZE
    shape: NDArray[np.float64] | None = None
    model: ModelName | None = None

    @property
    def optics(self) -> Lens:
        """The lens; its model follows from the number of terms where it is not told."""
        return Lens(self.model or ("brown5" if len(self.lens) == 5 else "rational8"), self.camera, self.lens)

    @property
    def points(self) -> NDArray[np.float64]:
        return self.board.corners if self.shape is None else self.shape


def poses(scene: Scene, count: int, seed: int = 7) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Poses that keep the whole board in view: tilted up to 45 degrees, all over the picture."""
    rng = np.random.default_rng(seed)
    middle = scene.points.mean(axis=0)
    found = []
    while len(found) < count:
        rvec = np.array([*rng.uniform(-0.75, 0.75, 2), rng.uniform(-0.5, 0.5)])
        centre = np.array([*rng.uniform(-0.16, 0.16, 2), rng.uniform(0.26, 0.5)])
        tvec = centre - cv2.Rodrigues(rvec)[0] @ middle
        if _in_view(scene, rvec, tvec):
            found.append((rvec, tvec))
    return found


def views(scene: Scene, count: int = 12, noise: float = 0.1, seed: int = 0, shown: float = 1.0) -> list[Observation]:
    """What is seen of `count` poses; `noise` in pixels per axis, `shown` the share of corners that each view shows."""
    rng = np.random.default_rng(1000 + seed)
    seen = []
    for rvec, tvec in poses(scene, count):
        ids = np.sort(rng.permutation(scene.board.corner_count)[: round(shown * scene.board.corner_count)])
        exact = project(scene.optics, scene.points[ids], rvec, tvec)
        seen.append(Observation(ids, exact + rng.normal(0, noise, exact.shape)))
    return seen


def bent(board: Board, seed: int = 3) -> NDArray[np.float64]:
    """A print that is off: .2 mm in plane, and bowed by .5 mm."""
    rng = np.random.default_rng(seed)
    points = board.corners + rng.normal(0, 2e-4, (board.corner_count, 3)) * [1, 1, 0.3]
    flat = points[:, :2] - points[:, :2].mean(axis=0)
    points[:, 2] += 5e-4 * (flat**2).sum(axis=1) / (flat**2).sum(axis=1).max()
    return points


def picture(
    scene: Scene, rvec: NDArray[np.float64], tvec: NDArray[np.float64], noise: float = 2.0, seed: int = 0
) -> NDArray[np.uint8]:
    """A photograph of the board: rendered larger (twice to four times) through the exact lens, then reduced. Gray."""
    over, square = 4 if scene.size.width <= 1000 else 2, 64
    rays = _rays(scene, over)
    rotation = cv2.Rodrigues(rvec)[0]
    across = np.stack([rotation[:, 0], rotation[:, 1], tvec], axis=1)
    plane = rays @ np.linalg.inv(across).T
    board = plane[..., :2] / plane[..., 2:]
    left, top = scene.board.print_origin
    scale = square / scene.board.square
    quiet = square // 2
    fill = 0 if scene.board.inverted else 255
    print_ = np.pad(scene.board.picture(square), quiet, constant_values=fill)
    x = (board[..., 0] - left) * scale + quiet - 0.5
    y = (board[..., 1] - top) * scale + quiet - 0.5
    seen = cv2.remap(print_, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR, borderValue=128)
    small = cv2.resize(seen, (scene.size.width, scene.size.height), interpolation=cv2.INTER_AREA).astype(np.float64)
    rng = np.random.default_rng(seed)
    gray = 30 + 0.75 * cv2.GaussianBlur(small, (0, 0), 0.6) + rng.normal(0, noise, small.shape)
    return np.asarray(np.clip(np.rint(gray), 0, 255), dtype=np.uint8)


def _rays(scene: Scene, over: int) -> NDArray[np.float64]:
    """Viewing rays of every subpixel, H x W x 3: exact at the pixels' centres, cubic in between."""
    x, y = np.meshgrid(np.arange(scene.size.width, dtype=float), np.arange(scene.size.height, dtype=float))
    pixels = np.stack([x, y], axis=-1).reshape(-1, 1, 2)
    straight = undistort_points(scene.optics, pixels)
    fine = cv2.resize(straight.reshape(*x.shape, 2), None, fx=over, fy=over, interpolation=cv2.INTER_CUBIC)
    return np.concatenate([np.asarray(fine, dtype=np.float64), np.ones((*fine.shape[:2], 1))], axis=2)


def _in_view(scene: Scene, rvec: NDArray[np.float64], tvec: NDArray[np.float64]) -> bool:
    seen = project(scene.optics, scene.points, rvec, tvec)
    edge = 12
    return bool((seen > edge).all() and (seen < (scene.size.width - edge, scene.size.height - edge)).all())
