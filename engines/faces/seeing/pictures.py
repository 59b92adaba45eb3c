"""Pictures as people have them, brought to one form: upright 8-bit BGR. Only what is not a picture is refused.

The orientation that a camera noted is applied; CMYK, grey, palette and 16-bit become 8-bit colour; what is transparent
is laid on white. How many pixels there will be is read from the file's head, so that nothing too large is unpacked.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.core.errors import BadInput, FileMissing
from engines.core.frames import Image
from engines.core.names import tidy_name
from engines.faces.seeing.picture_heads import is_picture, size_of

SUFFIXES = frozenset(
    (".jpg", ".jpeg", ".jpe", ".png", ".bmp", ".tif", ".tiff", ".webp", ".avif", ".pgm", ".ppm", ".pbm", ".pnm")
)
MOST_PIXELS = 1 << 28
"""Larger pictures are refused: unpacked they would take more than 800 MB."""
MOST_BYTES = 1 << 30
HEAD = 1 << 20
"""Bytes in which a file says how large it is."""
TWELVE_BITS = 4095
"""A 16-bit picture with no value above this holds the 12 bits of its sensor."""
SILENT = 0
"""OpenCV's log level: what it says of a broken file is said by us."""
PNG, TIFF = b"\x89PNG", (b"II*\0", b"MM\0*")

Naming: TypeAlias = Literal["auto", "folder", "file"]
NUMBERED = re.compile(r"^(?P<name>.*[^\W\d_].*?)[_\- ]\d{1,6}$")
CAMERAS = frozenset(("img", "dsc", "dscn", "dscf", "pxl", "mvi", "pict", "image", "photo", "picture", "frame", "crop"))
"""How cameras and programs begin file names: not a person."""


def read_picture(path: str | Path) -> Image:
    """The picture in a file, upright, H x W x 3 uint8 BGR.

    Raises `FileMissing` when there is no such file, `BadInput` for what is no picture, broken off, or too large.
    """
    path = Path(path)
    data = _bytes(path)
    head = data[:HEAD].tobytes()
    size = size_of(head)
    if size is not None and size[0] * size[1] > MOST_PIXELS:
        hint = f"At most {MOST_PIXELS // 1_000_000} megapixels are read; save a smaller copy"
        raise BadInput(f"The picture is too large: {size[0]} x {size[1]} pixels", path=path, hint=hint)
    image = _decoded(data)
    if image is None:
        if is_picture(head):
            raise BadInput("The picture is broken or cut off", path=path, hint="Get the file again from where it came")
        raise BadInput(
            "This is not a picture that can be read", path=path, hint="JPEG, PNG, TIFF, WebP, BMP and PNM are"
        )
    return image


def list_pictures(paths: Iterable[str | Path]) -> list[Path]:
    """The picture files among `paths` and in the folders among them, at any depth, in name order, each once.

    A file that is named itself is taken whatever its ending. Hidden files are left out. Raises `FileMissing`.
    """
    found: list[Path] = []
    for path in map(Path, paths):
        if path.is_dir():
            found += sorted(file for file in path.rglob("*") if _is_picture(file, path))
        elif path.exists():
            found.append(path)
        else:
            raise FileMissing("There is no such file or folder", path=path)
    return list(dict.fromkeys(found))


def person_of(path: str | Path, naming: Naming = "auto") -> str:
    """Whose picture it is by its name: "folder" is the folder's name, "file" NAME of NAME_0001.jpg.

    "auto" is NAME where the file has one that is not a camera's ("IMG_0001"), else the folder's name.
    """
    path = Path(path)
    folder, stem = tidy_name(Path(os.path.abspath(path)).parent.name), tidy_name(path.stem)
    if naming == "folder":
        return folder
    match = NUMBERED.match(stem)
    if naming == "file":
        return match["name"] if match else stem
    return match["name"] if match and match["name"].lower() not in CAMERAS else folder


def people_of(paths: Iterable[str | Path], naming: Naming = "auto") -> tuple[str, ...]:
    """`person_of` for many: "auto" takes the folders' names where the pictures lie in several folders."""
    files = [Path(path) for path in paths]
    if naming == "auto" and len({file.parent for file in files}) > 1:
        naming = "folder"
    return tuple(person_of(file, naming) for file in files)


def _is_picture(file: Path, root: Path) -> bool:
    hidden = any(part.startswith(".") for part in file.relative_to(root).parts)
    return file.suffix.lower() in SUFFIXES and not hidden and file.is_file()


def _bytes(path: Path) -> NDArray[np.uint8]:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadInput("The file is too large for a picture", path=path)
        return np.fromfile(path, np.uint8)
    except FileNotFoundError as error:
        raise FileMissing("There is no such picture", path=path) from error
    except OSError as error:
        raise BadInput(f"The picture cannot be read: {error.strerror or error}", path=path) from error


def _decoded(data: NDArray[np.uint8]) -> Image | None:
    """None for what is no whole picture."""
    start = data[:4].tobytes()
    if not data.size or (start == PNG and b"IEND" not in data[-1024:].tobytes()):
        return None
    cv2.utils.logging.setLogLevel(SILENT)
    try:
        image = cv2.imdecode(data, cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH)
        if image is None and start in TIFF:
            image = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
        return None if image is None else _on_white(_eight_bits(image), data)
    except cv2.error:
        return None


def _eight_bits(image: NDArray[Any]) -> Image:
    if image.ndim == 2:
        image = np.repeat(image[:, :, None], 3, axis=2)
    image = image[:, :, :3]
    if image.dtype == np.uint16:
        shift = 4 if int(image.max(initial=0)) <= TWELVE_BITS else 8
        return np.asarray(np.right_shift(image, shift), np.uint8)
    if np.issubdtype(image.dtype, np.floating):
        return np.asarray(np.clip(np.nan_to_num(image.astype(np.float32)), 0, 1) * 255 + 0.5, np.uint8)
    return np.ascontiguousarray(image, np.uint8)


def _on_white(image: Image, data: NDArray[np.uint8]) -> Image:
    """What is transparent in a PNG or WebP becomes white; a turned one (EXIF) is left as it was decoded."""
    if bytes(data[:4]) not in (PNG, b"RIFF"):
        return image
    whole = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
    if whole is None or whole.ndim != 3 or whole.shape[2] != 4:
        return image
    same = whole.shape[:2] == image.shape[:2] and np.array_equal(_eight_bits(whole), image)
    top = 255 if whole.dtype == np.uint8 else 65535
    if not same or int(whole[:, :, 3].min(initial=top)) == top:
        return image
    share = whole[:, :, 3:].astype(np.float32) / top
    return np.asarray(image * share + 255 * (1 - share) + 0.5, np.uint8)
