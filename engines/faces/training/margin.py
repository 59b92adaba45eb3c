"""Softmax over people with a margin: the true class must be nearer by an angle or a cosine, which draws faces together.

One formula serves SphereFace, ArcFace and CosFace: the logit of the true class is s (cos(m1 theta + m2) - m3), of every
other s cos theta (Deng et al., 2019, eq. 4). AdaFace lets m2 and m3 follow the embedding's length, a measure of the
picture's quality (Kim et al., 2022).

Beyond m1 theta + m2 = pi the cosine would rise again and push a face away from its own person; it is continued as
(-1)^k cos(phi) - 2 k with k = floor(phi / pi) (Liu et al., 2017), which falls everywhere, below phi = 0 too.
The slope d psi / d cos is m1 sin(phi) / sin(theta), infinite at theta = 0: nearer than a hundredth of a radian
to 0 or pi it is taken as it is there. All is reckoned in single precision at least.
"""

from __future__ import annotations

import math
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from engines.core.errors import UsageError
from engines.core.words import tr
from engines.faces.training.margin_choices import Margins

NEAREST = 1e-2
SHORTEST = 1e-4
"""An embedding shorter than this has no direction worth a gradient."""
CONCENTRATION = 1 / 3
"""AdaFace's h: lengths within three standard deviations of the mean are told apart."""
MEMORY = 0.99


class _Margin(torch.autograd.Function):
    """cos theta -> psi, elementwise."""

    @staticmethod
    def forward(ctx: Any, cosine: Tensor, m1: Tensor, m2: Tensor, m3: Tensor) -> Tensor:
        ctx.save_for_backward(cosine, m1, m2)
        phi = m1 * cosine.clamp(-1, 1).acos() + m2
        turns = (phi / math.pi).floor()
        return _sign(turns) * phi.cos() - 2 * turns - m3

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, above: Tensor) -> tuple[Tensor, None, None, None]:
        cosine, m1, m2 = ctx.saved_tensors
        theta = cosine.clamp(-1, 1).acos().clamp(NEAREST, math.pi - NEAREST)
        phi = m1 * theta + m2
        slope = m1 * _sign((phi / math.pi).floor()) * phi.sin() / theta.sin()
        return above * slope.clamp_min(0), None, None, None


def _sign(turns: Tensor) -> Tensor:
    return 1 - 2 * turns.remainder(2)


def margin_cosine(
    cosine: Tensor, m1: float | Tensor = 1.0, m2: float | Tensor = 0.0, m3: float | Tensor = 0.0
) -> Tensor:
    """psi = cos(m1 theta + m2) - m3, continued to fall everywhere. Any shape; float64 stays, all else gives float32."""
    reckoned = _single(cosine)
    margins = (torch.as_tensor(margin, dtype=reckoned.dtype, device=reckoned.device) for margin in (m1, m2, m3))
    found: Tensor = _Margin.apply(reckoned, *margins)  # type: ignore[no-untyped-call]
    return found


def _single(tensor: Tensor) -> Tensor:
    return tensor if tensor.dtype == torch.float64 else tensor.float()


def unit(vectors: Tensor) -> Tensor:
    """Rows of length 1, in single precision at least; very short ones stay shorter."""
    vectors = _single(vectors)
    made: Tensor = vectors / vectors.norm(dim=-1, keepdim=True).clamp_min(SHORTEST)
    return made


class MarginSoftmax(nn.Module):
    """The loss with one centre a person. Features need not be unit vectors; nothing handed in is modified.

    by_norm: AdaFace. With q the standardised length of the embedding, -1 (poor) to 1 (good), the margins become
    -m2 q and m3 (1 + q); mean and spread of the lengths are running averages, kept with the weights.
    """

    norm_mean: Tensor
    norm_std: Tensor

    def __init__(
        self, dim: int, classes: int, margins: Margins = (1.0, 0.5, 0.0), scale: float = 64.0, *, by_norm: bool = False
    ) -> None:
        super().__init__()
        if classes < 2:
            raise UsageError(tr("A softmax needs two classes or more, not {classes}", classes=classes))
        if not 0 < scale <= 1000:
            raise UsageError(tr("The scale must be between 0 and 1000, not {scale:g}", scale=scale))
        self.margins, self.scale, self.by_norm = margins, scale, by_norm
        self.centres = nn.Parameter(F.normalize(torch.randn(classes, dim), dim=1))
        self.register_buffer("norm_mean", torch.tensor(math.nan))
        self.register_buffer("norm_std", torch.tensor(math.nan))

    def forward(self, features: Tensor, labels: Tensor) -> Tensor:
        """The mean cross entropy in nats. features (B, dim), labels (B,)."""
        return F.cross_entropy(self.logits(features, labels), labels)

    def logits(self, features: Tensor, labels: Tensor, centres: Tensor | None = None) -> Tensor:
        """(B, classes), the margin on the true ones. centres: other ones, which labels then count (partial FC)."""
        cosine = unit(features) @ unit(self.centres if centres is None else centres).T
        true = cosine.gather(1, labels[:, None])
        pressed = margin_cosine(true, *self._margins(features))
        return self.scale * cosine.scatter(1, labels[:, None], pressed)

    def cosines(self, features: Tensor) -> Tensor:
        """cos theta to every centre, without margins, (B, classes)."""
        return unit(features) @ unit(self.centres).T

    def _margins(self, features: Tensor) -> tuple[float, float | Tensor, float | Tensor]:
        if not self.by_norm:
            return self.margins
        m1, m2, m3 = self.margins
        quality = self.quality(features)[:, None]
        return m1, -m2 * quality, m3 * (1 + quality)

    @torch.no_grad()
    def quality(self, features: Tensor) -> Tensor:
        """The embeddings' lengths, standardised and clipped to -1 ... 1, (B,). In training the averages follow."""
        lengths = _single(features).norm(dim=1).clamp(1e-3, 1e3)
        if self.training:
            self._follow(lengths)
        known = torch.isfinite(self.norm_mean)
        score = (lengths - self.norm_mean) / (self.norm_std + 1e-3) * CONCENTRATION
        return torch.where(known, score.clamp(-1, 1), 0.0)

    def _follow(self, lengths: Tensor) -> None:
        for average, value in ((self.norm_mean, lengths.mean()), (self.norm_std, lengths.std(correction=0))):
            fresh = value if not torch.isfinite(average) else MEMORY * average + (1 - MEMORY) * value
            average.copy_(fresh)
