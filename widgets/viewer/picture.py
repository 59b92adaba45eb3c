"""The place of a picture in a widget, and the scaling of its pixels with the least work.

A frame is scaled straight to the widget's device pixels and handed to Qt as it will be shown, so that the painter only
copies. `main.py bench display` measures what that saves beside the usual ways.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage

MAX_SCALE = 64.0
SHARP_FROM = 4.0
"""From this enlargement on, pixels are shown as squares."""


@dataclass(frozen=True, slots=True)
class Viewport:
    """Where an image of `width` x `height` pixels lies in a widget. Lengths in logical pixels unless said otherwise.

    scale: logical pixels to an image pixel. left, top: of the image's outer corner. ratio: device to logical pixels.
    fitted: the whole image is shown as large as it goes, and stays so when the widget is resized.
    """

    width: int
    height: int
    view_width: int
    view_height: int
    ratio: float = 1.0
    margin: int = 0
    scale: float = 1.0
    left: float = 0.0
    top: float = 0.0
    fitted: bool = True

    @classmethod
    def fit(cls, width: int, height: int, view_width: int, view_height: int, ratio: float, margin: int = 0) -> Viewport:
        """The whole image, its aspect kept, in the middle."""
        room = max(view_width - 2 * margin, 1), max(view_height - 2 * margin, 1)
        scale = min(room[0] / width, room[1] / height)
        left = round((view_width - width * scale) / 2 * ratio) / ratio
        top = round((view_height - height * scale) / 2 * ratio) / ratio
        return cls(width, height, view_width, view_height, ratio, margin, scale, left, top)

    @property
    def fit_scale(self) -> float:
        return self._fit().scale

    @property
    def device_scale(self) -> float:
        """Device pixels to an image pixel."""
        return self.scale * self.ratio

    def to_widget(self, x: float, y: float) -> QPointF:
        """Image coordinates, (0, 0) being the centre of the first pixel, to the widget's."""
        return QPointF(self.left + (x + 0.5) * self.scale, self.top + (y + 0.5) * self.scale)

    def to_image(self, at: QPointF) -> tuple[float, float]:
        """The inverse of `to_widget`."""
        return (at.x() - self.left) / self.scale - 0.5, (at.y() - self.top) / self.scale - 0.5

    def zoomed(self, factor: float, at: QPointF) -> Viewport:
        """Larger by `factor` with what lies under `at` staying there. Not smaller than the fitted view."""
        scale = min(self.scale * factor, max(MAX_SCALE / self.ratio, self.fit_scale))
        if scale <= self.fit_scale * 1.0001:
            return self._fit()
        grown = scale / self.scale
        left = at.x() - (at.x() - self.left) * grown
        top = at.y() - (at.y() - self.top) * grown
        return replace(self, scale=scale, left=left, top=top, fitted=False)._held()

    def panned(self, dx: float, dy: float) -> Viewport:
        """Moved, but never so far that an edge of the image leaves the widget's edge behind."""
        return self if self.fitted else replace(self, left=self.left + dx, top=self.top + dy)._held()

    def resized(self, view_width: int, view_height: int, ratio: float) -> Viewport:
        """The same view in a widget of another size: fitted again, or the same centre at the same scale."""
        moved = replace(
            self,
            view_width=view_width,
            view_height=view_height,
            ratio=ratio,
            left=self.left + (view_width - self.view_width) / 2,
            top=self.top + (view_height - self.view_height) / 2,
        )
        return moved._fit() if self.fitted or moved.scale <= moved.fit_scale else moved._held()

    def region(self) -> tuple[int, int, int, int]:
        """The image pixels that are in view, as (left, top, right, bottom), half open."""
        x0 = max(0, int(np.floor(-self.left / self.scale)))
        y0 = max(0, int(np.floor(-self.top / self.scale)))
        x1 = min(self.width, int(np.ceil((self.view_width - self.left) / self.scale)))
        y1 = min(self.height, int(np.ceil((self.view_height - self.top) / self.scale)))
        return x0, y0, max(x1, x0 + 1), max(y1, y0 + 1)

    def device_box(self) -> tuple[int, int, int, int]:
        """Where `region()` is painted, in device pixels: (left, top, width, height)."""
        x0, y0, x1, y1 = self.region()
        left, top = round((self.left + x0 * self.scale) * self.ratio), round((self.top + y0 * self.scale) * self.ratio)
        right, bottom = (
            round((self.left + x1 * self.scale) * self.ratio),
            round((self.top + y1 * self.scale) * self.ratio),
        )
        return left, top, max(right - left, 1), max(bottom - top, 1)

    def _fit(self) -> Viewport:
        return Viewport.fit(self.width, self.height, self.view_width, self.view_height, self.ratio, self.margin)

    def _held(self) -> Viewport:
        left = _held(self.left, self.width * self.scale, self.view_width)
        top = _held(self.top, self.height * self.scale, self.view_height)
        return replace(self, left=round(left * self.ratio) / self.ratio, top=round(top * self.ratio) / self.ratio)


