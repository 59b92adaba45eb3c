"""Fields of traced torch modules: every layer of a U-Net's tricks and of shifted windows agrees with its gradient."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from engines.inspection.field.exact import receptive_field
from engines.inspection.field.gradient import check
from engines.inspection.reading.modules import from_module


class Tricks(nn.Module):
    """Skips over a transposed convolution, dilation in groups, pools that round up, and ways to change the size."""

    def __init__(self) -> None:
        super().__init__()
        self.top, self.down = nn.Conv2d(3, 4, 3, padding=1), nn.Conv2d(4, 8, 3, 2, 1)
        self.up = nn.ConvTranspose2d(8, 4, 3, 2, 1, 1)
        self.join, self.wide = nn.Conv2d(8, 4, 1), nn.Conv2d(4, 8, 3, padding=2, dilation=2, groups=2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        top = torch.relu(self.top(x))
        first, second = self.join(torch.cat([self.up(F.silu(self.down(top))), top], 1)).chunk(2, 1)
        small = F.avg_pool2d(self.wide(torch.cat([second, first], 1)), 2, ceil_mode=True)
        large = F.interpolate(small, scale_factor=2.0, mode="bilinear", align_corners=False)
        padded = F.pad(F.pixel_shuffle(F.max_pool2d(large, 2), 2), (1, 2, 0, 1), mode="reflect")
        return F.interpolate(padded, scale_factor=1.5, mode="nearest")[:, :, 1::2, 2:-1].flip(3) * 2 - 1


class Windows(nn.Module):
    """Attention within windows of 4 x 4 that are shifted by one."""

    def __init__(self) -> None:
        super().__init__()
        self.patches, self.qkv = nn.Conv2d(3, 4, 3, padding=1), nn.Linear(4, 12)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        t = torch.roll(self.patches(x).permute(0, 2, 3, 1), (-1, -1), (1, 2))
        t = t.view(1, 2, 4, 2, 4, 4).transpose(2, 3).reshape(4, 16, 4)
        q, k, v = self.qkv(t).reshape(4, 16, 3, 2, 2).permute(2, 0, 3, 1, 4).unbind(0)
        t = ((q @ k.transpose(-2, -1)).softmax(-1) @ v).transpose(1, 2).reshape(4, 16, 4)
        return t.view(1, 2, 2, 4, 4, 4).transpose(2, 3).reshape(1, 8, 8, 4)


@pytest.mark.parametrize(("module", "size"), [(Tricks(), (18, 14)), (Windows(), (8, 8))])
def test_every_layer_agrees_with_its_gradient(module: nn.Module, size: tuple[int, int]) -> None:
    model = from_module(module.eval(), torch.zeros(1, 3, *size))
    rows = receptive_field(model)
    assert [row.note for row in rows.values() if not row.exact] == []
    assert [name for name in rows if not (check(model, name, (0, 0)).agrees and check(model, name).agrees)] == []
    assert len(rows) > 15
