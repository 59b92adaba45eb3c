"""Sparse kinds: exact within their pattern, which nothing else reaches."""

import pytest
import torch

from engines.attention import attention, attention_with_lse
from engines.attention.request import request
from engines.attention.sparse import block, local, strided
from engines.core.errors import UsageError

KINDS = {"local": local, "strided": strided, "block": block}
every_kind = pytest.mark.parametrize("kind", KINDS)


def tokens(queries, keys=None, dtype=torch.float64, dim=8):
    torch.manual_seed(queries)
    keys = keys or queries
    sides = (queries, dim), (keys, dim), (keys, 5)
    return [torch.randn(2, n, 3, size, dtype=dtype).transpose(1, 2) for n, size in sides]


def options(kind, queries, keys=None):
    """Of small patterns, with rows that see nothing."""
    if kind != "block":
        return {"window": 7}
    keys = keys or queries
    rows, columns = (next(size for size in (5, 4, 3, 2, 1) if count % size == 0) for count in (queries, keys))
    generator = torch.Generator().manual_seed(queries)
    return {"mask": torch.rand(2, 1, queries // rows, keys // columns, generator=generator) < 0.3}


def pattern(kind, queries, keys, window=7, mask=None):
    """The mask of the definition, written down on its own."""
    i, j = torch.arange(queries)[:, None] + keys - queries, torch.arange(keys)
    if kind == "block":
        rows, columns = queries // mask.shape[-2], keys // mask.shape[-1]
        return torch.kron(mask.double(), torch.ones(rows, columns).double()) > 0
    near = (i - j).abs() < window
    return near if kind == "local" else near | ((i - j) % window == 0)


def close(one, other, error=1e-12):
    torch.testing.assert_close(one, other, rtol=error, atol=error)


@every_kind
@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize(("queries", "keys"), [(1, 1), (1, 130), (63, 63), (65, 65), (65, 210), (704, 704)])
def test_it_is_exact_within_its_pattern(kind, causal, queries, keys):
    q, k, v = tokens(queries, keys)
    given = options(kind, queries, keys)
    mask = pattern(kind, queries, keys, **given)
    whole, total = attention_with_lse(q, k, v, kind="naive", causal=causal, mask=mask)
    out, lse = attention_with_lse(q, k, v, kind=kind, causal=causal, **given)
    close(out, whole)
    close(lse, total)
    close(attention(q, k, v, kind=kind, causal=causal, **given), whole)
    close(KINDS[kind].reference(request(q, k, v, causal, **given, blocks=kind == "block")), whole)


@pytest.mark.parametrize("kind", ["local", "strided"])
@pytest.mark.parametrize("causal", [True, False])
def test_its_pattern_has_a_usual_size(kind, causal):
    q, k, v = tokens(600, dtype=torch.float32)
    window = {"local": 256, "strided": 24}[kind]
    out = attention(q, k, v, kind=kind, causal=causal)
    close(out, attention(q, k, v, kind=kind, causal=causal, window=window), 0.0)
    mask = pattern(kind, 600, 600, window)
    close(out, attention(q, k, v, kind="naive", causal=causal, mask=mask), 1e-5)


@every_kind
@pytest.mark.parametrize("shape", [(65,), (65, 65), (2, 1, 65, 1), (1, 3, 1, 65)])
def test_a_bias_is_added(kind, shape):
    q, k, v = tokens(65)
    bias, given = torch.randn(shape), options(kind, 65)
    whole = attention(q, k, v, kind="naive", bias=bias, mask=pattern(kind, 65, 65, **given))
    close(attention(q, k, v, kind=kind, bias=bias, **given), whole)


@pytest.mark.parametrize("causal", [True, False])
def test_local_has_a_mask_beside_its_window(causal):
    q, k, v = tokens(150)
    mask = torch.rand(2, 1, 150, 150) < 0.2
    given = {"causal": causal, "window": 20, "mask": mask}
    for one, other in zip(
        *(attention_with_lse(q, k, v, kind=kind, **given) for kind in ("local", "naive")), strict=True
    ):
        close(one, other)


@pytest.mark.parametrize("sides", [(3, 5), (1, 3, 13), (2, 3, 1, 65), (2, 1, 13, 1), (13,)])
def test_a_mask_of_blocks_is_broadcast(sides):
    q, k, v = tokens(39, 65)
    mask = torch.rand(sides) < 0.5
    whole = mask.reshape((1,) * (4 - len(sides)) + mask.shape)
    spread = whole.repeat_interleave(39 // whole.shape[2], 2).repeat_interleave(65 // whole.shape[3], 3)
    close(attention(q, k, v, kind="block", mask=mask), attention(q, k, v, kind="naive", mask=spread))


@every_kind
@pytest.mark.parametrize("with_lse", [True, False])
def test_its_gradients(kind, with_lse):
    given = [tensor.requires_grad_() for tensor in tokens(66, dim=3)]
    call, kept = attention_with_lse if with_lse else attention, options(kind, 66)
    if with_lse and kind == "block":
        kept["mask"][..., 0] = True
    assert torch.autograd.gradcheck(
        lambda *qkv: call(*qkv, kind=kind, causal=kind != "local", **kept), given, fast_mode=True
    )


@every_kind
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_narrow_numbers_err_as_exact_attention_does(kind, dtype):
    q, k, v = tokens(130, dtype=dtype)
    given = options(kind, 130)
    exact = KINDS[kind].reference(request(q, k, v, True, **given, blocks=kind == "block"))
    out, lse = attention_with_lse(q, k, v, kind=kind, causal=True, **given)
    assert out.dtype == dtype
    assert lse.dtype == torch.float32
    assert (out - exact).abs().max() <= 2.2 * torch.finfo(dtype).eps * exact.abs().max()


@every_kind
@pytest.mark.parametrize("where", ["q", "k", "v"])
@pytest.mark.parametrize("with_lse", [True, False])
def test_what_is_no_number_stays_in_the_rows_that_see_it(kind, where, with_lse):
    given = dict(zip("qkv", tokens(130), strict=True))
    kept = options(kind, 130)
    if kind == "block":
        kept["mask"][:, :, :, 14] = torch.arange(26) % 2 == 1
    given[where][0, 1, 70] = torch.nan
    call = attention_with_lse if with_lse else attention
    out = call(**given, kind=kind, causal=True, **kept)
    bad = (out[0] if with_lse else out).isnan()
    seen = torch.zeros_like(bad)
    shown = pattern(kind, 130, 130, **kept)
    shown = (shown[0, 0] if kind == "block" else shown) & (torch.arange(130)[:, None] >= torch.arange(130))
    seen[0, 1] = (shown.any(1) & (torch.arange(130) == 70) if where == "q" else shown[:, 70])[:, None]
    assert torch.equal(bad, seen)


def test_what_a_pattern_does_not_have():
    q, k, v = tokens(12)
    with pytest.raises(UsageError, match="its pattern is its mask"):
        attention(q, k, v, kind="strided", mask=torch.ones(12, 12, dtype=torch.bool))
    with pytest.raises(UsageError, match="as many keys as queries"):
        attention(*tokens(12, 6), kind="strided")
    with pytest.raises(UsageError, match="needs a mask of blocks"):
        attention(q, k, v, kind="block")


@pytest.mark.parametrize("sides", [(5, 4), (4, 24), (0, 4), (3, 1, 4, 4), (1, 1, 1, 4, 4)])
def test_a_mask_of_blocks_that_does_not_fit_is_told(sides):
    with pytest.raises(UsageError, match="does not fit scores") as told:
        attention(*tokens(12), kind="block", mask=torch.ones(sides, dtype=torch.bool))
    assert "divide" in str(told.value.hint)


def test_a_mask_of_blocks_is_for_block_alone():
    with pytest.raises(UsageError, match="does not fit scores"):
        attention(*tokens(12), kind="naive", mask=torch.ones(4, 4, dtype=torch.bool))
