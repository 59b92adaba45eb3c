"""A camera, a board and poses that are exactly known, and what the camera would see of them."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.calibration.solve.adjustment import Observation
from engines.calibration.targets.rendered import photograph
from engines.core.boards import Board
from engines.core.frames import Size
from engines.core.lenses import Intrinsics, Lens, ModelName
from engines.core.projection import project, rays

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


def wide_poses(scene: Scene, count: int, seed: int = 7) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Poses for a wide lens: the board close, turned towards the camera's middle, out to the edge of the picture."""
    rng = np.random.default_rng(seed)
    middle, found = scene.points.mean(axis=0), []
    while len(found) < count:
        way = rays(scene.optics, [rng.uniform([0, 0], [scene.size.width - 1, scene.size.height - 1])])[0]
        aside = np.cross([0.0, 0.0, 1.0], way)
        angle = np.arctan2(np.linalg.norm(aside), way[2])
        facing = cv2.Rodrigues(aside / max(np.linalg.norm(aside), 1e-12) * angle)[0]
        rotation = facing @ cv2.Rodrigues(np.array([*rng.uniform(-0.7, 0.7, 2), rng.uniform(-0.5, 0.5)]))[0]
        tvec = way * rng.uniform(0.15, 0.35) - rotation @ middle
        rvec = cv2.Rodrigues(rotation)[0].ravel()
        if _in_view(scene, rvec, tvec):
            found.append((rvec, tvec))
    return found


def views(
    scene: Scene, count: int = 12, noise: float = 0.1, seed: int = 0, shown: float = 1.0, wide: bool = False
) -> list[Observation]:
    """What is seen of `count` poses; `noise` in pixels per axis, `shown` the share of corners that each view shows."""
    rng = np.random.default_rng(1000 + seed)
    seen = []
    for rvec, tvec in (wide_poses if wide else poses)(scene, count):
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
    scene: Scene,
    rvec: NDArray[np.float64],
    tvec: NDArray[np.float64],
    noise: float = 2.0,
    seed: int = 0,
    rolling: NDArray[np.float64] | None = None,
) -> NDArray[np.uint8]:
    """A photograph of the board, gray. rolling: as `photograph` takes it."""
    return photograph(scene.board, scene.optics, scene.size, (rvec, tvec), noise=noise, seed=seed, rolling=rolling)


def _in_view(scene: Scene, rvec: NDArray[np.float64], tvec: NDArray[np.float64]) -> bool:
    seen = project(scene.optics, scene.points, rvec, tvec)
    edge = 12
    return bool((seen > edge).all() and (seen < (scene.size.width - edge, scene.size.height - edge)).all())
