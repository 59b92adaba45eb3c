"""A diffusion transformer: patches as tokens, told the noise level by adaptive norms that begin as the identity.

After Peebles and Xie, arXiv 2212.09748 (adaLN-zero), with queries and keys normalised (arXiv 2302.05442): their product
then cannot grow without bound, and a high learning rate stays safe.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engines.attention.fused import qk_norm_attention
from engines.core.errors import BadInput
from engines.core.words import tr
from engines.generative.networks.embedding import Conditioning, waves
from engines.generative.networks.unet import zeroed


class Layer(nn.Module):
    """Attention and a two-layer network, each scaled, shifted and gated by the conditioning."""

    def __init__(self, width: int, heads: int, told: int, ratio: int = 4) -> None:
        super().__init__()
        self.heads, self.eps = heads, 1e-6
        self.told = zeroed(nn.Linear(told, 6 * width))
        self.norms = nn.ModuleList([nn.LayerNorm(width, elementwise_affine=False) for _ in range(2)])
        self.qkv = nn.Linear(width, 3 * width)
        self.query_norm = nn.RMSNorm(width // heads, eps=self.eps)
        self.key_norm = nn.RMSNorm(width // heads, eps=self.eps)
        self.out = nn.Linear(width, width)
        self.feed = nn.Sequential(
            nn.Linear(width, ratio * width), nn.GELU(approximate="tanh"), nn.Linear(ratio * width, width)
        )

    def forward(self, x: Tensor, told: Tensor) -> Tensor:
        shift, scale, gate, shift2, scale2, gate2 = self.told(told)[:, None].chunk(6, dim=-1)
        x = torch.addcmul(x, gate, self._attend(torch.addcmul(shift, self.norms[0](x), 1 + scale)))
        return torch.addcmul(x, gate2, self.feed(torch.addcmul(shift2, self.norms[1](x), 1 + scale2)))

    def _attend(self, x: Tensor) -> Tensor:
        batch, tokens, width = x.shape
        query, key, value = self.qkv(x).reshape(batch, tokens, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        mixed = qk_norm_attention(query, key, value, self.query_norm.weight, self.key_norm.weight, self.eps)
        out: Tensor = self.out(mixed.transpose(1, 2).reshape(batch, tokens, width))
        return out


class DiT(nn.Module):
    """`(x, time, label) -> F`, x and F (B, *shape). shape: (C, H, W). patch: side of a token in pixels."""

    def __init__(
        self,
        shape: Sequence[int],
        classes: int = 0,
        width: int = 128,
        depth: int = 6,
        heads: int = 4,
        patch: int = 4,
        time_scale: float = 1.0,
    ) -> None:
        super().__init__()
        if len(shape) != 3 or shape[1] % patch or shape[2] % patch:
            raise BadInput(
                tr(
                    "This transformer needs sides that are multiples of {patch}, not {shape}",
                    patch=patch,
                    shape=tuple(shape)[1:],
                )
            )
        if width % (4 * heads):
            raise BadInput(tr("The width must be a multiple of {heads}, not {width}", heads=4 * heads, width=width))
        self.patch = patch
        self.conditioning = Conditioning(width, classes, time_scale)
        self.into = nn.Linear(shape[0] * patch**2, width)
        self.places = nn.Parameter(grid(shape[1] // patch, shape[2] // patch, width))
        self.layers = nn.ModuleList([Layer(width, heads, width) for _ in range(depth)])
        self.norm = nn.LayerNorm(width, elementwise_affine=False)
        self.told = zeroed(nn.Linear(width, 2 * width))
        self.out = zeroed(nn.Linear(width, shape[0] * patch**2))

    def forward(self, x: Tensor, time: Tensor, label: Tensor | None = None) -> Tensor:
        told = F.silu(self.conditioning(time, label))
        folded = F.pixel_unshuffle(x, self.patch)
        tokens = self.into(folded.flatten(2).transpose(1, 2)) + self.places
        for layer in self.layers:
            tokens = layer(tokens, told)
        shift, scale = self.told(told)[:, None].chunk(2, dim=-1)
        out = self.out(torch.addcmul(shift, self.norm(tokens), 1 + scale))
        return F.pixel_shuffle(out.transpose(1, 2).reshape(folded.shape), self.patch)


def grid(height: int, width: int, channels: int) -> Tensor:
    """Positions of the tokens, (height * width, channels): waves of its row and of its column. Learned from there."""
    rows = torch.arange(height, dtype=torch.float32).repeat_interleave(width)
    columns = torch.arange(width, dtype=torch.float32).repeat(height)
    return torch.cat([waves(rows, channels // 2), waves(columns, channels // 2)], dim=1)
