"""Every exact kernel beside the definition in float64: outputs, log-sum-exps, gradients, and what must not be seen."""

from functools import partial

import pytest
import torch

from engines.attention import attention, attention_with_lse
from engines.attention.kernels import kernel
from engines.attention.request import request

KINDS = ("sdpa", "strips", "tiled")
WITH_BACKWARD = ("sdpa", "tiled")


def qkv(count, keys=None, dim=16, out=16, dtype=torch.float64, batch=2, heads=3, seed=0):
    """In the layouts of networks: (batch, length, heads, dim) seen with heads first, v with its dims before them."""
    made = torch.Generator().manual_seed(seed)
    drawn = partial(torch.randn, generator=made, dtype=torch.float64)
    q, k = drawn(batch, count, heads, dim).transpose(1, 2), drawn(batch, keys or count, heads, dim).transpose(1, 2)
    return [x.to(dtype) for x in (q, k, drawn(batch, heads, out, keys or count).mT)]


def mask(*shape, blind=(), seed=1):
    seen = torch.rand(shape, generator=torch.Generator().manual_seed(seed)) > 0.4
    if blind:
        seen[..., list(blind), :] = False
    return seen


def drawn(*shape, seed=2):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


CASES = {
    "one": (1, 1, {}),
    "63": (63, 63, {}),
    "65 causal": (65, 65, {"causal": True}),
    "704 in a causal window": (704, 704, {"causal": True, "window": 100}),
    "704 in a window over a tile": (704, 704, {"window": 600}),
    "causal with a cache": (300, 700, {"causal": True}),
    "a window beyond the keys": (700, 300, {"window": 50}),
    "blind rows": (65, 65, {"mask": mask(65, 65, blind=(0, 7)), "causal": True}),
    "a mask a batch and a bias a head": (300, 600, {"mask": mask(2, 1, 300, 600), "bias": drawn(3, 1, 600)}),
    "a bias a query": (65, 30, {"bias": drawn(65, 1), "scale": -0.3}),
    "a bias that hides": (65, 65, {"bias": drawn(65, 65).masked_fill(~mask(65, 65, blind=(4,)), -torch.inf)}),
    "a bias of all": (520, 63, {"bias": drawn(2, 3, 520, 63), "mask": mask(1, 3, 520, 63, blind=(519,))}),
}


def poisoned(*requests):
    """Memory that the next tensors get is full of NaN."""
    for size in sorted({*requests, 1 << 10, 1 << 14, 1 << 18, 1 << 20}):
        del [torch.full((size,), torch.nan) for _ in range(4)][:]


def by(kind, asked, lse):
    why = kernel(kind).refuses(asked, lse)
    if why:
        pytest.skip(f"{kind}: {why}")
    poisoned(asked.q.numel(), asked.q.shape[0] * asked.q.shape[1] * asked.q.shape[2])
    return kernel(kind).forward(asked, lse)


def close(found, true, most):
    """Within a share of the largest finite value, and not finite in the same places."""
    where = torch.isfinite(true)
    assert torch.equal(torch.isfinite(found), where)
    assert (found.double() - true)[where].abs().max() <= most * true[where].abs().max().clamp(min=1)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("kind", KINDS)
def test_in_float64_it_is_the_definition(kind, case):
    count, keys, rest = CASES[case]
    asked = request(*qkv(count, keys, out=24 if kind != "sdpa" else 16), **rest)
    out, total = by(kind, asked, True)
    true, true_total = kernel("naive").forward(asked, True)
    close(out, true, 1e-12)
    close(total, true_total, 1e-12)


@pytest.mark.parametrize("case", CASES)
def test_gradients_by_hand_are_those_of_the_definition(case):
    count, keys, rest = CASES[case]
    q, k, v = qkv(count, keys)
    leaves = [x.detach().requires_grad_() for x in (q, k, v, *([rest["bias"]] if "bias" in rest else []))]
    asked = request(*leaves[:3], **rest | ({"bias": leaves[3]} if "bias" in rest else {}))
    found = {}
    for kind in ("tiled", "naive"):
        out, total = kernel(kind).forward(asked, True)
        seen = torch.where(torch.isfinite(total), total, 0.0)
        aim = (out * drawn(*out.shape)).sum() + (seen * drawn(*total.shape, seed=3)).sum()
        found[kind] = torch.autograd.grad(aim, leaves)
    for mine, true, leaf in zip(found["tiled"], found["naive"], leaves, strict=True):
        assert mine.shape == leaf.shape
        close(mine, true, 1e-12)


@pytest.mark.parametrize("kind", ["naive", *WITH_BACKWARD])
def test_gradients_are_those_of_differences(kind):
    leaves = [x.requires_grad_() for x in (*qkv(4, 5, dim=3, out=2, heads=1), drawn(4, 5))]
    rest = {"causal": True, "mask": mask(4, 5, blind=(1,)), "kind": kind}
    assert torch.autograd.gradcheck(lambda q, k, v, bias: attention(q, k, v, bias=bias, **rest), leaves)


@pytest.mark.parametrize("count", [1, 63, 65, 704])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16], ids=str)
@pytest.mark.parametrize("hidden", [False, True], ids=["all seen", "some hidden"])
@pytest.mark.parametrize("kind", KINDS)
def test_its_error_is_that_of_its_dtype(kind, hidden, dtype, count):
    rest = {"mask": mask(2, 1, count, count, blind=(0,)), "causal": True, "window": 90} if hidden else {}
    asked = request(*qkv(count, dim=64, out=64, dtype=dtype), **rest)
    out, _ = by(kind, asked, False)
    true = kernel("naive").forward(request(asked.q.double(), asked.k.double(), asked.v.double(), **rest), False)[0]
    reference = kernel("naive").forward(asked, False)[0]
    allowed = 2.0 if dtype == torch.float32 else 2.2
    rounding = torch.finfo(dtype).eps * true.norm() / 2
    assert (out - true).norm() <= max(allowed * (reference - true).norm(), rounding)


