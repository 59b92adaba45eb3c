"""The gaze of a face: a ray in degrees from the place of each iris against its eyeball, and whether the eyes are shut.

Geometric, nothing is trained (Hansen, Ji: In the eye of the beholder, PAMI 2010, section 4). The eyeball's centre lies
behind the corners of the eye; how far, and how the head is turned, is known in millimetres from the head's model. The
displacement d of the iris' centre from it, over the distance from that centre to the pupil, is the ray's sideways part:
g = (d / PUPIL, -sqrt(1 - |d / PUPIL|^2)). As for a head without intrinsics, angles are those to the line of sight: 0, 0
looks into the camera. The visual axis is taken for the optical one, which are about 5 degrees apart and differ from
person to person: only a calibration of one's own takes that out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engines.core.frames import Image
from engines.core.regions import Region
from engines.faces.gaze.head_pose import head_pose, rotation, scale
from engines.faces.gaze.landmarks import CORNERS, Eye, FaceMesh, Irises, Mesh, region_of
from engines.faces.gaze.screen_model import ScreenModel
from engines.faces.types import Gaze, HeadPose
from engines.faces.vectors import Floats

PUPIL = 10.0
"""Millimetres from an eyeball's centre of rotation to its pupil as seen: 13 to the cornea less 3."""
FROM_MESH = ((0.85, -1.15, 5.3), (-0.85, -1.15, 5.3))
"""Where the left and right centre of rotation are from the middle of the eye's corners, in the head's axes, in mm.

The depth is anatomy: 13 mm behind a cornea that stands 8 mm before the corners. Aside and above are measured, so that
the median of 300 faces of LFW looks into the camera.
"""
FROM_EYES = ((-1.25, -1.42, 3.2), (1.25, -1.42, 3.2))
"""The same from the eye network's corners."""
FOLLOWS = 0.4
"""These corners follow the iris by this part of its way, as eyeballs traced into photographs show; the mesh's stay, but
tremble more. Both together are off by 2 degrees sideways and 5 up and down there, either alone by 5 and 6."""
SHUT = 0.15
"""Eyes whose mean openness is below this are shut, or look so far down that it cannot be told."""
SPREAD = 11.0
"""Standard deviation in degrees to expect of one axis without a calibration.

That of the rays of 150 faces of LFW about what the head's pose foretells: 14 sideways, 6 up and down, 11 over both.
Many of them do look elsewhere, so it errs on the large side.
"""
JITTER = 1.0
"""Degrees by which the ray moves with the landmarks' noise, where a millimetre of the face is one pixel."""
LEAST_SCORE = 0.5
FEATURES = (
    "left iris x", "left iris y", "right iris x", "right iris y", "yaw", "pitch", "roll", "x", "y", "nearness",
)  # fmt: skip
"""What a personal calibration sees: irises in mm from the eyeballs' centres in the head's axes; angles in degrees; the
eyes' middle from the picture's middle and their distance, in picture widths."""


@dataclass(frozen=True, slots=True)
class FaceView:
    """All that was measured of one face in one picture."""

    mesh: Mesh
    eyes: tuple[Eye, Eye]
    pose: HeadPose
    gaze: Gaze


class GazeEstimator:
    """Head pose and gaze, face by face. Not to be used by two threads at once.

    Raises `FileMissing` when the landmark files were not fetched. screen: a personal calibration, if there is one.
    """

    def __init__(self, threads: int = 1, screen: ScreenModel | None = None) -> None:
        self.screen = screen
        self._mesh, self._irises = FaceMesh(threads), Irises(threads)
        self._last: dict[int, Mesh] = {}

    def look(
        self, image: Image, points: NDArray[np.floating], track: int | None = None
    ) -> tuple[HeadPose, Gaze] | None:
        """Pose and gaze of the face with these five points (5 x 2) in a BGR picture; None where there is no face.

        track: a number that stays with the person; then the region follows the last landmarks. Without it the face is
        looked at twice, so that the region rests on landmarks all the same, which is steadier.
        """
        view = self.view(image, points, track)
        return None if view is None else (view.pose, view.gaze)

    def view(self, image: Image, points: NDArray[np.floating], track: int | None = None) -> FaceView | None:
        """`look`, with landmarks."""
        five = np.asarray(points, np.float64)
        last = self._region(five, track)
        region = last or self._mesh.find(image, region_of(five)).region()
        mesh = self._mesh.find(image, region)
        self._remember(track, mesh)
        if mesh.score < LEAST_SCORE:
            return None
        eyes = self._irises.find(image, mesh)
        turn = rotation(mesh.points)
        gaze = gaze_of(mesh, eyes, turn, image.shape[1], image.shape[0])
        if self.screen is not None and not gaze.blink:
            place, std = self.screen.point(gaze.features)
            gaze = replace(gaze, screen=place, screen_std=std)
        return FaceView(mesh, eyes, head_pose(turn), gaze)

    def forget(self, keep: frozenset[int] = frozenset()) -> None:
        """Drop what was remembered of tracks that are not in `keep`."""
        self._last = {track: mesh for track, mesh in self._last.items() if track in keep}

    def _region(self, five: Floats, track: int | None) -> Region | None:
        """Where the track's last landmarks say, unless the detector's points have left them."""
        last = self._last.get(track) if track is not None else None
        if last is None:
            return None
        apart = np.linalg.norm(last.five() - five, axis=1).mean()
        near = apart < 0.25 * float(np.linalg.norm(five[3:].mean(axis=0) - five[:2].mean(axis=0)))
        return last.region() if near else None

    def _remember(self, track: int | None, mesh: Mesh) -> None:
        if track is None:
            return
        self._last.pop(track, None)
        if mesh.score >= LEAST_SCORE:
            self._last[track] = mesh
        while len(self._last) > 64:
            del self._last[next(iter(self._last))]


