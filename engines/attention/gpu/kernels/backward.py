"""The gradients of attention: a sum per row, then a program per tile of keys for dk and dv, one per tile of queries for
dq and the gradient of the bias. No program writes where another does, so a repetition gives the same bits.

Products in dk and dv are laid out keys by queries from the start: no accumulator is transposed on its way into another
product, which some versions of Triton compile wrongly for Hopper.
"""

import triton
import triton.language as tl

from engines.attention.gpu.kernels.tiles import (
    LOG2E,
    keys_of,
    load,
    moved,
    product,
    queries_of,
    seen,
    span,
    store,
)


@triton.jit
def sums(
    out, grad, lse_grad, delta, out_strides, grad_strides, lse_grad_strides, delta_strides,
    heads, tiles, n, E: tl.constexpr, EP: tl.constexpr, ROWS: tl.constexpr,
):  # fmt: skip
    """delta = rowsum(grad * out) - the gradient of the log-sum-exp."""
    first = tl.program_id(0) % tiles * ROWS
    batch = tl.program_id(0) // tiles // heads
    head = tl.program_id(0) // tiles % heads
    a = load(moved(out, out_strides, batch, head, 0), out_strides, first, n, ROWS, E, EP, True).to(tl.float32)
    b = load(moved(grad, grad_strides, batch, head, 0), grad_strides, first, n, ROWS, E, EP, True).to(tl.float32)
    value = tl.sum(a * b, 1)
    i = first + tl.arange(0, ROWS)
    if lse_grad is not None:
        places = moved(lse_grad, lse_grad_strides, batch, head, 0) + i * lse_grad_strides[2]
        value -= tl.load(places, mask=i < n, other=0.0)
    tl.store(moved(delta, delta_strides, batch, head, 0) + i * delta_strides[2], value, mask=i < n)


@triton.jit
def level_of(lse, strides, i, n):
    """Log-sum-exp in powers of two; +infinity for rows that see nothing or do not exist, whose weights are then 0."""
    level = tl.load(lse + i * strides[2], mask=i < n, other=float("inf"))
    return tl.where(level == float("-inf"), float("inf"), level * LOG2E)


@triton.jit
def gather(
    dk, dv, keys, values, q, grad, lse, delta, first, start, n, m, scale, mask, bias, slope, window,
    q_strides, grad_strides, lse_strides, mask_strides, bias_strides,
    CAUSAL: tl.constexpr, WINDOW: tl.constexpr, EDGE: tl.constexpr, D: tl.constexpr, E: tl.constexpr,
    DP: tl.constexpr, EP: tl.constexpr, ROWS: tl.constexpr, STEP: tl.constexpr,
    UPCAST: tl.constexpr, PRECISION: tl.constexpr,
):  # fmt: skip
    """What one tile of queries adds to dk and dv of a tile of keys."""
    j = first + tl.arange(0, ROWS)[:, None]
    i = start + tl.arange(0, STEP)
    queries = load(q, q_strides, start, n, STEP, D, DP, EDGE)
    s = product(keys, tl.trans(queries), None, UPCAST, PRECISION) * (scale * LOG2E)
    s = seen(s, i[None, :], j, n, m, mask, bias, slope, mask_strides, bias_strides, window, CAUSAL, WINDOW, EDGE)
    p = tl.exp2(s - level_of(lse, lse_strides, i, n)[None, :])
    given = load(grad, grad_strides, start, n, STEP, E, EP, EDGE)
    dv = product(p.to(given.dtype), given, dv, UPCAST, PRECISION)
    dp = product(values, tl.trans(given), None, UPCAST, PRECISION)
    ds = p * (dp - tl.load(delta + i * lse_strides[2], mask=i < n, other=0.0)[None, :])
    return product(ds.to(queries.dtype), queries, dk, UPCAST, PRECISION), dv


