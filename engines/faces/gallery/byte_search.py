"""Looks for thousands of byte strings at every place of a file at once.

A long value may be broken by the pages of a database, so it is looked for by slices of 24 bytes, every 64 bytes: at
most a few of them are cut. The first 8 bytes of each slice are hashed to 20 bits; a table of what hashes occur rejects
nearly all places of a file at once, and what is left is compared in full.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

SLICE = 24
STRIDE = 64
KEY = 8
_BITS = 20
_MIX = np.uint64(0x9E3779B97F4A7C15)
_BLOCK = 2**22


class Needles:
    """values: byte strings of which any slice counts. words: strings looked for whole. count: strings in all."""

    def __init__(self, values: Iterable[bytes], words: Iterable[bytes] = ()) -> None:
        values, words = set(values), set(words)
        self.count = len(values) + len(words)
        slices = {part for value in values for part in _slices(value)}
        self._short = {word for word in words | slices if len(word) < KEY}
        self._long: dict[int, list[bytes]] = {}
        for text in words | slices:
            if len(text) >= KEY:
                self._long.setdefault(int.from_bytes(text[:KEY], "little"), []).append(text)
        self._keys = np.array(sorted(self._long), np.uint64)
        self._table = np.zeros(1 << _BITS, bool)
        self._table[_hashed(self._keys)] = True

    def hits(self, content: bytes) -> set[bytes]:
        """The slices and words that occur in it."""
        hits = {word for word in self._short if word and word in content}
        for shift in range(KEY if len(self._keys) else 0):
            length = (len(content) - shift) // KEY
            words = np.frombuffer(content, np.uint64, max(length, 0), shift) if length > 0 else np.zeros(0, np.uint64)
            for start in range(0, len(words), _BLOCK):
                hits |= self._hits(content, words[start : start + _BLOCK], shift + KEY * start)
        return hits

    def _hits(self, content: bytes, words: NDArray[np.uint64], start: int) -> set[bytes]:
        maybe = np.flatnonzero(self._table[_hashed(words)])
        maybe = maybe[np.isin(words[maybe], self._keys)]
        found = set()
        for place in maybe:
            at = start + KEY * int(place)
            for text in self._long[int(words[place])]:
                if content[at : at + len(text)] == text:
                    found.add(text)
        return found


def _slices(value: bytes) -> list[bytes]:
    """Slices that say something: no runs of one byte, nor what is only zeros here and there."""
    if len(value) <= SLICE:
        return [value] if len(set(value)) > 4 else []
    starts = range(0, len(value) - SLICE + 1, STRIDE)
    return [part for start in starts if len(set(part := value[start : start + SLICE])) > 12]


def _hashed(words: NDArray[np.uint64]) -> NDArray[np.intp]:
    with np.errstate(over="ignore"):
        return np.asarray((words * _MIX) >> np.uint64(64 - _BITS), np.intp)
