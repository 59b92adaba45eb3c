"""The cameras of a rig as numbers: which way a pixel looks, and where a point of space appears, with derivatives."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.calibration.rig.places import turn_of
from engines.calibration.rig.types import RigCamera, RigResult
from engines.calibration.solve.motions import cross_matrices
from engines.calibration.solve.projecting import project_with_derivatives
from engines.core.errors import BadInput
from engines.core.frames import Size
from engines.core.lenses import Lens
from engines.core.projection import project, rays
from engines.core.words import tr

Floats = NDArray[np.float64]
POSE = 6


@dataclass(frozen=True, slots=True)
class Eye:
    """One camera. turn (3 x 3) and shift take a point of the rig to the camera's coordinates, metres.

    mirrored: the pictures are those that the lens was calibrated for, flipped left to right.
    """

    lens: Lens
    size: Size
    turn: Floats
    shift: Floats
    mirrored: bool = False

    @classmethod
    def of(cls, camera: RigCamera, mirrored: bool = False) -> Eye:
        return cls(camera.lens, camera.size, turn_of(camera), np.array(camera.tvec), mirrored)

    @property
    def centre(self) -> Floats:
        """Where it stands in the rig, metres."""
        return np.asarray(-self.turn.T @ self.shift)

    @property
    def parameters(self) -> int:
        """How many there are: fx, fy, cx, cy, distortion, turn and shift."""
        return 4 + len(self.lens.distortion) + POSE

    def upright(self, pixels: Floats) -> Floats:
        """N x 2 pixels of the pictures as those of the lens, and back."""
        return np.asarray([self.size.width - 1, 0] + pixels * [-1, 1]) if self.mirrored else pixels

    def look(self, pixels: Floats) -> Floats:
        """N x 2 pixels to N x 3 unit directions in the rig; NaN where the lens shows nothing."""
        return np.asarray(rays(self.lens, self.upright(np.asarray(pixels, dtype=np.float64))) @ self.turn)

    def see(self, points: Floats) -> Floats:
        """N x 3 points of the rig to N x 2 pixels of the pictures; NaN for what is not in front."""
        return self.upright(project(self.lens, points, cv2.Rodrigues(self.turn)[0], self.shift))

    def see_closely(self, points: Floats) -> tuple[Floats, Floats]:
        """N x 2 pixels of the lens, and their derivatives by the point, N x 2 x 3."""
        pixels, by_seen, _ = self._derived(points)
        return pixels, by_seen @ self.turn

    def by_parameters(self, points: Floats) -> Floats:
        """Derivatives of the pixels by the camera's parameters in the order of `RigResult.covariance`, N x 2 x K."""
        _, by_seen, by_camera = self._derived(points)
        by_turn = by_seen @ -cross_matrices(points @ self.turn.T)
        return np.concatenate([by_camera, by_turn, by_seen], axis=2)

    def _derived(self, points: Floats) -> tuple[Floats, Floats, Floats]:
        """Pixels, their derivatives by the point in the camera's coordinates and by the lens."""
        camera = np.array(self.lens.values)
        pose = np.concatenate([np.ravel(cv2.Rodrigues(self.turn)[0]), self.shift])
        pixels, by_pose, by_camera = project_with_derivatives(self.lens.model, camera, pose, points)
        return pixels, by_pose[:, 3:].reshape(-1, 2, 3), by_camera.reshape(len(points), 2, -1)


def eyes_of(rig: RigResult) -> tuple[Eye, ...]:
    """All cameras of a rig."""
    return tuple(Eye.of(camera, rig.mirrored) for camera in rig.cameras)


def covariance_of(rig: RigResult) -> Floats | None:
    """K x K, of all cameras' parameters; None where it is not known. Raises `BadInput` where it is another rig's."""
    if not rig.covariance:
        return None
    expected = sum(eye.parameters for eye in eyes_of(rig))
    if {len(rig.covariance), *map(len, rig.covariance)} != {expected}:
        raise BadInput(
            tr(
                "The rig's covariance has {count} rows, its cameras {expected} parameters",
                count=len(rig.covariance),
                expected=expected,
            )
        )
    covariance = np.array(rig.covariance, dtype=np.float64)
    if not np.isfinite(covariance).all():
        raise BadInput(tr("The rig's covariance holds values that are no numbers"))
    return covariance
