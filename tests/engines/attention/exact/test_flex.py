"""What is handed to flex_attention, run as it is: compiling takes longer than all other tests of attention."""

import pytest
import torch

from engines.attention.exact import flex
from engines.attention.kernels import kernel
from engines.attention.request import request

SEEN = torch.rand(300, 400, generator=torch.Generator().manual_seed(0)) > 0.4
SEEN[3] = False


@pytest.fixture
def uncompiled(monkeypatch):
    monkeypatch.setattr(torch, "compile", lambda function, **_: function)
    flex.compiled.cache_clear()
    yield
    flex.compiled.cache_clear()


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(
    "rest",
    [
        {},
        {"causal": True, "scale": 0.3},
        {"causal": True, "window": 130},
        {"mask": SEEN, "bias": torch.randn(2, 1, 400)},
    ],
    ids=["plain", "causal", "window", "mask and bias"],
)
def test_it_is_the_definition(uncompiled, rest):
    q, k, v = (torch.randn(1, 2, n, 16) for n in (300, 400, 400))
    asked = request(q, k, v, **rest)
    true = kernel("naive").forward(asked, False)[0]
    torch.testing.assert_close(kernel("flex").forward(asked, False)[0], true, rtol=1e-5, atol=1e-5)


def test_what_it_cannot_do_on_a_cpu():
    q = torch.ones(1, 1, 4, 16)
    for asked, lse, says in (
        (request(q.double(), q.double(), q.double()), False, "float64"),
        (request(q, q, q), True, "log-sum-exp"),
        (request(q.clone().requires_grad_(), q, q), False, "backward"),
    ):
        assert says in kernel("flex").refuses(asked, lse)
