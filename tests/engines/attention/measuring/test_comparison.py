"""The comparison of kinds: what is measured, what is left out and why, and errors as of the whole matrix."""

import csv
from contextlib import nullcontext
from dataclasses import replace

import pytest
import torch

from engines.attention.exact import naive
from engines.attention.kernels import kernel
from engines.attention.measuring import comparison, costs, exactness, figures
from engines.attention.measuring.examples import example
from engines.attention.types import Ceiling, CompareSpec, WhichSpec
from engines.core.context import PlainContext
from engines.core.errors import BadInput, Cancelled, OutOfResources, UsageError

SMALL = CompareSpec(("sdpa", "naive"), (32, 65), heads=2, dim=16, threads=1, repeats=2, backward=True, causal=True)


@pytest.fixture(scope="module")
def compared():
    ctx = PlainContext()
    return comparison.run(SMALL, ctx), ctx


@pytest.fixture
def quick(monkeypatch):
    """Ceilings and memory are not what is tested."""
    monkeypatch.setattr(comparison, "ceiling", lambda _dtype, _device: Ceiling(10.0, 10.0))
    monkeypatch.setattr(comparison.memory, "measuring", lambda _threads: nullcontext(lambda _case: None))


def test_every_kind_is_measured_at_every_length(compared):
    result, ctx = compared
    assert [(one.kind, one.length) for one in result.points] == [(k, n) for k in SMALL.kinds for n in SMALL.lengths]
    for one in result.points:
        assert 0 < one.low_ms <= one.ms <= one.high_ms
        assert max(one.error, one.grad_error) < 1e-5
        assert one.extra_mb is not None
        assert one.extra_mb >= 0
        assert one.gflops == pytest.approx(1e-6 * costs.products(SMALL, one.length) / one.ms)
    assert dict(result.auto).keys() == set(SMALL.lengths)
    assert result.ceiling.gbytes > 0
    assert result.ceiling.gflops >= max(one.gflops for one in result.points), "nothing exact is above the ceiling"
    assert ctx.events["comparison"] == result, "the last news is the result"


def test_figures_read_back_from_a_file(compared, tmp_path):
    result, _ctx = compared
    figures.write(result, tmp_path / "figures.csv")
    with open(tmp_path / "figures.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["kind"], int(row["length"])) for row in rows] == [(one.kind, one.length) for one in result.points]
    assert [float(row["ms"]) for row in rows] == pytest.approx([one.ms for one in result.points], rel=1e-5)
    assert {row["taken_by_auto"] for row in rows} == {"true", "false"}
    with pytest.raises(BadInput, match="CSV"):
        figures.write(result, tmp_path / "figures.txt")


def test_a_kind_that_would_take_too_long_or_too_much_is_left_out_with_the_reason(monkeypatch, quick):
    monkeypatch.setattr(comparison, "CALL_LIMIT", 0.0)
    monkeypatch.setattr(comparison, "MATRIX_LIMIT", costs.matrix_bytes("naive", SMALL, 64))
    points = {(one.kind, one.length): one for one in comparison.run(SMALL, PlainContext()).points}
    assert points["sdpa", 32].ms is not None
    assert "a call would take about" in points["sdpa", 65].skipped
    assert "hold a matrix of" in points["naive", 65].skipped
    assert (points["naive", 65].ms, points["naive", 65].extra_mb) == (None, None)


@pytest.mark.parametrize(
    ("said", "told"),
    [("not enough memory: you tried to allocate", "not enough memory"), ("no such instruction\nat 7", "no such instr")],
)
def test_a_kind_that_cannot_or_fails_is_left_out_and_the_others_go_on(monkeypatch, quick, said, told):
    def fails(_asked, _lse):
        raise RuntimeError(said)

    def changed(name):
        return replace(kernel(name), forward=fails) if name == "naive" else kernel(name)

    monkeypatch.setattr(comparison, "kernel", changed)
    result = comparison.run(replace(SMALL, lengths=(32,)), PlainContext())
    points = {one.kind: one for one in result.points}
    assert told in points["naive"].skipped
    assert "at 7" not in points["naive"].skipped
    assert points["sdpa"].ms is not None


def test_errors_of_rows_are_those_of_the_whole():
    """A kernel that is off by a known share: what is told of its rows is that share, in output and gradients."""
    asked = example(WhichSpec(1, 2, 50, 8, "float64", True, 20, "cpu", True))
    exact = exactness.truth(asked)
    out = naive.forward(asked)[0]
    whole = torch.autograd.grad(out[:, :, exact.rows], (asked.q, asked.k, asked.v), exact.pull)
    torch.testing.assert_close(out.detach()[:, :, exact.rows], exact.out)
    for found, true in zip(exact.grads, whole, strict=True):
        torch.testing.assert_close(found, true)
    assert {0, 49} <= set(exact.rows.tolist())


def test_a_wrong_kernel_shows_its_error(monkeypatch):
    asked = example(WhichSpec(1, 1, 40, 8, "float64", backward=True))
    right = kernel("naive")
    wrong = replace(right, forward=lambda asked, lse: (1.25 * right.forward(asked, lse)[0], None))
    monkeypatch.setattr(exactness, "kernel", lambda _name: wrong)
    assert exactness.errors(asked, "wrong", exactness.truth(asked)) == pytest.approx((0.25, 0.25))
    nan = replace(right, forward=lambda asked, lse: (torch.nan * right.forward(asked, lse)[0], None))
    monkeypatch.setattr(exactness, "kernel", lambda _name: nan)
    assert exactness.errors(asked, "nan", exactness.truth(asked))[0] == float("inf")


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("window", [None, 1, 7, 100])
def test_seen_pairs_are_counted_in_closed_form(causal, window):
    asked = example(WhichSpec(1, 1, 40, 4, "float32", causal, window))
    seen = asked.seen()
    assert costs.pairs(40, causal, window) == (1600 if seen is None else int(seen.sum()))


def test_the_roof_is_of_bytes_for_short_lengths_and_of_products_for_long_ones():
    spec, top = CompareSpec(dim=64, dtype="bfloat16"), Ceiling(790e3, 4300.0)
    assert costs.roof(spec, 64, top) == pytest.approx(4300 * 64 / 2), "n / size operations a byte"
    assert costs.roof(spec, 4096, top) == 790e3
    assert 1e9 * costs.roof_ms(spec, 4096, top) * 790 == pytest.approx(costs.products(spec, 4096))


def test_what_cannot_be_compared_is_said(monkeypatch):
    for bad in (
        replace(SMALL, kinds=()), replace(SMALL, kinds=("nope",)), replace(SMALL, lengths=()), replace(SMALL, heads=0),
        replace(SMALL, lengths=(0,)), replace(SMALL, threads=-1), replace(SMALL, threads=10**5),
        replace(SMALL, batch=10**9), replace(SMALL, seed=2**70),
    ):  # fmt: skip
        with pytest.raises(UsageError):
            comparison.run(bad, PlainContext())
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(OutOfResources, match="no CUDA"):
        comparison.run(replace(SMALL, device="cuda"), PlainContext())


def test_a_cancelled_comparison_ends():
    ctx = PlainContext()
    ctx.cancelled.set()
    with pytest.raises(Cancelled):
        comparison.run(SMALL, ctx)
