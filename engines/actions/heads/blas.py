"""One thread for small products: BLAS threads wait for one another by spinning, which on busy cores costs the most.

Measured on two cores with other work on them: a matrix of 2 MB times a vector takes .05 ms with one thread and 12 ms
with two. The number of threads belongs to the whole process, so whoever comes first sets it and whoever leaves last
puts it back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import Any

_lock = Lock()
_inside = 0
_before: list[int] = []


@cache
def _libraries() -> list[Any]:
    from threadpoolctl import ThreadpoolController

    return list(ThreadpoolController().select(user_api="blas").lib_controllers)


@contextmanager
def one_thread() -> Iterator[None]:
    """BLAS of this process uses one thread until the last one inside has left. Costs a few microseconds."""
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
