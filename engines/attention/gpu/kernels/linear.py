"""Linear attention with the features elu(x) + 1 made as tiles are loaded: q, k and v are read, and the output written.

A sequence is cut into segments that run side by side. `held` sums what a segment's keys hold; `read` starts from the
sum of the segments before and goes on chunk by chunk.
"""

import triton
import triton.language as tl

from engines.attention.gpu.kernels.tiles import load, moved, product, store


@triton.jit
def features(x):
    x = x.to(tl.float32)
    return tl.where(x > 0, x + 1.0, tl.exp(tl.minimum(x, 0.0)))


@triton.jit
def keys_across(k, strides, start, count, STEP: tl.constexpr, D: tl.constexpr, DP: tl.constexpr):
    """Features of STEP keys as columns, (DP, STEP): 0 beyond count and D."""
    c = tl.arange(0, DP)[:, None]
    j = start + tl.arange(0, STEP)[None, :]
    inside = (c < D) & (j < count)
    x = tl.load(k + j.to(tl.int64) * strides[2] + c * strides[3], mask=inside, other=0.0)
    return tl.where(inside, features(x), 0.0)


@triton.jit
def held(
    k, v, s, z, k_strides, v_strides, heads, segments, m, length, D: tl.constexpr, E: tl.constexpr, DP: tl.constexpr,
    EP: tl.constexpr, STEP: tl.constexpr, UPCAST: tl.constexpr, PRECISION: tl.constexpr,
):  # fmt: skip
    """phi(K)^T V and the sum of phi(K) of a segment; s: (B H, segments, D, E), z: (B H, segments, D)."""
    segment = tl.program_id(0) % segments
    row = tl.program_id(0) // segments
    k = moved(k, k_strides, row // heads, row % heads, 0)
    v = moved(v, v_strides, row // heads, row % heads, 0)
    state = tl.zeros([DP, EP], tl.float32)
    weight = tl.zeros([DP], tl.float32)
    for start in tl.range(segment * length, tl.minimum(segment * length + length, m), STEP):
        keys = keys_across(k, k_strides, start, m, STEP, D, DP)
        values = load(v, v_strides, start, m, STEP, E, EP, True)
        state = product(keys.to(values.dtype), values, state, UPCAST, PRECISION)
        weight += tl.sum(keys, 1)
    keep(s, z, tl.program_id(0), state, weight, D, E, DP, EP)


@triton.jit
def keep(s, z, place, state, weight, D: tl.constexpr, E: tl.constexpr, DP: tl.constexpr, EP: tl.constexpr):
    c = tl.arange(0, DP)
    x = tl.arange(0, EP)[None, :]
    base = place.to(tl.int64) * D
    tl.store(s + (base + c[:, None]) * E + x, state, mask=(c[:, None] < D) & (x < E))
    tl.store(z + base + c, weight, mask=c < D)


@triton.jit
def read(
    q, k, v, out, level, s, z, s_after, z_after, q_strides, k_strides, v_strides, out_strides,
    heads, segments, n, length,
    CAUSAL: tl.constexpr, D: tl.constexpr, E: tl.constexpr, DP: tl.constexpr, EP: tl.constexpr, STEP: tl.constexpr,
    UPCAST: tl.constexpr, PRECISION: tl.constexpr,
):  # fmt: skip
    """Outputs of a segment's queries from its state; CAUSAL: and from the keys up to each. level: log of the sum of the
    weights, (B H, n). s_after: where the state after the last segment goes, or None."""
    segment = tl.program_id(0) % segments
    row = tl.program_id(0) // segments
    q = moved(q, q_strides, row // heads, row % heads, 0)
    out = moved(out, out_strides, row // heads, row % heads, 0)
    c = tl.arange(0, DP)
    x = tl.arange(0, EP)[None, :]
    state = tl.zeros([DP, EP], tl.float32)
    weight = tl.zeros([DP], tl.float32)
    if s is not None:
        base = tl.program_id(0).to(tl.int64) * D if CAUSAL else row.to(tl.int64) * D
        state = tl.load(s + (base + c[:, None]) * E + x, mask=(c[:, None] < D) & (x < E), other=0.0)
        weight = tl.load(z + base + c, mask=c < D, other=0.0)
    if CAUSAL:
        k = moved(k, k_strides, row // heads, row % heads, 0)
        v = moved(v, v_strides, row // heads, row % heads, 0)
    i = tl.arange(0, STEP)
    for start in tl.range(segment * length, tl.minimum(segment * length + length, n), STEP):
        rows = load(q, q_strides, start, n, STEP, D, DP, True)
        queries = tl.where(c[None, :] < D, features(rows), 0.0)
        acc = product(queries, state, None, False, PRECISION)
        total = tl.sum(queries * weight[None, :], 1)
        if CAUSAL:
            keys = keys_across(k, k_strides, start, n, STEP, D, DP)
            values = load(v, v_strides, start, n, STEP, E, EP, True)
            a = product(queries.to(values.dtype), keys.to(values.dtype), None, UPCAST, PRECISION)
            a = tl.where(i[:, None] >= i[None, :], a, 0.0)
            total += tl.sum(a, 1)
            acc = product(a.to(tl.float32 if UPCAST else values.dtype), values, acc, UPCAST, PRECISION)
            state = product(keys.to(values.dtype), values, state, UPCAST, PRECISION)
            weight += tl.sum(keys, 1)
        acc = acc / tl.where(total == 0.0, 1.0, total)[:, None]
        store(out, out_strides, start, n, acc, STEP, E, EP)
        tl.store(level + row.to(tl.int64) * n + start + i, tl.log(total), mask=start + i < n)
    if s_after is not None:
        if segment == segments - 1:
            keep(s_after, z_after, row, state, weight, D, E, DP, EP)
