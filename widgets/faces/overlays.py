"""Overlays of the live recogniser: frames with names, points, head pose and gaze, and covers over faces.

Known faces have a whole frame, unknown ones its corners, expected ones (not found in this very frame) a dashed one, so
that the colours are never needed. A covered face is covered in saved pictures too (`overlays.Cover`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians, sin
from typing import Literal, TypeAlias

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from engines.core.frames import Image
from engines.core.words import tr
from engines.faces.gaze.head_pose import turned
from engines.faces.redaction.mosaic import cover_with, grown
from engines.faces.types import Box, FivePoints, Gaze, HeadPose, RecogniserSettings, Recognition, TrackedFace
from widgets.faces.pills import FacePills, Words
from widgets.kit.access.signs import Sign, draw_sign
from widgets.kit.ink import ink
from widgets.viewer.overlays import HALO, Legend, Overlay, Point, overlay_color
from widgets.viewer.picture import Viewport

Standing: TypeAlias = Literal["known", "unknown", "expected"]
COLORS: dict[Standing, str] = {"known": "good", "unknown": "accent", "expected": "muted"}
SIGNS: dict[Standing, tuple[str, Sign]] = {
    "known": (tr("known"), "frame"),
    "unknown": (tr("unknown"), "corners"),
    "expected": (tr("expected"), "dashes"),
}
CORNER = 0.24
"""Length of a corner of an unknown face's frame, as a part of its side."""
ENDS: tuple[Sign | None, Sign | None, Sign | None] = (None, "square", "ring")
POINTS_FROM = 48.0
"""Faces smaller than this on the screen are drawn without their points."""


def overlays_of(recognition: Recognition, settings: RecogniserSettings, moved: set[int] | None = None) -> list[Overlay]:
    """Everything to draw on the frame of `recognition.stamp`; covers first and words last, so that these stay readable.

    moved: tracks whose words had to move; the same set for every frame of a source keeps them where they are.
    """
    made: list[Overlay] = [FaceCover(face.box, face.mosaic) for face in recognition.faces if face.mosaic]
    for face in recognition.faces:
        made += _of_face(face)
    nameless = settings.blur == "everyone"
    words = [
        Words(face.track, words_of(face, nameless=nameless), face.box, COLORS[standing_of(face)])
        for face in recognition.faces
    ]
    if words:
        made.append(FacePills(words, set() if moved is None else moved))
    entries = legend_of(recognition)
    return [*made, Legend(entries)] if len(entries) > 1 else made


def standing_of(face: TrackedFace) -> Standing:
    """Known, unknown, or expected where it is drawn."""
    return "expected" if not face.seen else "known" if face.name else "unknown"


def words_of(face: TrackedFace, *, nameless: bool = False) -> str:
    """'Ada 0.71', 'unknown', 'Ada, not seen'; the track's number before it. nameless: the number alone."""
    number = f"#{face.track}"
    if nameless:
        return number
    if not face.seen:
        if face.name:
            return tr("{number} {face}, not seen", number=number, face=face.name)
        return tr("{number} unknown, not seen", number=number)
    return f"{number} {face.name} {face.similarity:.2f}" if face.name else tr("{number} unknown", number=number)


def legend_of(recognition: Recognition) -> list[tuple[str, str, Sign]]:
    """What the frames mean, of those that are there."""
    there = {standing_of(face) for face in recognition.faces}
    return [(words, COLORS[standing], sign) for standing, (words, sign) in SIGNS.items() if standing in there]


def _of_face(face: TrackedFace) -> list[Overlay]:
    standing = standing_of(face)
    made: list[Overlay] = [FaceFrame(face.box, standing, face.quality if face.seen else None)]
    if not face.mosaic:
        made += [FacePoints(face.points, face.box.width, COLORS[standing])] if face.seen else []
        made += [PoseAxes(face.pose, face.points[2], face.box.width)] if face.pose is not None else []
        made += [GazeRay(face.gaze, face.box.width)] if face.gaze is not None else []
    return made


@dataclass(frozen=True, slots=True)
class FaceCover:
    """Squares of colour over a face and a quarter more, opaque."""

    box: Box
    mosaic: Sequence[Sequence[str]]

    def cover(self, image: Image) -> None:
        """Paint it into the pixels."""
        cover_with(image, self.box, self.mosaic)

    def paint(self, painter: QPainter, viewport: Viewport) -> None:
        area = grown(self.box)
        across, down = len(self.mosaic[0]), len(self.mosaic)
        xs = _edges(viewport, area.x, area.width, across, 0)
        ys = _edges(viewport, area.y, area.height, down, 1)
        smooth = painter.testRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for row, colours in enumerate(self.mosaic):
            for column, colour in enumerate(colours):
                high, wide = ys[row + 1] - ys[row], xs[column + 1] - xs[column]
                painter.fillRect(QRect(xs[column], ys[row], wide, high), overlay_color(colour))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, smooth)


