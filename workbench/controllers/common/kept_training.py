"""What a training page shows, in the project: the curves stay in sight after a restart, however the training ended."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer

from engines.core.errors import KinoscopeError
from engines.core.spec import from_json, to_json
from workbench.project.file import Project
from workbench.services import Services

KIND = "training"
KEEP_MS = 700


class KeptTraining(QObject):
    """panel: what it is kept as. shown: what the page shows now, frozen; `plain` makes JSON values of it, `read` shows
    such values again.
    """

    def __init__(
        self, panel: str, services: Services, shown: Callable[[], Any], plain: Callable[[Any], object],
        read: Callable[[Any], object], parent: QObject,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._panel, self._services, self._shown, self._plain, self._read = panel, services, shown, plain, read
        self._project: Project | None = None
        self._kept: object = None
        self._soon = QTimer(self, singleShot=True, interval=KEEP_MS)
        self._soon.timeout.connect(self.keep)

    def keep_soon(self) -> None:
        """A little later, however often this is asked for meanwhile."""
        if self._shown() is not self._kept and not self._soon.isActive():
            self._soon.start()

    def keep(self) -> None:
        """What is shown, into the project that it is of."""
        self._soon.stop()
        if self._shown() is not self._kept and self._services.project is self._project:
            self._kept = self._shown()
            self._services.project.put(KIND, self._panel, self._plain(self._kept))

    def restore(self) -> None:
        """Show what the open project holds; a file may hold anything."""
        self._soon.stop()
        self._project = self._services.project
        kept = self._project.get(KIND, self._panel)
        if isinstance(kept, dict):
            with suppress(KinoscopeError, KeyError, TypeError, ValueError):
                self._read(kept)
        self._kept = self._shown()


def plain(**parts: Any) -> dict[str, Any]:
    """Parts of what is shown as JSON values; one that is None is kept as that."""
    return {name: None if part is None else to_json(part) for name, part in parts.items()}


def parts_of(kept: dict[str, Any], progress: type, result: type) -> dict[str, Any]:
    """`progress` and `result` as `plain` told them, a result only while its file is there.

    Raises `KinoscopeError`, `KeyError`, `TypeError` or `ValueError` for what is none.
    """
    kinds: dict[str, Any] = {"progress": progress, "result": result}
    told = {name: from_json(kind | None, kept[name]) for name, kind in kinds.items()}
    if told["result"] is not None and not Path(told["result"].file).is_file():
        told["result"] = None
    return told
