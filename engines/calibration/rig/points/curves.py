"""Where a point that one camera sees can be in the pictures of the others: curves, for any lens."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engines.calibration.rig.optics import Eye
from engines.calibration.rig.points.intersection import Flags, Floats

_COUNT = 240
_NEAREST, _FURTHEST = 0.02, 1e4
"""Of the distance between two cameras."""
_BEYOND = 0.02
"""Of a picture's size: what is drawn outside it, so that a curve reaches the edge."""


def epipolar_curve(first: Eye, pixel: Sequence[float], second: Eye) -> tuple[Floats, ...]:
    """The pieces (N x 2 pixels, N at least 2) of the picture of `second` where what `first` sees at `pixel` may be.

    From near to far; () where the second camera cannot see it, or `first` shows nothing there.
    """
    way = first.look(np.array([pixel], dtype=np.float64))[0]
    apart = float(np.linalg.norm(second.centre - first.centre))
    if not np.isfinite(way).all() or not apart:
        return ()
    depths = apart * np.geomspace(_NEAREST, _FURTHEST, _COUNT)
    places = first.centre + depths[:, None] * way
    pixels = second.see(places)
    return tuple(pixels[piece] for piece in _pieces(_within(second, pixels) & _shown(second, places, pixels)))


def _within(eye: Eye, pixels: Floats) -> Flags:
    size = np.array([eye.size.width, eye.size.height])
    return np.asarray(((pixels >= -_BEYOND * size) & (pixels <= (1 + _BEYOND) * size)).all(axis=1))


def _shown(eye: Eye, places: Floats, pixels: Floats) -> Flags:
    """What the lens shows at a pixel, and not what only its formula puts there, beyond where its curve folds over."""
    ways = places - eye.centre
    ways /= np.maximum(np.linalg.norm(ways, axis=1, keepdims=True), 1e-300)
    seen = eye.look(np.nan_to_num(pixels, nan=-1e6))
    return np.asarray(np.nan_to_num((ways * seen).sum(axis=1), nan=-1.0) > 0.9999)


def _pieces(inside: Flags) -> list[slice]:
    """Runs of at least two, each with the point before and after it left out."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], inside.astype(np.int8), [0]])))
    return [slice(start, stop) for start, stop in zip(edges[::2], edges[1::2], strict=True) if stop - start > 1]
