"""A trained head chunk by chunk, without torch: the same weights and numbers, in buffers made once.

A step costs the same however long the stream is: TRN and the recurrent heads carry their state, IDN a ring of its
window. What a step costs is reading its weights, so a stream keeps them in the layout in which they are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.actions.heads.stream_idn import IDNStream
from engines.actions.heads.stream_parts import HeadStream, Step
from engines.actions.heads.stream_recurrent import FrameStream, RecurrentStream
from engines.actions.heads.stream_trn import TRNStream
from engines.actions.heads.weight_table import WeightTable
from engines.actions.types import HeadShape, Weights
from engines.core.errors import UsageError
from engines.core.words import tr

__all__ = ["HeadStream", "Step", "open_stream", "softmax"]


def open_stream(
    shape: HeadShape,
    weights: Mapping[str, NDArray[Any]],
    dtype: Any = np.float32,
    keep: Weights = "float32",
    threads: int = 1,
) -> HeadStream:
    """A stream of the head `build(shape)` whose `state_dict()` holds `weights`; other names in it are left alone.

    dtype: of the arithmetic. keep: how the large matrices are held (`weight_table`). threads: that share large
    products, the caller's own included; BLAS itself keeps to one during a step. Raises BadInput for weights that are
    missing or of another shape, UsageError for a way of keeping them that there is not.
    """
    kinds: dict[str, Any] = {"trn": TRNStream, "idn": IDNStream, "frame": FrameStream}
    kinds |= dict.fromkeys(("gru", "lstm", "miniroad"), RecurrentStream)
    if threads < 1:
        raise UsageError(tr("A stream needs at least one thread, not {threads}", threads=threads))
    if shape.kind not in kinds:
        raise UsageError(tr("There is no head of the kind {kind!r}", kind=shape.kind))
    stream: HeadStream = kinds[shape.kind](shape, WeightTable(weights, np.dtype(dtype), keep, threads))
    return stream


def softmax(logits: NDArray[Any]) -> NDArray[Any]:
    """Probabilities along the last axis."""
    risen = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(risen / risen.sum(axis=-1, keepdims=True))
