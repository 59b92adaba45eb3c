"""Batches for a head: every picture once a round in an order of its own, crops mirrored and shifted at random."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from engines.core.frames import Image
from engines.faces.training.networks import MEAN, STD
from engines.faces.vectors import Rows

SHIFT = 4
"""Pixels by which crops are moved at most."""
PART = 64


class Feed:
    """inputs: n x dim vectors, or n x 112 x 112 x 3 BGR crops; labels (n,); rows: those trained on."""

    def __init__(self, inputs: NDArray[np.float32] | Image, labels: Rows, rows: Rows, batch: int, seed: int) -> None:
        self._inputs, self._labels = torch.from_numpy(inputs), torch.from_numpy(labels)
        self._rows, self._size = torch.from_numpy(rows), batch
        self._chance = torch.Generator().manual_seed(seed)
        self._left = self._rows[:0]

    def batch(self) -> tuple[Tensor, Tensor]:
        """The next inputs (vectors, or pictures B x 3 x 112 x 112 RGB, -1 ... 1) and labels."""
        if len(self._left) < self._size:
            self._left = self._rows[torch.randperm(len(self._rows), generator=self._chance)]
        rows, self._left = self._left[: self._size], self._left[self._size :]
        inputs = self._given(rows)
        return (self._varied(inputs) if inputs.ndim == 4 else inputs), self._labels[rows]

    def tensors(self) -> dict[str, Tensor]:
        """What is left of this round, and its random numbers."""
        return {"feed.left": self._left, "feed.chance": self._chance.get_state()}

    def restore(self, tensors: dict[str, Tensor]) -> None:
        self._left = tensors["feed.left"]
        self._chance.set_state(tensors["feed.chance"])

    def parts(self, rows: Rows) -> Iterator[Tensor]:
        """These rows as they are, in parts that fit in memory."""
        for part in torch.split(torch.from_numpy(rows), PART):
            yield self._given(part)

    def _given(self, rows: Tensor) -> Tensor:
        inputs = self._inputs[rows]
        if inputs.ndim == 2:
            return inputs.float()
        return ((inputs.flip(-1).permute(0, 3, 1, 2).float() - MEAN) / STD).contiguous()

    def _varied(self, pictures: Tensor) -> Tensor:
        mirrored = torch.rand(len(pictures), generator=self._chance) < 0.5
        pictures[mirrored] = pictures[mirrored].flip(-1)
        right, down = torch.randint(0, 2 * SHIFT + 1, (2,), generator=self._chance).tolist()
        side = pictures.shape[-1]
        return F.pad(pictures, (SHIFT,) * 4, mode="replicate")[:, :, down : down + side, right : right + side]
