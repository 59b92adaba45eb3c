"""Programs for Triton's interpreter, each a process of its own: TRITON_INTERPRET is set before a kernel is defined."""

from __future__ import annotations

import os

os.environ["TRITON_INTERPRET"] = "1"

import numpy as np
import torch

from tests.engines.attention.gpu import exact_cases, other_cases

torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)
"""Memory that is asked for holds NaN from here on."""
np.seterr(all="ignore")


def exact() -> None:
    """Every term in float32 at lengths that fit no tile, and the ends of what is allowed."""
    for terms in exact_cases.TERMS:
        exact_cases.check(terms, 65, 70 if terms in ("causal", "alibi") else 65, 16, 16, torch.float32, batch=1)
    for n, m, dim, wide in ((1, 1, 16, 16), (63, 63, 128, 64), (33, 70, 40, 72)):
        exact_cases.check("causal", n, m, dim, wide, torch.float32)
    for terms in ("window", "causal window"):
        exact_cases.check(terms, 150, 170, 16, 16, torch.float32, batch=1)
    exact_cases.check("plain", 63, 65, 64, 64, torch.float16)
    exact_cases.check("plain", 33, 33, 16, 16, torch.bfloat16)


def others() -> None:
    """Packed lengths, QK-norm with rotary, linear attention and the streaming step."""
    for causal, window in ((False, None), (True, 7)):
        other_cases.packed(causal, window, torch.float32)
    other_cases.normed(65, 65, 40, None, torch.float32)
    other_cases.normed(17, 63, 16, True, torch.float32)
    other_cases.normed(33, 33, 40, False, torch.float16)
    other_cases.linear(200, 200, 40, 24, True, torch.float32)
    other_cases.linear(3, 65, 16, 16, True, torch.float16)
    other_cases.linear(63, 130, 16, 32, False, torch.float32)
    other_cases.step(300, 64, torch.float32)
    other_cases.step(1, 16, torch.float16)
    other_cases.carried()
