"""A grid of samples that fills its room: crisp when small, smooth when large; one can be marked and shown alone.

Cells that are still to come are drawn empty from the start, so that nothing moves while samples arrive.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QHelpEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from engines.core.words import tr
from widgets.generative.studio.images import Arrangement, as_image, enlarged
from widgets.kit.access.elided import elided
from widgets.kit.access.ring import ring_focus
from widgets.kit.fields import describe
from widgets.kit.theme import LOOK, number_font

GAP, MARGIN = 6, 12
LABEL = 22
MOVES = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class SampleGrid(QWidget):
    """`chosen(index)` when a sample is picked, -1 for none."""

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._images: dict[int, QImage] = {}
        self._drawn: dict[tuple[int, int, int], QImage] = {}
        self._source: tuple[NDArray[np.uint8] | None, int] = (None, 0)
        self._parts: tuple[tuple[str, QImage], ...] = ()
        self._names: tuple[str, ...] = ()
        self._total, self._picture = 0, (1, 1)
        self._selected, self._large = -1, False
        self._message = ""
        self.setMinimumSize(120, 100)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        describe(self, tr("Samples"), tr("Click marks a sample, double click shows it alone, arrow keys go on"))
        self.setToolTip("")
        LOOK.changed.connect(self.update)

    @property
    def large(self) -> bool:
        """One sample is shown alone."""
        return self._large and 0 <= self._selected < self._total

    @property
    def picture_size(self) -> tuple[int, int]:
        """Height and width of a sample."""
        return self._picture[1], self._picture[0]

    @property
    def selected(self) -> int:
        return self._selected

    @property
    def filled(self) -> int:
        """The number of cells with a picture."""
        return len(self._images)

    def image(self, index: int) -> QImage | None:
        return self._images.get(index)

    def clear(self) -> None:
        """Forget the pictures; the cells stay."""
        self._images.clear()
        self._drawn.clear()
        self._source = (None, 0)
        self.update()

    def show_cells(self, total: int, size: tuple[int, int], selected: int = -1, names: Sequence[str] = ()) -> None:
        """Show a number of cells for pictures of (height, width), one of them marked, each with a name."""
        picture = size[1], size[0]
        if (total, picture) != (self._total, self._picture):
            self._total, self._picture = total, picture
            self._drawn.clear()
            self._images = {index: image for index, image in self._images.items() if index < total}
        self._selected, self._names = selected, tuple(names)
        self.setAccessibleDescription(
            tr("{total} samples", total=total)
            + (tr(", {name} marked", name=self.name(selected)) if selected >= 0 else "")
        )
        self.update()

    def show_images(self, images: NDArray[np.uint8], first: int = 0) -> None:
        """(n, H, W) or (n, H, W, 3) RGB for the cells from `first` on; the others keep theirs."""
        if self._source[0] is images and self._source[1] == first:
            return
        self._source = images, first
        for number, pixels in enumerate(images):
            self._images[first + number] = as_image(pixels)
        self._drawn.clear()
        self.update()

    def show_message(self, words: str) -> None:
        """Said in place of cells that stay empty; "" for none."""
        self._message = words
        self.update()

    def show_parts(self, parts: Sequence[tuple[str, QImage]]) -> None:
        """Draw a sample shown alone as several pictures with titles, side by side; () for itself."""
        self._parts = tuple(parts)
        self.update()

    def set_large(self, on: bool) -> None:
        if on != self._large:
            self._large = on
            self._drawn.clear()
            self.update()

    def name(self, index: int) -> str:
        return self._names[index] if 0 <= index < len(self._names) else tr("Sample {index}", index=index + 1)

    def arrangement(self) -> Arrangement:
        """The places of the cells, in device pixels."""
        ratio = self.devicePixelRatioF()
        room = round(self.width() * ratio), round(self.height() * ratio)
        count = 1 if self.large else max(self._total, 1)
        return Arrangement.of(count, self._picture, room, round(GAP * ratio), round(MARGIN * ratio))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), LOOK.now.color("base"))
        if self._message and not self._images:
            self._paint_message(painter)
        elif self.large and self._parts:
            self._paint_parts(painter)
        else:
            self._paint_cells(painter)
        ring_focus(self, painter)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and not self.large:
            self.chosen.emit(self.cell_at(event.position()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.large:
            self.set_large(False)
        elif (index := self.cell_at(event.position())) >= 0:
            self.chosen.emit(index)
            self.set_large(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in MOVES and self._total:
            across, down = MOVES[key]
            step = across + down if self.large else across + down * self.arrangement().columns
            self._go(self._selected + step if self._selected >= 0 else 0)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End) and self._total:
            self._go(0 if key == Qt.Key.Key_Home else self._total - 1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._selected >= 0:
            self.set_large(not self._large)
        elif key == Qt.Key.Key_Escape and self._selected >= 0:
            self.set_large(False) if self.large else self.chosen.emit(-1)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            index = -1 if self.large else self.cell_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), self.name(index) if index >= 0 else "", self)
            return True
        return super().event(event)

    def cell_at(self, place: QPointF) -> int:
        """Index of the sample at a place, -1 for none."""
        ratio = self.devicePixelRatioF()
        return self.arrangement().at(place.x() * ratio, place.y() * ratio) if self._total else -1

    def _go(self, index: int) -> None:
        if 0 <= index < self._total and index != self._selected:
            self.chosen.emit(index)

    def _paint_cells(self, painter: QPainter) -> None:
        plan, ratio = self.arrangement(), self.devicePixelRatioF()
        for place in range(plan.count if self._total else 0):
            index = self._selected if self.large else place
            left, top, wide, high = plan.cell(place)
            box = QRectF(left / ratio, top / ratio, wide / ratio, high / ratio)
            self._paint_cell(painter, box, index, QSize(wide, high), ratio)

    def _paint_cell(self, painter: QPainter, box: QRectF, index: int, size: QSize, ratio: float) -> None:
        image = self._images.get(index)
        if image is None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(LOOK.now.color("raised", 0.7))
            painter.drawRect(box)
        else:
            painter.drawImage(box.topLeft(), self._sized(index, image, size, ratio))
        if index == self._selected and not self.large:
            painter.setPen(QPen(LOOK.now.color("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(box.adjusted(-2, -2, 2, 2))

    def _sized(self, index: int, image: QImage, size: QSize, ratio: float) -> QImage:
        key = index, size.width(), size.height()
        made = self._drawn.get(key)
        if made is None:
            made = self._drawn[key] = enlarged(image, size)
            made.setDevicePixelRatio(ratio)
        return made

    def _paint_message(self, painter: QPainter) -> None:
        painter.setPen(LOOK.now.color("muted"))
        room = self.rect().adjusted(24, 24, -24, -24)
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._message)

    def _paint_parts(self, painter: QPainter) -> None:
        """The pictures of one sample in a row, or in two where that is larger, each with its title below."""
        ratio = self.devicePixelRatioF()
        room = round(self.width() * ratio), round(self.height() * ratio)
        label = round(LABEL * ratio)
        plan = Arrangement.of(
            len(self._parts), self._picture, (room[0], room[1] - label), max(round(GAP * ratio), label), label
        )
        painter.setFont(number_font(11))
        for place, (title, image) in enumerate(self._parts):
            left, top, wide, high = plan.cell(place)
            made = enlarged(image, QSize(wide, high))
            made.setDevicePixelRatio(ratio)
            painter.drawImage(QPointF(left / ratio, top / ratio), made)
            painter.setPen(LOOK.now.color("muted"))
            words = QRectF(left / ratio, (top + high) / ratio + 2, wide / ratio, LABEL - 4)
            shown = elided(QFontMetricsF(number_font(11)), title, words.width())
            painter.drawText(words, Qt.AlignmentFlag.AlignCenter, shown)
