"""A small U-Net: residual blocks told the noise level by scale and shift, self-attention where the picture is small.

Pictures are first folded, `patch` x `patch` pixels into channels: a 28 x 28 picture is worked on at 14 x 14, at a
quarter of the cost (Shi et al., 2016). Blocks after Dhariwal and Nichol, arXiv 2105.05233.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engines.attention.dispatch import attention
from engines.core.errors import BadInput
from engines.core.words import tr
from engines.generative.networks.embedding import Conditioning


def norm(channels: int) -> nn.GroupNorm:
    return nn.GroupNorm(next(groups for groups in (8, 4, 2, 1) if channels % groups == 0), channels)


def zeroed(layer: nn.Module) -> nn.Module:
    """A layer that begins by giving zero, so that its block begins as the identity."""
    for parameter in layer.parameters():
        nn.init.zeros_(parameter)
    return layer


class Block(nn.Module):
    """Two 3 x 3 convolutions with a way around them; scale and shift of the second norm come from the conditioning."""

    def __init__(self, channels: int, out: int, told: int) -> None:
        super().__init__()
        self.first = nn.Sequential(norm(channels), nn.SiLU(), nn.Conv2d(channels, out, 3, padding=1))
        self.told = nn.Linear(told, 2 * out)
        self.norm = norm(out)
        self.second = zeroed(nn.Conv2d(out, out, 3, padding=1))
        self.around = nn.Conv2d(channels, out, 1) if channels != out else nn.Identity()

    def forward(self, x: Tensor, told: Tensor) -> Tensor:
        scale, shift = self.told(told)[:, :, None, None].chunk(2, dim=1)
        hidden = torch.addcmul(shift, self.norm(self.first(x)), 1 + scale)
        return torch.add(self.around(x), self.second(F.silu(hidden)))


class Attention(nn.Module):
    """Self-attention between all pixels, (B, C, H, W) to the same."""

    def __init__(self, channels: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm = norm(channels)
        self.qkv = nn.Conv2d(channels, 3 * channels, 1)
        self.out = zeroed(nn.Conv2d(channels, channels, 1))

    def forward(self, x: Tensor) -> Tensor:
        batch, channels, height, width = x.shape
        parts = self.qkv(self.norm(x)).reshape(batch, 3, self.heads, channels // self.heads, height * width)
        query, key, value = parts.transpose(-1, -2).unbind(1)
        mixed = attention(query, key, value)
        added: Tensor = self.out(mixed.transpose(-1, -2).reshape(x.shape))
        return x + added


class Stage(nn.Module):
    """A block, and attention after it where asked."""

    def __init__(self, channels: int, out: int, told: int, heads: int) -> None:
        super().__init__()
        self.block = Block(channels, out, told)
        self.attention = Attention(out, heads) if heads else None

    def forward(self, x: Tensor, told: Tensor) -> Tensor:
        x = self.block(x, told)
        return self.attention(x) if self.attention is not None else x


class UNet(nn.Module):
    """`(x, time, label) -> F`, x and F (B, *shape).

    shape: (C, H, W). width: channels at the first level; multiples: of it, one a level, each half the size of the one
    before. depth: blocks a level. attention: the levels that have it. patch: side of the fold.
    """

    def __init__(
        self,
        shape: Sequence[int],
        classes: int = 0,
        width: int = 32,
        multiples: Sequence[int] = (1, 2),
        depth: int = 2,
        attention: Sequence[int] = (1,),
        patch: int = 1,
        time_scale: float = 1.0,
    ) -> None:
        super().__init__()
        _check(shape, patch * 2 ** (len(multiples) - 1), width)
        told = 4 * width
        widths = [width * multiple for multiple in multiples]
        heads = [max(1, wide // 32) if level in attention else 0 for level, wide in enumerate(widths)]
        self.patch = patch
        self.conditioning = Conditioning(told, classes, time_scale)
        self.into = nn.Conv2d(shape[0] * patch**2, width, 3, padding=1)
        self.down, kept = _way_down(widths, heads, depth, told)
        self.middle = nn.ModuleList([Stage(widths[-1], widths[-1], told, head) for head in (heads[-1], 0)])
        self.up = _way_up(widths, heads, depth, told, kept)
        self.out = nn.Sequential(norm(width), nn.SiLU(), zeroed(nn.Conv2d(width, shape[0] * patch**2, 3, padding=1)))

    def forward(self, x: Tensor, time: Tensor, label: Tensor | None = None) -> Tensor:
        told = F.silu(self.conditioning(time, label))
        hidden = self.into(F.pixel_unshuffle(x, self.patch))
        kept = [hidden]
        for layer in self.down:
            hidden = layer(hidden, told) if isinstance(layer, Stage) else layer(hidden)
            kept.append(hidden)
        for layer in self.middle:
            hidden = layer(hidden, told)
        for layer in self.up:
            hidden = layer(torch.cat([hidden, kept.pop()], 1), told) if isinstance(layer, Stage) else layer(hidden)
        return F.pixel_shuffle(self.out(hidden), self.patch)


def _way_down(widths: list[int], heads: list[int], depth: int, told: int) -> tuple[nn.ModuleList, list[int]]:
    """The layers, and the channels of what each leaves for the way up."""
    layers, kept = nn.ModuleList(), [widths[0]]
    for level, wide in enumerate(widths):
        for _ in range(depth):
            layers.append(Stage(kept[-1], wide, told, heads[level]))
            kept.append(wide)
        if level + 1 < len(widths):
            layers.append(nn.Conv2d(wide, wide, 3, stride=2, padding=1))
            kept.append(wide)
    return layers, kept


def _way_up(widths: list[int], heads: list[int], depth: int, told: int, kept: list[int]) -> nn.ModuleList:
    layers, wide_now = nn.ModuleList(), widths[-1]
    for level in reversed(range(len(widths))):
        for _ in range(depth + 1):
            layers.append(Stage(wide_now + kept.pop(), widths[level], told, heads[level]))
            wide_now = widths[level]
        if level:
            layers.append(nn.Sequential(nn.Upsample(scale_factor=2), nn.Conv2d(wide_now, wide_now, 3, padding=1)))
    return layers


def _check(shape: Sequence[int], factor: int, width: int) -> None:
    if len(shape) != 3 or shape[1] % factor or shape[2] % factor:
        raise BadInput(
            tr(
                "This U-Net needs sides that are multiples of {factor}, not {shape}",
                factor=factor,
                shape=tuple(shape)[1:],
            )
        )
    if width < 8 or width % 8:
        raise BadInput(tr("The width must be a multiple of 8, not {width}", width=width))
