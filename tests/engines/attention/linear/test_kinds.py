"""Kinds in linear time: against their own definition, causal, from step to step, and in what they refuse."""

import pytest
import torch

from engines.attention import attention, attention_with_lse
from engines.attention.linear import decay, elu, performer
from engines.attention.request import request
from engines.core.errors import UsageError

KINDS = {"linear": elu, "decay": decay, "performer": performer}
every_kind = pytest.mark.parametrize("kind", KINDS)
with_normaliser = pytest.mark.parametrize("kind", ["linear", "performer"])


def tokens(queries, keys=None, dtype=torch.float64, dim=8):
    torch.manual_seed(queries)
    keys = keys or queries
    sides = (queries, dim), (keys, dim), (keys, 5)
    return [torch.randn(2, n, 3, size, dtype=dtype).transpose(1, 2) for n, size in sides]


def close(one, other, error=1e-12):
    torch.testing.assert_close(one, other, rtol=error, atol=error)


@every_kind
@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize(("queries", "keys"), [(1, 1), (63, 63), (65, 65), (704, 704), (1, 130), (65, 1100)])
def test_it_is_its_definition(kind, causal, queries, keys):
    q, k, v = tokens(queries, keys)
    asked = request(q, k, v, causal)
    if not causal and kind == "decay":
        with pytest.raises(UsageError, match="it is causal"):
            attention(q, k, v, kind=kind)
        return
    close(attention(q, k, v, kind=kind, causal=causal), KINDS[kind].reference(asked))


@every_kind
@pytest.mark.parametrize(("dtype", "error"), [(torch.float32, 1e-6), (torch.bfloat16, 2**-8), (torch.float16, 2**-11)])
def test_narrow_numbers_are_summed_in_wide_ones(kind, dtype, error):
    q, k, v = tokens(704, dtype=dtype)
    out, exact = attention(q, k, v, kind=kind, causal=True), KINDS[kind].reference(request(q, k, v, True))
    assert out.dtype == dtype
    assert (out - exact).abs().max() <= error * exact.abs().max()


@with_normaliser
@pytest.mark.parametrize("causal", [True, False])
def test_parts_over_disjoint_keys_are_merged_by_their_normalisers(kind, causal):
    q, k, v = tokens(70, 170)
    out, whole = attention_with_lse(q, k, v, kind=kind, causal=causal)
    first = attention_with_lse(q, k[:, :, :100], v[:, :, :100], kind=kind)
    second = attention_with_lse(q, k[:, :, 100:], v[:, :, 100:], kind=kind, causal=causal)
    close(whole, torch.logaddexp(first[1], second[1]))
    close(out, sum(part * (lse - whole).exp()[..., None] for part, lse in (first, second)))


@every_kind
def test_a_token_changes_nothing_before_it(kind):
    q, k, v = tokens(200)
    before = attention(q, k, v, kind=kind, causal=True)
    for tensor in (q, k, v):
        tensor[:, :, 150] = 40 * torch.randn(2, 3, tensor.shape[-1])
    after = attention(q, k, v, kind=kind, causal=True)
    assert torch.equal(after[:, :, :150], before[:, :, :150])
    assert not torch.isclose(after[:, :, 150:], before[:, :, 150:]).all(-1).any()


@every_kind
@pytest.mark.parametrize("where", ["q", "k", "v"])
def test_what_is_no_number_stays_in_the_rows_that_see_it(kind, where):
    given = dict(zip("qkv", tokens(130), strict=True))
    given[where][0, 1, 70] = torch.nan
    bad = attention(**given, kind=kind, causal=True).isnan()
    seen = torch.zeros_like(bad)
    seen[0, 1, 70 : (71 if where == "q" else None)] = True
    assert torch.equal(bad, seen)


@every_kind
def test_its_gradients(kind):
    given = [tensor.requires_grad_() for tensor in tokens(66, 68, dim=3)]
    assert torch.autograd.gradcheck(lambda *qkv: attention(*qkv, kind=kind, causal=True), given, fast_mode=True)


@with_normaliser
def test_its_gradients_where_all_is_seen_and_through_the_normaliser(kind):
    given = [tensor.requires_grad_() for tensor in tokens(5, 9, dim=3)]
    assert torch.autograd.gradcheck(lambda *qkv: attention_with_lse(*qkv, kind=kind), given, fast_mode=True)


@every_kind
@pytest.mark.parametrize("cuts", [[1] * 150, [1, 64, 1, 83, 1], [150]])
def test_step_by_step_it_is_the_same(kind, cuts):
    q, k, v = tokens(150)
    stream = KINDS[kind].Stream()
    for _ in range(2):
        parts = zip(*(tensor.split(cuts, 2) for tensor in (q, k, v)), strict=True)
        out = torch.cat([stream.step(*part) for part in parts], 2)
        close(out, attention(q, k, v, kind=kind, causal=True))
        stream.reset()


@every_kind
@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"mask": torch.ones(9, 9, dtype=torch.bool)}, "a mask"),
        ({"bias": torch.zeros(9, 9)}, "a bias"),
        ({"window": 4}, "a window"),
    ],
)
def test_there_are_no_scores_to_change(kind, asked, why):
    with pytest.raises(UsageError, match=why) as told:
        attention(*tokens(9), kind=kind, causal=True, **asked)
    assert "naive" in str(told.value.hint)


def test_what_a_family_does_not_have():
    with pytest.raises(UsageError, match="no scale"):
        attention(*tokens(9), kind="linear", scale=2.0)
    with pytest.raises(UsageError, match="no log-sum-exp"):
        attention_with_lse(*tokens(9), kind="decay", causal=True)


def test_features_of_logits_far_below_zero_are_numbers():
    q, k, v = tokens(9, dtype=torch.float32)
    out, lse = attention_with_lse(q - 60, k, v, kind="linear")
    assert out.isfinite().all()
    out, lse = attention_with_lse(q - 120, k, v, kind="linear")
    assert (out == 0).all()
    assert (lse == -torch.inf).all()
