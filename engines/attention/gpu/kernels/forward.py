"""Attention forward in one pass over the keys (Dao, arXiv 2307.08691): a running maximum, sum and output per query."""

import triton
import triton.language as tl

from engines.attention.gpu.kernels.tiles import LN2, LOG2E, keys_of, load, moved, product, seen, span, store


@triton.jit
def fold(
    acc, total, top, q, k, v, first, start, n, m, scale, mask, bias, slope, window,
    k_strides, v_strides, mask_strides, bias_strides,
    CAUSAL: tl.constexpr, WINDOW: tl.constexpr, EDGE: tl.constexpr, D: tl.constexpr, E: tl.constexpr,
    DP: tl.constexpr, EP: tl.constexpr, ROWS: tl.constexpr, STEP: tl.constexpr,
    UPCAST: tl.constexpr, PRECISION: tl.constexpr,
):  # fmt: skip
    """One tile of keys folded into the running output."""
    i = first + tl.arange(0, ROWS)[:, None]
    j = start + tl.arange(0, STEP)[None, :]
    keys = load(k, k_strides, start, m, STEP, D, DP, EDGE)
    s = product(q, tl.trans(keys), None, UPCAST, PRECISION) * (scale * LOG2E)
    s = seen(s, i, j, n, m, mask, bias, slope, mask_strides, bias_strides, window, CAUSAL, WINDOW, EDGE)
    higher = tl.maximum(top, tl.max(s, 1))
    steady = tl.where(higher == float("-inf"), 0.0, higher)
    p = tl.exp2(s - steady[:, None])
    fade = tl.exp2(top - steady)
    values = load(v, v_strides, start, m, STEP, E, EP, EDGE)
    acc = product(p.to(values.dtype), values, acc * fade[:, None], UPCAST, PRECISION)
    return acc, total * fade + tl.sum(p, 1), higher


@triton.jit
def sweep(
    acc, total, top, q, k, v, first, lo, hi, n, m, scale, mask, bias, slope, window, blocks,
    k_strides, v_strides, mask_strides, bias_strides, block_strides,
    CAUSAL: tl.constexpr, WINDOW: tl.constexpr, EDGE: tl.constexpr, D: tl.constexpr, E: tl.constexpr,
    DP: tl.constexpr, EP: tl.constexpr, ROWS: tl.constexpr, STEP: tl.constexpr, BLOCK: tl.constexpr,
    UPCAST: tl.constexpr, PRECISION: tl.constexpr,
):  # fmt: skip
    """Every tile of keys from lo to hi; those of blocks that are off are not loaded."""
    for start in tl.range(lo, hi, STEP):
        if blocks is None:
            acc, total, top = fold(
                acc, total, top, q, k, v, first, start, n, m, scale, mask, bias, slope, window,
                k_strides, v_strides, mask_strides, bias_strides,
                CAUSAL, WINDOW, EDGE, D, E, DP, EP, ROWS, STEP, UPCAST, PRECISION,
            )  # fmt: skip
        else:
            on = tl.load(blocks + first // BLOCK * block_strides[2] + start // BLOCK * block_strides[3])
            if on != 0:
                acc, total, top = fold(
                    acc, total, top, q, k, v, first, start, n, m, scale, mask, bias, slope, window,
                    k_strides, v_strides, mask_strides, bias_strides,
                    CAUSAL, WINDOW, EDGE, D, E, DP, EP, ROWS, STEP, UPCAST, PRECISION,
                )  # fmt: skip
    return acc, total, top


@triton.jit
def forward(
    q, k, v, out, lse, mask, bias, slopes, blocks, query_starts, key_starts,
    q_strides, k_strides, v_strides, out_strides, lse_strides, mask_strides, bias_strides, slope_strides, block_strides,
    heads, tiles, n, m, scale, window,
    CAUSAL: tl.constexpr, WINDOW: tl.constexpr, D: tl.constexpr, E: tl.constexpr, DP: tl.constexpr, EP: tl.constexpr,
    ROWS: tl.constexpr, STEP: tl.constexpr, BLOCK: tl.constexpr, UPCAST: tl.constexpr, PRECISION: tl.constexpr,
):  # fmt: skip
    """A program for each tile of queries, batch and head. *_starts: where each sequence begins, of packed lengths."""
    tile = tl.program_id(0) % tiles
    batch = tl.program_id(0) // tiles // heads
    head = tl.program_id(0) // tiles % heads
    if CAUSAL:
        tile = tiles - 1 - tile
    first = tile * ROWS
    begin, n = span(query_starts, batch, n)
    key_begin, m = span(key_starts, batch, m)
    if query_starts is not None:
        if first >= n:
            return
    q = moved(q, q_strides, batch, head, begin)
    out = moved(out, out_strides, batch, head, begin)
    lse = moved(lse, lse_strides, batch, head, begin)
    k = moved(k, k_strides, batch, head, key_begin)
    v = moved(v, v_strides, batch, head, key_begin)
    if mask is not None:
        mask = moved(mask, mask_strides, batch, head, 0)
    if bias is not None:
        bias = moved(bias, bias_strides, batch, head, 0)
    if blocks is not None:
        blocks = moved(blocks, block_strides, batch, head, 0)
    slope = None
    if slopes is not None:
        slope = tl.load(moved(slopes, slope_strides, batch, head, 0))
    rows = load(q, q_strides, first, n, ROWS, D, DP, True)
    acc = tl.zeros([ROWS, EP], tl.float32)
    total = tl.zeros([ROWS], tl.float32)
    top = tl.full([ROWS], float("-inf"), tl.float32)
    lo, full_lo, full_hi, hi = keys_of(first, n, m, window, CAUSAL, WINDOW, ROWS, STEP)
    if WINDOW:
        acc, total, top = sweep(
            acc, total, top, rows, k, v, first, lo, tl.minimum(full_lo, hi), n, m, scale, mask, bias, slope, window,
            blocks, k_strides, v_strides, mask_strides, bias_strides, block_strides,
            CAUSAL, WINDOW, True, D, E, DP, EP, ROWS, STEP, BLOCK, UPCAST, PRECISION,
        )  # fmt: skip
    acc, total, top = sweep(
        acc, total, top, rows, k, v, first, full_lo, full_hi, n, m, scale, mask, bias, slope, window, blocks,
        k_strides, v_strides, mask_strides, bias_strides, block_strides,
        CAUSAL, WINDOW, False, D, E, DP, EP, ROWS, STEP, BLOCK, UPCAST, PRECISION,
    )  # fmt: skip
    acc, total, top = sweep(
        acc, total, top, rows, k, v, first, full_hi, hi, n, m, scale, mask, bias, slope, window, blocks,
        k_strides, v_strides, mask_strides, bias_strides, block_strides,
        CAUSAL, WINDOW, True, D, E, DP, EP, ROWS, STEP, BLOCK, UPCAST, PRECISION,
    )  # fmt: skip
    acc = acc / tl.where(total == 0.0, 1.0, total)[:, None]
    store(out, out_strides, first, n, acc, ROWS, E, EP)
    i = first + tl.arange(0, ROWS)
    level = tl.where(total == 0.0, float("-inf"), top * LN2 + tl.log(total))
    tl.store(lse + i * lse_strides[2], level, mask=i < n)
