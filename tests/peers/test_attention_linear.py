"""Attention in linear time beside the published formulas and the naive forms of flash-linear-attention (`fla`).

fla's package needs Triton; its naive forms do not and are loaded one by one. They compute in float32, and their tokens
stand before their heads.
"""

from __future__ import annotations

from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from engines.attention import attention
from engines.attention.linear.decay import decay
from engines.attention.linear.elu import linear
from engines.attention.linear.performer import FEATURES, SEED, projection

CLOSE = 1e-5


def tokens(n: int = 192) -> list[Tensor]:
    torch.manual_seed(n)
    return [torch.randn(2, 3, n, dim) for dim in (16, 16, 10)]


def naive(family: str) -> ModuleType:
    package, einops = find_spec("fla"), find_spec("einops")
    if package is None or einops is None:
        pytest.skip("flash-linear-attention is not installed (make peers)")
    (folder,) = package.submodule_search_locations or ()
    spec = spec_from_file_location(f"fla_naive_{family}", Path(folder, "ops", family, "naive.py"))
    assert spec is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def swapped(*tensors: Tensor) -> list[Tensor]:
    return [tensor.transpose(1, 2) for tensor in tensors]


def close(ours: Tensor, theirs: Tensor) -> None:
    torch.testing.assert_close(ours, theirs.to(ours.dtype), rtol=CLOSE, atol=CLOSE * float(theirs.abs().max()))


def test_retention() -> None:
    q, k, v = tokens()
    close(attention(q, k, v, kind="decay", causal=True), naive("retention").naive_retention(q, k, v))


def test_decay_of_each_token() -> None:
    q, k, v = tokens()
    g, held = F.logsigmoid(torch.randn(2, 3, 192)), torch.randn(2, 3, 16, 10)
    peer = naive("simple_gla")
    theirs, state = peer.naive_recurrent_simple_gla(*swapped(q, k, v, g))
    ours, after = decay(q, k, v, log_decay=g)
    close(ours, theirs.transpose(1, 2))
    close(after.s, state)
    close(ours, peer.naive_chunk_simple_gla(*swapped(q, k, v, g))[0].transpose(1, 2))
    theirs, _ = peer.naive_recurrent_simple_gla(*swapped(q, k, v, g), initial_state=held)
    close(decay(q, k, v, log_decay=g, state=type(after)(held))[0], theirs.transpose(1, 2))


def test_decay_of_each_token_and_dim() -> None:
    q, k, v = tokens()
    g = F.logsigmoid(torch.randn(2, 3, 192, 16))
    theirs, state = naive("gla").naive_recurrent_gla(*swapped(q, k, v, g), output_final_state=True)
    ours, after = decay(q, k, v, log_decay=g)
    close(ours, theirs.transpose(1, 2))
    close(after.s, state)


def test_elu_features() -> None:
    q, k, v = tokens()
    features = swapped(F.elu(q) + 1, F.elu(k) + 1, v)
    theirs, (state, _) = naive("linear_attn").naive_recurrent_linear_attn(
        *features, scale=1.0, normalize=True, initial_state=(torch.zeros(2, 3, 16, 10), None), output_final_state=True
    )
    ours, after = linear(q, k, v)
    close(ours, theirs.transpose(1, 2))
    close(after.s[..., :-1], state)


@pytest.mark.parametrize("causal", [True, False])
def test_performer_as_published(causal: bool) -> None:
    """Choromanski et al. 2021, equations 4 and 5 with lemma 1: D^-1 (Q' (K'^T V)), D = diag(Q' (K'^T 1))."""
    q, k, v = (tensor.double() for tensor in tokens(70))
    w = projection(16, FEATURES, SEED)
    features = [
        torch.exp(torch.einsum("md,bhnd->bhnm", w, x / 16**0.25) - (x / 16**0.25).norm(dim=-1, keepdim=True) ** 2 / 2)
        / FEATURES**0.5
        for x in (q, k)
    ]
    kernel = torch.einsum("bhnm,bhlm->bhnl", *features)
    kernel = kernel.tril() if causal else kernel
    published = torch.diag_embed(1 / kernel.sum(-1)) @ kernel @ v
    torch.testing.assert_close(attention(q, k, v, kind="performer", causal=causal), published, rtol=1e-12, atol=1e-12)
