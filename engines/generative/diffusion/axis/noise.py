"""Noise that depends on its seed alone: one generator a sample, drawn on the CPU.

So a seed gives the same noise alone, in a batch of eight, and on every device. A generator is drawn from in order, by
one thread at a time; what can be done is to draw while a network works (`ahead`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeAlias

import torch
from torch import Tensor

from engines.core.words import tr

Noise: TypeAlias = Callable[[Tensor], Tensor]
"""`(like) -> z`: fresh standard normal numbers of the shape, type and device of `like`. `torch.randn_like` is one."""
WORTH_A_THREAD = 2**17
"""Numbers of a draw, about .4 ms, that takes well longer than handing it to a thread and back."""


class SeededNoise:
    """Standard normal noise for a batch, a generator for each of its seeds. Not shared between threads."""

    def __init__(self, seeds: Sequence[int]) -> None:
        self._generators = [torch.Generator().manual_seed(seed) for seed in seeds]

    def __call__(self, like: Tensor) -> Tensor:
        """like: (B, ...), B the number of seeds. Drawn in float32 whatever the type of `like`."""
        generators = self._generators
        if like.shape[0] != len(generators):
            raise ValueError(tr("{seeds} seeds for a batch of {batch}", seeds=len(generators), batch=len(like)))
        if len(generators) == 1 and like.dtype is torch.float32 and like.is_cpu and like.is_contiguous():
            return torch.randn_like(like, generator=generators[0])
        return _placed(self._drawn(like.shape, like.is_cuda), like)

    @contextmanager
    def ahead(self, like: Tensor) -> Iterator[Noise]:
        """The same noise, for states like one (B, ...): each draw after the first is made while the last one is used.

        It is made on a thread, which is gone at the end; a draw that nobody took is then as if it had not been made.
        Errors of a draw come to whoever takes it. Nothing is drawn from this object itself meanwhile. A state too small
        to be worth a thread is drawn for at once, and so is any where no core is free for it.
        """
        if like.numel() < WORTH_A_THREAD or not _a_core_is_free(like):
            yield self
            return
        with ThreadPoolExecutor(1, "noise") as pool:
            ahead = _Ahead(self, pool)
            try:
                yield ahead
            finally:
                ahead.give_back()

    def _drawn(self, shape: torch.Size, pinned: bool) -> Tensor:
        """Rows that lie one after the other, each from its own generator: what `torch.randn` of a row would give."""
        rows = torch.empty(shape, dtype=torch.float32, pin_memory=pinned)
        for row, generator in zip(rows, self._generators, strict=True):
            row.normal_(generator=generator)
        return rows

    def _states(self) -> list[Tensor]:
        return [generator.get_state() for generator in self._generators]

    def _go_back(self, states: list[Tensor]) -> None:
        for generator, state in zip(self._generators, states, strict=True):
            generator.set_state(state)


class _Ahead:
    """Noise one draw ahead of what was asked for; one that the thread has not begun is made by whoever wants it."""

    def __init__(self, source: SeededNoise, pool: ThreadPoolExecutor) -> None:
        self._source, self._pool = source, pool
        self._next: Future[tuple[list[Tensor], Tensor]] | None = None
        self._shape: torch.Size | None = None

    def __call__(self, like: Tensor) -> Tensor:
        if like.shape != self._shape:
            self.give_back()
        waiting = self._next if self._next and not self._next.cancel() else None
        z = _placed(waiting.result()[1], like) if waiting else self._source(like)
        self._shape, self._next = like.shape, self._pool.submit(self._draw, like.shape, like.is_cuda)
        return z

    def give_back(self) -> None:
        """The generators as they are without the draw that nobody took."""
        waiting, self._next = self._next, None
        if waiting is None or waiting.cancel() or waiting.exception() is not None:
            return
        self._source._go_back(waiting.result()[0])

    def _draw(self, shape: torch.Size, pinned: bool) -> tuple[list[Tensor], Tensor]:
        return self._source._states(), self._source._drawn(shape, pinned)


def _a_core_is_free(like: Tensor) -> bool:
    """Whether the network leaves one, and so does whatever else this machine is at."""
    cores, load = os.cpu_count() or 1, os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return load < cores and (like.is_cuda or torch.get_num_threads() < cores)


def _placed(drawn: Tensor, like: Tensor) -> Tensor:
    return drawn.to(device=like.device, dtype=like.dtype, non_blocking=True)
