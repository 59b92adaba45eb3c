"""The services a controller may use. Made once by the window and handed to every controller."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from PySide6.QtGui import QUndoStack

    from engines.cameras.types import Child, Source
    from workbench.feeds.calibrations import Calibrations
    from workbench.feeds.live_results import LiveResults
    from workbench.feeds.rigs import Rigs
    from workbench.feeds.running import Feeds
    from workbench.log import LogBook
    from workbench.project.file import Project
    from workbench.project.settings import SettingsStore
    from workbench.threads.jobs import JobQueue
    from workbench.threads.supervisor import Supervisor


class Notify(Protocol):
    """Show a notice that does not steal focus. level: "info", "good", "warn" or "bad". key: what it is about, by which
    `Host.settle` takes it away, "" for none.
    """

    def __call__(
        self,
        text: str,
        level: str = "info",
        action: str = "",
        run: Callable[[], object] | None = None,
        key: str = "",
    ) -> None: ...


class Host:
    """What a controller may ask of the window. Without a window nothing happens."""

    def show_log(self) -> None:
        """Bring the log to the front."""

    def settle(self, key: str) -> None:
        """What notices of this key are about is over: take them away."""

    def show_help(self, page: str) -> None:
        """Open the guide at this page."""

    def show_dock(self, id: str) -> None:
        """Bring a dock to the front."""

    def show_centre(self, name: str) -> None:
        """Bring the viewer or a board to the front."""

    def bring(self, feature: str) -> None:
        """Arrange for this feature unless that is how things stand already."""

    def give_room(self, dock: str, on: bool) -> None:
        """Show or hide a dock that only some pages of a feature need, while its preset is in force."""

    def add_source(self, path: str) -> None:
        """Play this file and show it."""

    def undistort(self, path: str, on: bool = True) -> None:
        """Show the straightened picture of a feed or tile whose camera is calibrated, or the one as it comes again."""

    def derive(self, pictures: Mapping[str, Child]) -> None:
        """Offer pictures made of feeds or tiles as sources, by path, and show them in place of those."""

    def open_lens(self, file: str) -> None:
        """Show the calibration of a camera that is kept in this file."""

    def play(self, source: Source) -> None:
        """Play this source and show it."""


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
    host: Host = field(default_factory=Host)
    calibrations: Calibrations = field(init=False)
    rigs: Rigs = field(init=False)
    results: LiveResults = field(init=False)

    def __post_init__(self) -> None:
        from workbench.feeds.calibrations import Calibrations
        from workbench.feeds.live_results import LiveResults
        from workbench.feeds.rigs import Rigs

        self.calibrations = Calibrations(self.feeds)
        self.rigs = Rigs(self.feeds, self.calibrations)
        self.results = LiveResults(self.feeds)
