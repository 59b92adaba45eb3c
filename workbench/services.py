"""What a controller may use of the application. Made once by the window and handed to every controller."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from PySide6.QtGui import QUndoStack

    from workbench.feeds.running import Feeds
    from workbench.log import LogBook
    from workbench.project.file import Project
    from workbench.project.settings import SettingsStore
    from workbench.threads.jobs import JobQueue
    from workbench.threads.supervisor import Supervisor


class Notify(Protocol):
    """Show a notice that does not steal focus. level: "info", "good", "warn" or "bad"."""

    def __call__(
        self, text: str, level: str = "info", action: str = "", run: Callable[[], None] | None = None
    ) -> None: ...


@dataclass(slots=True)
class Services:
    """`project` changes when the user opens another one; the rest stays for the life of the window."""

    supervisor: Supervisor
    feeds: Feeds
    jobs: JobQueue
    log: LogBook
    settings: SettingsStore
    project: Project
    undo: QUndoStack
    notify: Notify
