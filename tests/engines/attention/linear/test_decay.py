"""Decay: its gates, its normaliser and its shapes."""

import math

import pytest
import torch

from engines.attention.linear.decay import Stream, decay, gammas
from engines.core.errors import UsageError


def tokens(n=50):
    torch.manual_seed(n)
    return torch.randn(3, 2, 4, n, 6, dtype=torch.float64)


def test_heads_fade_as_in_retention():
    assert gammas(3).tolist() == [31 / 32, 63 / 64, 127 / 128]
    q, k, v = tokens()
    given, _ = decay(q, k, v, log_decay=gammas(4).log())
    assert torch.equal(decay(q, k, v)[0], given)


@pytest.mark.parametrize("sides", [4, (2, 4, 50), (2, 4, 50, 6)])
def test_one_number_is_the_same_decay_whatever_it_is_given_for(sides):
    q, k, v = tokens()
    out, state = decay(q, k, v, log_decay=torch.full((sides,) if sides == 4 else sides, math.log(0.9)).double())
    i = torch.arange(50, dtype=torch.float64)
    weights = (q @ k.mT / math.sqrt(6) * 0.9 ** (i[:, None] - i)).tril()
    torch.testing.assert_close(out, weights @ v)
    torch.testing.assert_close(state.s, (k * 0.9 ** (49 - i)[:, None]).mT @ v)


def test_normalised_no_weights_sum_up_to_more_than_one():
    q, k, v = tokens()
    out, _ = decay(q, k, v, normalise=True)
    weights, _ = decay(q, k, torch.eye(50).double().expand(2, 4, 50, 50))
    torch.testing.assert_close(out, weights @ v / weights.sum(-1, keepdim=True).abs().clamp(min=1))
    assert (weights.sum(-1).abs() > 1).any()


def test_gates_have_gradients():
    q, k, v = tokens(20)
    g = torch.randn(2, 4, 20, dtype=torch.float64).requires_grad_()
    run = lambda g: decay(q, k, v, log_decay=torch.nn.functional.logsigmoid(g))  # noqa: E731
    assert torch.autograd.gradcheck(lambda g: run(g)[0], [g], fast_mode=True)


def test_a_stream_has_its_options():
    q, k, v = tokens()
    options = {"log_decay": torch.tensor([-0.1, -0.2, -3.0, -torch.inf]).double(), "scale": 2.0, "normalise": True}
    stream = Stream(**options)
    out = torch.cat([stream.step(*part) for part in zip(*(x.split(7, 2) for x in (q, k, v)), strict=True)], 2)
    torch.testing.assert_close(out, decay(q, k, v, **options)[0])


def test_a_decay_of_another_shape_is_told():
    with pytest.raises(UsageError, match="log decay of .3,. does not fit"):
        decay(*tokens(), log_decay=torch.zeros(3))
