"""Outputs of a head for each chunk, and small layers; shared by every kind of network."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn


class HeadOutput(NamedTuple):
    """Class scores of a batch of sequences, before the softmax.

    logits: (B, T, C) of now. ahead: (B, T, L, C) of what is anticipated, None where the head looks at the present
    alone. embedding: (B, T, F), IDN's e_t, and embedding_logits: (B, T, C) of its early classifier; both belong to its
    loss (the x0 of a position is the embedding at that position). A step gives the same without the T.
    """

    logits: Tensor
    ahead: Tensor | None = None
    embedding: Tensor | None = None
    embedding_logits: Tensor | None = None


def joined(parts: list[HeadOutput]) -> HeadOutput:
    """Scores of steps put one after another along T."""
    logits = torch.stack([part.logits for part in parts], dim=1)
    ahead = [part.ahead for part in parts if part.ahead is not None]
    return HeadOutput(logits, torch.stack(ahead, dim=1) if ahead else None)


def norm_or_nothing(width: int, norm: bool) -> nn.Module:
    """A LayerNorm, or a layer that does nothing and keeps the numbering of the layers after it."""
    return nn.LayerNorm(width) if norm else nn.Identity()


def split_ahead(flat: Tensor | None, classes: int) -> Tensor | None:
    """(..., L * C) as (..., L, C)."""
    return None if flat is None else flat.reshape(*flat.shape[:-1], -1, classes)
