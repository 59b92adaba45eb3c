"""The rendered rig: where its cameras stand and what lenses they have.

Everything follows from the board's size, the picture's size and the seed, so any board fits any rig.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.cameras.scene.optics import CameraTruth, Floats, rotation, rotation_vector, turn
from engines.cameras.types import SceneSource
from engines.core.boards import Board
from engines.core.frames import Size
from engines.core.words import tr

NAMES = {
    1: ("front",),
    2: ("left", "right"),
    4: (tr("front left"), tr("front right"), tr("side left"), tr("side right")),
}
PLACES = {
    1: ((0.0, -4.0),),
    2: ((-11.0, -4.0), (11.0, -4.0)),
    4: ((-10.0, -7.0), (10.0, -7.0), (-27.0, 3.0), (27.0, 3.0)),
}
"""Degrees around the board (to the right) and downwards."""
GRIDS = {1: (1, 1), 2: (1, 2), 4: (2, 2)}
"""Rows and columns of the tiled picture."""
FOCAL = 0.9
"""Focal length in widths of a 16:9 picture: about 58 degrees across."""
DISTANCE = 2.25
"""From the cameras to the middle of the scene, in widths of the board."""


@dataclass(frozen=True, slots=True)
class Pose:
    """Rotation vector and translation in metres."""

    rvec: tuple[float, float, float]
    tvec: tuple[float, float, float]

    def apply(self, points: Floats) -> Floats:
        """N x 3 points."""
        return np.asarray(points @ turn(self.rvec).T + np.array(self.tvec))


def reach(board: Board) -> float:
    """The length that the scene is measured in: the board's width, or as much as its height asks for."""
    width, height = board.print_size
    return max(width, 1.4 * height)


def rig(source: SceneSource) -> tuple[CameraTruth, ...]:
    """The cameras, all looking at the middle of the scene. Small differences between them come from the seed."""
    rng = np.random.default_rng([source.seed, 1])
    distance = DISTANCE * reach(source.board)
    return tuple(
        _camera(name, np.radians(place), distance, source.size, rng)
        for name, place in zip(NAMES[source.cameras], PLACES[source.cameras], strict=True)
    )


def _camera(name: str, place: Floats, distance: float, size: Size, rng: np.random.Generator) -> CameraTruth:
    around, down = place
    rotate = rotation(np.array([-down, 0.0, 0.0])) @ rotation(np.array([0.0, around, 0.0]))
    rotate = rotation(rng.normal(0.0, 0.012, 3)) @ rotate
    focal = FOCAL * min(size.width, size.height * 16 / 9) * (1.0 + rng.normal(0.0, 0.02))
    k1, k2 = -0.20 + rng.normal(0.0, 0.02), 0.06 + rng.normal(0.0, 0.01)
    p1, p2 = rng.normal(0.0, 8e-4, 2)
    return CameraTruth(
        name=name,
        fx=float(focal),
        fy=float(focal * (1.0 + rng.normal(0.0, 0.002))),
        cx=float((size.width - 1) / 2 + rng.normal(0.0, 0.008) * size.width),
        cy=float((size.height - 1) / 2 + rng.normal(0.0, 0.008) * size.height),
        distortion=(float(k1), float(k2), float(p1), float(p2), -0.008),
        rvec=rotation_vector(rotate),
        tvec=(0.0, 0.0, float(distance)),
        size=size,
    )
