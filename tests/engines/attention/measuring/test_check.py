import pytest
import torch

from engines.attention.exact import naive, tiled
from engines.attention.kernels import kernel
from engines.attention.measuring import check
from engines.attention.types import CheckSpec
from engines.core.context import PlainContext
from engines.core.errors import BadInput, UsageError

DTYPES = ("float64", "float32", "bfloat16")


@pytest.fixture(autouse=True)
def fresh():
    kernel.cache_clear()
    yield
    kernel.cache_clear()


def checked(kind):
    return check.run(CheckSpec((kind,), DTYPES), PlainContext())


@pytest.mark.parametrize("kind", ["sdpa", "tiled", "strips", "linear", "performer", "strided", "block"])
def test_kinds_are_right(kind):
    result = checked(kind)
    assert result.ok
    assert list(result.kinds[kind]) == list(DTYPES)
    whole = result.kinds[kind]["float64"]
    assert 0 < whole.error < 1e-12
    assert whole.grad_error is None or 0 < whole.grad_error < 1e-12


def coarse(out):
    return out.bfloat16().to(out.dtype)


def without_a_row(out):
    return out.index_fill(2, torch.tensor([5 % out.shape[2]]), 0.0)


@pytest.mark.parametrize("spoil", [coarse, without_a_row])
def test_a_kind_that_is_off_is_wrong(monkeypatch, spoil):
    monkeypatch.setattr(tiled, "forward", lambda asked, lse: (spoil(naive.forward(asked, lse)[0]), None))
    result = checked("tiled")
    assert not result.ok
    assert not result.kinds["tiled"]["float32"].ok


def test_a_gradient_that_is_off_is_wrong(monkeypatch):
    def half(asked, lse):
        out = naive.forward(asked, lse)[0]
        return (out + out.detach()) / 2, None

    monkeypatch.setattr(tiled, "forward", half)
    result = checked("tiled")
    assert result.kinds["tiled"]["float64"].error < 1e-12
    assert not result.kinds["tiled"]["float64"].ok


def test_what_fails_at_run_time_is_told(monkeypatch):
    def fails(asked, lse):
        raise RuntimeError("no such instruction")

    monkeypatch.setattr(tiled, "forward", fails)
    result = checked("tiled")
    assert not result.ok
    assert "no such instruction" in result.kinds["tiled"]["float32"].skipped


def test_what_a_kind_cannot_do_is_skipped_and_no_failure():
    result = check.run(CheckSpec(("strips",), ("float16",)), PlainContext())
    assert result.ok
    assert "fp16" in result.kinds["strips"]["float16"].skipped


def test_what_cannot_be_checked_is_said():
    with pytest.raises(UsageError, match="seed"):
        check.run(CheckSpec(("naive",), seed=2**70), PlainContext())
    with pytest.raises(BadInput, match="no device 'tpu'"):
        check.run(CheckSpec(("naive",), device="tpu"), PlainContext())


def test_a_kind_that_there_is_not():
    with pytest.raises(UsageError, match="nope"):
        checked("nope")
