"""Attention whose queries and keys are normalised and turned as their tiles are loaded: nothing in between is written.

Each program norms the keys anew for its tile of queries, which is cheap while all keys lie in the cache (some 1000).
"""

import triton
import triton.language as tl

from engines.attention.gpu.kernels.tiles import LN2, LOG2E, load, moved, product, store


@triton.jit
def size_of(rows, eps, D: tl.constexpr):
    """1 / root mean square of each row of a tile in float32."""
    return tl.rsqrt(tl.sum(rows * rows, 1) / D + eps)


@triton.jit
def turned(
    x, rows, strides, weight, cos, sin, first, count, place, SIZE: tl.constexpr, D: tl.constexpr, DP: tl.constexpr,
    PAIRS: tl.constexpr,
):  # fmt: skip
    """weight * rows, each pair of channels turned by its angle. place: position of row 0 in cos and sin (positions,
    D / 2). PAIRS: 2 for channels (2c, 2c + 1), 1 for (c, c + D / 2)."""
    i = first + tl.arange(0, SIZE)[:, None]
    c = tl.arange(0, DP)[None, :]
    if PAIRS == 2:
        partner, angle, sign = c ^ 1, c // 2, tl.where(c % 2 == 0, -1.0, 1.0)
    else:
        low = c < D // 2
        partner, angle, sign = tl.where(low, c + D // 2, c - D // 2), c % (D // 2), tl.where(low, -1.0, 1.0)
    inside = (i < count) & (c < D)
    other = tl.load(x + i.to(tl.int64) * strides[2] + partner * strides[3], mask=inside, other=0.0).to(tl.float32)
    if weight is not None:
        rows = rows * tl.load(weight + c, mask=c < D, other=0.0).to(tl.float32)
        other = other * tl.load(weight + partner, mask=c < D, other=0.0).to(tl.float32)
    at = (place + i) * (D // 2) + angle
    across = tl.load(cos + at, mask=inside, other=0.0).to(tl.float32)
    up = tl.load(sin + at, mask=inside, other=0.0).to(tl.float32)
    return rows * across + sign * other * up


@triton.jit
def normed(
    q, k, v, out, lse, query_weight, key_weight, cos, sin,
    q_strides, k_strides, v_strides, out_strides, lse_strides,
    heads, tiles, n, m, scale, eps,
    PAIRS: tl.constexpr, D: tl.constexpr, E: tl.constexpr, DP: tl.constexpr, EP: tl.constexpr,
    ROWS: tl.constexpr, STEP: tl.constexpr, UPCAST: tl.constexpr, PRECISION: tl.constexpr,
):  # fmt: skip
    """A program for each tile of queries, batch and head. Without turning, the weights of the keys go into the queries
    and the size of a key into its column of scores, so that keys are multiplied as they lie in memory."""
    first = tl.program_id(0) % tiles * ROWS
    batch = tl.program_id(0) // tiles // heads
    head = tl.program_id(0) // tiles % heads
    q = moved(q, q_strides, batch, head, 0)
    k = moved(k, k_strides, batch, head, 0)
    v = moved(v, v_strides, batch, head, 0)
    rows = load(q, q_strides, first, n, ROWS, D, DP, True).to(tl.float32)
    size = tl.full([ROWS], 1.0, tl.float32)
    c = tl.arange(0, DP)
    if query_weight is not None:
        size = size_of(rows, eps, D)
    if PAIRS > 0:
        rows = turned(q, rows, q_strides, query_weight, cos, sin, first, n, m - n, ROWS, D, DP, PAIRS)
    else:
        if query_weight is not None:
            rows = rows * tl.load(query_weight + c, mask=c < D, other=0.0).to(tl.float32)[None, :]
        if key_weight is not None:
            rows = rows * tl.load(key_weight + c, mask=c < D, other=0.0).to(tl.float32)[None, :]
    rows = (rows * size[:, None]).to(q.dtype.element_ty)
    acc = tl.zeros([ROWS, EP], tl.float32)
    total = tl.zeros([ROWS], tl.float32)
    top = tl.full([ROWS], float("-inf"), tl.float32)
    for start in tl.range(0, m, STEP):
        keys = load(k, k_strides, start, m, STEP, D, DP, True)
        if PAIRS > 0:
            wide = keys.to(tl.float32)
            keys = turned(k, wide, k_strides, key_weight, cos, sin, start, m, 0, STEP, D, DP, PAIRS)
            if key_weight is not None:
                keys = keys * size_of(wide, eps, D)[:, None]
            s = product(rows, tl.trans(keys.to(rows.dtype)), None, UPCAST, PRECISION) * (scale * LOG2E)
        else:
            s = product(rows, tl.trans(keys), None, UPCAST, PRECISION) * (scale * LOG2E)
            if key_weight is not None:
                s = s * size_of(keys.to(tl.float32), eps, D)[None, :]
        j = start + tl.arange(0, STEP)[None, :]
        s = tl.where(j < m, s, float("-inf"))
        higher = tl.maximum(top, tl.max(s, 1))
        p = tl.exp2(s - higher[:, None])
        fade = tl.exp2(top - higher)
        values = load(v, v_strides, start, m, STEP, E, EP, True)
        acc = product(p.to(values.dtype), values, acc * fade[:, None], UPCAST, PRECISION)
        total = total * fade + tl.sum(p, 1)
        top = higher
    store(moved(out, out_strides, batch, head, 0), out_strides, first, n, acc / total[:, None], ROWS, E, EP)
    i = first + tl.arange(0, ROWS)
    tl.store(moved(lse, lse_strides, batch, head, 0) + i * lse_strides[2], top * LN2 + tl.log(total), mask=i < n)
