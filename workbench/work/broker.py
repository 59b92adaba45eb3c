"""The broker lends memory of devices and CPU threads, first come, first served.

Two heavy jobs at once would each take twice as long and run out of GPU memory together; so the second waits, and
says for whom. A request that could never be met is refused at once instead of waiting for ever.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from engines.core.context import Lease
from engines.core.errors import OutOfResources
from engines.core.processor import most_threads
from engines.core.words import all_of, tr

Granted = Callable[[Lease], None]


@dataclass(eq=False, slots=True)
class Ticket:
    """A request that waits, or a lease that is held."""

    owner: str
    lease: Lease
    granted: Granted
    held: bool = False


@dataclass(slots=True)
class Broker:
    """threads: CPU threads in all. memory: bytes of each device; a device not named is lent to one at a time."""

    threads: int = field(default_factory=most_threads)
    memory: dict[str, int] = field(default_factory=lambda: _main_memory())
    _tickets: list[Ticket] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def request(self, owner: str, device: str, bytes: int, threads: int, granted: Granted) -> Ticket:
        """Ask for a lease; `granted` is called as soon as it is there, now or later, in whatever thread frees it.

        More threads than there are count as all of them. Raises `OutOfResources` when the device is too small.
        """
        if bytes > self.memory.get(device, bytes):
            need, size = bytes / 2**30, self.memory[device] / 2**30
            raise OutOfResources(
                tr(
                    "{owner} needs {need:.1f} GiB of {device}, which has {size:.1f} GiB",
                    owner=owner,
                    need=need,
                    device=device,
                    size=size,
                )
            )
        ticket = Ticket(owner, Lease(device, bytes, max(0, min(threads, self.threads))), granted)
        with self._lock:
            self._tickets.append(ticket)
        self._grant()
        return ticket

    def release(self, ticket: Ticket) -> None:
        """Give a lease back, or stop waiting for it. May be called again."""
        with self._lock:
            if ticket in self._tickets:
                self._tickets.remove(ticket)
        self._grant()

    def waiting_for(self, ticket: Ticket) -> list[str]:
        """Who holds, or is ahead in the queue for, what a waiting ticket needs; empty when it is held."""
        with self._lock:
            if ticket.held or ticket not in self._tickets:
                return []
            ahead = self._tickets[: self._tickets.index(ticket)]
            return list(dict.fromkeys(other.owner for other in self._tickets if other.held or other in ahead))

    @contextmanager
    def lease(
        self, owner: str, device: str, bytes: int, threads: int, check: Callable[[], None], note: Callable[[str], None]
    ) -> Iterator[Lease]:
        """Hold a lease for a block of this thread; `check()` may raise while it waits, `note` is told for whom."""
        there = threading.Event()
        ticket = self.request(owner, device, bytes, threads, lambda _: there.set())
        try:
            if not there.is_set():
                note(waiting_note(self.waiting_for(ticket)))
            while not there.wait(0.05):
                check()
            yield ticket.lease
        finally:
            self.release(ticket)

    def _grant(self) -> None:
        ready = []
        with self._lock:
            for ticket in self._tickets:
                if ticket.held:
                    continue
                if not self._fits(ticket.lease):
                    break
                ticket.held = True
                ready.append(ticket)
        for ticket in ready:
            ticket.granted(ticket.lease)

    def _fits(self, wanted: Lease) -> bool:
        held = [ticket.lease for ticket in self._tickets if ticket.held]
        if sum(lease.threads for lease in held) + wanted.threads > self.threads:
            return False
        there = [lease for lease in held if lease.device == wanted.device]
        if wanted.device not in self.memory:
            return not there
        return sum(lease.bytes for lease in there) + wanted.bytes <= self.memory[wanted.device]


def waiting_note(owners: list[str]) -> str:
    """The sentence that a waiting job shows."""
    return tr("Waiting for {owners}", owners=all_of(owners)) if owners else tr("Waiting for its turn")


def _main_memory() -> dict[str, int]:
    try:
        return {"cpu": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")}
    except (AttributeError, ValueError, OSError):
        return {"cpu": 1 << 62}
