"""The face as 468 points in space and each eye as 71 + 5: what head pose, gaze and blinks are measured from.

MediaPipe's face mesh (Kartynnik et al., 2019) and iris networks (Ablavatski et al., 2020) in LiteRT. The face is turned
upright by the eye line and cut out half as large again as the mesh. The five points of a detector say where the region
is; the mesh itself says so for the next frame. Sides are the viewer's: "left" is where the viewer sees left.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.core.frames import Image
from engines.core.networks.litert import Network
from engines.core.regions import Region, back, cut
from engines.faces.vectors import Floats

FACE_SIDE, EYE_SIDE = 192, 64
ROOM = 1.5
"""The region's side, in sides of the square about the mesh."""
EYE_ROOM = 2.3
"""The side of an eye's region, in distances between its corners."""
CORNERS = ((33, 133), (362, 263))
"""Corners of the left and of the right eye, from left to right."""
FIVE = ((33, 133), (362, 263), (4,), (61,), (291,))
"""Points of the mesh whose means are the five points of a detector."""
EYE_CORNERS = (0, 8)
"""Outer and inner corner among the 71 points of an eye; 1 to 7 are its lower lid, 9 to 15 the upper."""


@dataclass(frozen=True, slots=True)
class Mesh:
    """points: 468 x 3, x and y in pixels of the picture, z in pixels too, growing away from the viewer, 0 at the
    head's middle. score: that there is a face, 0 to 1.
    """

    points: Floats
    score: float

    def five(self) -> Floats:
        """5 x 2: what a detector would have given."""
        return np.array([self.points[list(which), :2].mean(axis=0) for which in FIVE])

    def region(self) -> Region:
        """Where to look for this face in the next frame."""
        angle = _slope(self.points[33, :2], self.points[263, :2])
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        upright = self.points[:, :2] @ turn.T
        low, high = upright.min(axis=0), upright.max(axis=0)
        x, y = turn.T @ ((low + high) / 2)
        return Region((float(x), float(y)), ROOM * float((high - low).max()), angle)


@dataclass(frozen=True, slots=True)
class Eye:
    """contour: 71 x 2 and iris: 5 x 2 (its centre, then its rim) in pixels of the picture."""

    contour: Floats
    iris: Floats

    @property
    def corners(self) -> Floats:
        """2 x 2: outer, inner."""
        return self.contour[list(EYE_CORNERS)]

    @property
    def openness(self) -> float:
        """Eye aspect ratio (Soukupova, Cech, 2016): mean height of the middle lids over the distance of the corners.

        About 0.25 open, below 0.15 shut.
        """
        lower, upper = self.contour[2:7], self.contour[10:15]
        width = float(np.linalg.norm(self.contour[0] - self.contour[8]))
        return float(np.linalg.norm(upper - lower, axis=1).mean()) / max(width, 1e-6)


class FaceMesh:
    """The face network. Not to be used by two threads at once. Raises `FileMissing` when it was not fetched."""

    def __init__(self, threads: int = 1) -> None:
        self._network = Network("face-landmarks", threads)

    def find(self, image: Image, region: Region) -> Mesh:
        """The mesh of the face in a region of a BGR picture; a region without a face gives a low score."""
        matrix = region.matrix(FACE_SIDE)
        outputs = self._network.run(cut(image, matrix, FACE_SIDE))
        flat, flag = sorted((one.reshape(-1) for one in outputs), key=len, reverse=True)
        points = flat.reshape(-1, 3).astype(np.float64)
        placed = np.column_stack([back(points[:, :2], matrix), points[:, 2] * region.side / FACE_SIDE])
        return Mesh(placed, float(1 / (1 + np.exp(-np.clip(flag[0], -50, 50)))))

    def __call__(self, image: Image, points: NDArray[np.floating]) -> Floats:
        """468 x 3 for a detector's five points (5 x 2)."""
        return self.find(image, region_of(points)).points


class Irises:
    """The eye network, for both eyes of a mesh. Not to be used by two threads at once."""

    def __init__(self, threads: int = 1) -> None:
        self._network = Network("iris-landmarks", threads)

    def find(self, image: Image, mesh: Mesh) -> tuple[Eye, Eye]:
        """The left and the right eye. The network knows the left one; the right is shown to it mirrored."""
        return self._eye(image, mesh, 0), self._eye(image, mesh, 1)

    def _eye(self, image: Image, mesh: Mesh, side: int) -> Eye:
        region = eye_region(mesh, side)
        matrix = region.matrix(EYE_SIDE, mirrored=side == 1)
        outputs = self._network.run(cut(image, matrix, EYE_SIDE))
        contour, iris = sorted((one.reshape(-1, 3)[:, :2].astype(np.float64) for one in outputs), key=len, reverse=True)
        return Eye(back(contour, matrix), back(iris, matrix))


def region_of(points: NDArray[np.floating]) -> Region:
    """The face's region from a detector's five points (5 x 2), turned by the eye line.

    A linear fit to the regions that meshes on LFW settle at: the side follows the eyes' distance and their height above
    the mouth; where the nose stands to one side, more of the cheek on the other is seen.
    """
    five = np.asarray(points, np.float64)
    eyes, mouth = five[:2].mean(axis=0), five[3:].mean(axis=0)
    angle = _slope(five[0], five[1])
    across = np.array([np.cos(angle), np.sin(angle)])
    apart, height = float(np.linalg.norm(five[1] - five[0])), float(np.linalg.norm(mouth - eyes))
    aside = float(np.clip((five[2] - eyes) @ across, -0.35 * height, 0.35 * height))
    x, y = eyes + 0.46 * (mouth - eyes) - 1.44 * aside * across
    return Region((float(x), float(y)), 1.42 * apart + 2.4 * height, angle)


def eye_region(mesh: Mesh, side: int) -> Region:
    """The region of the left (0) or right (1) eye, turned by the line of both eyes."""
    one, other = (mesh.points[index, :2] for index in CORNERS[side])
    x, y = (one + other) / 2
    angle = _slope(mesh.points[33, :2], mesh.points[263, :2])
    return Region((float(x), float(y)), EYE_ROOM * float(np.linalg.norm(other - one)), angle)


def _slope(left: NDArray[np.floating], right: NDArray[np.floating]) -> float:
    return float(np.arctan2(right[1] - left[1], right[0] - left[0]))
