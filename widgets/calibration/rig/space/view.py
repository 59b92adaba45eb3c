"""The widget that shows a rig in space; a click chooses a camera, a frame's board, a pair or a point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import Signal

from engines.calibration.rig.types import RigResult, SpacePoint
from widgets.calibration.rig.space.boards import boards, chosen_boards, key_of
from widgets.calibration.rig.space.cameras import cameras, distances, ellipsoids
from widgets.calibration.rig.space.measures import as_camera, axes, compass, depth, dress, floor
from widgets.calibration.rig.space.points import points
from widgets.calibration.rig.space.words import described
from widgets.charts.space.things import Key
from widgets.charts.space.view import SpaceView

Bones = Sequence[tuple[str, str]]
NOTHING = "Solve a rig to see it in space"
FACTOR = "Ellipsoids: one standard deviation, enlarged {:g} times"


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown besides the cameras. factor: how many times larger ellipsoids are than one standard deviation."""

    boards: bool = True
    ellipsoids: bool = True
    distances: bool = False
    points: bool = True
    factor: float = 100.0


PARTS = "cameras", "other", "about", "boards", "certainty", "lines", "frame", "points"


class RigSpace(SpaceView):
    """`cameraChosen(number)`, `frameChosen(name)`, `pairChosen(first, second)`, `pointChosen(name)` by clicks."""

    cameraChosen = Signal(int)
    frameChosen = Signal(str)
    pairChosen = Signal(int, int)
    pointChosen = Signal(str)

    def __init__(self, name: str = "The rig in space") -> None:
        super().__init__(name)
        self.result: RigResult | None = None
        self.options, self.frame, self.camera = Shown(), "", -1
        self._points: Sequence[SpacePoint] = ()
        self._bones: Bones = ()
        self.nothing = NOTHING
        self.chosen.connect(self._tell)

    def show_rig(self, result: RigResult | None, options: Shown | None = None, other: RigResult | None = None) -> None:
        """A rig, and a second one over it in the same coordinates, dashed; None for none."""
        fresh = result is not None and not _alike(self.result, result)
        self.result, self.options = result, options or self.options
        if result is None or not result.cameras:
            self.show_parts(**dict.fromkeys(PARTS))
            self._say()
            return
        worn = dress(result)
        second = None if other is None else cameras(other, replace(worn, dashed=True))
        self.show_parts(cameras=cameras(result, worn), other=second)
        self._show_rest()
        if fresh:
            up = compass(result)
            self.set_space(up, floor(result, up.up))

    def set_options(self, options: Shown) -> None:
        self.options = options
        self._show_rest()

    def show_points(self, shown: Sequence[SpacePoint], bones: Bones = ()) -> None:
        """Triangulated points of now, and which of them are joined by lines."""
        self._points, self._bones = shown, bones
        self._show_points()
        self._say()

    def choose_frame(self, frame: str) -> None:
        """The boards of a frame are drawn strong; "" for none."""
        if frame != self.frame:
            self.frame = frame
            self._show_frame()
            self._emphasise()
            self._say()

    def choose_camera(self, number: int) -> None:
        """It is drawn strong; -1 for none."""
        self.camera = number
        self._emphasise()

    def look_as(self, number: int) -> None:
        """From where a camera stands, as it sees."""
        if self.result is not None:
            self.look(as_camera(self.result.cameras[number], self.result))

    def _show_rest(self) -> None:
        result, options = self.result, self.options
        if result is None:
            return
        self.show_parts(
            about=axes(0.5 * depth(result)),
            boards=boards(result) if options.boards else None,
            certainty=ellipsoids(result, options.factor) if options.ellipsoids else None,
            lines=distances(result) if options.distances else None,
        )
        self._show_frame()
        self._show_points()
        self._emphasise()
        self._say()

    def _show_frame(self) -> None:
        there = self.result is not None and bool(self.frame) and self.options.boards
        self.show_parts(frame=chosen_boards(self.result, self.frame) if there and self.result is not None else None)

    def _show_points(self) -> None:
        options, result = self.options, self.result
        if not self._points or not options.points or result is None:
            self.show_parts(points=None)
            return
        names = [camera.name for camera in result.cameras]
        factor = options.factor if options.ellipsoids else 0.0
        self.show_parts(points=points(self._points, self._bones, names, factor))

    def _emphasise(self) -> None:
        keys: list[Key] = [("camera", self.camera)] if self.camera >= 0 else []
        if self.result is not None and self.frame:
            keys += [key_of(pose) for pose in self.result.board_poses if pose.frame == self.frame]
        self.choose(keys)

    def _say(self) -> None:
        self.setAccessibleDescription(described(self.result, self.frame, self._points if self.options.points else ()))
        certain = self.options.ellipsoids and bool(self._stage.blobs)
        self.set_notes((FACTOR.format(self.options.factor),) if certain else ())

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


def _alike(before: RigResult | None, now: RigResult) -> bool:
    """Whether a look at the one serves for the other."""
    return before is not None and before.reference == now.reference and len(before.cameras) == len(now.cameras)
