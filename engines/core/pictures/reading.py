"""The one reader of pictures: any file becomes 8-bit BGR, upright or as the sensor gave it, or is refused.

CMYK, grey, palette, floats and up to 16 bits become 8-bit colour, what is transparent lies on white. Where something
had to be guessed, `note` says it. Each file is decoded once, and only after its head has said how large it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.core.errors import BadInput
from engines.core.frames import Image
from engines.core.pictures.depth import eight_bits
from engines.core.pictures.files import advice_for, sort_of
from engines.core.pictures.heads import Head, head_of, is_picture
from engines.core.reading import read_bytes
from engines.core.words import tr

MOST_PIXELS = 1 << 28
"""Larger pictures are refused: unpacked they would take more than 800 MB. `engines` tells OpenCV the same."""
MOST_BYTES = 1 << 30
SILENT = 0
"""OpenCV's log level: what it says of a broken file is said by us."""

_STEPS: dict[int, tuple[Callable[[Any], Any], ...]] = {
    2: (lambda image: cv2.flip(image, 1),),
    3: (lambda image: cv2.rotate(image, cv2.ROTATE_180),),
    4: (lambda image: cv2.flip(image, 0),),
    5: (cv2.transpose,),
    6: (lambda image: cv2.rotate(image, cv2.ROTATE_90_CLOCKWISE),),
    7: (cv2.transpose, lambda image: cv2.rotate(image, cv2.ROTATE_180)),
    8: (lambda image: cv2.rotate(image, cv2.ROTATE_90_COUNTERCLOCKWISE),),
}
"""What makes a picture upright, by EXIF orientation."""

Orientation: TypeAlias = Literal["upright", "sensor"]
Colours: TypeAlias = Literal["colour", "grey", "stored"]
"""stored: grey only where the file is."""


@dataclass(frozen=True, slots=True)
class Picture:
    """image: uint8, H x W x 3 BGR, or H x W. note: what was guessed or left out, in words, else "".

    turn: how the file says that the camera was held, as EXIF counts: 1 upright, 3 upside down, 6 and 8 on its side.
    """

    image: Image
    note: str = ""
    turn: int = 1


_WAYS: dict[Colours, int] = {
    "colour": cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION,
    "grey": cv2.IMREAD_GRAYSCALE | cv2.IMREAD_IGNORE_ORIENTATION,
    "stored": cv2.IMREAD_UNCHANGED,
}


def read_picture(path: str | Path, *, orientation: Orientation = "upright", colours: Colours = "colour") -> Image:
    """The picture in a file, H x W x 3 uint8 BGR, or H x W where it is grey and that is asked for.

    orientation: "upright" for people, "sensor" for measuring: pixels stand where the sensor had them, whatever the
    file says of how the camera was held. Raises as `open_picture`.
    """
    return open_picture(path, orientation=orientation, colours=colours).image


def open_picture(path: str | Path, *, orientation: Orientation = "upright", colours: Colours = "colour") -> Picture:
    """The picture in a file, with what is to be known of it.

    Raises `FileMissing` when there is no such file, `BadInput` for a folder, pipe or device, for what is no picture,
    broken off, too large, or of a sort that cannot be read here.
    """
    path = Path(path)
    data = read_bytes(path, what=tr("picture"), most=MOST_BYTES)
    head = _checked(head_of(data), data, path)
    samples = _decoded(data, head, colours)
    if samples is None:
        raise _broken(path)
    image, guess = _brought(samples, head, colours)
    several = tr("only the first of its pictures is used") if head.several else ""
    note = "; ".join(part for part in (guess, several) if part)
    return Picture(upright(image, head.turn) if orientation == "upright" else image, note, head.turn)


def upright(image: Image, turn: int) -> Image:
    """Stored pixels as they are shown for this EXIF orientation."""
    for step in _STEPS.get(turn, ()):
        image = np.asarray(step(image), np.uint8)
    return image