class Workspace:
    """Arrays used again from frame to frame: the page faults of fresh megabytes cost a good part of the scaling."""

    def __init__(self) -> None:
        self._arrays: dict[int, NDArray[np.uint8]] = {}

    def array(self, stage: int, shape: tuple[int, ...]) -> NDArray[np.uint8]:
        """The array of a stage of the work, of this shape; what it held is lost."""
        kept = self._arrays.get(stage)
        if kept is None or kept.shape != shape:
            kept = self._arrays[stage] = np.empty(shape, np.uint8)
        return kept


def scaled(image: NDArray[np.uint8], viewport: Viewport, space: Workspace | None = None) -> NDArray[np.uint8]:
    """The pixels in view as BGRA, one to a device pixel. `image`: uint8, H x W (gray) or H x W x 3 (BGR), any strides.

    Smaller: averages, so that nothing aliases. Larger: smooth, and plain squares from `SHARP_FROM` times on. With a
    `space` the result is one of its arrays and is overwritten by the next call.
    """
    space = space or Workspace()
    x0, y0, x1, y1 = viewport.region()
    _, _, wide, high = viewport.device_box()
    part = _halved(image[y0:y1, x0:x1], wide, high, space)
    if part.shape[:2] != (high, wide):
        how = cv2.INTER_NEAREST if viewport.device_scale >= SHARP_FROM else cv2.INTER_LINEAR
        part = cv2.resize(part, (wide, high), space.array(1, (high, wide, *part.shape[2:])), interpolation=how)
    code = cv2.COLOR_GRAY2BGRA if part.ndim == 2 else cv2.COLOR_BGR2BGRA
    return np.asarray(cv2.cvtColor(part, code, space.array(0, (high, wide, 4))), dtype=np.uint8)


def _halved(image: NDArray[np.uint8], wide: int, high: int, space: Workspace) -> NDArray[np.uint8]:
    """The image averaged 2 x 2 as often as it stays at least `wide` x `high`; what remains is a factor below two.

    Below two, bilinear interpolation averages nearly the same pixels as an area does. Together they are up to 7 times
    faster than one `INTER_AREA` (1080p to 662x372 on one core, OpenCV 5: 1.3 ms against 9.6; by exactly three, 3.4),
    because halving is the one factor for which that has a fast path. They differ by .4 gray levels in the mean.
    """
    stage = 2
    while image.shape[0] >= 2 * high and image.shape[1] >= 2 * wide:
        even = image[: image.shape[0] & ~1, : image.shape[1] & ~1]
        shape = (even.shape[0] // 2, even.shape[1] // 2, *even.shape[2:])
        half = cv2.resize(even, (shape[1], shape[0]), space.array(stage, shape), interpolation=cv2.INTER_AREA)
        image, stage = np.asarray(half, dtype=np.uint8), stage + 1
    return image


def as_qimage(pixels: NDArray[np.uint8], ratio: float = 1.0) -> QImage:
    """A `QImage` on the memory of contiguous BGRA pixels; the caller keeps `pixels` alive as long as the image."""
    high, wide = pixels.shape[:2]
    made = QImage(pixels.data, wide, high, wide * 4, QImage.Format.Format_RGB32)
    made.setDevicePixelRatio(ratio)
    return made


def _held(start: float, length: float, room: float) -> float:
    return (room - length) / 2 if length <= room else min(0.0, max(room - length, start))
