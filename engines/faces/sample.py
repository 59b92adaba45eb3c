"""A clip to try faces on where there is no camera: a slow camera move over the free portrait of the model store.

The portrait (Eileen Collins, NASA, public domain) is turned, moved and scaled along smooth known paths and is out of
focus for a moment, so that tracking and recognition have something to do.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from engines.core.files import atomic_path
from engines.core.frames import Image, Size
from engines.core.pictures.reading import read_picture
from engines.core.store.fetching import load_path

NAME = "portrait.mp4"
SIZE = Size(640, 480)
RATE = 25
SECONDS = 10
BLURRED = (5.0, 5.6)
"""Seconds between which the picture is out of focus."""


def portrait_clip(folder: str | Path) -> Path:
    """The clip in this folder, rendered when it is not there yet. Raises `FileMissing` without the portrait."""
    target = Path(folder) / NAME
    if not target.is_file():
        with atomic_path(target) as part:
            _write(part)
    return target


def frames() -> Iterator[Image]:
    """H x W x 3 BGR, `RATE` a second, for `SECONDS` seconds; the last leads to the first."""
    portrait = read_picture(load_path("astronaut"))
    for index in range(RATE * SECONDS):
        seconds = index / RATE
        image = cv2.warpAffine(
            portrait, camera(seconds), (SIZE.width, SIZE.height), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE
        )
        if BLURRED[0] <= seconds < BLURRED[1]:
            image = cv2.GaussianBlur(image, (0, 0), 5)
        yield np.asarray(image, np.uint8)


def camera(seconds: float) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """2 x 3: where the portrait's pixels are `seconds` after the start."""
    turn = 2 * np.pi * seconds / SECONDS
    centre = (238.0 + 22 * np.sin(turn), 182.0 + 10 * np.sin(2 * turn))
    scale = 1.75 + 0.15 * np.cos(turn)
    matrix = np.asarray(cv2.getRotationMatrix2D(centre, 4 * np.sin(turn), scale), np.float64)
    matrix[:, 2] += (SIZE.width / 2 - centre[0], SIZE.height / 2 - centre[1])
    return matrix


def _write(path: Path) -> None:
    with av.open(str(path.absolute()), "w", format="mp4") as film:
        stream = film.add_stream("mpeg4", rate=Fraction(RATE))
        stream.width, stream.height, stream.pix_fmt = SIZE.width, SIZE.height, "yuv420p"
        stream.bit_rate = 4_000_000
        for image in frames():
            film.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        film.mux(stream.encode(None))
