"""What the one call refuses, takes, falls back to and tells."""

import pytest
import torch
import torch.nn.functional as F

from engines.attention import attention, attention_with_lse, heard, maps, pinned
from engines.attention.listening import listening
from engines.core.errors import OutOfResources, UsageError, WorkFailed
from tests import programs


def ones(*shape, dtype=torch.float32):
    return torch.ones(shape, dtype=dtype)


Q = ones(1, 2, 6, 4)
BAD = {
    "not of": ((ones(2, 6, 4), Q, Q), {}),
    "do not fit": ((Q, ones(1, 2, 6, 5), Q), {}),
    "k is bfloat16": ((Q, Q.bfloat16(), Q), {}),
    "int64": ((Q.long(), Q.long(), Q.long()), {}),
    "nothing to attend to": ((Q[:, :, :0], Q, Q), {}),
    "queries are the last": ((Q, Q[:, :, :5], Q[:, :, :5]), {"causal": True}),
    "shows nothing": ((Q, Q, Q), {"window": 0}),
    "scale is nan": ((Q, Q, Q), {"scale": float("nan")}),
    "mask is float32": ((Q, Q, Q), {"mask": ones(6, 6)}),
    "bias is bool": ((Q, Q, Q), {"bias": ones(6, 6, dtype=torch.bool)}),
    r"mask \(6, 5\)": ((Q, Q, Q), {"mask": ones(6, 5, dtype=torch.bool)}),
    r"bias \(3, 1, 1\)": ((Q, Q, Q), {"bias": ones(3, 1, 1)}),
}


@pytest.mark.parametrize("says", BAD)
def test_what_does_not_fit_is_named(says):
    given, rest = BAD[says]
    with pytest.raises(UsageError, match=says):
        attention(*given, **rest)


def test_a_kind_that_cannot_names_those_that_can():
    q = Q.clone().requires_grad_()
    with pytest.raises(UsageError, match="strips cannot do this: it has no backward") as told:
        attention(q, Q, Q, kind="strips")
    assert {"naive", "tiled", "sdpa"} <= set(told.value.hint.removeprefix("These can: ").split(", "))
    with pytest.raises(UsageError, match="no attention called 'nope'"):
        attention(Q, Q, Q, kind="nope")


def broken(*args, **rest):
    raise RuntimeError("the kernel broke\nat length")


def test_one_that_fails_is_left_for_the_next_and_that_is_told(monkeypatch):
    monkeypatch.setattr(F, "scaled_dot_product_attention", broken)
    with pinned("sdpa"), heard() as ran:
        pass
    with heard() as ran:
        out = attention(Q, Q, Q, causal=True)
    assert torch.equal(out, Q)
    assert list(ran.kernels) == ["tiled 1"]
    assert ran.notes == ["sdpa failed and the next kernel was taken: the kernel broke"]
    with pytest.raises(WorkFailed, match="sdpa failed: the kernel broke"):
        attention(Q, Q, Q, kind="sdpa", causal=True)


def test_what_no_kernel_can_do_is_held_against_none():
    with pytest.raises(WorkFailed):
        attention(Q.to_sparse(), Q, Q)
    with heard() as ran:
        attention(Q, Q, Q)
    assert not ran.notes


def test_a_listener_that_fails_is_no_failure_of_the_kernel():
    for kind in ("auto", "tiled"):
        with listening(broken), pytest.raises(RuntimeError, match="^the kernel broke"):
            attention(Q, Q, Q, kind=kind)
    with heard() as ran:
        attention(Q, Q, Q)
    assert not ran.notes


@pytest.mark.parametrize("kind", ["auto", "naive", "sdpa", "tiled", "strips", "linear"])
def test_under_autocast_every_kind_answers_in_its_dtype(kind):
    q, k, v = torch.randn(3, 1, 2, 70, 16, generator=torch.Generator().manual_seed(0))
    with torch.autocast("cpu", torch.bfloat16):
        cast = attention(q, k.bfloat16(), v, kind=kind)
        kept = attention(q.double(), k.double(), v.double(), kind=kind)
    assert torch.equal(cast, attention(q.bfloat16(), k.bfloat16(), v.bfloat16(), kind=kind))
    assert torch.equal(kept, attention(q.double(), k.double(), v.double(), kind=kind))


def test_a_window_wider_than_numbers_of_a_machine_hides_nothing():
    wide = attention(Q, Q, Q, window=10**30)
    assert torch.equal(wide, attention(Q, Q, Q, window=12))
    assert torch.equal(maps.mass(Q, Q, window=10**12), maps.mass(Q, Q))


def test_memory_that_runs_out_is_said():
    huge = ones(1, 1, 1, 1).expand(1, 1, 1 << 22, 1)
    with pytest.raises(OutOfResources, match="naive"):
        attention(huge, huge, huge, kind="naive")


def test_the_kernel_of_a_log_sum_exp_with_gradients_has_them():
    q = torch.randn(1, 2, 6, 4, requires_grad=True)
    with heard() as ran:
        _, total = attention_with_lse(q, Q, Q)
    assert total.requires_grad
    assert "sdpa" not in " ".join(ran.kernels)


GROWTH = """
import torch
from pathlib import Path
from engines.attention import attention, attention_with_lse
torch.set_num_threads(1)
def peak():
    return int(next(line for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line).split()[1])
for kind in {kinds}:
    for dtype in (torch.float32, torch.bfloat16):
        q, k, v = torch.randn(3, 1, 1, {n}, 32).to(dtype).unbind(0)
        attention(q[:, :, :600], k, v, kind=kind, causal=True, window=700)
        before = peak()
        out = attention(q, k, v, kind=kind, causal=True)
        print(kind, dtype, (peak() - before) / 1024)
"""


def test_a_long_request_takes_little_memory():
    kinds = ["tiled", "sdpa"] + (["strips"] if torch.cpu.get_capabilities().get("avx512_bf16") else [])
    ended = programs.run(GROWTH.format(kinds=kinds, n=16384))
    assert ended.returncode == 0, ended.stderr
    grown = [float(line.split()[-1]) for line in ended.stdout.splitlines()]
    assert len(grown) == 2 * len(kinds)
    assert max(grown) < 64, ended.stdout
