"""Threads and memory of a training: CPU threads for as long as it holds its lease, and memory that may run out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from engines.core.errors import OutOfResources


@contextmanager
def threads(count: int) -> Iterator[None]:
    """So many threads within torch's operations, and afterwards as many as before."""
    before = torch.get_num_threads()
    torch.set_num_threads(max(1, count))
    try:
        yield
    finally:
        torch.set_num_threads(before)


FAILURES = (RuntimeError, MemoryError, OutOfResources)
"""What memory that runs out is raised as, by torch, by Python and by us; other failures are among them."""


def ran_out(error: BaseException | None) -> bool:
    """Whether one of `FAILURES` means that there was no memory left; of ours, what it was raised from says so."""
    if isinstance(error, OutOfResources):
        return ran_out(error.__cause__)
    text = str(error).lower()
    told = ("can't allocate memory", "not enough memory", "out of memory")
    return isinstance(error, (MemoryError, torch.OutOfMemoryError)) or any(part in text for part in told)


@contextmanager
def enough_memory(message: str, hint: str) -> Iterator[None]:
    """Raises `OutOfResources` where the block runs out of memory."""
    try:
        yield
    except FAILURES as error:
        if not ran_out(error):
            raise
        raise OutOfResources(message, hint=hint) from error
