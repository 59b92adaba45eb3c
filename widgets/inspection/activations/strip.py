"""The frames of a clip that excite a channel most, side by side: what the channel looks for, shown by what it finds."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy

from engines.core.words import tr
from engines.inspection.studies import Excited, ExciteResult
from widgets.charts.drawn import DrawnChart, label
from widgets.inspection.activations.words import frame_words
from widgets.kit.ink import ink
from widgets.kit.theme import LOOK, number_font

SIDE, GAP, WORDS = 104, 8, 18


class FrameStrip(DrawnChart):
    """`chosen(seconds)` by click or Return. Of the frames, strongest first, as many as there is room for."""

    chosen = Signal(float)

    def __init__(self) -> None:
        super().__init__(tr("Best frames of the clip"))
        self.frames: tuple[Excited, ...] = ()
        self.at, self._wide = 0, 1
        self._result: ExciteResult | None = None
        self._images: list[QImage] = []
        self.setFixedHeight(SIDE + WORDS + 8)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def show_result(self, result: ExciteResult | None, wide: int) -> None:
        """Hidden without one. wide: pixels of the input, in which boxes are told."""
        self._wide = wide
        self.setVisible(result is not None)
        if result is self._result or result is None:
            self._result = result
            return
        self._result, self.frames, self.at = result, result.frames, 0
        self._images = [_image(frame) for frame in result.frames]
        self.setAccessibleDescription("; ".join(map(frame_words, result.frames)))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(480, SIDE + WORDS + 8)

    def table(self) -> list[list[str]]:
        rows = [[str(one.frame), f"{one.seconds:.6g}", f"{one.value:.6g}"] for one in self.frames]
        return [["frame", "seconds", "value"], *rows]

    def box_of(self, at: int) -> QRectF:
        """Where a frame stands."""
        return QRectF(2 + at * (SIDE + GAP), 4, SIDE, SIDE)

    def tip_at(self, place: QPointF) -> str:
        at = self._at(place)
        return (
            tr("Frame {frame}: {frame_words}", frame=self.frames[at].frame, frame_words=frame_words(self.frames[at]))
            if at >= 0
            else ""
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and (at := self._at(event.position())) >= 0:
            self._choose(at)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is not None and 0 <= self.at + step < self._shown():
            self.at += step
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.frames:
            self._choose(self.at)
        else:
            super().keyPressEvent(event)

    def _choose(self, at: int) -> None:
        self.at = at
        self.update()
        self.chosen.emit(self.frames[at].seconds)

    def _shown(self) -> int:
        return min(len(self.frames), max((self.width() - 4 + GAP) // (SIDE + GAP), 1))

    def _at(self, place: QPointF) -> int:
        return next((at for at in range(self._shown()) if self.box_of(at).contains(place)), -1)

    def _draw(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(number_font(11))
        for at in range(self._shown()):
            box, image, frame = self.box_of(at), self._images[at], self.frames[at]
            lies = _fitted(box, image)
            painter.drawImage(lies, image)
            scale = lies.width() / max(self._wide, 1)
            top, left, bottom, right = (scale * edge for edge in frame.box)
            ink(painter, QPen(LOOK.now.color("warn"), 1.5), None)
            painter.drawRect(QRectF(lies.left() + left, lies.top() + top, right - left, bottom - top) & lies)
            if at == self.at and self.hasFocus():
                ink(painter, QPen(LOOK.now.color("accent"), 2), None)
                painter.drawRect(box)
            label(
                painter, QRectF(box.left(), box.bottom() + 2, SIDE, WORDS), frame_words(frame), LOOK.now.color("muted")
            )


def _image(frame: Excited) -> QImage:
    high, wide = frame.picture.shape[:2]
    data = frame.picture.tobytes()
    return QImage(data, wide, high, 3 * wide, QImage.Format.Format_BGR888).copy()


def _fitted(box: QRectF, image: QImage) -> QRectF:
    """The largest place of its proportions in the middle of the box."""
    scale = min(box.width() / image.width(), box.height() / image.height())
    lies = QRectF(0, 0, image.width() * scale, image.height() * scale)
    lies.moveCenter(box.center())
    return lies