def _checked(head: Head | None, data: bytes, path: Path) -> Head:
    sort = sort_of(path) if head is None or head.kind == "TIFF" else ""
    if head is not None and (head.unread or sort):
        sort = head.unread or sort
        raise BadInput(tr("This is {sort}, which cannot be read here", sort=sort), path=path, hint=advice_for(sort))
    if head is None and is_picture(data):
        raise _broken(path)
    if head is None:
        what = (
            tr("This is {sort}, which cannot be read here", sort=sort)
            if sort
            else tr("This is not a picture that can be read")
        )
        raise BadInput(what, path=path, hint=advice_for(sort))
    if not head.width or not head.height or (head.kind == "PNG" and b"IEND" not in data[-1024:]):
        raise _broken(path)
    if head.width * head.height * head.deep > MOST_PIXELS:
        size = tr("{width} x {height} pixels", width=head.width, height=head.height) + (
            tr(" of {deep} bits", deep=8 * head.deep) if head.deep > 1 else ""
        )
        hint = tr(
            "At most {most_pixels} megapixels are read; save a smaller copy",
            most_pixels=MOST_PIXELS // head.deep // 1000000,
        )
        raise BadInput(tr("The picture is too large: {size}", size=size), path=path, hint=hint)
    return head


def _broken(path: Path) -> BadInput:
    return BadInput(tr("The picture is broken or cut off"), path=path, hint=tr("Get the file again from where it came"))


def _decoded(data: bytes, head: Head, colours: Colours) -> NDArray[Any] | None:
    """The samples as the sensor had them; None for what is no whole picture."""
    cv2.utils.logging.setLogLevel(SILENT)
    if head.kind == "JPEG":
        return _tried(data, _WAYS[colours])
    if head.turn_at is not None and head.turn != 1:
        data = _unturned(data, *head.turn_at)
    found = _tried(data, cv2.IMREAD_UNCHANGED)
    return found if found is not None else _tried(data, _WAYS["colour"] | cv2.IMREAD_ANYDEPTH)


def _tried(data: bytes, way: int) -> NDArray[Any] | None:
    try:
        found = cv2.imdecode(np.frombuffer(data, np.uint8), way)
    except cv2.error:
        return None
    return None if found is None or not found.size else np.asarray(found)


def _unturned(data: bytes, at: int, order: str) -> bytes:
    """A TIFF that says nothing of how it was held: its decoder turns it whatever is asked."""
    changed = bytearray(data)
    changed[at : at + 4] = b"\1\0\0\0" if order == "<" else b"\0\1\0\0"
    return bytes(changed)


def _brought(samples: NDArray[Any], head: Head, colours: Colours) -> tuple[Image, str]:
    """To uint8 of 3 channels or none, on white."""
    alpha = samples[:, :, -1] if samples.ndim == 3 and samples.shape[2] in (2, 4) else None
    plain = samples if alpha is None else samples[:, :, :-1]
    clear = samples == head.clear if head.clear is not None and samples.ndim == 2 else None
    image, note = eight_bits(plain[:, :, 0] if plain.ndim == 3 and plain.shape[2] == 1 else plain, head)
    if alpha is not None:
        image = _on_white(image, alpha, head)
    if clear is not None:
        image[clear] = 255
    return _coloured(image, colours), note


def _on_white(image: Image, alpha: NDArray[Any], head: Head) -> Image:
    top = 1.0 if np.issubdtype(alpha.dtype, np.floating) else float(head.white or np.iinfo(alpha.dtype).max)
    least, most = alpha.min(), alpha.max()
    if least >= top or (head.kind == "BMP" and most == 0):
        return image
    share = np.clip(alpha.astype(np.float32) / top, 0, 1)
    share = share[:, :, None] if image.ndim == 3 else share
    colour = image if head.premultiplied else image * share
    return np.asarray(np.clip(colour + 255 * (1 - share) + 0.5, 0, 255), np.uint8)


def _coloured(image: Image, colours: Colours) -> Image:
    if colours == "stored" or (colours == "grey") == (image.ndim == 2):
        return image
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY if colours == "grey" else cv2.COLOR_GRAY2BGR), np.uint8)
