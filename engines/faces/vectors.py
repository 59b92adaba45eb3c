"""Unit vectors of faces, whose cosine says how alike two are, and the arrays that are counted with them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Floats = NDArray[np.float64]
Rows = NDArray[np.intp]


def unit(vectors: NDArray[np.floating]) -> Vectors:
    """Each row brought to length 1; rows of zeros stay."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), np.float32)
