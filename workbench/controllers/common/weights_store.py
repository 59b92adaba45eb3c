"""The weights that a panel needs: which are not here yet, and fetching them as a job."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from engines.core.installing import PROGRAM
from engines.core.store.fetching import FetchSpec, Shelf
from engines.core.words import tr
from widgets.kit.work_state import Busy
from workbench.controllers.common.job_slot import JobSlot
from workbench.controllers.common.trouble_words import trouble_of
from workbench.threads.background import Errands
from workbench.threads.jobs import JobQueue


class WeightsStore(QObject):
    """`changed` when it is known what is missing; `arrived` when it no longer is; `failed(Trouble)`."""

    changed = Signal()
    arrived = Signal()
    failed = Signal(object)

    def __init__(
        self, jobs: JobQueue, errands: Errands, needed: tuple[str, ...], purpose: str, parent: QObject
    ) -> None:
        """needed: names in the model store; purpose: what for, in one word ("faces")."""
        super().__init__(parent)
        self._errands, self._needed, self._purpose = errands, needed, purpose
        self.missing: dict[str, int] = {}
        self._slot = JobSlot(
            jobs, "engines.core.store.fetching:run", partial(trouble_of, title=tr("Fetching failed")), self
        )
        self._slot.changed.connect(self.changed)
        self._slot.failed.connect(self.failed)
        self._slot.done.connect(lambda _spec, _result: self._arrived())

    @property
    def busy(self) -> Busy | None:
        return self._slot.busy

    def look(self) -> None:
        """Find out what is missing."""
        self._errands.ask(partial(_missing, self._needed), self._have, lambda _failure: None, key="missing")

    def fetch(self, names: tuple[str, ...] = ()) -> None:
        """Fetch these, or all that is missing."""
        names = names or tuple(self.missing)
        if names and self._slot.job is None:
            command = f"{PROGRAM} models fetch {' '.join(names)}"
            self._slot.start(FetchSpec(names), tr("Fetch weights for {purpose}", purpose=self._purpose), command)

    def _have(self, missing: dict[str, int]) -> None:
        self.missing = missing
        self.changed.emit()

    def _arrived(self) -> None:
        self.missing = {}
        self.look()
        self.arrived.emit()


def _missing(needed: tuple[str, ...]) -> dict[str, int]:
    shelf = Shelf()
    files = [shelf.file(name) for name in needed]
    return {file.name: file.bytes for file in files if shelf.state(file) != "ready"}
