"""Pictures for the panel: read, straightened and shrunk beside the GUI thread."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from PySide6.QtGui import QImage

from engines.calibration.targets import photographs
from engines.calibration.types import MonoResult
from engines.core.errors import FileMissing, SourceFailed
from engines.core.frames import Image, size_of
from engines.core.projection import undistort, undistort_maps
from engines.core.words import tr
from widgets.calibration.state import Picture

THUMBNAIL = 132
"""Longest side in pixels of a thumbnail: 44 at three times the pixel density."""


def read(path: str | Path) -> Image:
    """A photograph as BGR, as the sensor gave it, or a frame of a film. Raises `FileMissing` or `BadInput`."""
    try:
        return photographs.read(path)
    except (FileMissing, SourceFailed) as error:
        hint = tr("Bring it back or remove the view")
        raise FileMissing(tr("The picture is no longer there"), path=path, hint=hint) from error


def picture(path: str, image: Image | None, result: MonoResult | None, straight: bool, keep: float) -> Picture:
    """The photograph as it is, or straightened with `result`; `keep` 0 to 1 is how much of its border stays.

    Flipped left to right where `result` is that of flipped pictures, so that its corners are where they are drawn.
    """
    loaded = read(path) if image is None else image
    if result is not None and result.mirrored:
        loaded = np.ascontiguousarray(loaded[:, ::-1])
    if not straight or result is None:
        return Picture(path, loaded)
    maps = undistort_maps(result.lens, size_of(loaded), keep=keep)
    return Picture(path, undistort(loaded, maps), maps.straight, keep)


def thumbnail(path: str, image: Image | None) -> QImage:
    """A small picture for the table."""
    loaded = read(path) if image is None else image
    scale = THUMBNAIL / max(loaded.shape[:2])
    small = cv2.resize(loaded, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    rgb = np.ascontiguousarray(small[..., ::-1])
    return QImage(rgb.data, rgb.shape[1], rgb.shape[0], rgb.strides[0], QImage.Format.Format_RGB888).copy()