@dataclass(frozen=True, slots=True)
class FaceFrame:
    """The box, in the style of its standing. quality: 0 to 1, as a bar along its foot; None for none."""

    box: Box
    standing: Standing
    quality: float | None = None

    def paint(self, painter: QPainter, viewport: Viewport) -> None:
        frame = _on_screen(self.box, viewport)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in _pens(COLORS[self.standing], 2.0, dashed=self.standing == "expected"):
            painter.setPen(pen)
            if self.standing == "unknown":
                painter.drawLines(_corners(frame))
            else:
                painter.drawRoundedRect(frame, 4, 4)
        if self.quality is not None and frame.width() >= 24:
            self._paint_quality(painter, frame)

    def _paint_quality(self, painter: QPainter, frame: QRectF) -> None:
        bar = QRectF(frame.left() + 4, frame.bottom() + 4, frame.width() - 8, 4)
        share = min(max(self.quality or 0.0, 0.0), 1.0)
        ink(painter, None, HALO)
        painter.drawRoundedRect(bar.adjusted(-1, -1, 1, 1), 2, 2)
        painter.setBrush(overlay_color("good" if share >= 0.6 else "warn" if share >= 0.35 else "bad"))
        painter.drawRoundedRect(QRectF(bar.left(), bar.top(), max(bar.width() * share, 2.0), 4), 2, 2)


@dataclass(frozen=True, slots=True)
class FacePoints:
    """The five points as dots, where the face is large enough on the screen."""

    points: FivePoints
    width: float
    color: str

    def paint(self, painter: QPainter, viewport: Viewport) -> None:
        if self.width * viewport.scale < POINTS_FROM:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        for colour, radius in ((HALO, 3.5), (overlay_color(self.color), 2.2)):
            painter.setBrush(colour)
            for x, y in self.points:
                painter.drawEllipse(viewport.to_widget(x, y), radius, radius)


@dataclass(frozen=True, slots=True)
class PoseAxes:
    """Where the head's own right (a dot at its end), up (a square) and front (a ring) point, from the tip of the nose.

    width: of the face.
    """

    pose: HeadPose
    at: Point
    width: float

    def paint(self, painter: QPainter, viewport: Viewport) -> None:
        start, length = viewport.to_widget(*self.at), 0.45 * self.width * viewport.scale
        for (x, y), color, end in zip(axes_of(self.pose), ("bad", "good", "accent"), ENDS, strict=True):
            tip = start + QPointF(x * length, y * length)
            _arrow(painter, start, tip, color)
            if end:
                draw_sign(painter, end, tip, HALO, 5.5)
                draw_sign(painter, end, tip, overlay_color(color), 4.5)


@dataclass(frozen=True, slots=True)
class GazeRay:
    """Where the eyes look, from between them; nothing while they are shut."""

    gaze: Gaze
    width: float

    def paint(self, painter: QPainter, viewport: Viewport) -> None:
        if self.gaze.blink:
            return
        start = viewport.to_widget(*self.gaze.origin)
        yaw, pitch = radians(self.gaze.yaw), radians(self.gaze.pitch)
        length = 1.6 * self.width * viewport.scale
        end = start + QPointF(sin(yaw) * length, -cos(yaw) * sin(pitch) * length)
        _arrow(painter, start, end, "warn", 2.5)


def axes_of(pose: HeadPose) -> tuple[Point, Point, Point]:
    """Unit axes of the head as seen in the picture (x right, y down): to the picture's right, up, and to the front."""
    right, up, front = (turned(pose) * (1.0, -1.0, -1.0)).T[:, :2].tolist()
    return (right[0], right[1]), (up[0], up[1]), (front[0], front[1])


def _on_screen(box: Box, viewport: Viewport) -> QRectF:
    """Boxes are in the coordinates of pixel centres, like the points."""
    return QRectF(viewport.to_widget(box.x, box.y), viewport.to_widget(box.x + box.width, box.y + box.height))


def _edges(viewport: Viewport, start: float, length: float, count: int, axis: int) -> list[int]:
    """Edges of the squares in whole screen pixels: no gap between two, none at the rim."""
    places = [start + length * k / count for k in range(count + 1)]
    on_screen = [viewport.to_widget(at, at) for at in places]
    values = [at.y() if axis else at.x() for at in on_screen]
    return [int(np.floor(values[0])), *(round(value) for value in values[1:-1]), int(np.ceil(values[-1]))]


def _corners(frame: QRectF) -> list[QLineF]:
    length = CORNER * min(frame.width(), frame.height())
    made = []
    for x, inward in ((frame.left(), length), (frame.right(), -length)):
        for y, down in ((frame.top(), length), (frame.bottom(), -length)):
            made += [QLineF(x, y, x + inward, y), QLineF(x, y, x, y + down)]
    return made


def _arrow(painter: QPainter, start: QPointF, end: QPointF, color: str, width: float = 2.0) -> None:
    for pen in _pens(color, width):
        ink(painter, pen, pen.color())
        painter.drawLine(start, end)
        painter.drawEllipse(end, width, width)


def _pens(color: str, width: float, *, dashed: bool = False) -> tuple[QPen, QPen]:
    halo, line = QPen(HALO, width + 2.0), QPen(overlay_color(color), width)
    for pen in (halo, line):
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if dashed:
        line.setDashPattern([4.0, 3.0])
    return halo, line
