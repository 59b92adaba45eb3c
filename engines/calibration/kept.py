"""Calibrations kept per camera, in plain files: several a camera, told apart by time, resolution and focus.

A folder a camera with `camera.json`, which says whose it is, and a calibration of our JSON format a file, called
`2026-05-04 17-30-00 1280x720 near.json`. Files can be added and removed by hand; none is ever replaced.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from engines.calibration.formats.files import from_json, to_json
from engines.calibration.types import MonoResult
from engines.core.errors import KinoscopeError
from engines.core.files import write_json
from engines.core.frames import Size
from engines.core.lenses import same_shape
from engines.core.reading import read_json

CAMERA = "camera.json"
KIND = "kinoscope camera"
_TIME = "%Y-%m-%d %H-%M-%S"
_NAME = re.compile(r"(\d{4}-\d\d-\d\d \d\d-\d\d-\d\d) \d+x\d+ ?(.*)\.json")


@dataclass(frozen=True, slots=True)
class Camera:
    """key: the same for the same camera whenever it is opened; title: what people call it."""

    key: str
    title: str


@dataclass(frozen=True, slots=True)
class Kept:
    """One calibration of a camera. at: when it was kept, seconds since 1970. focus: a free word of the user's."""

    path: Path
    at: float
    focus: str
    result: MonoResult

    @property
    def size(self) -> Size:
        return self.result.image_size


class KeptCalibrations:
    """All that are kept below `root`. Files that cannot be read are passed over, and named in `problems`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[str] = []

    def keep(self, camera: Camera, result: MonoResult, focus: str = "", at: float | None = None) -> Kept:
        """Keep a calibration without its views; two of one second are a second apart.

        Raises `BadInput` where nothing can be written.
        """
        at = time.time() if at is None else at
        folder = self._folder(camera)
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / CAMERA).exists():
            write_json(folder / CAMERA, {"kind": KIND, "key": camera.key, "title": camera.title})
        while any(folder.glob(f"{_moment(at)} *")):
            at += 1
        name = " ".join([_moment(at), str(result.image_size), *plain(focus).split()])
        path = folder / f"{name}.json"
        slim = replace(result, views=(), left_out=())
        write_json(path, to_json(slim))
        return Kept(path, at, plain(focus), slim)

    def of(self, camera: Camera) -> tuple[Kept, ...]:
        """Those of a camera, the newest first."""
        return tuple(sorted(self._read(self._folder(camera)), key=lambda one: (one.at, one.path.name), reverse=True))

    def _folder(self, camera: Camera) -> Path:
        digest = hashlib.sha256(camera.key.encode("utf-8", "surrogateescape")).hexdigest()[:10]
        return self.root / f"{plain(camera.title)[:60]} {digest}".strip()

    def _read(self, folder: Path) -> Iterator[Kept]:
        self.problems = []
        for path in sorted(folder.glob("*.json")) if folder.is_dir() else ():
            if path.name == CAMERA:
                continue
            match = _NAME.fullmatch(path.name)
            try:
                result = from_json(read_json(path, what="calibration"))
                at = time.mktime(time.strptime(match[1], _TIME)) if match else path.stat().st_mtime
                yield Kept(path, at, match[2] if match else path.stem, result)
            except (KinoscopeError, OSError, ValueError) as error:
                self.problems.append(f"{path.name}: {error}")


def _moment(at: float) -> str:
    return time.strftime(_TIME, time.localtime(at))


def best(kept: tuple[Kept, ...], size: Size | None) -> Kept | None:
    """The newest of the same resolution, else the newest of the same shape; without a size simply the newest."""
    if size is None:
        return kept[0] if kept else None
    same = [one for one in kept if one.size == size]
    alike = [one for one in kept if same_shape(one.size, size)]
    return next(iter(same or alike), None)


def plain(text: str) -> str:
    """As much of a text as every file system takes in a name."""
    return " ".join(re.sub(r"[^\w\- ]+", " ", text).split())[:60].strip()
