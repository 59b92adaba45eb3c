"""Calibrations kept per camera, in plain files: several a camera, told apart by time, resolution and focus.

A folder a camera with `camera.json`, which says whose it is; see `engines.calibration.shelf`.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from engines.calibration import shelf
from engines.calibration.formats.files import from_json, to_json
from engines.calibration.shelf import Camera, Shelf, Sort
from engines.calibration.types import MonoResult
from engines.core.frames import Size
from engines.core.lenses import same_shape

Kept: TypeAlias = shelf.Kept[MonoResult]
KIND = "kinoscope camera"
_SORT = Sort("calibration", "camera.json", to_json, from_json, lambda result: str(result.image_size))


class KeptCalibrations(Shelf[MonoResult]):
    """All that are kept below `root`."""

    def __init__(self, root: Path) -> None:
        super().__init__(root, _SORT)

    def keep(self, camera: Camera, result: MonoResult, focus: str = "", at: float | None = None) -> Kept:
        """Keep a calibration without its views. Raises `BadInput` where nothing can be written."""
        said = {"kind": KIND, "key": camera.key, "title": camera.title}
        return self.put(camera, said, replace(result, views=(), left_out=()), focus, at)

    def of(self, camera: Camera) -> tuple[Kept, ...]:
        """Those of a camera, the newest first."""
        return self.within(self.folder(camera))


def best(kept: tuple[Kept, ...], size: Size | None) -> Kept | None:
    """The newest of the same resolution, else the newest of the same shape; without a size simply the newest."""
    if size is None:
        return kept[0] if kept else None
    same = [one for one in kept if one.result.image_size == size]
    alike = [one for one in kept if same_shape(one.result.image_size, size)]
    return next(iter(same or alike), None)
