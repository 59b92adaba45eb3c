"""The drawings of the gaze page: a head held as measured, the trail of looks in degrees, and the nine points."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy

from engines.core.words import tr
from engines.faces.study_types import GazeFit
from engines.faces.types import Gaze, HeadPose, Point
from widgets.charts.drawn import DrawnChart, around
from widgets.faces.gaze.words import degrees, fit_words, gaze_words, pose_words
from widgets.kit.ink import ink
from widgets.kit.theme import LOOK, mixed, number_font

HEAD, LOOKS = 0, 1
"""Places of head and gaze among the series' colours."""
CENTRE = Qt.AlignmentFlag.AlignCenter
YAWS, PITCHES = 45.0, 30.0
"""Ends of the trail's axes in degrees."""
YAW, PITCH = tr("Yaw (\u00b0)"), tr("Pitch (\u00b0)")
KEY, TITLE = 20, 60
"""Pixels of a sign of the legend with the air beside it, and of the title of the axis before it."""
STEPS, PIECES = 48, 8
"""Lines in a circle of the globe; pieces of the trail."""


class Drawing(DrawnChart):
    """A chart of the page; `nothing` is said where there is nothing to draw."""

    def __init__(self, name: str, nothing: str, least: QSize) -> None:
        super().__init__(name)
        self._nothing = nothing
        self.setMinimumSize(least)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def _draw(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(number_font(11))
        if self.there():
            self.draw(painter)
            return
        painter.setPen(LOOK.now.color("muted"))
        room = QRectF(self.rect()).adjusted(12, 12, -12, -12)
        painter.drawText(room, CENTRE | Qt.TextFlag.TextWordWrap, self._nothing)

    def there(self) -> bool:
        """Whether there is anything to draw."""
        return True

    def draw(self, painter: QPainter) -> None:
        raise NotImplementedError


class HeadDial(Drawing):
    """A globe for the head: its meridian, its equator and the nose, a scale for the lean; the gaze as an arrow."""

    def __init__(self) -> None:
        super().__init__(tr("Head pose"), tr("Waiting for a face"), QSize(180, 180))
        self._pose: HeadPose | None = None
        self._gaze: Gaze | None = None

    def show_look(self, pose: HeadPose | None, gaze: Gaze | None) -> None:
        if (pose, gaze) != (self._pose, self._gaze):
            self._pose, self._gaze = pose, gaze
            self.setAccessibleDescription(f"{pose_words(pose)}. {gaze_words(gaze)}")
            self.update()

    def there(self) -> bool:
        return self._pose is not None

    def table(self) -> list[list[str]]:
        pose, gaze = self._pose, self._gaze
        rows = [("head", pose.yaw, pose.pitch, f"{pose.roll:.6g}")] if pose is not None else []
        rows += [("gaze", gaze.yaw, gaze.pitch, "")] if gaze is not None else []
        return [
            ["of", "yaw_deg", "pitch_deg", "roll_deg"],
            *([what, f"{yaw:.6g}", f"{pitch:.6g}", roll] for what, yaw, pitch, roll in rows),
        ]

    def draw(self, painter: QPainter) -> None:
        pose = self._pose or HeadPose(0, 0, 0)
        middle, reach = QPointF(self.rect().center()), min(self.width(), self.height()) / 2 - 34
        self._draw_scale(painter, middle, reach + 12, pose.roll)
        self._draw_globe(painter, middle, reach, pose)
        if self._gaze is not None:
            self._draw_gaze(painter, middle, reach, self._gaze)

    def _draw_scale(self, painter: QPainter, middle: QPointF, reach: float, roll: float) -> None:
        """Ticks of the lean every 15 degrees about the top, and where the head's top is."""
        look = LOOK.now
        for angle in range(-60, 61, 15):
            long = 8 if angle % 30 == 0 else 4
            painter.setPen(QPen(look.color("line" if angle else "muted"), 1.5))
            painter.drawLine(_round(middle, reach, angle), _round(middle, reach + long, angle))
        painter.setPen(look.color("muted"))
        for angle in (-60, -30, 30, 60):
            spot = _round(middle, reach + 18, angle)
            painter.drawText(QRectF(spot.x() - 18, spot.y() - 8, 36, 16), CENTRE, f"{angle:+d}\u00b0")
        tip = _round(middle, reach - 3, roll)
        ink(painter, None, look.nth(HEAD))
        ends = QPolygonF([tip, _round(middle, reach + 10, roll - 4), _round(middle, reach + 10, roll + 4)])
        painter.drawPolygon(ends)

    def _draw_globe(self, painter: QPainter, middle: QPointF, reach: float, pose: HeadPose) -> None:
        look = LOOK.now
        ink(painter, QPen(look.color("line"), 1.5), look.color("raised"))
        painter.drawEllipse(middle, reach, reach)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for circle in (_meridian, _equator):
            spots = [_turned(pose, circle(2 * math.pi * step / STEPS)) for step in range(STEPS + 1)]
            for (x, y, z), (u, v, w) in zip(spots[:-1], spots[1:], strict=True):
                front = z + w <= 0
                painter.setPen(QPen(look.nth(HEAD), 2.0) if front else QPen(look.color("line"), 1.0))
                painter.drawLine(_at(middle, reach, x, y), _at(middle, reach, u, v))
        x, y, _z = _turned(pose, (0.0, 0.0, -1.0))
        ink(painter, QPen(look.color("raised"), 2), look.nth(HEAD))
        painter.drawEllipse(_at(middle, reach, x, y), 6, 6)

    def _draw_gaze(self, painter: QPainter, middle: QPointF, reach: float, gaze: Gaze) -> None:
        """From the middle to where a look leaves the globe; dashed where the eyes are shut."""
        x, y = _sideways(gaze.yaw, gaze.pitch)
        style = Qt.PenStyle.DashLine if gaze.blink else Qt.PenStyle.SolidLine
        painter.setPen(QPen(LOOK.now.nth(LOOKS), 2.5, style, Qt.PenCapStyle.RoundCap))
        end = _at(middle, reach, x, y)
        painter.drawLine(middle, end)
        painter.setBrush(LOOK.now.nth(LOOKS))
        painter.drawRect(QRectF(end.x() - 4, end.y() - 4, 8, 8))


class TrailPlot(Drawing):
    """The looks of the last seconds over yaw and pitch, and how sure the newest is; the head's own direction beside."""

    def __init__(self) -> None:
        super().__init__(tr("Gaze trail"), tr("The trail of looks appears with the first face"), QSize(220, 160))
        self._trail: tuple[Point, ...] = ()
        self._gaze: Gaze | None = None
        self._pose: HeadPose | None = None

    def show_trail(self, trail: tuple[Point, ...], gaze: Gaze | None, pose: HeadPose | None) -> None:
        if (trail, gaze, pose) != (self._trail, self._gaze, self._pose):
            self._trail, self._gaze, self._pose = trail, gaze, pose
            self.setAccessibleDescription(gaze_words(gaze))
            self.update()

    def there(self) -> bool:
        return bool(self._trail) or self._gaze is not None

    def table(self) -> list[list[str]]:
        return [["yaw_deg", "pitch_deg"], *([f"{yaw:.6g}", f"{pitch:.6g}"] for yaw, pitch in self._trail)]

    def axes(self) -> Sequence[tuple[str, QRectF]]:
        return around(self._box(), YAW, PITCH) if self.there() else ()

    def tip_at(self, place: QPointF) -> str:
        box = self._box()
        if not self.there() or not box.contains(place):
            return ""
        across, up = (place.x() - box.center().x()) / box.width(), (box.center().y() - place.y()) / box.height()
        return tr("Yaw {yaw:+.0f}\u00b0, pitch {pitch:+.0f}\u00b0", yaw=2 * YAWS * across, pitch=2 * PITCHES * up)

    def _box(self) -> QRectF:
        return QRectF(self.rect()).adjusted(44, 24, -14, -38)

    def draw(self, painter: QPainter) -> None:
        box = self._box()
        put = _scale(box)
        self._draw_axes(painter, box, put)
        painter.save()
        painter.setClipRect(box)
        self._draw_trail(painter, put)
        self._draw_now(painter, box, put)
        painter.restore()
        self._draw_legend(painter, box)

    def _draw_axes(self, painter: QPainter, box: QRectF, put: Callable[[float, float], QPointF]) -> None:
        look = LOOK.now
        for yaw in range(-40, 41, 20):
            self._grid(painter, put(yaw, PITCHES), put(yaw, -PITCHES), strong=yaw == 0)
            x = put(yaw, 0).x()
            painter.setPen(look.color("muted"))
            painter.drawText(QRectF(x - 24, box.bottom() + 3, 48, 15), CENTRE, f"{yaw:+d}" if yaw else "0")
        for pitch in range(-20, 21, 10):
            self._grid(painter, put(-YAWS, pitch), put(YAWS, pitch), strong=pitch == 0)
            y, right = put(0, pitch).y(), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.setPen(look.color("muted"))
            painter.drawText(QRectF(0, y - 8, box.left() - 6, 16), right, f"{pitch:+d}" if pitch else "0")
        painter.drawText(QRectF(box.left(), box.bottom() + 18, box.width(), 16), CENTRE, YAW)
        painter.drawText(QRectF(4, 2, 80, 16), Qt.AlignmentFlag.AlignLeft, PITCH)

    def _grid(self, painter: QPainter, one: QPointF, other: QPointF, *, strong: bool) -> None:
        painter.setPen(QPen(LOOK.now.color("muted", 0.5 if strong else 0.15), 1))
        painter.drawLine(one, other)

    def _draw_trail(self, painter: QPainter, put: Callable[[float, float], QPointF]) -> None:
        """In a few pieces, the older the fainter; and with mixed colours, not transparent ones, which cost more."""
        spots = [put(*look) for look in self._trail]
        piece = max(2, math.ceil(len(spots) / PIECES))
        look = LOOK.now
        for start in range(0, len(spots) - 1, piece):
            part = spots[start : start + piece + 1]
            share = 0.12 + 0.6 * (start + len(part)) / len(spots)
            painter.setPen(QPen(QColor(mixed(look.surface, look.nth(LOOKS).name(), share)), 1.5))
            painter.drawLines([QLineF(one, other) for one, other in zip(part[:-1], part[1:], strict=True)])

    def _draw_now(self, painter: QPainter, box: QRectF, put: Callable[[float, float], QPointF]) -> None:
        look = LOOK.now
        if self._pose is not None:
            ink(painter, QPen(look.nth(HEAD), 2), None)
            painter.drawEllipse(put(self._pose.yaw, self._pose.pitch), 6, 6)
        if self._gaze is None:
            return
        spot = put(self._gaze.yaw, self._gaze.pitch)
        if self._gaze.std is not None:
            painter.setPen(QPen(look.nth(LOOKS), 1, Qt.PenStyle.DashLine))
            faint = look.nth(LOOKS)
            faint.setAlphaF(0.08)
            painter.setBrush(faint)
            painter.drawEllipse(
                spot, self._gaze.std * box.width() / (2 * YAWS), self._gaze.std * box.height() / (2 * PITCHES)
            )
        ink(painter, QPen(look.color("surface"), 1.5), look.nth(LOOKS))
        painter.drawRect(QRectF(spot.x() - 5, spot.y() - 5, 10, 10))

    def _draw_legend(self, painter: QPainter, box: QRectF) -> None:
        look, y = LOOK.now, 11.0
        wide = painter.fontMetrics().horizontalAdvance
        head, room = tr("head"), box.right()
        long, short = tr("gaze, with its deviation"), tr("gaze")
        second = KEY + wide(head) + KEY
        words = long if room - second - KEY - wide(long) > box.left() + TITLE else short
        left = room - second - wide(words)
        ink(painter, QPen(look.nth(HEAD), 2), None)
        painter.drawEllipse(QPointF(left, y), 5, 5)
        ink(painter, None, look.nth(LOOKS))
        painter.drawRect(QRectF(left + second - KEY + 6, y - 4, 8, 8))
        painter.setPen(look.color("muted"))
        for at, text in ((left + 10, head), (left + second, words)):
            painter.drawText(QRectF(at, y - 8, wide(text) + 4, 16), Qt.AlignmentFlag.AlignVCenter, text)


class NinePoints(Drawing):
    """The screen in small: each target, where it was seen when it was left out, and by how many degrees."""

    def __init__(self) -> None:
        words = tr("Look at nine points once, and the gaze is told as a place on your screen, with its error.")
        super().__init__(tr("Calibration points"), words, QSize(240, 160))
        self._fit: GazeFit | None = None

    def show_fit(self, fit: GazeFit | None) -> None:
        if fit != self._fit:
            self._fit = fit
            self.setAccessibleDescription(fit_words(fit))
            self.update()

    def there(self) -> bool:
        return self._fit is not None and len(self._fit.points) > 0

    def table(self) -> list[list[str]]:
        fit = self._fit
        rows = zip(fit.points, fit.predicted, fit.by_point, strict=True) if fit is not None else ()
        numbers = ([*point, *seen, error] for point, seen, error in rows)
        return [["x", "y", "seen_x", "seen_y", "error_deg"], *([f"{one:.6g}" for one in row] for row in numbers)]

    def draw(self, painter: QPainter) -> None:
        fit = self._fit
        assert fit is not None
        left, top, width, height = _screen(fit.points)
        room = QRectF(self.rect()).adjusted(8, 8, -8, -8)
        scale = min(room.width() / width, room.height() / height)
        frame = QRectF(0, 0, width * scale, height * scale)
        frame.moveCenter(room.center())
        ink(painter, QPen(LOOK.now.color("line"), 1.5), LOOK.now.color("raised"))
        painter.drawRoundedRect(frame, 6, 6)
        painter.setClipRect(frame)
        for point, seen, error in zip(fit.points, fit.predicted, fit.by_point, strict=True):
            spots = [
                QPointF(frame.left() + (x - left) * scale, frame.top() + (y - top) * scale) for x, y in (point, seen)
            ]
            self._draw_point(painter, frame, spots, error)

    def _draw_point(self, painter: QPainter, frame: QRectF, spots: Sequence[QPointF], error: float) -> None:
        look, (target, seen) = LOOK.now, spots
        ink(painter, QPen(look.color("muted"), 1.5), None)
        painter.drawEllipse(target, 7, 7)
        painter.setPen(QPen(look.nth(LOOKS), 2))
        painter.drawLine(target, seen)
        ink(painter, None, look.nth(LOOKS))
        painter.drawEllipse(seen, 4, 4)
        below = target.y() < frame.bottom() - 40
        painter.setPen(look.color("text"))
        words = QRectF(target.x() - 30, target.y() + (9 if below else -25), 60, 16)
        painter.drawText(words, CENTRE, degrees(error))


def _screen(points: Sequence[Point]) -> tuple[float, float, float, float]:
    """Left, top, width and height of the screen that the outer points are a twelfth from the edge of."""
    from widgets.faces.gaze.screen import EDGE

    xs, ys = zip(*points, strict=True)
    inner = 1 - 2 * EDGE
    width, height = max((max(xs) - min(xs)) / inner, 1.0), max((max(ys) - min(ys)) / inner, 1.0)
    return min(xs) - EDGE * width, min(ys) - EDGE * height, width, height


def _scale(box: QRectF) -> Callable[[float, float], QPointF]:
    def put(yaw: float, pitch: float) -> QPointF:
        yaw, pitch = max(-YAWS, min(yaw, YAWS)), max(-PITCHES, min(pitch, PITCHES))
        return QPointF(
            box.center().x() + yaw / YAWS * box.width() / 2, box.center().y() - pitch / PITCHES * box.height() / 2
        )

    return put


def _round(middle: QPointF, reach: float, angle: float) -> QPointF:
    """A place about the middle, `angle` degrees clockwise from the top."""
    turn = math.radians(angle)
    return QPointF(middle.x() + reach * math.sin(turn), middle.y() - reach * math.cos(turn))


def _at(middle: QPointF, reach: float, x: float, y: float) -> QPointF:
    return QPointF(middle.x() + reach * x, middle.y() + reach * y)


def _meridian(angle: float) -> tuple[float, float, float]:
    return 0.0, math.sin(angle), -math.cos(angle)


def _equator(angle: float) -> tuple[float, float, float]:
    return math.sin(angle), 0.0, -math.cos(angle)


def _sideways(yaw: float, pitch: float) -> tuple[float, float]:
    """x and y of a unit vector towards these angles, as the viewer sees it."""
    a, b = math.radians(yaw), math.radians(pitch)
    return math.sin(a), -math.cos(a) * math.sin(b)


def _turned(pose: HeadPose, spot: tuple[float, float, float]) -> tuple[float, float, float]:
    """A place of the head in the viewer's axes: yaw, then pitch, then roll, as in `engines.faces.gaze.head_pose`."""
    x, y, z = spot
    a, b, c = (math.radians(angle) for angle in (-pose.yaw, -pose.pitch, pose.roll))
    x, z = x * math.cos(a) + z * math.sin(a), -x * math.sin(a) + z * math.cos(a)
    y, z = y * math.cos(b) - z * math.sin(b), y * math.sin(b) + z * math.cos(b)
    return x * math.cos(c) - y * math.sin(c), x * math.sin(c) + y * math.cos(c), z