@triton.jit
def sweep_queries(
    dk, dv, keys, values, q, grad, lse, delta, first, lo, hi, n, m, scale, mask, bias, slope, window, blocks,
    q_strides, grad_strides, lse_strides, mask_strides, bias_strides, block_strides,
    CAUSAL: tl.constexpr, WINDOW: tl.constexpr, EDGE: tl.constexpr, D: tl.constexpr, E: tl.constexpr,
    DP: tl.constexpr, EP: tl.constexpr, ROWS: tl.constexpr, STEP: tl.constexpr, BLOCK: tl.constexpr,
    UPCAST: tl.constexpr, PRECISION: tl.constexpr,
):  # fmt: skip
    for start in tl.range(lo, hi, STEP):
        if blocks is None:
            dk, dv = gather(
                dk, dv, keys, values, q, grad, lse, delta, first, start, n, m, scale, mask, bias, slope, window,
                q_strides, grad_strides, lse_strides, mask_strides, bias_strides,
                CAUSAL, WINDOW, EDGE, D, E, DP, EP, ROWS, STEP, UPCAST, PRECISION,
            )  # fmt: skip
        else:
            on = tl.load(blocks + start // BLOCK * block_strides[2] + first // BLOCK * block_strides[3])
            if on != 0:
                dk, dv = gather(
                    dk, dv, keys, values, q, grad, lse, delta, first, start, n, m, scale, mask, bias, slope, window,
                    q_strides, grad_strides, lse_strides, mask_strides, bias_strides,
                    CAUSAL, WINDOW, EDGE, D, E, DP, EP, ROWS, STEP, UPCAST, PRECISION,
                )  # fmt: skip
    return dk, dv


@triton.jit
def keys_and_values(
    q, k, v, grad, lse, delta, dk, dv, mask, bias, slopes, blocks, query_starts, key_starts,
    q_strides, k_strides, v_strides, grad_strides, lse_strides, dk_strides, dv_strides,
    mask_strides, bias_strides, slope_strides, block_strides,
    heads, tiles, n, m, scale, window,
    CAUSAL: tl.constexpr, WINDOW: tl.constexpr, D: tl.constexpr, E: tl.constexpr, DP: tl.constexpr, EP: tl.constexpr,
    ROWS: tl.constexpr, STEP: tl.constexpr, BLOCK: tl.constexpr, UPCAST: tl.constexpr, PRECISION: tl.constexpr,
):  # fmt: skip
    """A program for each tile of ROWS keys, batch and head."""
    first = tl.program_id(0) % tiles * ROWS
    batch = tl.program_id(0) // tiles // heads
    head = tl.program_id(0) // tiles % heads
    begin, n = span(query_starts, batch, n)
    key_begin, m = span(key_starts, batch, m)
    if query_starts is not None:
        if first >= m:
            return
    q = moved(q, q_strides, batch, head, begin)
    grad = moved(grad, grad_strides, batch, head, begin)
    lse = moved(lse, lse_strides, batch, head, begin)
    delta = moved(delta, lse_strides, batch, head, begin)
    k = moved(k, k_strides, batch, head, key_begin)
    v = moved(v, v_strides, batch, head, key_begin)
    dk = moved(dk, dk_strides, batch, head, key_begin)
    dv = moved(dv, dv_strides, batch, head, key_begin)
    if mask is not None:
        mask = moved(mask, mask_strides, batch, head, 0)
    if bias is not None:
        bias = moved(bias, bias_strides, batch, head, 0)
    if blocks is not None:
        blocks = moved(blocks, block_strides, batch, head, 0)
    slope = None
    if slopes is not None:
        slope = tl.load(moved(slopes, slope_strides, batch, head, 0))
    keys = load(k, k_strides, first, m, ROWS, D, DP, True)
    values = load(v, v_strides, first, m, ROWS, E, EP, True)
    to_keys = tl.zeros([ROWS, DP], tl.float32)
    to_values = tl.zeros([ROWS, EP], tl.float32)
    lo, full_lo, full_hi, hi = queries_of(first, n, m, window, CAUSAL, WINDOW, ROWS, STEP)
    if CAUSAL or WINDOW:
        to_keys, to_values = sweep_queries(
            to_keys, to_values, keys, values, q, grad, lse, delta, first, lo, tl.minimum(full_lo, hi), n, m, scale,
            mask, bias, slope, window, blocks,
            q_strides, grad_strides, lse_strides, mask_strides, bias_strides, block_strides,
            CAUSAL, WINDOW, True, D, E, DP, EP, ROWS, STEP, BLOCK, UPCAST, PRECISION,
        )  # fmt: skip
    to_keys, to_values = sweep_queries(
        to_keys, to_values, keys, values, q, grad, lse, delta, first, full_lo, tl.minimum(full_hi, hi), n, m, scale,
        mask, bias, slope, window, blocks,
        q_strides, grad_strides, lse_strides, mask_strides, bias_strides, block_strides,
        CAUSAL, WINDOW, False, D, E, DP, EP, ROWS, STEP, BLOCK, UPCAST, PRECISION,
    )  # fmt: skip
    to_keys, to_values = sweep_queries(
        to_keys, to_values, keys, values, q, grad, lse, delta, first, full_hi, hi, n, m, scale,
        mask, bias, slope, window, blocks,
        q_strides, grad_strides, lse_strides, mask_strides, bias_strides, block_strides,
        CAUSAL, WINDOW, True, D, E, DP, EP, ROWS, STEP, BLOCK, UPCAST, PRECISION,
    )  # fmt: skip
    store(dk, dk_strides, first, m, to_keys * scale, ROWS, D, DP)
    store(dv, dv_strides, first, m, to_values, ROWS, E, EP)


@triton.jit
def turn(
    dq, rows, given, level, delta, k, v, ds_out, first, start, n, m, scale, mask, bias, slope, window,
    k_strides, v_strides, mask_strides, bias_strides, ds_strides,
    CAUSAL: tl.constexpr, WINDOW: tl.constexpr, EDGE: tl.constexpr, D: tl.constexpr, E: tl.constexpr,
    DP: tl.constexpr, EP: tl.constexpr, ROWS: tl.constexpr, STEP: tl.constexpr,
    UPCAST: tl.constexpr, PRECISION: tl.constexpr,
):  # fmt: skip
    """What one tile of keys adds to dq of a tile of queries."""
    i = first + tl.arange(0, ROWS)[:, None]
    j = start + tl.arange(0, STEP)[None, :]
    keys = load(k, k_strides, start, m, STEP, D, DP, EDGE)
    s = product(rows, tl.trans(keys), None, UPCAST, PRECISION) * (scale * LOG2E)
    s = seen(s, i, j, n, m, mask, bias, slope, mask_strides, bias_strides, window, CAUSAL, WINDOW, EDGE)
    p = tl.exp2(s - level[:, None])
    values = load(v, v_strides, start, m, STEP, E, EP, EDGE)
    ds = p * (product(given, tl.trans(values), None, UPCAST, PRECISION) - delta[:, None])
    if ds_out is not None:
        places = ds_out + i.to(tl.int64) * ds_strides[2] + j * ds_strides[3]
        tl.store(places, ds, mask=(i < n) & (j < m))
    return product(ds.to(keys.dtype), keys, dq, UPCAST, PRECISION)


@triton.jit
def sweep_keys(
    dq, rows, given, level, delta, k, v, ds_out, first, lo, hi, n, m, scale, mask, bias, slope, window, blocks,
    k_strides, v_strides, mask_strides, bias_strides, ds_strides, block_strides,
    CAUSAL: tl.constexpr, WINDOW: tl.constexpr, EDGE: tl.constexpr, D: tl.constexpr, E: tl.constexpr,
    DP: tl.constexpr, EP: tl.constexpr, ROWS: tl.constexpr, STEP: tl.constexpr, BLOCK: tl.constexpr,
    UPCAST: tl.constexpr, PRECISION: tl.constexpr,
):  # fmt: skip
    for start in tl.range(lo, hi, STEP):
        if blocks is None:
            dq = turn(
                dq, rows, given, level, delta, k, v, ds_out, first, start, n, m, scale, mask, bias, slope, window,
                k_strides, v_strides, mask_strides, bias_strides, ds_strides,
                CAUSAL, WINDOW, EDGE, D, E, DP, EP, ROWS, STEP, UPCAST, PRECISION,
            )  # fmt: skip
        else:
            on = tl.load(blocks + first // BLOCK * block_strides[2] + start // BLOCK * block_strides[3])
            if on != 0:
                dq = turn(
                    dq, rows, given, level, delta, k, v, ds_out, first, start, n, m, scale, mask, bias, slope, window,
                    k_strides, v_strides, mask_strides, bias_strides, ds_strides,
                    CAUSAL, WINDOW, EDGE, D, E, DP, EP, ROWS, STEP, UPCAST, PRECISION,
                )  # fmt: skip
    return dq


@triton.jit
def queries(
    q, k, v, grad, lse, delta, dq, ds, mask, bias, slopes, blocks, query_starts, key_starts,
    q_strides, k_strides, v_strides, grad_strides, lse_strides, dq_strides, ds_strides,
    mask_strides, bias_strides, slope_strides, block_strides,
    heads, tiles, n, m, scale, window,
    CAUSAL: tl.constexpr, WINDOW: tl.constexpr, D: tl.constexpr, E: tl.constexpr, DP: tl.constexpr, EP: tl.constexpr,
    ROWS: tl.constexpr, STEP: tl.constexpr, BLOCK: tl.constexpr, UPCAST: tl.constexpr, PRECISION: tl.constexpr,
):  # fmt: skip
    """A program for each tile of ROWS queries, batch and head. ds: where the gradient of the scores goes, or None."""
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
    grad = moved(grad, grad_strides, batch, head, begin)
    lse = moved(lse, lse_strides, batch, head, begin)
    delta = moved(delta, lse_strides, batch, head, begin)
    k = moved(k, k_strides, batch, head, key_begin)
    v = moved(v, v_strides, batch, head, key_begin)
    dq = moved(dq, dq_strides, batch, head, begin)
    if ds is not None:
        ds = moved(ds, ds_strides, batch, head, 0)
    if mask is not None:
        mask = moved(mask, mask_strides, batch, head, 0)
    if bias is not None:
        bias = moved(bias, bias_strides, batch, head, 0)
    if blocks is not None:
        blocks = moved(blocks, block_strides, batch, head, 0)
    slope = None
    if slopes is not None:
        slope = tl.load(moved(slopes, slope_strides, batch, head, 0))
    i = first + tl.arange(0, ROWS)
    level = level_of(lse, lse_strides, i, n)
    sums_of_rows = tl.load(delta + i * lse_strides[2], mask=i < n, other=0.0)
    rows = load(q, q_strides, first, n, ROWS, D, DP, True)
    given = load(grad, grad_strides, first, n, ROWS, E, EP, True)
    acc = tl.zeros([ROWS, DP], tl.float32)
    lo, full_lo, full_hi, hi = keys_of(first, n, m, window, CAUSAL, WINDOW, ROWS, STEP)
    if WINDOW:
        acc = sweep_keys(
            acc, rows, given, level, sums_of_rows, k, v, ds, first, lo, tl.minimum(full_lo, hi), n, m, scale,
            mask, bias, slope, window, blocks,
            k_strides, v_strides, mask_strides, bias_strides, ds_strides, block_strides,
            CAUSAL, WINDOW, True, D, E, DP, EP, ROWS, STEP, BLOCK, UPCAST, PRECISION,
        )  # fmt: skip
    acc = sweep_keys(
        acc, rows, given, level, sums_of_rows, k, v, ds, first, full_lo, full_hi, n, m, scale,
        mask, bias, slope, window, blocks,
        k_strides, v_strides, mask_strides, bias_strides, ds_strides, block_strides,
        CAUSAL, WINDOW, False, D, E, DP, EP, ROWS, STEP, BLOCK, UPCAST, PRECISION,
    )  # fmt: skip
    acc = sweep_keys(
        acc, rows, given, level, sums_of_rows, k, v, ds, first, full_hi, hi, n, m, scale,
        mask, bias, slope, window, blocks,
        k_strides, v_strides, mask_strides, bias_strides, ds_strides, block_strides,
        CAUSAL, WINDOW, True, D, E, DP, EP, ROWS, STEP, BLOCK, UPCAST, PRECISION,
    )  # fmt: skip
    store(dq, dq_strides, first, n, acc * scale, ROWS, D, DP)
