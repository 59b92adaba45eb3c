"""Tiles, the pieces that every kernel is put together from: loading and storing rows, products, and what is seen.

A matrix is (batch, heads, rows, columns) with `strides` of the four; pointers stand at their batch and head already.
"""

import triton
import triton.language as tl

LOG2E = tl.constexpr(1.4426950408889634)
LN2 = tl.constexpr(0.6931471805599453)


@triton.jit
def moved(pointer, strides, batch, head, row):
    """The pointer moved to a row of a batch and head."""
    return pointer + batch.to(tl.int64) * strides[0] + head.to(tl.int64) * strides[1] + row * strides[2]


@triton.jit
def span(starts, batch, length):
    """(first row, rows) of a sequence: of those packed one behind the other, or the whole of its own."""
    if starts is None:
        begin = 0
    else:
        begin = tl.load(starts + batch).to(tl.int64)
        length = tl.load(starts + batch + 1) - tl.load(starts + batch)
    return begin, length


@triton.jit
def load(pointer, strides, first, count, SIZE: tl.constexpr, DIM: tl.constexpr, PAD: tl.constexpr, EDGE: tl.constexpr):
    """SIZE rows from row `first` on, (SIZE, PAD): zero beyond DIM and, at an EDGE, from row `count` on."""
    i = first + tl.arange(0, SIZE)[:, None]
    c = tl.arange(0, PAD)[None, :]
    places = pointer + i.to(tl.int64) * strides[2] + c * strides[3]
    if EDGE:
        if DIM < PAD:
            return tl.load(places, mask=(i < count) & (c < DIM), other=0.0)
        return tl.load(places, mask=i < count, other=0.0)
    if DIM < PAD:
        return tl.load(places, mask=c < DIM, other=0.0)
    return tl.load(places)


@triton.jit
def store(pointer, strides, first, count, values, SIZE: tl.constexpr, DIM: tl.constexpr, PAD: tl.constexpr):
    """Rows of `values` (SIZE, PAD) that exist, in the type of the pointer."""
    i = first + tl.arange(0, SIZE)[:, None]
    c = tl.arange(0, PAD)[None, :]
    places = pointer + i.to(tl.int64) * strides[2] + c * strides[3]
    tl.store(places, values.to(pointer.dtype.element_ty), mask=(i < count) & (c < DIM))


@triton.jit
def product(a, b, acc, UPCAST: tl.constexpr, PRECISION: tl.constexpr):
    """acc + a b in float32; acc may be None. UPCAST: operands as float32 first; the interpreter gets bfloat16 wrong."""
    if UPCAST:
        a = a.to(tl.float32)
        b = b.to(tl.float32)
    return tl.dot(a, b, acc=acc, input_precision=PRECISION)


@triton.jit
def seen(
    s, i, j, n, m, mask, bias, slope, mask_strides, bias_strides, window,
    CAUSAL: tl.constexpr, WINDOW: tl.constexpr, EDGE: tl.constexpr,
):  # fmt: skip
    """Scores (in powers of two) with bias, -infinity where key j is hidden from query i; i and j broadcast to s.

    EDGE: whether causal, window and the ends have to be looked at. slope: of ALiBi, -slope |distance|.
    """
    ahead = j - i - (m - n)
    if slope is not None:
        s -= slope * LOG2E * tl.abs(ahead).to(tl.float32)
    if bias is not None:
        places = bias + i.to(tl.int64) * bias_strides[2] + j * bias_strides[3]
        s += tl.load(places, mask=(i < n) & (j < m), other=0.0).to(tl.float32) * LOG2E
    if mask is not None:
        places = mask + i.to(tl.int64) * mask_strides[2] + j * mask_strides[3]
        s = tl.where(tl.load(places, mask=(i < n) & (j < m), other=0) != 0, s, float("-inf"))
    if EDGE:
        visible = j < m
        if CAUSAL:
            visible = visible & (ahead <= 0)
        if WINDOW:
            visible = visible & (ahead < window) & (ahead > -window)
        s = tl.where(visible, s, float("-inf"))
    return s


@triton.jit
def keys_of(first, n, m, window, CAUSAL: tl.constexpr, WINDOW: tl.constexpr, ROWS: tl.constexpr, STEP: tl.constexpr):
    """(lo, full_lo, full_hi, hi): tiles of STEP keys that ROWS queries from `first` on see; between the middle two each
    query sees each key."""
    near = first + (m - n)
    far = tl.minimum(first + ROWS, n) - 1 + (m - n)
    lo, full_lo, hi, full_hi = 0, 0, m, m
    if WINDOW:
        lo = tl.maximum(near - window + 1, 0)
        full_lo = tl.maximum(far - window + 1, 0)
        hi = tl.minimum(far + window, m)
        full_hi = tl.minimum(near + window, m)
    if CAUSAL:
        hi = tl.minimum(hi, far + 1)
        full_hi = tl.minimum(full_hi, near + 1)
    lo = lo // STEP * STEP
    full_lo = tl.cdiv(full_lo, STEP) * STEP
    full_hi = tl.maximum(full_hi // STEP * STEP, full_lo)
    return lo, full_lo, full_hi, hi


@triton.jit
def queries_of(first, n, m, window, CAUSAL: tl.constexpr, WINDOW: tl.constexpr, ROWS: tl.constexpr, STEP: tl.constexpr):
    """(lo, full_lo, full_hi, hi): tiles of STEP queries that see some of ROWS keys from `first` on; between the middle
    two each sees all."""
    near = first - (m - n)
    far = first + ROWS - 1 - (m - n)
    lo, full_lo, hi, full_hi = 0, 0, n, n
    if CAUSAL:
        lo = tl.maximum(near, 0)
        full_lo = tl.maximum(far, 0)
        if WINDOW:
            hi = tl.minimum(far + window, n)
            full_hi = tl.minimum(full_hi, near + window)
    elif WINDOW:
        lo = tl.maximum(near - window + 1, 0)
        full_lo = tl.maximum(far - window + 1, 0)
        hi = tl.minimum(far + window, n)
        full_hi = tl.minimum(full_hi, near + window)
    lo = lo // STEP * STEP
    full_lo = tl.cdiv(full_lo, STEP) * STEP
    full_hi = tl.maximum(full_hi // STEP * STEP, full_lo)
    return lo, full_lo, full_hi, hi
