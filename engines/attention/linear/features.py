"""Attention by features of queries and keys: fills a state with keys and reads it, some thousand tokens at a time.

A factor may be taken out of features to keep them finite: of each query its own, of each key exp(top), where top never
falls from one key to the next. What is held is over the top of its last key, and fades as the top grows.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import torch
from torch import Tensor

from engines.attention.linear.recurrence import SEGMENT, State, chunked, divided, quadratic, with_ones, zeros
from engines.attention.request import Request, Widen, wide


class Features(ABC):
    """Maps q and k to features whose product is a weight, at least 0."""

    @abstractmethod
    def queries(self, q: Tensor) -> tuple[Tensor, Tensor | None]:
        """(features (B, H, n, r), log of the factor taken out of each (B, H, n, 1), None for none)."""

    @abstractmethod
    def keys(self, k: Tensor, top: Tensor | None) -> tuple[Tensor, Tensor | None]:
        """(features (B, H, n, r), top of each (B, H, n, 1), None for none). top: of the key before, (B, H, 1, 1)."""

    def definition(self, asked: Request, widen: Widen = Tensor.double) -> Tensor:
        """The output in float64, or as wide as told, by the whole matrix of weights, (B, H, N, e)."""
        q, k, v = self.queries(widen(asked.q))[0], self._level(widen(asked.k)), with_ones(widen(asked.v))
        return divided(quadratic(q, k, v) if asked.causal else q @ k.transpose(-1, -2) @ v)[0]

    def attend(self, asked: Request, lse: bool) -> tuple[Tensor, Tensor | None]:
        """(output (B, H, N, e), log of the sum of the weights (B, H, N) or None)."""
        early = asked.k.shape[2] - asked.q.shape[2] if asked.causal else asked.k.shape[2]
        state = self.held(asked.k[:, :, :early], asked.v[:, :, :early])
        out, total, _ = self.read(asked.q, asked.k[:, :, early:], asked.v[:, :, early:], state)
        return out, total if lse else None

    def held(self, k: Tensor, v: Tensor) -> State | None:
        """The state after keys; None after none."""
        state = None
        for rows in _pieces(k.shape[2]):
            state = self._taken(wide(k[:, :, rows]), with_ones(wide(v[:, :, rows])), state)
        return state

    def read(self, q: Tensor, k: Tensor, v: Tensor, state: State | None) -> tuple[Tensor, Tensor, State | None]:
        """(output, log of the sum of the weights, state after it) of queries that see the state and of the keys given,
        as many as queries or none, those up to their own.
        """
        outs, totals = [], []
        for rows in _pieces(q.shape[2]):
            queries, away = self.queries(wide(q[:, :, rows]))
            seen, top, state = self._seen(queries, wide(k[:, :, rows]), with_ones(wide(v[:, :, rows])), state)
            out, total = divided(seen)
            outs.append(out.to(q.dtype))
            totals.append(sum((part.squeeze(-1) for part in (away, top) if part is not None), start=total))
        return torch.cat(outs, 2), torch.cat(totals, 2), state

    def causal(self, q: Tensor, k: Tensor, v: Tensor, state: State | None) -> tuple[Tensor, State]:
        """From a state and with the state after it, for as many queries as keys: (output (B, H, n, e), state)."""
        out, _, after = self.read(q, k, v, state)
        assert after is not None
        return out, after

    def _taken(self, k: Tensor, v: Tensor, state: State | None) -> State:
        keys, tops = self.keys(k, None if state is None else state.top)
        if tops is None:
            added = keys.transpose(-1, -2) @ v
            return State(added if state is None else state.s + added)
        last = tops[:, :, -1:]
        added = keys.transpose(-1, -2) @ (v * (tops - last).exp())
        return State(added if state is None else torch.addcmul(added, state.s, _fade(state, last)), last)

    def _seen(self, q: Tensor, k: Tensor, v: Tensor, state: State | None) -> tuple[Tensor, Tensor | None, State]:
        if not k.shape[2]:
            assert state is not None
            return q @ state.s, state.top, state
        keys, tops = self.keys(k, None if state is None else state.top)
        read, s = chunked(q, keys, v, _grown(tops, state), zeros(keys, v) if state is None else state.s)
        return read, tops, State(s, None if tops is None else tops[:, :, -1:])

    def _level(self, k: Tensor) -> Tensor:
        """Features of all keys over one factor."""
        keys, tops = self.keys(k, None)
        return keys if tops is None else keys * (tops - tops[:, :, -1:]).exp()


def _fade(state: State, top: Tensor) -> Tensor:
    return torch.ones_like(top) if state.top is None else (state.top - top).exp()


def _grown(tops: Tensor | None, state: State | None) -> Tensor | None:
    """Log of what is left of the state at each key; None where that is all of it."""
    if tops is None:
        return None
    before = tops[:, :, :1] if state is None or state.top is None else state.top
    same = not tops.is_cuda and torch.equal(before, tops[:, :, -1:])
    return None if same else -tops.diff(dim=2, prepend=before)


def _pieces(count: int) -> list[slice]:
    return [slice(start, start + SEGMENT) for start in range(0, count, SEGMENT)]
