"""Attention of one query: every part of the keys at once, then one sum of the parts by their log-sum-exps."""

import triton
import triton.language as tl

from engines.attention.gpu.kernels.tiles import LN2, LOG2E, load, moved


@triton.jit
def part(
    q, k, v, outs, tops, totals, lengths, q_strides, k_strides, v_strides, heads, parts, m, span, scale,
    D: tl.constexpr, E: tl.constexpr, DP: tl.constexpr, EP: tl.constexpr, STEP: tl.constexpr,
):  # fmt: skip
    """span keys a program, products one by one: memory is what bounds it. lengths: (B,) of keys that are there, or
    None for all m."""
    place = tl.program_id(0) % parts
    row = tl.program_id(0) // parts
    batch, head = row // heads, row % heads
    k = moved(k, k_strides, batch, head, 0)
    v = moved(v, v_strides, batch, head, 0)
    if lengths is not None:
        m = tl.minimum(m, tl.load(lengths + batch))
    c = tl.arange(0, DP)
    query = tl.load(moved(q, q_strides, batch, head, 0) + c * q_strides[3], mask=c < D, other=0.0).to(tl.float32)
    query = query * (scale * LOG2E)
    acc = tl.zeros([EP], tl.float32)
    total = tl.sum(acc, 0)
    top = total - float("inf")
    for start in tl.range(place * span, tl.minimum(place * span + span, m), STEP):
        j = start + tl.arange(0, STEP)
        keys = load(k, k_strides, start, m, STEP, D, DP, True).to(tl.float32)
        s = tl.where(j < m, tl.sum(keys * query[None, :], 1), float("-inf"))
        higher = tl.maximum(top, tl.max(s, 0))
        p = tl.exp2(s - higher)
        fade = tl.exp2(top - higher)
        values = load(v, v_strides, start, m, STEP, E, EP, True).to(tl.float32)
        acc = acc * fade + tl.sum(p[:, None] * values, 0)
        total = total * fade + tl.sum(p, 0)
        top = higher
    x = tl.arange(0, EP)
    at = tl.program_id(0).to(tl.int64)
    tl.store(outs + at * E + x, acc, mask=x < E)
    tl.store(tops + at, top)
    tl.store(totals + at, total)


@triton.jit
def merged(
    outs, tops, totals, out, lse, out_strides, heads, parts,
    E: tl.constexpr, EP: tl.constexpr, PARTS: tl.constexpr,
):  # fmt: skip
    """The parts of a row brought together; 0 and -infinity where no key is there."""
    row = tl.program_id(0)
    i = tl.arange(0, PARTS)
    x = tl.arange(0, EP)
    at = row.to(tl.int64) * parts + i
    each = tl.load(tops + at, mask=i < parts, other=float("-inf"))
    top = tl.max(each, 0)
    share = tl.where(each == float("-inf"), 0.0, tl.exp2(each - top))
    total = tl.sum(share * tl.load(totals + at, mask=i < parts, other=0.0), 0)
    inside = (i < parts)[:, None] & (x < E)[None, :]
    rows = tl.load(outs + at[:, None] * E + x[None, :], mask=inside, other=0.0)
    value = tl.sum(rows * share[:, None], 0) / tl.where(total == 0.0, 1.0, total)
    place = moved(out, out_strides, row // heads, row % heads, 0)
    tl.store(place + x * out_strides[3], value.to(out.dtype.element_ty), mask=x < E)
    tl.store(lse + row, tl.where(total == 0.0, float("-inf"), top * LN2 + tl.log(total)))
