"""Samples of any depth brought to the 256 levels that pictures have here, and what had to be guessed for it, in words.

Where a file says what white is, that counts. A file of 16 bits that does not is taken for as many bits (8, 10, 12, 14
or 16) as its largest value needs: cameras of 10 and 12 bits are stored so, and taken for 16 they would be all but black
with their detail gone. A dark picture of true 16 bits looks alike and becomes too bright by this rule, yet loses
nothing; either way it is said. Only one thing proves 16 bits whatever the largest value: both bytes of each are equal.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.core.frames import Image
from engines.core.pictures.heads import Head
from engines.core.words import tr

LADDER = (8, 10, 12, 14, 16)


def eight_bits(samples: NDArray[Any], head: Head) -> tuple[Image, str]:
    """Samples of any sort -> uint8 of the same shape, and a note, "" where nothing was guessed."""
    if samples.dtype == np.uint8:
        return (_stretched(samples, head.white) if head.white else np.ascontiguousarray(samples)), ""
    if samples.dtype == np.uint16:
        return _from_sixteen(samples, head)
    if samples.dtype == np.bool_:
        return samples.astype(np.uint8) * np.uint8(255), ""
    return _from_numbers(samples)


def _from_sixteen(samples: NDArray[np.uint16], head: Head) -> tuple[Image, str]:
    note = ""
    if head.white:
        image = _stretched(samples, head.white)
    else:
        bits = _bits(samples, head)
        image = np.asarray(np.right_shift(samples, bits - 8), np.uint8)
        if bits < 16 and not head.significant:
            note = tr(
                "no value of its 16 bits is above {highest}: taken for {bits} bits",
                highest=int(samples.max()),
                bits=bits,
            )
    return (np.bitwise_not(image) if head.black_is_white else image), note


def _bits(samples: NDArray[np.uint16], head: Head) -> int:
    """How many bits are in use; the mark of a PNG counts unless its values do not fit into it."""
    largest = int(samples.max(initial=0))
    if head.significant:
        low = next((bits for bits in LADDER if head.significant <= bits), 16)
        fits = largest < 1 << low and not _spread(samples, low)
        return low if fits else 16
    if not largest or largest >= 1 << 14 or _spread(samples, 8):
        return 16
    return next(bits for bits in LADDER if largest < 1 << bits)


def _spread(samples: NDArray[np.uint16], bits: int) -> bool:
    """Whether values of so many bits were spread over 16: the low bits repeat the high ones."""
    if bits >= 16:
        return False
    high = np.right_shift(samples, 16 - bits)
    return bool(np.array_equal(samples, np.left_shift(high, 16 - bits) | np.right_shift(high, 2 * bits - 16)))


def _stretched(samples: NDArray[Any], white: int) -> Image:
    """0 to `white` over all 256 levels; what is above it is white."""
    levels = np.arange(np.iinfo(samples.dtype).max + 1, dtype=np.float64) * (255 / white)
    return np.asarray(np.clip(np.rint(levels), 0, 255).astype(np.uint8)[samples])


def _from_numbers(samples: NDArray[Any]) -> tuple[Image, str]:
    """Floats of 0 to 1 are shares of white; any other numbers are scaled from their least (or 0) to their largest."""
    finite = np.isfinite(samples)
    known = samples[finite] if not finite.all() else samples
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 0.0)
    note, bottom, top = "", 0.0, 1.0
    if low < 0 or high > 1:
        bottom, top = min(low, 0.0), max(high, low + 1e-12)
        note = tr("its values reach from {low:.4g} to {high:.4g}: scaled to that range", low=low, high=high)
    if not finite.all():
        samples = np.nan_to_num(samples, nan=bottom, posinf=top, neginf=bottom)
    shares = (samples.astype(np.float32) - np.float32(bottom)) * np.float32(255 / (top - bottom))
    return np.asarray(cv2.convertScaleAbs(np.clip(shares, 0, 255)), np.uint8), note
