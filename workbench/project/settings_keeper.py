"""Writes what was set soon after it was set, beside the window: whoever kills the program loses no choice of theirs."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from workbench.project.settings import SettingsStore
from workbench.threads.background import Errands
from workbench.threads.engine_thread import Failure
from workbench.threads.supervisor import Supervisor

SOON_MS = 250


class SettingsKeeper(QObject):
    """Looks now and then whether the settings changed. `notify(text, level)` hears once of each way that it failed."""

    def __init__(
        self, store: SettingsStore, supervisor: Supervisor, notify: Callable[[str, str], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._store, self._notify, self._said = store, notify, ""
        self.errands = Errands("settings")
        supervisor.adopt(self.errands)
        self._clock = QTimer(self, interval=SOON_MS)
        self._clock.timeout.connect(self._keep)
        self._clock.start()

    def close(self) -> None:
        """No more: the window writes the last ones itself."""
        self._clock.stop()
        self.errands.request_stop()

    def _keep(self) -> None:
        if self._store.changed:
            self.errands.ask(self._store.save, self._saved, self._failed, key="save")

    def _failed(self, failure: Failure) -> None:
        self._saved(str(failure))

    def _saved(self, problem: str) -> None:
        if problem and problem != self._said:
            self._notify(problem, "warn")
        self._said = problem
