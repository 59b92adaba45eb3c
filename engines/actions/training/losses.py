"""Losses of heads: cross-entropy and its relatives, over the present and over what the decoder anticipates.

All take logits (N, C) and targets (N, C), rows of shares that sum to 1; a row of zeros is left out. Frames that nobody
can name are such rows, and there is no output for them: that is how the released code treats THUMOS14's ambiguous
class. With p = softmax(logits):

    ce       mean over rows of -sum_c y_c log p_c
    last     the same over the last step of each window alone, as MiniROAD was released (An et al. 2023)
    focal    mean over rows of -sum_c y_c (1 - p_c)^2 log p_c (Lin et al. 2017, gamma = 2)
    soft-f1  1 - mean over the action classes that occur of 2 TP / (2 TP + FP + FN), with the soft counts TP = sum p y,
             FP = sum p (1 - y), FN = sum (1 - p) y: the macro F1 of the batch itself, made differentiable (Benedict et
             al. 2022, sigmoidF1, with the softmax in place of their sigmoid since one class holds at a time). The
             background has no term; it counts where p goes wrong on it.

The loss of a head is that of the present plus 1.0 times that of the decoder (ce beside soft-f1: of what is hard to
foretell the F1 says too little to learn from); IDN's adds alpha (CE of its embedding classifier + contrastive),
alpha = .3 (Eun et al. 2020).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from engines.actions.heads.building import HeadOutput
from engines.actions.types import LossName

GAMMA = 2.0
ALPHA, MARGIN = 0.3, 1.0

RowsLoss = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True, slots=True, eq=False)
class Targets:
    """Of B windows: now (B, T, C); ahead (B, T, L, C); last (B,): each window's newest chunk."""

    now: Tensor
    ahead: Tensor
    last: Tensor


def cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """ce, above. Without a known row it is 0, with a gradient of 0."""
    return _mean(-(targets * F.log_softmax(logits, dim=-1)).sum(-1), targets)


def focal(logits: Tensor, targets: Tensor) -> Tensor:
    """focal, above."""
    log_p = F.log_softmax(logits, dim=-1)
    return _mean(-(targets * (1 - log_p.exp()) ** GAMMA * log_p).sum(-1), targets)


def soft_f1(logits: Tensor, targets: Tensor) -> Tensor:
    """soft-f1, above. Class 0 is the background; without any action it is the background's own F1."""
    known = targets.sum(-1, keepdim=True)
    p = torch.softmax(logits, dim=-1) * known
    both, either = (p * targets).sum(0), (p + targets).sum(0)
    occurs = targets.sum(0) > 0
    if bool(occurs[1:].any()):
        occurs[0] = False
    f1 = 2 * both / either.clamp_min(torch.finfo(p.dtype).tiny)
    return 1 - f1[occurs].mean() if bool(occurs.any()) else 0 * logits.sum()


ROWS: dict[LossName, RowsLoss] = {"ce": cross_entropy, "last": cross_entropy, "focal": focal, "soft-f1": soft_f1}
AHEAD: dict[LossName, RowsLoss] = ROWS | {"soft-f1": cross_entropy}


def head_loss(
    output: HeadOutput, targets: Targets, name: LossName, window: int | None = None, scale: float = 1.0
) -> Tensor:
    """The whole loss of B windows; a number. window: chunks that IDN looks back on. scale: as of `contrastive`."""
    rows = ROWS[name]
    logits, now = output.logits, targets.now
    ahead, then = output.ahead, targets.ahead
    if name == "last":
        each = torch.arange(len(now), device=now.device)
        logits, now = logits[each, targets.last], now[each, targets.last]
        ahead, then = None if ahead is None else ahead[each, targets.last], then[each, targets.last]
    loss = rows(_flat(logits), _flat(now))
    if ahead is not None:
        loss = loss + AHEAD[name](_flat(ahead), _flat(then))
    if output.embedding is not None and output.embedding_logits is not None:
        early = cross_entropy(_flat(output.embedding_logits), _flat(targets.now))
        loss = loss + ALPHA * (early + contrastive(output.embedding, targets.now, window, scale))
    return loss


def contrastive(embedding: Tensor, targets: Tensor, window: int | None = None, scale: float = 1.0) -> Tensor:
    """Mean over pairs of a chunk e_t and a later one x0 of d^2 where both show the same, of max(0, margin - d^2)
    otherwise; d is their Euclidean distance.

    embedding (B, T, F); targets (B, T, C): pairs with an unknown one are left out. window: chunks that x0 looks back
    on, itself included; None for all. scale: of d^2; 1/F after a LayerNorm, which makes it grow with F past any margin.
    """
    same = targets @ targets.transpose(1, 2)
    known = targets.sum(-1) > 0
    pairs = torch.ones(same.shape[1:], dtype=torch.bool, device=same.device).tril(-1)
    if window is not None:
        pairs = pairs.triu(1 - window)
    counted = pairs & known[:, :, None] & known[:, None, :]
    length = embedding.square().sum(-1)
    square = length[:, :, None] + length[:, None, :] - 2 * embedding @ embedding.transpose(1, 2)
    square = scale * square.clamp_min(0)
    each = same * square + (1 - same) * (MARGIN - square).clamp_min(0)
    return (each * counted).sum() / counted.sum().clamp_min(1)


def _flat(rows: Tensor) -> Tensor:
    return rows.reshape(-1, rows.shape[-1])


def _mean(each: Tensor, targets: Tensor) -> Tensor:
    """Over the rows that are known: shares of a row sum to 1, so their sum counts the rows."""
    return each.sum() / targets.sum().clamp_min(1)
