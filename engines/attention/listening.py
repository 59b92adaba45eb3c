"""Who ran: what a block of code attended with, and the kernel that it is held to.

    with pinned("sdpa"), heard() as ran:
        network(x)
    ran.kernels    # {"sdpa 2.13.0": 12}

Both are of the thread (or task) that opens them, and of every call of `attention` within.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TypeAlias

from torch import Tensor

from engines.attention.request import Request


@dataclass(frozen=True, slots=True)
class Call:
    """One call that ran. kernel: by name; note: why not the one that would have been taken, "" where it was."""

    kernel: str
    version: str
    note: str
    request: Request
    out: Tensor
    lse: Tensor | None


@dataclass(slots=True)
class Heard:
    """kernels: calls by "name version"; notes: each fall-back once, in a sentence."""

    kernels: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, call: Call) -> None:
        name = f"{call.kernel} {call.version}"
        self.kernels[name] = self.kernels.get(name, 0) + 1
        if call.note and call.note not in self.notes:
            self.notes.append(call.note)


Listener: TypeAlias = Callable[[Call], None]
LISTENER: ContextVar[Listener | None] = ContextVar("listener", default=None)
INPUTS: ContextVar[bool] = ContextVar("inputs", default=False)
"""Whether a listener reads the queries and keys themselves: a kernel that never writes them down is then not taken."""
HEARD: ContextVar[Heard | None] = ContextVar("heard", default=None)
PIN: ContextVar[str] = ContextVar("pin", default="")


@contextmanager
def listening(listener: Listener, inputs: bool = True) -> Iterator[None]:
    """Every call within is told, after whoever listens already. inputs: the listener reads the requests' tensors."""
    before = LISTENER.get()

    def both(call: Call) -> None:
        if before is not None:
            before(call)
        listener(call)

    token, reads = LISTENER.set(both), INPUTS.set(inputs or INPUTS.get())
    try:
        yield
    finally:
        LISTENER.reset(token)
        INPUTS.reset(reads)


@contextmanager
def heard() -> Iterator[Heard]:
    """Count which kernels run within."""
    found = Heard()
    token = HEARD.set(found)
    try:
        with listening(found.add, inputs=False):
            yield found
    finally:
        HEARD.reset(token)


def note(words: str) -> None:
    """Tell whoever hears something that no call of its own stands for; once."""
    found = HEARD.get()
    if found is not None and words not in found.notes:
        found.notes.append(words)


@contextmanager
def pinned(kernel: str) -> Iterator[None]:
    """Within, `auto` means this kernel, wherever it can do what is asked; "" pins nothing."""
    token = PIN.set(kernel)
    try:
        yield
    finally:
        PIN.reset(token)