def gaze_of(mesh: Mesh, eyes: tuple[Eye, Eye], turn: NDArray[np.floating], width: int, height: int) -> Gaze:
    """The ray of both eyes, each counting by how much of it is seen; turn: the head's rotation (3 x 3)."""
    size = max(scale(mesh.points, turn), 1e-6)
    balls = eyeballs(mesh, eyes, turn, size)
    moved = np.array([eye.iris[0] - ball for eye, ball in zip(eyes, balls, strict=True)]) / size
    weight = np.array([max(eye.openness * _width(eye), 1e-6) for eye in eyes])
    towards = ray(weight @ moved / weight.sum())
    middle = balls.mean(axis=0)
    yaw, pitch = angles(towards)
    return Gaze(
        yaw,
        pitch,
        (float(middle[0]), float(middle[1])),
        std=uncertainty(size),
        blink=sum(eye.openness for eye in eyes) / 2 < SHUT,
        features=features(moved, turn, balls, width, height),
    )


def eyeballs(mesh: Mesh, eyes: tuple[Eye, Eye], turn: NDArray[np.floating], size: float) -> Floats:
    """2 x 2: the centres of the left and the right eyeball in the picture; size: pixels a millimetre.

    The mean of two: from the mesh's corners of the eye, and from the eye network's, whose following is undone.
    """
    corners = mesh.points[np.array(CORNERS), :2].mean(axis=1)
    by_mesh = corners + size * (np.asarray(FROM_MESH) @ np.asarray(turn).T)[:, :2]
    near = (
        np.array([eye.corners.mean(axis=0) for eye in eyes])
        + size * (np.asarray(FROM_EYES) @ np.asarray(turn).T)[:, :2]
    )
    irises = np.array([eye.iris[0] for eye in eyes])
    by_eye = irises - (irises - near) / (1 - FOLLOWS)
    return np.asarray((by_mesh + by_eye) / 2)


def ray(moved: NDArray[np.floating]) -> Floats:
    """3: the unit vector, in the camera's axes, of an eye whose pupil is so many millimetres (2) from its centre."""
    x, y = np.asarray(moved, np.float64) / PUPIL
    aside = float(np.hypot(x, y))
    if aside > MOST:
        x, y, aside = x * MOST / aside, y * MOST / aside, MOST
    return np.array([x, y, -np.sqrt(1 - aside**2)])


MOST = float(np.sin(np.radians(60)))
"""Eyes do not turn further; what says so is a landmark astray."""


def angles(towards: NDArray[np.floating]) -> tuple[float, float]:
    """Yaw (positive to the viewer's right) and pitch (positive up) of a unit vector, in degrees.

    Those of an upright head that points there: (sin yaw, -cos yaw sin pitch, -cos yaw cos pitch).
    """
    x, y, z = (float(value) for value in towards)
    return float(np.degrees(np.arcsin(np.clip(x, -1, 1)))), float(np.degrees(np.arctan2(-y, -z)))


def uncertainty(size: float) -> float:
    """One standard deviation in degrees, without a calibration, at so many pixels a millimetre."""
    return float(np.hypot(SPREAD, JITTER / size))


def features(
    moved: NDArray[np.floating], turn: NDArray[np.floating], balls: NDArray[np.floating], width: int, height: int
) -> tuple[float, ...]:
    """`FEATURES` of one look. moved: 2 x 2, of the left and right iris; balls: 2 x 2, `eyeballs`."""
    pose = head_pose(turn)
    lean = np.radians(pose.roll)
    upright = moved @ np.array([[np.cos(lean), -np.sin(lean)], [np.sin(lean), np.cos(lean)]])
    x, y = (balls.mean(axis=0) - ((width - 1) / 2, (height - 1) / 2)) / width
    nearness = float(np.linalg.norm(balls[1] - balls[0])) / width
    return (*map(float, upright.ravel()), pose.yaw, pose.pitch, pose.roll, float(x), float(y), nearness)


def _width(eye: Eye) -> float:
    return float(np.linalg.norm(eye.corners[0] - eye.corners[1]))
