"""Attention on a CUDA device: every kernel in Triton, every gradient, beside float64, into memory that held NaN.

Some versions of Triton compile some backward kernels for Hopper wrongly without a word: each set of tile sizes is run.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

from engines.attention.dispatch import attention_with_lse
from engines.attention.fused import qk_norm_attention
from engines.attention.gpu import flash
from engines.attention.listening import heard, listening
from tests.engines.attention.gpu import exact_cases, other_cases

pytestmark = [pytest.mark.gpu, pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")]
DTYPES = [torch.bfloat16, torch.float16, torch.float32]


@pytest.fixture(autouse=True)
def poisoned() -> Iterator[None]:
    """Memory that is asked for holds NaN."""
    torch.use_deterministic_algorithms(True, warn_only=True)
    yield
    torch.use_deterministic_algorithms(False)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("dim", [16, 32, 64, 72, 128])
@pytest.mark.parametrize("terms", exact_cases.TERMS)
def test_forward_and_gradients_are_those_of_float64(terms: str, dim: int, dtype: torch.dtype) -> None:
    exact_cases.check(terms, 704, 704, dim, dim, dtype, "cuda")
    exact_cases.check(terms, 65, 130, dim, dim, dtype, "cuda")


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("length", [1, 63, 65, 128])
def test_short_lengths_and_two_head_dimensions(length: int, dtype: torch.dtype) -> None:
    exact_cases.check("plain", length, length, 64, 64, dtype, "cuda")
    exact_cases.check("causal", length, length, 40, 24, dtype, "cuda")


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_the_other_kernels_are_their_definitions(dtype: torch.dtype) -> None:
    for causal, window in ((False, None), (True, None), (True, 7)):
        other_cases.packed(causal, window, dtype, "cuda")
    for dim in (64, 72, 128):
        for interleaved in (None, True, False):
            other_cases.normed(704, 704, dim, interleaved, dtype, "cuda")
        for causal in (True, False):
            other_cases.linear(704, 704, dim, dim, causal, dtype, "cuda")
        other_cases.step(4096, dim, dtype, "cuda")
    other_cases.carried("cuda")


def test_a_repetition_gives_the_same_bits() -> None:
    q, k, v = (torch.randn(2, 4, 704, 64, device="cuda", dtype=torch.bfloat16, requires_grad=True) for _ in range(3))
    runs = []
    for _ in range(2):
        out, lse = flash.attend(q, k, v, causal=True)
        runs.append([out, lse, *torch.autograd.grad(out.float().square().sum(), [q, k, v])])
    assert all(torch.equal(a, b) for a, b in zip(*runs, strict=True))


def test_it_is_what_gives_the_log_sum_exp_here() -> None:
    q = torch.randn(1, 2, 64, 64, device="cuda", dtype=torch.bfloat16)
    with heard() as ran:
        attention_with_lse(q, q, q, kind="triton")
    assert ran.kernels == {"triton 1": 1}


@torch.no_grad()
def test_norms_and_attention_are_one_kernel_unless_somebody_reads_what_it_is_asked() -> None:
    q, k, v = (torch.randn(2, 4, 196, 32, device="cuda", dtype=torch.bfloat16) for _ in range(3))
    weight = torch.ones(32, device="cuda", dtype=torch.bfloat16)
    asked = []
    with heard() as ran:
        at_once = qk_norm_attention(q, k, v, weight, weight)
    with listening(lambda call: asked.append(call.request.q)):
        in_parts = qk_norm_attention(q, k, v, weight, weight)
    assert ran.kernels == {"triton 1": 1}
    assert not torch.equal(asked[0], q)
    torch.testing.assert_close(at_once, in_parts, rtol=0.02, atol=0.02)
