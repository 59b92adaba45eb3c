"""The eye that looks at space: where it stands, what it shows of space on a plane, and how it is moved.

Eye coordinates: x right, y down, z forward, as a camera's.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Extent: TypeAlias = tuple[float, float]
"""Width and height of a drawing in pixels."""
STEEPEST = math.radians(89.0)
NEAREST = 0.01
"""Of the distance to the target: nearer to the eye nothing is drawn."""
ROOM = 0.86
"""Share of the drawing that is filled by what is made to fit."""
STEPS = 12
HOME = math.radians(-28.0), math.radians(24.0)
"""How far the first look is turned aside, and from how high it comes."""


@dataclass(frozen=True, slots=True, eq=False)
class Eye:
    """target: what it turns about; turn: 3 x 3, from space to the eye's axes; distance: from eye to target.

    up: of space, stays upright while turning. reach: tangents of half the field that is shown at least, across and
    down; offset: in tangents, of the drawing's middle from the axis.
    """

    target: Floats = field(default_factory=lambda: np.zeros(3))
    turn: Floats = field(default_factory=lambda: np.eye(3))
    distance: float = 1.0
    up: Floats = field(default_factory=lambda: np.array([0.0, -1.0, 0.0]))
    perspective: bool = True
    reach: Extent = (0.38, 0.38)
    offset: Extent = (0.0, 0.0)

    @property
    def place(self) -> Floats:
        """Where it stands in space."""
        return self.target - self.distance * self.turn[2]

    @property
    def nearest(self) -> float:
        """Depth in front of which nothing is drawn."""
        return NEAREST * self.distance if self.perspective else -1e9 * self.distance

    @property
    def height(self) -> float:
        """Angle above the target in radians, seen from which it looks down."""
        return math.asin(max(-1.0, min(1.0, -float(self.turn[2] @ self.up))))

    def focal(self, size: Extent) -> float:
        """Pixels for a tangent of 1."""
        return min(size[0] / (2 * self.reach[0]), size[1] / (2 * self.reach[1]))

    def scale(self, size: Extent) -> float:
        """Pixels for a unit of space at the target."""
        return self.focal(size) / self.distance

    def seen(self, points: Floats) -> Floats:
        """N x 3 points in the eye's coordinates."""
        return np.asarray((points - self.target) @ self.turn.T + (0.0, 0.0, self.distance))

    def flat(self, seen: Floats, size: Extent) -> Floats:
        """Pixels, N x 2, of points in the eye's coordinates; of what is behind the eye they mean nothing."""
        depth = np.maximum(seen[:, 2:], self.nearest) if self.perspective else self.distance
        middle = np.array(size) / 2 - self.focal(size) * np.array(self.offset)
        return np.asarray(seen[:, :2] * (self.focal(size) / depth) + middle)

    def project(self, points: Floats, size: Extent) -> Floats:
        """Pixels, N x 2, of points in space."""
        return self.flat(self.seen(points), size)

    def under(self, pixel: Extent, size: Extent, depth: float | None = None) -> Floats:
        """The point of space seen at a pixel, at a depth in the eye's coordinates (the target's if not told)."""
        at = self.distance if depth is None else depth
        tangents = (np.array(pixel) - np.array(size) / 2) / self.focal(size) + self.offset
        beside = tangents * (at if self.perspective else self.distance)
        return np.asarray(self.target + np.array([*beside, at - self.distance]) @ self.turn)

    def orbited(self, aside: float, down: float) -> Eye:
        """Turned about the target by radians: what is near follows to the right and downwards."""
        tilt = max(-STEEPEST, min(STEEPEST, self.height + down)) - self.height
        return replace(self, turn=about((1.0, 0.0, 0.0), tilt) @ self.turn @ about(self.up, aside))

    def panned(self, dx: float, dy: float, size: Extent) -> Eye:
        """Moved so that the target's surroundings go by pixels."""
        return replace(self, target=self.target - np.array([dx, dy, 0.0]) @ self.turn / self.scale(size))

    def zoomed(self, factor: float, point: Floats) -> Eye:
        """Nearer (factor above 1) to a point, which stays where it is seen."""
        share = 1.0 / factor
        return replace(self, target=point + (self.target - point) * share, distance=self.distance * share)

    def centred(self, point: Floats) -> Eye:
        """The same look at another target."""
        return replace(self, target=np.asarray(point, np.float64), offset=(0.0, 0.0))

    def fitted(self, points: Floats, size: Extent) -> Eye:
        """From the same side, so that N x 3 points fill the drawing."""
        eye = replace(self, target=(points.min(axis=0) + points.max(axis=0)) / 2, offset=(0.0, 0.0))
        spread = float(np.linalg.norm(points - eye.target, axis=1).max()) or 1.0
        half = np.array(size) / 2 * ROOM / eye.focal(size)
        for _step in range(STEPS):
            beside = (points - eye.target) @ eye.turn.T
            depth = beside[:, 2:] if eye.perspective else 0.0
            distance = max(float((np.abs(beside[:, :2]) / half - depth).max()), 1e-3 * spread)
            eye = replace(eye, distance=distance)
            flat = eye.project(points, size)
            away = (flat.min(axis=0) + flat.max(axis=0)) / 2 - np.array(size) / 2
            eye = eye.panned(-float(away[0]), -float(away[1]), size)
        return eye


@dataclass(frozen=True, slots=True, eq=False)
class Compass:
    """The ways of a space: which is up, and which is ahead, level."""

    up: Floats = field(default_factory=lambda: np.array([0.0, -1.0, 0.0]))
    ahead: Floats = field(default_factory=lambda: np.array([0.0, 0.0, 1.0]))

    @classmethod
    def of(cls, up: Floats, ahead: Floats) -> Compass:
        """With `ahead` made level; any level way where it is upright."""
        up = up / np.linalg.norm(up)
        level = ahead - (ahead @ up) * up
        if np.linalg.norm(level) < 1e-6:
            level = np.cross(up, np.eye(3)[int(np.argmin(np.abs(up)))])
        return cls(up, np.asarray(level / np.linalg.norm(level), np.float64))

    @property
    def right(self) -> Floats:
        return np.asarray(np.cross(self.ahead, self.up))

    def home(self) -> Eye:
        """From behind, aside and above."""
        return self.front().orbited(*HOME)

    def front(self) -> Eye:
        """As one looks who stands behind and looks ahead."""
        return self._looking(self.ahead, -self.up)

    def side(self) -> Eye:
        """From the right."""
        return self._looking(-self.right, -self.up)

    def top(self) -> Eye:
        """From above, ahead is upwards."""
        return self._looking(-self.up, -self.ahead)

    def _looking(self, forward: Floats, down: Floats) -> Eye:
        return Eye(turn=np.array([np.cross(down, forward), down, forward]), up=self.up)


def about(axis: Floats | tuple[float, float, float], angle: float) -> Floats:
    """The 3 x 3 rotation about a unit axis by radians (Rodrigues)."""
    x, y, z = axis
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return np.asarray(np.eye(3) + math.sin(angle) * cross + (1 - math.cos(angle)) * cross @ cross)
