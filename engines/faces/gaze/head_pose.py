"""The pose of a head: yaw, pitch and roll in degrees from the face mesh.

Axes of the camera: x to the viewer's right, y down, z away from the viewer; a face that looks into the camera looks
along -z. A rotation takes the head's axes to the camera's: R = Rz(roll) Rx(-pitch) Ry(-yaw). yaw: the face turns to
the viewer's right; pitch: up; roll: the head leans clockwise as the viewer sees it. As roll comes last, turning the
picture adds to roll alone, and mirroring it changes the signs of yaw and roll alone. |pitch| stays below 90.

Without a camera's intrinsics the mesh itself is laid over the model (weak perspective, Kabsch, 1976): no field of view
has to be guessed (on LFW a guess of 60 degrees shrinks yaw by 15 %), and the angles are those to the line of sight.
With them the points are solved for as seen through that camera, and the angles are those to its axis.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.core.errors import UsageError
from engines.core.words import tr
from engines.faces.types import HeadPose
from engines.faces.vectors import Floats

_PAIRED = (
    (263, 45.2, -0.8, 4.5),  # outer corner of the eye
    (362, 17.3, 0.8, -4.5),  # inner corner
    (300, 56.9, -14.7, 8.6),  # end of the brow
    (336, 14.4, -20.9, -20.2),  # its beginning
    (327, 18.0, 41.3, -16.5),  # below the wing of the nose
    (358, 21.6, 34.5, -12.8),  # wing of the nose
    (280, 49.3, 30.1, 3.3),  # cheek
    (345, 63.5, 15.0, 21.4),  # cheekbone, above
    (352, 63.2, 27.6, 20.1),  # and below
)
_TWINS = (33, 133, 70, 107, 98, 129, 50, 116, 123)
_MIDDLE = (
    (10, 0.0, -50.4, -16.3),  # hair line
    (9, 0.0, -19.7, -21.8),  # between the brows
    (168, 0.0, -4.4, -19.5),  # root of the nose
    (6, 0.0, 3.1, -24.0),
    (197, 0.0, 10.1, -28.8),
    (5, 0.0, 23.4, -38.5),
    (4, 0.0, 31.8, -42.1),  # its tip
    (2, 0.0, 43.8, -26.0),  # its base
)
INDEX = np.array([*(row[0] for row in _PAIRED), *_TWINS, *(row[0] for row in _MIDDLE)])
"""Points of the mesh that hardly move with the expression: no mouth, lids or jaw."""
MODEL: Floats = np.array(
    [*(row[1:] for row in _PAIRED), *((-x, y, z) for _, x, y, z in _PAIRED), *(row[1:] for row in _MIDDLE)]
)
"""Where they are on a generic head: millimetres about the middle of the eyes, head upright, in the camera's axes.

Measured: structure from motion (scaled orthography, symmetric) over the meshes' x and y on 200 faces of LFW and their
mirror images; its depths agree with the network's own within a tenth. Size: 62.5 mm between the eyes' middles (Dodgson,
2004: 63 between the pupils). Pitch 0 is how the median of 400 faces of LFW is held.
"""


@dataclass(frozen=True, slots=True)
class Pinhole:
    """A camera's intrinsics in pixels."""

    fx: float
    fy: float
    cx: float
    cy: float

    @property
    def matrix(self) -> Floats:
        return np.array([[self.fx, 0, self.cx], [0, self.fy, self.cy], [0, 0, 1.0]])


def rotation(mesh: NDArray[np.floating], camera: Pinhole | None = None) -> Floats:
    """3 x 3 from the head's axes to the camera's, for a mesh of 468 x 3 (pixels; z in pixels, away from the viewer)."""
    points = np.asarray(mesh, np.float64)[INDEX]
    return _laid_over(points) if camera is None else _seen_through(points[:, :2], camera)


def head_pose(turn: NDArray[np.floating]) -> HeadPose:
    """The angles of a rotation, in degrees."""
    pitch = -np.arcsin(np.clip(turn[2, 1], -1, 1))
    yaw, roll = np.arctan2(turn[2, 0], turn[2, 2]), np.arctan2(-turn[0, 1], turn[1, 1])
    return HeadPose(*(float(np.degrees(angle)) for angle in (yaw, pitch, roll)))


def turned(pose: HeadPose) -> Floats:
    """3 x 3: the rotation of these angles."""
    a, b, c = np.radians((-pose.yaw, -pose.pitch, pose.roll))
    about_y = np.array([[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
    about_z = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    return np.asarray(about_z @ about_x @ about_y)


def _laid_over(points: Floats) -> Floats:
    """The rotation that brings the model closest to the points, whatever their size and place."""
    centred, model = points - points.mean(axis=0), MODEL - MODEL.mean(axis=0)
    u, _, vt = np.linalg.svd(centred.T @ model)
    return np.asarray(u @ np.diag([1.0, 1.0, np.linalg.det(u @ vt)]) @ vt)


def _seen_through(points: Floats, camera: Pinhole) -> Floats:
    """SQPnP (Terzakis, Lourakis, 2020), then least squares on the reprojection error."""
    if not (camera.fx > 0 and camera.fy > 0):
        raise UsageError(tr("These intrinsics do not make a camera"), hint=tr("fx and fy in pixels, above 0"))
    seen = np.ascontiguousarray(points)
    _, turn, place = cv2.solvePnP(MODEL, seen, camera.matrix, None, flags=cv2.SOLVEPNP_SQPNP)
    turn, _ = cv2.solvePnPRefineLM(MODEL, seen, camera.matrix, None, turn, place)
    return np.asarray(cv2.Rodrigues(turn)[0], np.float64)


def scale(mesh: NDArray[np.floating], turn: NDArray[np.floating]) -> float:
    """Pixels a millimetre at the head, in least squares, given its rotation."""
    points, model = np.asarray(mesh, np.float64)[INDEX], MODEL - MODEL.mean(axis=0)
    flat = (model @ np.asarray(turn).T)[:, :2]
    return float(((points - points.mean(axis=0))[:, :2] * flat).sum() / (flat * flat).sum())
