import pytest
import torch
from torch import nn

from engines.attention import heard
from engines.attention.fused import by_definition, qk_norm_attention
from engines.core.errors import UsageError


def given(count, keys, dim=16, dtype=torch.float64):
    made = torch.Generator().manual_seed(0)
    shapes = ((2, 3, count, dim), (2, 3, keys, dim), (2, 3, keys, dim), (dim,), (dim,))
    return [torch.randn(shape, generator=made, dtype=torch.float64).to(dtype).requires_grad_() for shape in shapes]


def angles(keys, dim=16):
    turned = torch.randn(keys, dim // 2, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    return turned.cos(), turned.sin()


@pytest.mark.parametrize("rotary", [None, angles(20)], ids=["norm", "norm and rotation"])
@pytest.mark.parametrize("count", [20, 7])
def test_it_is_its_definition(count, rotary):
    args = given(count, 20)
    found, true = (form(*args, rotary=rotary, causal=True) for form in (qk_norm_attention, by_definition))
    aim = torch.randn(found.shape, dtype=torch.float64)
    for mine, theirs in zip(
        (found, *torch.autograd.grad((found * aim).sum(), args)),
        (true, *torch.autograd.grad((true * aim).sum(), args)),
        strict=True,
    ):
        torch.testing.assert_close(mine, theirs, rtol=1e-12, atol=1e-12)


@torch.no_grad()
def test_the_norm_is_torchs_and_what_ran_is_told():
    q, k, v, query_weight, key_weight = given(20, 20, dtype=torch.float32)
    norms = nn.RMSNorm(16, eps=1e-6), nn.RMSNorm(16, eps=1e-6)
    norms[0].weight.copy_(query_weight)
    norms[1].weight.copy_(key_weight)
    with heard() as ran:
        found = qk_norm_attention(q, k, v, query_weight, key_weight, kind="tiled")
    true = nn.functional.scaled_dot_product_attention(norms[0](q), norms[1](k), v)
    torch.testing.assert_close(found, true, rtol=1e-5, atol=1e-5)
    assert list(ran.kernels) == ["tiled 1"]


def test_a_rotation_shows_distances_alone():
    q, k, v, query_weight, key_weight = given(1, 1)
    along = torch.arange(40, dtype=torch.float64)[:, None] * torch.rand(8, dtype=torch.float64)
    weights = []
    for shift in (0, 15):
        table = along[shift : shift + 20].cos(), along[shift : shift + 20].sin()
        same = q.expand(-1, -1, 20, -1), k.expand(-1, -1, 20, -1)
        weights.append(qk_norm_attention(*same, torch.eye(20).double().expand(2, 3, -1, -1), query_weight, key_weight,
                                         rotary=table))  # fmt: skip
    torch.testing.assert_close(*weights, rtol=1e-12, atol=1e-12)
    assert weights[0].std() > 1e-3


def test_weights_and_angles_that_do_not_fit():
    q, k, v, weight, _ = given(4, 4)
    with pytest.raises(UsageError, match="key weight"):
        qk_norm_attention(q, k, v, weight, weight[:3])
    with pytest.raises(UsageError, match="cos"):
        qk_norm_attention(q, k, v, weight, weight, rotary=angles(4, 12))
