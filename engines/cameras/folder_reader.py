"""A folder of images, played in the order in which a person would count them."""

from __future__ import annotations

import re
from pathlib import Path

import cv2
import numpy as np

from engines.cameras.kinds import IMAGES
from engines.cameras.readers import Picture, ReaderItem
from engines.cameras.types import FeedInfo, FolderSource
from engines.core.errors import BadInput, SourceFailed
from engines.core.frames import End, Gap, Image, Size, size_of


class FolderReader:
    """Every image keeps its own size: pixels are never resampled, so what is measured in them stays true.

    Images whose size differs from the first one's are named in `note`; an unreadable one is a gap.
    """

    paced = True
    reconnects = False
    open_limit: float | None = None
    read_limit: float | None = None

    def __init__(self, source: FolderSource) -> None:
        self.note = ""
        self._source = source
        self._paths: list[Path] = []
        self._size = Size(0, 0)
        self._next = 0
        self._other: dict[str, Size] = {}
        self._unreadable: dict[str, str] = {}

    def open(self) -> FeedInfo:
        """Raises `BadInput` for a folder without images, or when none of the first ones can be read."""
        if not 0 < self._source.fps <= 240:
            raise BadInput(f"{self._source.fps:g} images per second is not possible", hint="More than 0, at most 240")
        self._paths = list_images(Path(self._source.path), self._source.pattern)
        self._size = self._first_size()
        count, fps = len(self._paths), self._source.fps
        detail = f"{count} image{'s' if count > 1 else ''}, the first {self._size}"
        return FeedInfo(self._size, fps, count, count / fps, seekable=True, live=False, detail=detail)

    def read(self) -> ReaderItem:
        if self._next >= len(self._paths):
            return End("", "" if len(self._unreadable) < len(self._paths) else "No image in the folder can be read")
        index, path = self._next, self._paths[self._next]
        self._next += 1
        image = read_image(path)
        if image is None:
            self._unreadable[path.name] = ""
            self._remark()
            return Gap("", 1, f"{path.name} cannot be read as an image")
        if size_of(image) != self._size:
            self._other[path.name] = size_of(image)
            self._remark()
        return Picture(image, index, index / self._source.fps)

    def locate(self, seconds: float) -> int:
        return min(int(seconds * self._source.fps + 1e-6), len(self._paths) - 1)

    def seek(self, index: int) -> None:
        self._next = min(max(index, 0), len(self._paths) - 1)

    def close(self) -> None:
        self._paths = []

    def _first_size(self) -> Size:
        for path in self._paths[:20]:
            image = read_image(path)
            if image is not None:
                return size_of(image)
        raise BadInput(
            f"None of the images can be read, starting with {self._paths[0].name}", path=self._source.path,
            hint="They may be damaged or not images at all",
        )  # fmt: skip

    def _remark(self) -> None:
        """Words for the user: which files are not like the others."""
        parts = []
        if self._other:
            name, size = next(iter(self._other.items()))
            parts.append(
                f"Sizes differ: {name} is {size}, the first image {self._size}"
                + (f" ({len(self._other)} others)" if len(self._other) > 1 else "")
            )
        if self._unreadable:
            name, rest = next(iter(self._unreadable)), len(self._unreadable) - 1
            parts.append(f"{name}{f' and {rest} more' if rest else ''} cannot be read and was left out")
        self.note = ". ".join(parts)


def list_images(folder: Path, pattern: str = "*") -> list[Path]:
    """The images of a folder in natural order (2 before 10). Raises `SourceFailed` or `BadInput` with what is there."""
    if not folder.exists():
        raise SourceFailed("There is no such folder", path=folder, hint="It may have been moved or renamed")
    if not folder.is_dir():
        raise BadInput("This is a file, not a folder of images", path=folder, hint="Open the folder it is in")
    try:
        found = [path for path in folder.glob(pattern or "*") if path.suffix.lower() in IMAGES and path.is_file()]
    except (OSError, ValueError, NotImplementedError) as error:
        raise BadInput(f"The folder cannot be listed with the pattern '{pattern}': {error}", path=folder) from error
    if not found:
        raise BadInput(_empty(folder, pattern), path=folder, hint="Images are .png, .jpg, .bmp, .tif or .webp files")
    return sorted(found, key=lambda path: natural(path.name))


def natural(name: str) -> list[tuple[int, int, str]]:
    """Sort key: digits by their value, letters without regard to case."""
    parts = re.split(r"(\d+)", name.casefold())
    return [(0, int(part), part) if part.isdecimal() else (1, 0, part) for part in parts if part]


def read_image(path: Path) -> Image | None:
    """uint8 BGR, H x W x 3, upright; None when it cannot be read. Any path, whatever its letters."""
    try:
        data = np.fromfile(path, dtype=np.uint8)
        image = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
    except (OSError, cv2.error):
        return None
    return None if image is None else np.asarray(image, dtype=np.uint8)


def _empty(folder: Path, pattern: str) -> str:
    files = sum(path.is_file() for path in folder.iterdir())
    if not files:
        return "The folder is empty"
    what = f"none fits '{pattern}' and" if pattern not in ("", "*") else "none"
    return f"The folder holds {files} file{'s' if files > 1 else ''}, but {what} is an image"
