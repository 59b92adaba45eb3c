"""Reads what widgets paint: each text with its place, its colour and its clip, also of delegates and charts.

A widget is drawn alone onto a device that keeps texts and draws nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, QRectF
from PySide6.QtGui import QColor, QPaintDevice, QPaintEngine, QPaintEngineState, QRegion, QTextItem
from PySide6.QtWidgets import QWidget

DPI = 96
HALO = 3
"""Pixels by which what makes words stand out is beside them."""
WHOLE = 65536
"""What Qt counts a ratio of one pixel to one point as."""


@dataclass(frozen=True, slots=True)
class Painted:
    """One line of text. box: where it would be whole, on its widget; room: what of that its painter lets be seen."""

    words: str
    box: QRectF
    room: QRectF
    ink: QColor


def painted(part: QWidget) -> list[Painted]:
    """What this widget writes itself, its children left out, in the order it does."""
    device = _Device(part)
    part.render(device, QPoint(), QRegion(), QWidget.RenderFlag(0))
    return _without_halos(device.engine.texts)


def _without_halos(texts: list[Painted]) -> list[Painted]:
    """Words that are written again over themselves are what makes them stand out, and are not read."""
    return [one for at, one in enumerate(texts) if not any(_covers(later, one) for later in texts[at + 1 :])]


def _covers(later: Painted, one: Painted) -> bool:
    way = later.box.topLeft() - one.box.topLeft()
    return later.words == one.words and way.manhattanLength() <= HALO


class _Engine(QPaintEngine):
    def __init__(self) -> None:
        super().__init__(QPaintEngine.PaintEngineFeature.AllFeatures)
        self.texts: list[Painted] = []

    def begin(self, device: QPaintDevice) -> bool:
        self.setActive(True)
        return True

    def end(self) -> bool:
        self.setActive(False)
        return True

    def type(self) -> QPaintEngine.Type:
        return QPaintEngine.Type.User

    def updateState(self, state: QPaintEngineState) -> None: ...

    def drawTextItem(self, place: QPointF, item: QTextItem) -> None:
        painter = self.painter()
        turned = painter.combinedTransform()
        box = QRectF(place.x(), place.y() - item.ascent(), item.width(), item.ascent() + item.descent())
        room = painter.clipBoundingRect() & box if painter.hasClipping() else box
        ink = QColor(painter.pen().color())
        ink.setAlphaF(ink.alphaF() * painter.opacity())
        self.texts.append(Painted(item.text(), turned.mapRect(box), turned.mapRect(room), ink))

    def drawPixmap(self, *what: object) -> None: ...

    def drawImage(self, *what: object) -> None: ...

    def drawPath(self, *what: object) -> None: ...

    def drawPolygon(self, *what: object) -> None: ...

    def drawRects(self, *what: object) -> None: ...

    def drawLines(self, *what: object) -> None: ...

    def drawPoints(self, *what: object) -> None: ...

    def drawEllipse(self, *what: object) -> None: ...

    def drawTiledPixmap(self, *what: object) -> None: ...


class _Device(QPaintDevice):
    def __init__(self, part: QWidget) -> None:
        super().__init__()
        self.engine = _Engine()
        metrics = QPaintDevice.PaintDeviceMetric
        self._metrics = {
            metrics.PdmWidth: part.width(),
            metrics.PdmHeight: part.height(),
            metrics.PdmWidthMM: part.widthMM(),
            metrics.PdmHeightMM: part.heightMM(),
            metrics.PdmDpiX: part.logicalDpiX(),
            metrics.PdmDpiY: part.logicalDpiY(),
            metrics.PdmPhysicalDpiX: part.physicalDpiX(),
            metrics.PdmPhysicalDpiY: part.physicalDpiY(),
            metrics.PdmDepth: 32,
            metrics.PdmNumColors: 1 << 24,
            metrics.PdmDevicePixelRatio: 1,
            metrics.PdmDevicePixelRatioScaled: WHOLE,
        }

    def paintEngine(self) -> QPaintEngine:
        return self.engine

    def metric(self, which: QPaintDevice.PaintDeviceMetric) -> int:
        return self._metrics.get(which, 0)
