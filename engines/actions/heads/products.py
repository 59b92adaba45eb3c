"""Products of a matrix with one vector: the contract that every kept matrix fulfils, and threads that share a product.

BLAS's own threads spin while they wait, which on busy cores costs far more than the product. The threads of a team
sleep between products, each with BLAS on one thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache, partial
from threading import Lock
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.floating[Any]]
_lock = Lock()
_inside = 0
_before: list[int] = []
ALONE = 4 << 20
"""Bytes under which one thread is done before another has woken."""


class Product(Protocol):
    """W (rows, columns) times a vector; `bytes` of weights are read."""

    @property
    def bytes(self) -> int: ...

    def times(self, x: Array, out: Array) -> None:
        """x (columns,) into out (rows,)."""
        ...


class Products(Product, Protocol):
    """The same of several vectors at once."""

    def times_each(self, rows: Array, out: Array) -> None:
        """rows (n, columns) into out (n, rows), reading the weights once where that is possible."""
        ...


class Team:
    """threads: the caller's own included; with 1 there is nobody else. They end with the team."""

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads - 1, "head") if threads > 1 else None

    def rows(self, weight: Array, x: Array, out: Array) -> None:
        """out = weight @ x."""
        self._split(weight, out, lambda part: partial(np.dot, weight[part], x, out[part]))

    def columns(self, x: Array, weight: Array, out: Array) -> None:
        """out = x @ weight."""
        self._split(weight, out, lambda part: partial(np.dot, x, weight[:, part], out[part]))

    def _split(self, weight: Array, out: Array, work: Callable[[slice], Callable[[], Any]]) -> None:
        if self._pool is None or weight.nbytes < ALONE:
            work(slice(None))()
            return
        edges = [len(out) * number // self._threads for number in range(self._threads + 1)]
        first, *others = [work(slice(*pair)) for pair in zip(edges[:-1], edges[1:], strict=True)]
        waiting = [self._pool.submit(other) for other in others]
        first()
        for future in waiting:
            future.result()


@cache
def _libraries() -> list[Any]:
    from threadpoolctl import ThreadpoolController

    return list(ThreadpoolController().select(user_api="blas").lib_controllers)


@contextmanager
def one_thread() -> Iterator[None]:
    """BLAS of this process uses one thread until the last one inside has left. Costs a few microseconds.

    BLAS threads wait for one another by spinning. On two cores with other work on them a matrix of 2 MB times a vector
    takes .05 ms with one thread and 12 ms with two. The number of threads belongs to the whole process.
    """
    global _inside
    libraries = _libraries()
    with _lock:
        _inside += 1
        if _inside == 1:
            _before[:] = [library.num_threads for library in libraries]
            for library in libraries:
                library.set_num_threads(1)
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if not _inside:
                for library, count in zip(libraries, _before, strict=True):
                    library.set_num_threads(count)
