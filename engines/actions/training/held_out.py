"""How good a head is on what is held out: loss and average precision by class, while it learns."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import torch
from torch import nn

from engines.actions.evaluation.precision import by_class, mean_of
from engines.actions.models.standard import Standard
from engines.actions.training.examples import Examples
from engines.actions.training.losses import cross_entropy

EVEN = 1e-3
"""Precisions this near are even; then the loss decides."""


@dataclass(frozen=True, slots=True)
class Look:
    """loss: cross-entropy. ap: None where a class does not occur or was not learned; map: mean of the others."""

    iteration: int
    loss: float
    map: float | None = None
    ap: dict[str, float | None] = field(default_factory=dict)

    @property
    def averaged(self) -> tuple[str, ...]:
        """What `map` is the mean of."""
        return tuple(name for name, value in self.ap.items() if value is not None)

    def better_than(self, other: Look) -> bool:
        """A higher precision, or about the same with a lower loss."""
        mine, others = self.map or 0.0, other.map or 0.0
        return mine > others + EVEN or (mine > others - EVEN and self.loss < other.loss)


@torch.no_grad()
def look(iteration: int, network: nn.Module, examples: Examples, standard: Standard) -> Look:
    """Every held-out part once, as a stream would go through it."""
    network.eval()
    device = next(network.parameters()).device
    logits, targets = [], []
    for each in examples.held:
        features = torch.from_numpy(standard.rows(each.whole.features))
        logits.append(network(features[None].to(device)).logits[0, each.begin :].cpu())
        targets.append(each.whole.targets[each.begin :])
    scores, truth = torch.cat(logits), np.concatenate(targets)
    loss = float(cross_entropy(scores, torch.from_numpy(truth)))
    known = truth.sum(axis=1) > 0
    ap = by_class(torch.softmax(scores, -1).numpy()[known], truth[known] > 0)[1:]
    ap[[name not in examples.learned for name in examples.classes[1:]]] = np.nan
    named = dict(zip(examples.classes[1:], (None if np.isnan(value) else float(value) for value in ap), strict=True))
    mean = mean_of(ap)
    return Look(iteration, loss, None if np.isnan(mean) else mean, named)
