import pytest
import torch

from engines.attention import Stream, attention
from engines.core.errors import UsageError


def tokens(length, dtype=torch.float64, batch=2, heads=3, dim=8, values=5):
    return [torch.randn(batch, heads, length, size, dtype=dtype) for size in (dim, dim, values)]


def streamed(stream, q, k, v, cuts):
    parts = zip(*(tensor.split(cuts, 2) for tensor in (q, k, v)), strict=True)
    return torch.cat([stream.step(*part) for part in parts], 2)


@pytest.mark.parametrize("window", [None, 1, 7, 400])
@pytest.mark.parametrize("cuts", [[1] * 300, [1, 1, 37, 1, 200, 5, 1, 54], [300]])
def test_step_by_step_is_causal_attention(window, cuts):
    q, k, v = tokens(300)
    stream = Stream("exact", 3, 8, batch=2, value_dim=5, dtype=torch.float64, window=window)
    whole = attention(q, k, v, kind="naive", causal=True, window=window)
    torch.testing.assert_close(streamed(stream, q, k, v, cuts), whole, rtol=0, atol=1e-12)
    assert stream.length == 300


@pytest.mark.parametrize(("dtype", "error"), [(torch.float32, 2e-6), (torch.bfloat16, 2e-2)])
@pytest.mark.parametrize("window", [None, 33])
def test_other_dtypes(dtype, error, window):
    q, k, v = tokens(80, dtype)
    stream = Stream("exact", 3, 8, batch=2, value_dim=5, dtype=dtype, window=window, scale=0.5)
    exact = [tensor.double() for tensor in (q, k, v)]
    whole = attention(*exact, kind="naive", causal=True, window=window, scale=0.5)
    out = streamed(stream, q, k, v, [1] * 80)
    assert out.dtype == dtype
    torch.testing.assert_close(out.double(), whole, rtol=0, atol=error)


@pytest.mark.parametrize("kind", ["linear", "decay", "performer"])
def test_kinds_in_linear_time_stream_too(kind):
    q, k, v = tokens(70)
    stream = Stream(kind, 3, 8, batch=2, value_dim=5, dtype=torch.float64)
    whole = attention(q, k, v, kind=kind, causal=True)
    torch.testing.assert_close(streamed(stream, q, k, v, [1] * 5 + [60] + [1] * 5), whole, rtol=0, atol=1e-12)


@pytest.mark.parametrize("kind", ["exact", "linear", "performer"])
def test_a_stream_keeps_its_dtype_under_autocast(kind):
    q, k, v = tokens(9, torch.float32)
    plain = streamed(Stream(kind, 3, 8, batch=2, value_dim=5), q, k, v, [1, 8])
    with torch.autocast("cpu", torch.bfloat16):
        cast = streamed(Stream(kind, 3, 8, batch=2, value_dim=5), q, k, v, [1, 8])
    assert torch.equal(plain, cast)


def test_a_scale_that_is_no_number_is_told():
    with pytest.raises(UsageError, match="scale is nan"):
        Stream("exact", 3, 8, scale=float("nan"))


def test_after_a_reset_nothing_is_left():
    q, k, v = tokens(20)
    stream = Stream("exact", 3, 8, batch=2, value_dim=5, dtype=torch.float64, window=6)
    first = streamed(stream, q, k, v, [1] * 20)
    stream.reset()
    assert stream.length == 0
    assert torch.equal(streamed(stream, q, k, v, [1] * 20), first)


def test_an_output_is_not_written_over_by_the_next_step():
    q, k, v = tokens(2)
    stream = Stream("exact", 3, 8, batch=2, value_dim=5, dtype=torch.float64)
    first = stream.step(q[:, :, :1], k[:, :, :1], v[:, :, :1])
    kept = first.clone()
    stream.step(q[:, :, 1:], k[:, :, 1:], v[:, :, 1:])
    assert torch.equal(first, kept)


def test_what_does_not_fit_is_told_and_not_seen():
    q, k, v = tokens(1)
    stream = Stream("exact", 3, 8, batch=2, value_dim=5, dtype=torch.float64)
    with pytest.raises(UsageError, match="no step of this stream"):
        stream.step(q, k, k)
    with pytest.raises(UsageError, match="float32"):
        stream.step(q, k, v.float())
    assert stream.length == 0
    with pytest.raises(UsageError, match="These stream: exact"):
        Stream("nope")
    with pytest.raises(UsageError, match="window"):
        Stream("exact", window=0)
