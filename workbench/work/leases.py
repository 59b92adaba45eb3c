"""The leases that one worker holds or waits for, asked of the broker in its name."""

from __future__ import annotations

from collections.abc import Callable

from engines.core.errors import OutOfResources
from workbench.work import messages as say
from workbench.work.broker import Broker, Ticket, waiting_note


class Leases:
    """The broker's answers go to the worker, also when they come later and from another thread."""

    def __init__(self, broker: Broker, send: Callable[[object], None]) -> None:
        self._broker, self._send = broker, send
        self._tickets: dict[int, Ticket] = {}

    def request(self, owner: str, wish: say.LeaseWanted) -> str:
        """Ask for what the worker wants; for whom it waits, in words, "" where it does not."""
        number = wish.number
        try:
            ticket = self._broker.request(
                owner, wish.device, wish.bytes, wish.threads, lambda lease: self._send(say.Granted(number, lease))
            )
        except OutOfResources as error:
            self._send(say.Granted(number, None, str(error)))
            return ""
        self._tickets[number] = ticket
        ahead = self._broker.waiting_for(ticket)
        return waiting_note(ahead) if ahead else ""

    def release(self, number: int) -> None:
        ticket = self._tickets.pop(number, None)
        if ticket is not None:
            self._broker.release(ticket)

    def release_all(self) -> None:
        for number in list(self._tickets):
            self.release(number)
