"""How the cameras hang together: a ring of cameras, a line for each pair, as thick as the frames that it rests on."""

from __future__ import annotations

import math

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy

from engines.calibration.rig.types import RigPair, RigResult
from engines.core.words import tr, tr_count
from widgets.calibration.rig.words import length_words, pair_name
from widgets.charts.drawn import DrawnChart, label
from widgets.kit.access.elided import elided
from widgets.kit.theme import LOOK, number_font

NODE, NEAR = 13.0, 8.0
THIN, THICK = 1.0, 6.0
ENOUGH = 8
"""Shared frames that carry a pair of cameras; the line of fewer is dashed."""


class LinkGraph(DrawnChart):
    """`pairChosen(first, second)` on a click on a line; `cameraChosen(camera)` on a camera."""

    pairChosen = Signal(int, int)
    cameraChosen = Signal(int)

    def __init__(self) -> None:
        super().__init__(tr("How the cameras hang together"))
        self.result: RigResult | None = None
        self.chosen = -1
        self.setMinimumSize(180, 150)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def show_result(self, result: RigResult, camera: int) -> None:
        """camera: the one that is looked at."""
        self.result, self.chosen = result, camera
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(260, 168)

    def place(self, camera: int) -> QPointF:
        """Where a camera is drawn: clockwise from the top left."""
        cameras = len(self.result.cameras) if self.result is not None else 1
        room = QRectF(self.rect()).adjusted(52, 20, -52, -34)
        turn = 2 * math.pi * camera / cameras - math.pi / 2 - math.pi / cameras
        return room.center() + QPointF(math.cos(turn) * room.width() / 2, math.sin(turn) * room.height() / 2)

    def pair_at(self, at: QPointF) -> RigPair | None:
        """The line near a place."""
        pairs = self.result.pairs if self.result is not None else ()
        away = [(_away(at, self.place(one.first), self.place(one.second)), n) for n, one in enumerate(pairs)]
        nearest, number = min(away, default=(math.inf, -1))
        return pairs[number] if nearest <= NEAR else None

    def camera_at(self, at: QPointF) -> int:
        cameras = range(len(self.result.cameras)) if self.result is not None else ()
        return next((n for n in cameras if QLineF(at, self.place(n)).length() <= NODE), -1)

    def words(self, pair: RigPair) -> str:
        """'front left – side left: 200.441 ± 0.023 mm, 28 frames, 1,512 corners'."""
        assert self.result is not None
        length = length_words(pair.distance, pair.uncertainty)
        support = tr(
            "{frames}, {corners} seen by both",
            frames=tr_count(pair.frames, "{n} frame", "{n:,} frames"),
            corners=tr_count(pair.corners, "{n} corner", "{n:,} corners"),
        )
        return tr(
            "{pair_name}: {length}, {support}",
            pair_name=pair_name(self.result, pair),
            length=length,
            support=support if pair.frames else tr("no frame seen by both"),
        )

    def tip_at(self, place: QPointF) -> str:
        camera = self.camera_at(place)
        if camera >= 0 and self.result is not None:
            one = self.result.cameras[camera]
            return tr(
                "{one}: {frames}, {corners}",
                one=one.name,
                frames=tr_count(one.frames, "{n} frame", "{n:,} frames"),
                corners=tr_count(one.corners, "{n} corner", "{n:,} corners"),
            )
        pair = self.pair_at(place)
        return self.words(pair) if pair is not None else ""

    def table(self) -> list[list[str]]:
        rows = [["first", "second", "frames", "corners", "distance_m", "std_m"]]
        result = self.result
        for one in result.pairs if result is not None else ():
            assert result is not None
            std = "" if one.uncertainty is None else f"{one.uncertainty:.7f}"
            names = result.cameras[one.first].name, result.cameras[one.second].name
            rows.append([*names, str(one.frames), str(one.corners), f"{one.distance:.7f}", std])
        return rows

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self.choose_at(event.position())

    def choose_at(self, place: QPointF) -> None:
        camera, pair = self.camera_at(place), self.pair_at(place)
        if camera >= 0:
            self.cameraChosen.emit(camera)
        elif pair is not None:
            self.pairChosen.emit(pair.first, pair.second)

    def _draw(self, painter: QPainter) -> None:
        result = self.result
        if result is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(number_font(11))
        most = max((one.frames for one in result.pairs), default=1) or 1
        for one in sorted(result.pairs, key=lambda pair: pair.frames):
            self._link(painter, one, most)
        for one in result.pairs:
            if one.frames:
                self._support(painter, one)
        for number, camera in enumerate(result.cameras):
            self._node(painter, number, camera.name)
        words = tr("Lines: frames that both cameras see the board in")
        foot = QRectF(0, self.height() - 16, self.width(), 15)
        label(painter, foot, words, LOOK.now.color("muted"), Qt.AlignmentFlag.AlignHCenter)

    def _link(self, painter: QPainter, pair: RigPair, most: int) -> None:
        look = LOOK.now
        near = self._cursor is not None and self.pair_at(self._cursor) is pair
        token = "text" if near else "accent" if pair.frames >= ENOUGH else "warn"
        pen = QPen(look.color(token, 0.75), THIN + (THICK - THIN) * pair.frames / most)
        if pair.frames < ENOUGH:
            pen.setStyle(Qt.PenStyle.DashLine)
        if not pair.frames:
            pen = QPen(look.color("line"), 1, Qt.PenStyle.DotLine)
        painter.setPen(pen)
        painter.drawLine(self.place(pair.first), self.place(pair.second))

    def _support(self, painter: QPainter, pair: RigPair) -> None:
        """The count, nearer to the first camera, so that lines that cross do not share a place."""
        text = str(pair.frames)
        wide = QFontMetricsF(number_font(11)).horizontalAdvance(text) + 8
        start, end = self.place(pair.first), self.place(pair.second)
        box = QRectF(0, 0, wide, 15)
        box.moveCenter(start + (end - start) * 0.36)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(LOOK.now.color("surface"))
        painter.drawRoundedRect(box, 7, 7)
        label(painter, box, text, LOOK.now.color("text"), Qt.AlignmentFlag.AlignHCenter)

    def _node(self, painter: QPainter, number: int, name: str) -> None:
        look, at, chosen = LOOK.now, self.place(number), number == self.chosen
        painter.setPen(QPen(look.color("accent" if chosen else "muted"), 1.6))
        painter.setBrush(look.color("raised"))
        painter.drawEllipse(at, 7, 7)
        below = at.y() >= QRectF(self.rect()).center().y()
        room = QRectF(at.x() - 60, at.y() + (8 if below else -24), 120, 15)
        shown = elided(painter.fontMetrics(), name, 118, given=True)
        label(painter, room, shown, look.color("text" if chosen else "muted"), Qt.AlignmentFlag.AlignHCenter)


def _away(at: QPointF, start: QPointF, end: QPointF) -> float:
    """Of a place from a stretch of line."""
    along, to = end - start, at - start
    square = QPointF.dotProduct(along, along) or 1.0
    share = min(max(QPointF.dotProduct(to, along) / square, 0.0), 1.0)
    return QLineF(at, start + along * share).length()
