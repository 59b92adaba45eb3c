"""Partial FC: with a million people, each step looks at a share of the other centres only (An et al., 2022).

The centres of the batch's own people are always there; of the rest a fresh random set. Its logits are raised by
-log(share drawn), so that the sum of exponentials in the softmax is right on average: a smaller share makes the
gradient noisier, not wrong on the whole. Memory and time of a step go with the drawn centres, not with all of them.
Momentum is kept and applied for the drawn rows alone; the others are not touched.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from engines.core.errors import UsageError
from engines.core.words import tr
from engines.faces.training.margin import MarginSoftmax


@dataclass(frozen=True, slots=True)
class Drawn:
    """rows: the centres of this step, ascending. labels: the batch's, counted in `rows`. lift: added to each logit."""

    rows: Tensor
    labels: Tensor
    lift: Tensor


def draw(labels: Tensor, classes: int, share: float, generator: torch.Generator | None = None) -> Drawn:
    """All people of `labels`, and of the others so many at random that `share` of all centres is there."""
    own = torch.unique(labels)
    count = min(max(math.ceil(share * classes) - len(own), min(1, classes - len(own))), classes - len(own))
    order = torch.rand(classes, generator=generator)
    order[own] = math.inf
    others = order.topk(count, largest=False).indices
    rows = torch.cat([own, others]).sort().values
    lift = torch.full((len(rows),), math.log((classes - len(own)) / count) if count else 0.0)
    lift[torch.searchsorted(rows, own)] = 0.0
    return Drawn(rows, torch.searchsorted(rows, labels), lift)


class PartialSoftmax:
    """A `MarginSoftmax` trained by shares. `loss`, then `backward`, then `step` for the centres.

    share: of all centres used in a step, above 0 to 1; the batch's own come on top when they are more.
    """

    def __init__(
        self,
        softmax: MarginSoftmax,
        share: float = 0.1,
        *,
        rate: float = 0.1,
        momentum: float = 0.9,
        decay: float = 5e-4,
        seed: int = 0,
    ) -> None:
        if not 0 < share <= 1:
            raise UsageError(tr("The share of centres must be above 0 and at most 1, not {share:g}", share=share))
        self.softmax, self.share = softmax, share
        self.rate, self.momentum, self.decay = rate, momentum, decay
        self.centres = softmax.centres.data
        softmax.centres.requires_grad_(False)
        self.speed = torch.zeros_like(self.centres)
        self._generator = torch.Generator().manual_seed(seed)
        self._drawn: tuple[Tensor, Tensor] | None = None

    def tensors(self) -> dict[str, Tensor]:
        """Centres, their speed, lengths of embeddings so far, random numbers."""
        held = {f"centres.{name}": value for name, value in self.softmax.state_dict().items()}
        return held | {"centres.speed": self.speed, "centres.chance": self._generator.get_state()}

    @torch.no_grad()
    def restore(self, tensors: dict[str, Tensor]) -> None:
        for name, value in self.softmax.state_dict().items():
            value.copy_(tensors[f"centres.{name}"])
        self.speed.copy_(tensors["centres.speed"])
        self._generator.set_state(tensors["centres.chance"])

    def loss(self, features: Tensor, labels: Tensor) -> Tensor:
        """The mean cross entropy over the drawn centres, in nats."""
        drawn = draw(labels, len(self.centres), self.share, self._generator)
        part = self.centres[drawn.rows].requires_grad_()
        self._drawn = drawn.rows, part
        logits = self.softmax.logits(features, drawn.labels, part)
        return F.cross_entropy(logits + drawn.lift.to(logits), drawn.labels)

    @torch.no_grad()
    def step(self) -> None:
        """Move the centres that were drawn (SGD with momentum); no other is touched."""
        if self._drawn is None:
            return
        (rows, part), self._drawn = self._drawn, None
        if part.grad is None:
            return
        pull = self.speed[rows] * self.momentum + part.grad + self.decay * part
        self.speed[rows] = pull
        self.centres[rows] -= self.rate * pull