@pytest.mark.parametrize("shift", [0.0, -120.0, 110.0])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=str)
@pytest.mark.parametrize("kind", KINDS)
def test_scores_far_from_0_keep_their_differences(kind, dtype, shift):
    q, k, v = qkv(80, dim=16, dtype=dtype)
    q, k = torch.cat([q, torch.ones_like(q[..., :1])], -1), torch.cat([k, torch.full_like(k[..., :1], shift)], -1)
    asked = request(q, k, v, mask=mask(80, 80, blind=(3,)), scale=1.0)
    out, _ = by(kind, asked, False)
    wide = request(q.double(), k.double(), v.double(), mask=asked.mask, scale=1.0)
    true = kernel("naive").forward(wide, False)[0]
    reference = kernel("naive").forward(asked, False)[0]
    assert (out - true).norm() <= 2.2 * (reference - true).norm()
    assert not out[:, :, 3].any()


@pytest.mark.parametrize("length", [2.0, 5.0, 9.0])
@pytest.mark.parametrize("kind", KINDS)
def test_scores_as_large_as_lengths_allow(kind, length):
    q, _, v = qkv(1100, dtype=torch.bfloat16)
    q = (torch.nn.functional.normalize(q.float(), dim=-1) * length).bfloat16()
    asked = request(q, q, v, scale=1.0)
    true = kernel("naive").forward(request(q.double(), q.double(), v.double(), scale=1.0), False)[0]
    reference = kernel("naive").forward(asked, False)[0]
    assert (by(kind, asked, False)[0] - true).norm() <= 2.2 * (reference - true).norm()


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16], ids=str)
@pytest.mark.parametrize("spoilt", ["q", "k", "v"])
@pytest.mark.parametrize("kind", ["naive", *KINDS])
def test_nan_stays_in_the_rows_that_see_it(kind, spoilt, dtype):
    given = dict(zip("qkv", qkv(300, dtype=dtype), strict=True))
    given[spoilt][0, 1, 200, 5] = torch.nan
    seen = mask(300, 300)
    out, _ = by(kind, request(**given, mask=seen, causal=True), False)
    hit = torch.zeros(2, 3, 300, dtype=torch.bool)
    hit[0, 1] = torch.arange(300) == 200 if spoilt == "q" else seen[:, 200] & (torch.arange(300) >= 200)
    assert torch.equal(out.isnan().any(-1), hit)


@pytest.mark.parametrize("kind", KINDS)
def test_a_request_of_nothing_but_nan_is_not_answered_with_numbers(kind):
    for spoilt in range(3):
        given = qkv(1)
        given[spoilt].fill_(torch.nan)
        assert by(kind, request(*given), False)[0].isnan().all()


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16], ids=str)
@pytest.mark.parametrize("kind", KINDS)
def test_a_later_token_changes_nothing_before_it(kind, dtype):
    q, k, v = qkv(600, 650, dtype=dtype)
    before, _ = by(kind, request(q, k, v, causal=True), False)
    for tensor in (k, v):
        tensor[:, :, 350:].neg_()
    after, _ = by(kind, request(q, k, v, causal=True), False)
    assert torch.equal(before[:, :, :300], after[:, :, :300])
    assert not torch.equal(before[:, :, 300], after[:, :, 300])


@pytest.mark.parametrize("case", ["a window beyond the keys", "a scale of 0", "causal by a scale below 0"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=str)
@pytest.mark.parametrize("kind", KINDS)
def test_rare_requests_in_the_usual_dtypes(kind, dtype, case):
    count, keys, rest = {
        "a window beyond the keys": (900, 400, {"window": 50}),
        "a scale of 0": (300, 300, {"causal": True, "scale": 0.0}),
        "causal by a scale below 0": (130, 130, {"causal": True, "scale": -0.5}),
    }[case]
    q, k, v = (x.contiguous() for x in qkv(count, keys, dtype=dtype))
    out, _ = by(kind, request(q, k, v, **rest), False)
    true = kernel("naive").forward(request(q.double(), k.double(), v.double(), **rest), False)[0]
    close(out, true, 1e-5 if dtype == torch.float32 else 2e-2)


@pytest.mark.parametrize("dim", [1, 512])
@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16], ids=str)
@pytest.mark.parametrize("kind", KINDS)
def test_head_dims_at_the_ends(kind, dtype, dim):
    asked = request(*qkv(70, dim=dim, out=dim, dtype=dtype), causal=True)
    true = kernel("naive").forward(request(asked.q.double(), asked.k.double(), asked.v.double(), causal=True), False)[0]
    close(by(kind, asked, False)[0], true, 1e-12 if dtype == torch.float64 else 2e-2)


@pytest.mark.parametrize("kind", KINDS)
def test_log_sum_exps_are_in_float32(kind):
    asked = request(*qkv(5, dtype=torch.float32))
    assert by(kind, asked, True)[1].dtype == torch.float32
    half = attention_with_lse(*qkv(5, dtype=torch.bfloat16), kind="tiled")[1]
    assert half.dtype == torch.float32
