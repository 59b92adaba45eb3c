"""File work of the controller, beside the window: it says what was saved, and shows what went wrong."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

from engines.core.words import tr
from widgets.kit.work_state import Trouble
from workbench.controllers.common.trouble_words import trouble_of
from workbench.services import Notify
from workbench.threads.background import Errands
from workbench.threads.engine_thread import Failure

T = TypeVar("T")
Told = Callable[[str], object]
"""Called with the path of a file."""


class FileWork:
    """failed: told what went wrong."""

    def __init__(self, errands: Errands, notify: Notify, failed: Callable[[Trouble], object]) -> None:
        self._errands, self._notify, self._failed = errands, notify, failed

    def read(self, work: Callable[[], T], done: Callable[[T], object], title: str) -> None:
        """title: of the trouble where it fails; "" where that need not be known."""

        def failed(failure: Failure) -> None:
            if title:
                self._failed(trouble_of(failure.as_json(), title))

        self._errands.ask(work, done, failed)

    def save(self, target: str, write: Told, title: str, done: Told = str) -> None:
        """Have `target` written."""

        def said(_result: object) -> None:
            done(target)
            self._notify(tr("Saved {target} to {parent}", target=Path(target).name, parent=Path(target).parent), "good")

        self.read(partial(write, target), said, title)


class ReadOnce(QObject):
    """`changed` when something read has arrived. read: what is known of a file; title: of the trouble if it fails."""

    changed = Signal()

    def __init__(self, files: FileWork, read: Callable[[str], Any], title: str, parent: QObject) -> None:
        super().__init__(parent)
        self._files, self._read, self._title = files, read, title
        self.known: dict[str, Any] = {}

    def of(self, path: str) -> Any:
        """None for no file, while it is being read, and where it cannot be."""
        if path and path not in self.known:
            self.known[path] = None
            self._files.read(partial(self._read, path), partial(self._have, path), self._title)
        return self.known.get(path)

    def forget(self, path: str) -> None:
        """The file is another one now."""
        self.known.pop(path, None)

    def _have(self, path: str, found: object) -> None:
        self.known[path] = found
        self.changed.emit()
