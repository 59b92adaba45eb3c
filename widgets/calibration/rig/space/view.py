"""The widget that shows a rig in space; a click chooses a camera, a frame's board, a pair or a point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import Signal

from engines.calibration.rig.places import centre_of
from engines.calibration.rig.types import RigResult, SpacePoint
from engines.core.words import tr
from widgets.calibration.rig.space.boards import boards, chosen_boards, key_of
from widgets.calibration.rig.space.cameras import (
    Dress,
    Straightened,
    cameras,
    distances,
    ellipsoids,
    largest_deviations,
    photos,
    picture_outline,
    shifts,
)
from widgets.calibration.rig.space.measures import as_camera, axes, compass, dress
from widgets.calibration.rig.space.points import Bones, points
from widgets.calibration.rig.space.words import described, enlarged_words
from widgets.charts.space.things import Key, Part, enlarged, joined
from widgets.charts.space.view import SpaceView

NOTHING = tr("Solve a rig to see it in space")
ROOM = 0.3, 0.12
"""Of ellipsoids of cameras and of points, in depths of a camera's pyramid."""
FAR = 50.0
"""How far behind everything a camera's picture lies when it is looked from there, in distances to the boards."""
PARTS = "cameras", "other", "about", "boards", "certainty", "lines", "frame", "points", "photos"


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown besides the cameras. factor: how many times larger ellipsoids are than one standard deviation, 0:
    as many as make them seen."""

    boards: bool = True
    ellipsoids: bool = True
    distances: bool = False
    points: bool = True
    factor: float = 0.0


class RigSpace(SpaceView):
    """`cameraChosen(number)`, `frameChosen(name)`, `pairChosen(first, second)`, `pointChosen(name)` by clicks."""

    cameraChosen = Signal(int)
    frameChosen = Signal(str)
    pairChosen = Signal(int, int)
    pointChosen = Signal(str)
    given = True
    """Cameras, frames and points are called as the user does."""

    def __init__(self, name: str = tr("The rig in space")) -> None:
        super().__init__(name)
        self.result: RigResult | None = None
        self.other: RigResult | None = None
        self.options, self.frame, self.camera, self.seen_as = Shown(), "", -1, -1
        self.points: Sequence[SpacePoint] = ()
        self.bones: Bones = ()
        self.pictures: Mapping[int, Straightened] = {}
        self.nothing = NOTHING
        self._dress, self._factors = Dress(1.0), [1.0, 1.0]
        self.chosen.connect(self._tell)
        self.moved.connect(self._follow_eye)

    def show_rig(self, result: RigResult | None, options: Shown | None = None, other: RigResult | None = None) -> None:
        """A rig, and a second one over it in the same coordinates, dashed; None for none, options: as they were."""
        before, self.result, self.other = self.result, result if result and result.cameras else None, other
        self.options = options or self.options
        if self.result is None:
            self.show_parts(**dict.fromkeys(PARTS))
            self.set_window(None)
            self._say()
        else:
            self._dress = dress(self.result)
            self._renew_parts(*PARTS)
            if not _alike(before, self.result) and self._dress.floor is not None:
                self.set_space(compass(self.result), self._dress.floor[1])
        self._emphasise()

    def set_options(self, options: Shown) -> None:
        """What is shown besides the cameras."""
        self.options = options
        self._renew_parts("boards", "certainty", "lines", "frame", "points")

    def show_points(self, shown: Sequence[SpacePoint], bones: Bones = ()) -> None:
        """Triangulated points of now, and which of them are joined by lines."""
        if shown or self.points:
            self.points, self.bones = shown, bones
            self._renew_parts("points")

    def show_pictures(self, pictures: Mapping[int, Straightened]) -> None:
        """What cameras saw, by their numbers, on their pyramids; {} for nothing."""
        if pictures or self.pictures:
            self.pictures = pictures
            self._renew_parts("frame", "photos")

    def choose_frame(self, frame: str) -> None:
        """The boards of a frame are drawn strong; "" for none."""
        if frame != self.frame:
            self.frame = frame
            self._renew_parts("frame")
            self._emphasise()

    def choose_camera(self, number: int) -> None:
        """It is drawn strong; -1 for none."""
        self.camera = number
        self._emphasise()

    def look_as(self, number: int) -> None:
        """From where a camera stands, as it sees."""
        if self.result is not None:
            self.look(as_camera(self.result.cameras[number], self.result))

    def tell_anew(self) -> None:
        super().tell_anew()
        self._renew_parts(*PARTS)

    def _renew_parts(self, *names: str) -> None:
        if self.result is not None:
            self.show_parts(**{name: self._part(name, self.result) for name in names})
        self._say()

    def _part(self, name: str, result: RigResult) -> Part | None:
        options = self.options
        match name:
            case "cameras":
                return cameras(result, replace(self._dress, within=self.seen_as))
            case "other":
                return None if self.other is None else self._second(result, self.other)
            case "about":
                return axes(0.5 * self._dress.depth) if self.seen_as < 0 else None
            case "boards":
                return boards(result) if options.boards else None
            case "certainty":
                return self._ellipsoids(result) if options.ellipsoids else None
            case "lines":
                return distances(result) if options.distances else None
            case "photos":
                far = FAR * self.eye.distance
                return photos(result, self.pictures, replace(self._dress, within=self.seen_as), far)
            case "frame":
                over = self.seen_as in self.pictures
                return chosen_boards(result, self.frame, over) if options.boards and self.frame else None
            case _:
                return self._points(result) if options.points and self.points else None

    def _second(self, result: RigResult, other: RigResult) -> Part:
        unnamed = frozenset(camera.name for camera in result.cameras)
        return joined(cameras(other, replace(self._dress, dashed=True, unnamed=unnamed)), shifts(result, other))

    def _ellipsoids(self, result: RigResult) -> Part:
        self._factors[0] = self._factor(largest_deviations(result), 0)
        return ellipsoids(result, self._factors[0])

    def _points(self, result: RigResult) -> Part:
        self._factors[1] = self._factor(np.array([max(point.std) for point in self.points]), 1)
        names = [camera.name for camera in result.cameras]
        return points(self.points, self.bones, names, self._factors[1] if self.options.ellipsoids else 0.0)

    def _factor(self, lengths: np.ndarray, kind: int) -> float:
        return self.options.factor or enlarged(lengths, ROOM[kind] * self._dress.depth, self._factors[kind])

    def _follow_eye(self) -> None:
        """At a camera's place only its picture's outline is seen of it."""
        near, number = 1e-6 * self.eye.distance, -1
        if self.result is not None and self.eye.perspective:
            places = [centre_of(camera) for camera in self.result.cameras]
            number = next((n for n, one in enumerate(places) if np.linalg.norm(one - self.eye.place) < near), -1)
        if number != self.seen_as and self.result is not None:
            self.seen_as = number
            self._renew_parts("cameras", "about", "frame", "photos")
            depth = self._dress.depth
            self.set_window(picture_outline(self.result.cameras[number], depth) if number >= 0 else None)

    def _emphasise(self) -> None:
        keys: list[Key] = [("camera", self.camera)] if self.camera >= 0 else []
        if self.result is not None and self.frame:
            keys += [key_of(pose) for pose in self.result.board_poses if pose.frame == self.frame]
        self.choose(keys)

    def _say(self) -> None:
        shown = self.points if self.options.points else ()
        self.setAccessibleDescription(described(self.result, self.frame, shown, self.other is not None))
        self.set_notes(enlarged_words(self.kinds_of_ellipsoids, self._factors))

    def _tell(self, key: Key) -> None:
        match key:
            case ("camera", int(number)):
                self.cameraChosen.emit(number)
            case ("board", str(frame), int()):
                self.frameChosen.emit(frame)
            case ("pair", int(first), int(second)):
                self.pairChosen.emit(first, second)
            case ("point", str(name)):
                self.pointChosen.emit(name)

    @property
    def kinds_of_ellipsoids(self) -> frozenset[str]:
        """ "camera", "point": of what there are ellipsoids."""
        return frozenset(blob.key[0] for blob in self.blobs if isinstance(blob.key, tuple))


def _alike(before: RigResult | None, now: RigResult) -> bool:
    """Whether a look at the one serves for the other."""
    return before is not None and before.reference == now.reference and len(before.cameras) == len(now.cameras)
