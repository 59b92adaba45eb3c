"""The painters that `bench display` compares. Each tells when a frame stands on the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import pyqtgraph as pg
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from engines.cameras.types import FeedInfo, FeedState, FeedStatus
from engines.core.frames import Frame, Size, Stamp
from widgets.viewer.grid import ViewerGrid

Painted = Callable[[int, Stamp], None]
WIDE, HIGH = 640, 360
STATUS_MS = 400


class OurScreen:
    """The window's own viewer, with the state of each tile renewed as often as the window does."""

    def __init__(self, painted: Painted) -> None:
        self._grid = ViewerGrid()
        self._grid.set_layout("2x2")
        self._seen = [0] * 4
        for index in range(4):
            tile = self._grid.tile(index)
            tile.set_source(f"rolled {index + 1}")
            tile.view.painted.connect(lambda stamp, index=index: painted(index, stamp))
        self._grid.show()
        self._fit()
        self._timer = QTimer(self._grid, interval=STATUS_MS)
        self._timer.timeout.connect(self._statuses)
        self._timer.start()

    def show(self, index: int, frame: Frame) -> None:
        self._grid.tile(index).show_frame(frame)

    def close(self) -> None:
        self._timer.stop()
        self._grid.close()
        self._grid.deleteLater()

    def _fit(self) -> None:
        """Make the pictures exactly 640x360: what a tile needs around them is added."""
        self._grid.resize(2 * WIDE + 8, 2 * HIGH + 8)
        view = self._grid.tile(0).view
        layout = self._grid.layout()
        assert layout is not None
        layout.activate()
        extra = self._grid.tile(0).size() - view.size()
        self._grid.resize(2 * (WIDE + extra.width()) + 8, 2 * (HIGH + extra.height()) + 8)

    def _statuses(self) -> None:
        status = FeedStatus(FeedState.PLAYING, 30.0, info=FeedInfo(Size(1920, 1080), 30.0))
        for index in range(4):
            self._grid.tile(index).set_status(status, 30.0, 0)


class _LabelPicture(QLabel):
    def __init__(self, index: int, painted: Painted) -> None:
        super().__init__()
        self.setFixedSize(WIDE, HIGH)
        self.stamp: Stamp | None = None
        self._index, self._painted = index, painted

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.stamp is not None:
            self._painted(self._index, self.stamp)
            self.stamp = None


class LabelScreen:
    """The common idiom: cvtColor to RGB, QImage, QPixmap, scaled smoothly to the label, setPixmap."""

    def __init__(self, painted: Painted) -> None:
        self._labels = [_LabelPicture(index, painted) for index in range(4)]
        self._box = _box(self._labels)

    def show(self, index: int, frame: Frame) -> None:
        label = self._labels[index]
        rgb = cv2.cvtColor(frame.image, cv2.COLOR_BGR2RGB)
        high, wide = rgb.shape[:2]
        image = QImage(rgb.data, wide, high, 3 * wide, QImage.Format.Format_RGB888)
        pixmap = QPixmap.fromImage(image)
        keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        label.stamp = frame.stamp
        label.setPixmap(pixmap.scaled(label.size(), keep, smooth))

    def close(self) -> None:
        self._box.close()
        self._box.deleteLater()


class _ItemPicture(pg.ImageItem):
    stamp: Stamp | None = None

    def tell(self, index: int, painted: Painted) -> None:
        self._index, self._painted = index, painted

    def paint(self, painter: QPainter, *arguments: Any) -> None:
        super().paint(painter, *arguments)
        if self.stamp is not None:
            self._painted(self._index, self.stamp)
            self.stamp = None


class ItemScreen:
    """pyqtgraph as its users do it: a view box with its aspect locked, row-major, BGR turned to RGB, `setImage`."""

    levels: bool = False

    def __init__(self, painted: Painted) -> None:
        self._items, views = [], []
        for index in range(4):
            view = pg.GraphicsView()
            view.setFixedSize(WIDE, HIGH)
            box = pg.ViewBox(lockAspect=True, invertY=True)
            view.setCentralItem(box)
            item = _ItemPicture(axisOrder="row-major")
            item.tell(index, painted)
            box.addItem(item)
            self._items.append(item)
            views.append(view)
        self._box = _box(views)

    def show(self, index: int, frame: Frame) -> None:
        item = self._items[index]
        rgb = cv2.cvtColor(frame.image, cv2.COLOR_BGR2RGB)
        item.stamp = frame.stamp
        if self.levels:
            item.setImage(rgb)
        else:
            item.setImage(rgb, autoLevels=False, levels=(0, 255))

    def close(self) -> None:
        self._box.close()
        self._box.deleteLater()


class LevelsScreen(ItemScreen):
    """The same with `autoLevels`, as its default is."""

    levels = True


class NoScreen:
    """Takes frames and leaves them: what the feeds and the wake-ups cost by themselves."""

    def __init__(self, painted: Painted) -> None:
        self._painted = painted

    def show(self, index: int, frame: Frame) -> None:
        self._painted(index, frame.stamp)

    def close(self) -> None:
        pass


def _box(widgets: list[Any]) -> QWidget:
    box = QWidget()
    grid = QGridLayout(box)
    grid.setSpacing(8)
    for index, widget in enumerate(widgets):
        grid.addWidget(widget, *divmod(index, 2))
    box.show()
    return box


SCREENS: dict[str, Any] = {
    "ours": OurScreen,
    "label_pixmap": LabelScreen,
    "image_item": ItemScreen,
    "image_item_auto_levels": LevelsScreen,
    "nothing": NoScreen,
}
