"""Words on pictures that leave the program: captions of a comparison, in OpenCV's own sans face. No Qt, no torch."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

PAPER = 255
INK = 25
SIZE = 13
_FACE = "sans"


def width_of(text: str, size: int = SIZE) -> int:
    """Pixels that a line takes."""
    if not text:
        return 0
    box = cv2.getTextSize((8192, 256), text, (0, 64), cv2.FontFace(_FACE), size)
    return int(box[0] + box[2])


def shortened(text: str, width: int, size: int = SIZE) -> str:
    """The text, or as much of it as fits into a width with an ellipsis after it."""
    if width_of(text, size) <= width:
        return text
    while text and width_of(text + "…", size) > width:
        text = text[:-1]
    return text + "…"


def write(sheet: NDArray[np.uint8], text: str, left: int, baseline: int, size: int = SIZE, ink: int = INK) -> None:
    """Write one line on (H, W, 3) in place; left and baseline in pixels."""
    colour = (ink, ink, ink)
    cv2.putText(sheet, text, (left, baseline), colour, cv2.FontFace(_FACE), size)
