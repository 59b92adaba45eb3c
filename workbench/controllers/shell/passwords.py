"""Passwords of streams from the user's side: kept in the keyring, looked up when a project opens, or asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QInputDialog, QLineEdit, QWidget

from engines.cameras.types import Source
from engines.core.addresses import bare, with_password
from engines.core.words import tr
from workbench.feeds.passwords import address_of, has_password, keep, recall, with_address
from workbench.services import Services
from workbench.threads.background import Errands


class Passwords(QObject):
    """Asks the keyring beside the window."""

    def __init__(self, window: QWidget, services: Services) -> None:
        super().__init__(window)
        self._window, self._services = window, services
        self._errands = Errands("passwords")
        services.supervisor.adopt(self._errands)

    def keep(self, source: Source) -> None:
        """So that it need not be asked for at the next start."""
        if has_password(source):
            address = address_of(source)
            self._errands.ask(lambda: keep(address), _nothing, _nothing)

    def take_over(self, addresses: Sequence[str]) -> None:
        """What an old project held goes to the keyring, and the user is told what became of it."""
        self._errands.ask(lambda: [keep(address) for address in addresses], self._say_where, _nothing)

    def complete(self, source: Source, then: Callable[[Source, bool], object]) -> None:
        """`then(source, known)`: with its password from the keyring, or as it is where that does not know it."""
        address = address_of(source)

        def answer(whole: str) -> None:
            then(with_address(source, whole) if whole else source, bool(whole))

        self._errands.ask(lambda: recall(address), answer, lambda _failure: then(source, False))

    def ask(self, source: Source) -> Source | None:
        """The source with what the user types; None when that is nothing."""
        address = bare(address_of(source))
        question, hidden = tr("Password of {address}", address=address), QLineEdit.EchoMode.Password
        text, done = QInputDialog.getText(self._window, tr("Password"), question, hidden)
        return with_address(source, with_password(address, text)) if done and text else None

    def _say_where(self, kept: Sequence[bool]) -> None:
        where = tr("they are now in the system's keyring") if all(kept) else tr("they will be asked for the next time")
        self._services.notify(
            tr("Projects hold no passwords any more: those of this one were taken out, {where}", where=where), "warn"
        )


def _nothing(_answer: object) -> None:
    pass
