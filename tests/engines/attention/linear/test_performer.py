"""FAVOR+: its draw and that it estimates the softmax without bias."""

import math

import pytest
import torch

from engines.attention import attention
from engines.attention.linear.performer import forward, projection, reference
from engines.attention.request import request
from engines.core.errors import UsageError


def tokens(n=80, dtype=torch.float64):
    torch.manual_seed(n)
    return torch.randn(3, 1, 2, n, 4, dtype=dtype)


def test_a_million_draws_estimate_the_exponential_within_three_standard_errors():
    w = projection(4, 1_000_000, seed=1)
    projection.cache_clear()
    q, k = torch.tensor([0.9, -0.4, 0.5, 0.2]).double(), torch.tensor([0.6, 0.7, -0.3, 0.8]).double()
    estimates = (w @ q - q @ q / 2).exp() * (w @ k - k @ k / 2).exp()
    blocks = estimates.view(-1, 4).mean(1)
    error = blocks.std() / math.sqrt(len(blocks))
    assert error < 0.01
    assert (blocks.mean() - (q @ k).exp()).abs() < 3 * error


def test_rows_are_orthogonal_in_blocks_of_chi_norms():
    w = projection(5, 50_003, seed=2)
    assert w.shape == (50_003, 5)
    blocks = w[:50_000].view(-1, 5, 5)
    products = blocks @ blocks.mT
    off = products - torch.diag_embed(products.diagonal(dim1=1, dim2=2))
    assert off.abs().max() < 1e-12
    squares = w.square().sum(1)
    assert abs(squares.mean() - 5) < 0.06
    assert abs(squares.var() - 10) < 0.5


def test_a_seed_is_a_draw():
    assert torch.equal(projection(4, 10, 0), projection(4, 10, 0))
    assert not torch.equal(projection(4, 10, 0), projection(4, 10, 1))
    asked = request(*tokens())
    assert torch.equal(forward(asked)[0], forward(asked)[0])
    for options in ({"seed": 3}, {"features": 32}):
        torch.testing.assert_close(forward(asked, **options)[0], reference(asked, **options), rtol=0, atol=1e-12)
        assert not torch.allclose(forward(asked, **options)[0], forward(asked)[0])


@pytest.mark.parametrize("causal", [True, False])
def test_more_features_come_closer_to_softmax(causal):
    q, k, v = tokens()
    exact = attention(q, k, v, kind="naive", causal=causal, scale=0.1)
    asked = request(q, k, v, causal, scale=0.1)
    errors = [(forward(asked, features=m)[0] - exact).square().mean().sqrt().item() for m in (16, 256, 4096)]
    assert errors[2] < errors[1] / 1.5 < errors[0] / 2
    assert errors[2] < 0.02


@pytest.mark.parametrize("causal", [True, False])
def test_long_keys_and_queries_stay_numbers(causal):
    q, k, v = tokens(200, torch.float32)
    k[:, :, 120:] *= 30
    out = attention(40 * q, k, v, kind="performer", causal=causal)
    torch.testing.assert_close(out.double(), reference(request(40 * q, k, v, causal)), rtol=0, atol=1e-2)


def test_a_negative_scale_turns_the_scores_around():
    q, k, v = tokens()
    torch.testing.assert_close(
        attention(q, k, v, kind="performer", scale=-0.4), attention(-q, k, v, kind="performer", scale=0.4)
    )


def test_no_features_are_told():
    with pytest.raises(UsageError, match="0 features"):
        forward(request(*tokens()), features=0)
