"""The weights that faces need: which are not here yet, and fetching them as a job."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from engines.core.store import FetchSpec, Shelf
from widgets.faces_state import Busy
from workbench.controllers.errands import Errands
from workbench.controllers.faces_words import trouble_of
from workbench.controllers.job_slot import JobSlot
from workbench.jobs import JobQueue

NEEDED = ("yunet", "sface", "face-landmarks", "iris-landmarks")


class Store(QObject):
    """`changed` when it is known what is missing; `arrived` when it no longer is; `failed(Trouble)`."""

    changed = Signal()
    arrived = Signal()
    failed = Signal(object)

    def __init__(self, jobs: JobQueue, errands: Errands, parent: QObject) -> None:
        super().__init__(parent)
        self._errands = errands
        self.missing: dict[str, int] = {}
        self._slot = JobSlot(jobs, "engines.core.store:run", partial(trouble_of, title="Fetching failed"), self)
        self._slot.changed.connect(self.changed)
        self._slot.failed.connect(self.failed)
        self._slot.done.connect(lambda _spec, _result: self._arrived())

    @property
    def busy(self) -> Busy | None:
        return self._slot.busy

    def look(self) -> None:
        """Find out what is missing."""
        self._errands.ask(_missing, self._have, lambda _failure: None, key="faces-missing")

    def fetch(self, names: tuple[str, ...] = ()) -> None:
        """Fetch these, or all that is missing."""
        names = names or tuple(self.missing)
        if names and self._slot.job is None:
            command = f"python main.py models fetch {' '.join(names)}"
            self._slot.start(FetchSpec(names), "Fetch weights for faces", command)

    def _have(self, missing: dict[str, int]) -> None:
        self.missing = missing
        self.changed.emit()

    def _arrived(self) -> None:
        self.missing = {}
        self.look()
        self.arrived.emit()


def _missing() -> dict[str, int]:
    shelf = Shelf()
    files = [shelf.file(name) for name in NEEDED]
    return {file.name: file.bytes for file in files if shelf.state(file) != "ready"}
