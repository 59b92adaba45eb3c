"""Pictures of faces as they are painted: cut square, scaled to the device's pixels, rounded, kept for the next paint.

Whoever paints asks for a key. One that is not here yet is noted and asked for once, together with the others of the
same paint, by `wanted`; so only what is on the screen is ever read.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping

import numpy as np
from PySide6.QtCore import QObject, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QBrush, QImage, QPainter

from engines.core.frames import Image
from widgets.kit.icons import draw_icon
from widgets.kit.ink import ink
from widgets.kit.theme import LOOK, RADIUS

KEPT_BYTES = 48 << 20
PLACEHOLDER = "user"


class Thumbs(QObject):
    """`wanted(keys)`: pictures to be painted that are not here. `changed`: one that was painted is another now."""

    wanted = Signal(list)
    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._images: Mapping[str, Image] = {}
        self._painted: dict[str, Image | None] = {}
        self._drawn: OrderedDict[tuple[str, int], tuple[Image, QImage]] = OrderedDict()
        self._bytes = 0
        self._missing: dict[str, None] = {}
        self._asked: set[str] = set()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._ask)

    def show_images(self, images: Mapping[str, Image]) -> None:
        """The pictures that are here, BGR or gray by key."""
        if images is self._images:
            return
        self._images = images
        self._asked -= images.keys()
        if any(images.get(key) is not image for key, image in self._painted.items()):
            self._painted.clear()
            self.changed.emit()

    @property
    def whole(self) -> bool:
        """Everything that was painted is here."""
        return bool(self._painted) and all(image is not None for image in self._painted.values())

    def forget_asked(self) -> None:
        """Ask again for what did not come: the list of what there is has changed."""
        self._asked.clear()

    def image(self, key: str) -> Image | None:
        """The picture, which is asked for when it is not here."""
        found = self._images.get(key) if key else None
        if key:
            self._painted[key] = found
        if key and found is None and key not in self._asked and key not in self._missing:
            self._missing[key] = None
            self._soon.start(0)
        return found

    def paint(self, painter: QPainter, box: QRectF, key: str, opacity: float = 1.0) -> None:
        """Draw the picture into a square, or a quiet placeholder."""
        image = self.image(key)
        if image is None:
            paint_placeholder(painter, box)
            return
        device = painter.device()
        ratio = device.devicePixelRatioF() if device is not None else 1.0
        before = painter.opacity()
        painter.setOpacity(before * opacity)
        painter.drawImage(box.topLeft(), self._picture(key, image, round(box.width() * ratio), ratio))
        painter.setOpacity(before)

    def _picture(self, key: str, image: Image, side: int, ratio: float) -> QImage:
        kept = self._drawn.get((key, side))
        if kept is None or kept[0] is not image:
            self._keep((key, side), image, rounded(image, side, RADIUS * ratio))
        self._drawn.move_to_end((key, side))
        picture = self._drawn[key, side][1]
        picture.setDevicePixelRatio(ratio)
        return picture

    def _keep(self, key: tuple[str, int], image: Image, picture: QImage) -> None:
        before = self._drawn.pop(key, None)
        self._bytes += picture.sizeInBytes() - (before[1].sizeInBytes() if before is not None else 0)
        self._drawn[key] = image, picture
        while self._bytes > KEPT_BYTES and len(self._drawn) > 1:
            _, (_, oldest) = self._drawn.popitem(last=False)
            self._bytes -= oldest.sizeInBytes()

    def _ask(self) -> None:
        keys, self._missing = list(self._missing), {}
        self._asked.update(keys)
        if keys:
            self.wanted.emit(keys)


def paint_placeholder(painter: QPainter, box: QRectF) -> None:
    """A face that is not here yet."""
    ink(painter, None, LOOK.now.color("raised"))
    painter.drawRoundedRect(box, RADIUS, RADIUS)
    side = box.width() * 0.4
    spot = QRectF(box.center().x() - side / 2, box.center().y() - side / 2, side, side)
    before = painter.opacity()
    painter.setOpacity(before * 0.45)
    draw_icon(painter, spot.toRect(), PLACEHOLDER)
    painter.setOpacity(before)


def rounded(image: Image, side: int, radius: float) -> QImage:
    """The middle square of a BGR or gray picture, `side` pixels wide, its corners rounded."""
    picture = square(image).scaled(
        QSize(side, side), Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    made = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    ink(painter, None, QBrush(picture))
    painter.setBrushOrigin(QPointF(0, 0))
    painter.drawRoundedRect(QRectF(0, 0, side, side), radius, radius)
    painter.end()
    return made


def square(image: Image) -> QImage:
    """The middle square of a picture, with memory of its own."""
    high, wide = image.shape[:2]
    side = min(high, wide)
    top, left = (high - side) // 2, (wide - side) // 2
    part = np.ascontiguousarray(image[top : top + side, left : left + side])
    form = QImage.Format.Format_Grayscale8 if part.ndim == 2 else QImage.Format.Format_BGR888
    return QImage(part.data, side, side, part.strides[0], form).copy()
