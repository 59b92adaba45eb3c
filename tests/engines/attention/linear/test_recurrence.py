"""The three forms of the recurrence give the same numbers, wherever it is split and however fast it fades."""

import pytest
import torch

from engines.attention.linear.recurrence import chunked, quadratic, recurrent, zeros

FADES = {
    "nothing fades": None,
    "one decay a head": (1, 3, 1, 1),
    "one a token": (2, 3, "n", 1),
    "one a token and dim": (2, 3, "n", 6),
}


def tokens(n, fade, strength=1.0):
    torch.manual_seed(n)
    q, k = torch.randn(2, 2, 3, n, 6, dtype=torch.float64)
    g = None
    if fade is not None:
        g = -strength * torch.rand([n if side == "n" else side for side in fade], dtype=torch.float64)
    return q, k, torch.randn(2, 3, n, 4, dtype=torch.float64), g


def rows(g, part):
    return g if g is None or g.shape[2] == 1 else g[:, :, part]


def close(one, other):
    torch.testing.assert_close(one, other, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("n", [1, 63, 65, 704])
@pytest.mark.parametrize("fade", FADES.values(), ids=FADES)
def test_the_three_forms_are_one(n, fade):
    q, k, v, g = tokens(n, fade)
    whole = quadratic(q, k, v, g)
    stepped, after = recurrent(q, k, v, g, zeros(k, v))
    out, state = chunked(q, k, v, g, zeros(k, v))
    close(stepped, whole)
    close(out, whole)
    close(state, after)


@pytest.mark.parametrize("cut", [1, 64, 101, 199])
@pytest.mark.parametrize("fade", FADES.values(), ids=FADES)
def test_the_state_carries_over_a_split(cut, fade):
    q, k, v, g = tokens(200, fade)
    state, outs = zeros(k, v), []
    for part in (slice(0, cut), slice(cut, None)):
        out, state = chunked(q[:, :, part], k[:, :, part], v[:, :, part], rows(g, part), state)
        outs.append(out)
    close(torch.cat(outs, 2), quadratic(q, k, v, g))


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_the_definition_is_the_sum_over_the_past(dtype):
    q, k, v, g = (x.to(dtype) for x in tokens(40, FADES["one a token"]))
    i = 37
    left = torch.stack([g[:, :, j + 1 : i + 1, 0].sum(-1).exp() for j in range(i + 1)], -1)
    weights = (q[:, :, i, None] * k[:, :, : i + 1]).sum(-1) * left
    torch.testing.assert_close(quadratic(q, k, v, g)[:, :, i], (weights[..., None] * v[:, :, : i + 1]).sum(2))


@pytest.mark.parametrize("strength", [1e3, torch.inf])
@pytest.mark.parametrize("fade", ["one a token", "one a token and dim"])
def test_a_decay_that_forgets_all_leaves_the_token_itself(strength, fade):
    q, k, v, g = (x.float() for x in tokens(200, FADES[fade]))
    out, _ = chunked(q, k, v, torch.full_like(g, -strength), zeros(k, v))
    torch.testing.assert_close(out, (q * k).sum(-1, keepdim=True) * v)


def test_a_strong_decay_followed_by_weak_ones_loses_nothing():
    q, k, v, g = tokens(192, FADES["one a token"], strength=1e-3)
    g[:, :, 70] = -1e4
    exact = chunked(q, k, v, g, zeros(k, v))[0]
    out, _ = chunked(*(x.float() for x in (q, k, v, g, zeros(k, v))))
    torch.testing.assert_close(out.double(), exact, rtol=0, atol=1e-4)


@pytest.mark.parametrize("fade", FADES.values(), ids=FADES)
def test_a_value_that_is_no_number_reaches_those_after_it_alone(fade):
    q, k, v, g = tokens(130, fade)
    clean, _ = chunked(q, k, v, g, zeros(k, v))
    v[0, 1, 100, 2] = torch.nan
    out, state = chunked(q, k, v, g, zeros(k, v))
    bad = torch.zeros_like(out, dtype=torch.bool)
    bad[0, 1, 100:, 2] = True
    assert torch.equal(out.isnan(), bad)
    assert state[0, 1, :, 2].isnan().all()
    close(out[~bad], clean[~bad])
