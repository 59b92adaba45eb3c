import math

import pytest
import torch

from engines.attention import attention_with_lse, maps
from engines.attention.request import request
from engines.core.errors import UsageError

ASKED = [
    {},
    {"causal": True},
    {"window": 40},
    {"causal": True, "window": 7},
    {"mask": "keys"},
    {"mask": "heads", "causal": True},
    {"bias": "heads"},
    {"scale": 3.0},
]


def case(asked, n=300, m=700, dtype=torch.float64, batch=2, heads=3):
    torch.manual_seed(0)
    q, k = torch.randn(batch, heads, n, 8, dtype=dtype), torch.randn(batch, heads, m, 8, dtype=dtype)
    asked = dict(asked)
    if "mask" in asked:
        shape = (m,) if asked["mask"] == "keys" else (heads, n, m)
        asked["mask"] = torch.rand(shape) < 0.5
        if asked["mask"].ndim == 3:
            asked["mask"][:, 5] = False
    if "bias" in asked:
        asked["bias"] = torch.randn(heads, n, m, dtype=dtype)
        asked["bias"][:, :, 3] = -torch.inf
    return q, k, asked


def weights(q, k, asked):
    told = request(q, k, k, **asked)
    scores = q @ k.transpose(-1, -2) * told.scale + (0 if told.bias is None else told.bias)
    if told.seen() is not None:
        scores = scores.masked_fill(~told.seen(), -torch.inf)
    return torch.softmax(scores, -1).nan_to_num(0.0)


@pytest.mark.parametrize("given", [True, False])
@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_maps_are_those_of_the_whole_matrix(asked, given):
    q, k, asked = case(asked)
    p = weights(q, k, asked)
    lse = attention_with_lse(q, k, k, kind="naive", **asked)[1] if given else None
    mass, entropy = maps.mass_and_entropy(q, k, lse, **asked)
    close = {"rtol": 0, "atol": 1e-11}
    torch.testing.assert_close(mass, p.sum(-2), **close)
    torch.testing.assert_close(entropy, -torch.xlogy(p, p).sum(-1), **close)
    torch.testing.assert_close(maps.mass(q, k, lse, **asked), p.sum(-2), **close)
    torch.testing.assert_close(maps.entropy(q, k, lse, **asked), entropy, **close)
    each = torch.rand(2, 3, 300, dtype=torch.float64)
    weighted = (each[..., None] * p).sum(-2)
    torch.testing.assert_close(maps.weighted_mass(q, k, each, lse, **asked), weighted, **close)
    one_for_all = (each[0, 0, :, None] * p).sum(-2)
    torch.testing.assert_close(maps.weighted_mass(q, k, each[0, 0], lse, **asked), one_for_all, **close)
    torch.testing.assert_close(maps.rows(q, k, lse, [5, 0, 299], **asked), p[:, :, [5, 0, 299]], **close)


@pytest.mark.parametrize("size", [1, 7, 64, 300, 1000])
def test_a_pooled_map_is_the_mean_of_its_cells(size):
    q, k, asked = case({"causal": True})
    p = weights(q, k, asked)
    high, wide = (torch.arange(n) * min(n, size) // n for n in (300, 700))
    naive = torch.stack(
        [
            torch.stack([p[:, :, high == a][..., wide == b].mean((-1, -2)) for b in range(min(700, size, 9))], -1)
            for a in range(min(300, size, 9))
        ],
        -2,
    )
    found = maps.pooled(q, k, None, size, **asked)
    assert found.shape == (2, 3, min(300, size), min(700, size))
    torch.testing.assert_close(found[:, :, :9, :9], naive, rtol=0, atol=1e-13)


@pytest.mark.parametrize(("n", "m"), [(1, 1), (1, 65), (63, 63), (704, 704)])
def test_lengths(n, m):
    q, k, _ = case({}, n, m)
    mass, entropy = maps.mass_and_entropy(q, k)
    assert torch.allclose(mass.sum(-1), torch.full((2, 3), float(n), dtype=torch.float64))
    flat = maps.entropy(q * 0, k)
    torch.testing.assert_close(flat, torch.full_like(flat, math.log(m)))
    assert (entropy <= math.log(m) + 1e-12).all()


def test_low_precision_is_computed_in_float32():
    q, k, asked = case({"causal": True}, dtype=torch.bfloat16)
    p = weights(q.double(), k.double(), asked)
    mass, entropy = maps.mass_and_entropy(q, k, **asked)
    assert mass.dtype == torch.float32
    torch.testing.assert_close(mass.double(), p.sum(-2), rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(entropy.double(), -torch.xlogy(p, p).sum(-1), rtol=1e-4, atol=1e-4)


def test_log_sum_exp_is_what_attention_gives():
    q, k, asked = case({"mask": "heads", "causal": True})
    torch.testing.assert_close(
        maps.log_sum_exp(q, k, **asked), attention_with_lse(q, k, k, kind="naive", **asked)[1], rtol=0, atol=1e-12
    )


def test_a_row_that_is_not_a_number_reaches_the_keys_it_sees():
    q, k, _ = case({}, 300, 300)
    q[0, 0, 10] = torch.nan
    mass, entropy = maps.mass_and_entropy(q, k, causal=True)
    assert mass[0, 0, :11].isnan().all()
    assert not mass[0, 0, 11:].isnan().any()
    assert entropy.isnan().sum() == 1


def test_one_bias_and_one_mask_for_all_scores():
    q, k = torch.eye(5).expand(2, 1, 2, 5, 5)
    given = {"bias": torch.tensor(2.0), "mask": torch.tensor(True)}
    assert torch.allclose(maps.mass(q, k, **given), maps.mass(q, k))


def test_what_does_not_fit():
    q, k, _ = case({})
    with pytest.raises(UsageError, match="log-sum-exp"):
        maps.mass(q, k, torch.zeros(2, 3, 5))
    with pytest.raises(UsageError, match="row 300"):
        maps.rows(q, k, None, [0, 300])
    with pytest.raises(UsageError, match="0 x 0"):
        maps.pooled(q, k, None, 0)


def test_logits_far_apart_and_keys_that_are_hidden_have_no_weight_at_all():
    q, k, _ = case({}, 200, 200, torch.float32)
    mass, entropy = maps.mass_and_entropy(100 * q, 100 * k, causal=True)
    assert torch.isfinite(mass).all()
    torch.testing.assert_close(mass.sum(-1), torch.full((2, 3), 200.0), rtol=1e-3, atol=0)
    assert (entropy >= -1e-3).all()
    none = maps.mass_and_entropy(q, k, mask=torch.zeros(200, dtype=torch.bool))
    assert not any(found.any() for found in none)
