"""Sets of pixels that units see, kept as unions of products of axes: exact, and one bit for a row or a column.

A term holds, for each spatial axis of the input, packed bits (*indices, bytes): which rows (columns) a unit sees. The
indices are the axes of the unit's tensor, of size 1 where it does not matter. A unit sees, over all terms, the pixels
whose row and whose column are in: a cross of 1x3 and 3x1 is two terms. No term: nothing of the input is seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce

import numpy as np
from numpy.typing import NDArray

Bits = NDArray[np.uint8]
Term = tuple[Bits, ...]
Terms = tuple[Term, ...]
Indices = NDArray[np.int64]
LARGEST = 1 << 28
"""Bytes of one array, above which it is not followed."""


class TooLarge(Exception):
    """The set cannot be written down in the memory that there is for it."""


def itself(shape: Sequence[int], axes: Sequence[int]) -> Terms:
    """Every unit of the input sees its own pixel."""

    def bits(axis: int) -> Bits:
        size = shape[axis]
        place = [size if index == axis else 1 for index in range(len(shape))]
        return np.packbits(np.eye(size, dtype=bool), axis=1).reshape(*place, -1)

    return (tuple(bits(axis) for axis in axes),)


def ranked(terms: Terms, rank: int) -> Terms:
    """With axes of size 1 in front, as broadcasting has it."""
    return tuple(tuple(bits[(None,) * (rank + 1 - bits.ndim)] for bits in term) for term in terms)


def along(terms: Terms, axis: int, reads: Indices) -> Terms:
    """Outputs along an axis from what they read of it: reads (outputs, taps), -1 for nothing."""
    found: list[Term] = []
    for term in terms:
        term, following = _following(term, axis, reads)
        if len(following) == 1:
            at = following[0]
            found.append((*term[:at], _or_of(term[at], axis, reads), *term[at + 1 :]))
        elif following:
            found += [_each(term, following, axis, taps) for taps in reads.T]
        else:
            found.append(term)
    return union(found)


def _following(term: Term, axis: int, reads: Indices) -> tuple[Term, list[int]]:
    """Spatial axes whose bits depend on this axis. Where outputs read nothing at all, one has to."""
    following = [at for at, bits in enumerate(term) if bits.shape[axis] > 1]
    if following or not (reads < 0).all(1).any():
        return term, following
    size = max(int(reads.max()) + 1, 1)
    return (np.repeat(term[0], size, axis), *term[1:]), [0]


def _each(term: Term, following: Sequence[int], axis: int, taps: Indices) -> Term:
    return tuple(taken(bits, axis, taps) if at in following else bits for at, bits in enumerate(term))


def _or_of(bits: Bits, axis: int, reads: Indices) -> Bits:
    found = taken(bits, axis, reads[:, 0])
    for taps in reads.T[1:]:
        found |= taken(bits, axis, taps)
    return found


def taken(bits: Bits, axis: int, index: Indices) -> Bits:
    """Rows of an axis by their index, empty for -1."""
    found = np.take(bits, np.maximum(index, 0), axis)
    if (index < 0).any():
        found[(slice(None),) * axis + (index < 0,)] = 0
    return found


def reduced(terms: Terms, axes: Iterable[int]) -> Terms:
    """All units of these axes together; the axes stay, of size 1."""
    for axis in axes:
        terms = union([part for term in terms for part in _reduced(term, axis)])
    return terms


def _reduced(term: Term, axis: int) -> Sequence[Term]:
    following = [at for at, bits in enumerate(term) if bits.shape[axis] > 1]
    if len(following) < 2:
        return [tuple(np.bitwise_or.reduce(bits, axis, keepdims=True) for bits in term)]
    return _merged([_each(term, following, axis, index) for index in _different(term, following, axis)])


def _different(term: Term, following: Sequence[int], axis: int) -> Sequence[Indices]:
    """One index of each kind on an axis: a flattened map has thousands that see the same."""
    kinds = [_kinds(term[at], axis) for at in following]
    _found, first = np.unique(np.stack(kinds, 1), axis=0, return_index=True)
    return [np.array([index]) for index in first]


def _kinds(bits: Bits, axis: int) -> Indices:
    """A number for each index of an axis, the same where the bits are."""
    rows = np.ascontiguousarray(np.moveaxis(bits, axis, 0)).reshape(bits.shape[axis], -1)
    _found, kinds = np.unique(rows.view(np.dtype((np.void, rows.shape[1]))).ravel(), return_inverse=True)
    return np.asarray(kinds, np.int64)


def union(terms: Sequence[Term]) -> Terms:
    """Without what lies in another; what agrees in all axes but one is joined."""
    if len(terms) < 2:
        return tuple(terms)
    kept = _outer(terms)
    while len(kept) > 1 and len(fewer := _outer(_merged(kept))) < len(kept):
        kept = fewer
    return tuple(kept)


def _outer(terms: Sequence[Term]) -> list[Term]:
    kept: list[Term] = []
    for term in sorted(terms, key=_extent, reverse=True):
        if not any(_inside(term, other) for other in kept):
            kept.append(term)
    return kept


def _extent(term: Term) -> float:
    return float(np.prod([np.bitwise_count(bits).mean() * bits.shape[-1] for bits in term]))


def _inside(term: Term, other: Term) -> bool:
    return all(mine is its or not (mine & ~its).any() for mine, its in zip(term, other, strict=True))


def _merged(terms: Sequence[Term]) -> list[Term]:
    """R x A and R x B are R x (A or B), for each axis in turn."""
    held = list(terms)
    for at in reversed(range(len(held[0]))):
        groups: dict[object, list[Term]] = {}
        for term in held:
            key = tuple((bits.shape, bits.tobytes()) for place, bits in enumerate(term) if place != at)
            groups.setdefault(key, []).append(term)
        held = [
            (*group[0][:at], reduce(np.bitwise_or, [term[at] for term in group]), *group[0][at + 1 :])
            for group in groups.values()
        ]
    return held


def hull(terms: Terms) -> Terms:
    """One product that holds them all; larger than they are."""
    return (tuple(reduce(np.bitwise_or, parts) for parts in zip(*terms, strict=True)),) if terms else ()


def joined(parts: Sequence[Terms], sizes: Sequence[int], axis: int) -> Terms:
    """Concatenated along an axis."""
    most = max(map(len, parts))
    return union([_joined([part[at] if at < len(part) else None for part in parts], sizes, axis) for at in range(most)])


def _joined(terms: Sequence[Term | None], sizes: Sequence[int], axis: int) -> Term:
    """Where a part sees nothing, one spatial axis that does not say so elsewhere is enough."""
    there = next(term for term in terms if term is not None)
    held = [term if term is not None else _nothing(there) for term in terms]
    if None in terms and all(_alike([term[at] for term in terms if term], axis) for at in range(1, len(there))):
        return (_end_to_end([term[0] for term in held], sizes, axis), *there[1:])
    return tuple(_end_to_end([term[at] for term in held], sizes, axis) for at in range(len(there)))


def _nothing(there: Term) -> Term:
    return tuple(np.zeros((1,) * (bits.ndim - 1) + bits.shape[-1:], np.uint8) for bits in there)


def _alike(parts: Sequence[Bits], axis: int) -> bool:
    """The same bits wherever on the axis."""
    return all(part.shape[axis] == 1 for part in parts) and _same(parts)


def _same(parts: Sequence[Bits]) -> bool:
    return all(part is parts[0] or np.array_equal(part, parts[0]) for part in parts)


def _end_to_end(parts: Sequence[Bits], sizes: Sequence[int], axis: int) -> Bits:
    if _alike(parts, axis):
        return parts[0]
    shape = np.broadcast_shapes(*(part.shape[:axis] + (1,) + part.shape[axis + 1 :] for part in parts))
    whole = [(*shape[:axis], size, *shape[axis + 1 :]) for size in sizes]
    return np.concatenate([np.broadcast_to(part, to) for part, to in zip(parts, whole, strict=True)], axis)


def unpacked(bits: Bits, size: int) -> NDArray[np.bool_]:
    """The last axis as booleans."""
    return np.unpackbits(bits, axis=-1, count=size).astype(bool)


def reshaped(terms: Terms, before: Sequence[int], after: Sequence[int]) -> Terms:
    """The same elements in the same order. Raises `TooLarge`."""
    groups = same_elements(before, after)
    return union([tuple(_reshaped(bits, before, after, groups) for bits in term) for term in terms])


def _reshaped(bits: Bits, before: Sequence[int], after: Sequence[int], groups: Sequence[Group]) -> Bits:
    spread, shape = list(bits.shape), [1] * len(after)
    loose: list[int] = []
    for mine, its in groups:
        if any(bits.shape[axis] > 1 for axis in mine):
            for axis in mine:
                spread[axis] = before[axis]
            for axis in its:
                shape[axis] = after[axis]
            loose += its if len(its) > 1 or len(mine) > 1 else []
    if int(np.prod(spread)) > LARGEST:
        raise TooLarge
    found = np.broadcast_to(bits, spread).reshape(*shape, bits.shape[-1])
    for axis in loose:
        first = np.take(found, [0], axis)
        found = first if found.shape[axis] > 1 and (found == first).all() else found
    return found


Group = tuple[list[int], list[int]]


def same_elements(before: Sequence[int], after: Sequence[int]) -> list[Group]:
    """Axes of two shapes of one size, in the smallest groups that hold the same elements."""
    groups: list[Group] = []
    i = j = 0
    while i < len(before) or j < len(after):
        mine, its = [i] if i < len(before) else [], [j] if j < len(after) else []
        left = before[i] if mine else 1
        right = after[j] if its else 1
        i, j = i + len(mine), j + len(its)
        while left != right:
            if left < right and i < len(before):
                left, i = left * before[i], i + 1
                mine.append(i - 1)
            elif j < len(after):
                right, j = right * after[j], j + 1
                its.append(j - 1)
            else:
                raise TooLarge
        groups.append((mine, its))
    return groups
