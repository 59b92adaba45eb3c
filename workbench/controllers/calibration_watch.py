"""The camera side of the calibration panel: the chosen source, the finders that look, the views they capture."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from engines.calibration.types import Capture, FinderSettings
from engines.core.errors import KinoscopeError
from engines.core.frames import Size, size_of
from widgets.calibration_overlays import sighting_overlays
from widgets.calibration_state import LiveState, SourceChoice, Trouble, ViewRow
from workbench.controllers.calibration_captures import Captures
from workbench.controllers.calibration_finders import Finders, Seen
from workbench.controllers.calibration_runs import trouble_of
from workbench.controllers.calibration_session import Session
from workbench.controllers.source_choices import choices
from workbench.controllers.viewer import ViewerController
from workbench.services import Services

FINDER = "board-finder"
LIVE_MS = 80
"""The panel follows the finder at most this often."""


class Watch(QObject):
    """`changed()` when there is something new to show; `captured(ViewRow)`; `trouble(Trouble)`.

    session: read for the board and the settings. coverage: of the captured views, for the overlay.
    """

    changed = Signal()
    captured = Signal(object)
    trouble = Signal(object)

    def __init__(
        self,
        viewer: ViewerController,
        services: Services,
        captures: Captures,
        session: Callable[[], Session],
        coverage: Callable[[], Sequence[int]],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._viewer, self._services, self._captures = viewer, services, captures
        self._session, self._coverage = session, coverage
        self.source = viewer.selected_path()
        self.finders = Finders(services, self)
        self._soon = QTimer(self, singleShot=True, interval=LIVE_MS)
        self._soon.timeout.connect(self.changed)
        self.finders.sighted.connect(self._sighted)
        self.finders.asked.connect(self._asked)
        self.finders.stopped.connect(self._stopped)
        viewer.register_engine(FINDER, "Board detection")
        viewer.engineToggled.connect(self._toggled)
        viewer.selectedChanged.connect(self._selected)

    @property
    def live(self) -> LiveState | None:
        """The finder on the chosen source; None when none looks there."""
        path, finders = self.source, self.finders
        if path not in finders.paths():
            return None
        return LiveState(finders.sighting(path), finders.rate(path), finders.problem(path))

    def sources(self) -> tuple[SourceChoice, ...]:
        """All that can be chosen."""
        return choices(self._services.feeds)

    def choose(self, path: str) -> None:
        """Capture from this source from now on."""
        if path != self.source:
            self.source = path
            self.configure()
            self.changed.emit()

    def look(self, path: str, on: bool) -> None:
        """Look for the board at `path`, or no longer."""
        if on and path and self.finders.start(path, self._settings(path)):
            self.source = path
            self._viewer.set_engine(FINDER, path, True)
        elif not on:
            self.finders.stop(path)
            self._viewer.set_engine(FINDER, path, False)
        self.configure()
        self.changed.emit()

    def configure(self) -> None:
        """Hand the session's settings to every finder."""
        for path in self.finders.paths():
            self.finders.configure(path, self._settings(path))

    def capture(self) -> None:
        """Keep the view that the finder saw last at the chosen source."""
        seen = self.finders.seen(self.source)
        if self.source not in self.finders.paths():
            self._services.notify("Turn on board detection to capture views", "info")
        elif seen is None or not seen.sighting.found:
            self._services.notify("No board in view, so nothing was captured", "info")
        else:
            self._capture(self.source, seen)

    def follow_sources(self) -> None:
        """Sources came or went."""
        there = [choice.path for choice in self.sources()]
        if self.source not in there:
            selected = self._viewer.selected_path()
            self.source = selected if selected in there else (there or [""])[0]
        self.changed.emit()

    def close(self) -> None:
        self._soon.stop()
        self.finders.stop_all()

    def _settings(self, path: str) -> FinderSettings:
        session = self._session()
        here = path == self.source
        views = session.material.views if here else ()
        return FinderSettings(
            session.board,
            capture="auto" if here and session.settings.auto else "off",
            window=session.settings.window,
            captured=tuple(Capture(view.corners, view.outline) for view in views if view.corners),
        )

    def _sighted(self, path: str) -> None:
        sighting = self.finders.sighting(path)
        if sighting is None:
            return
        here = path == self.source
        cells = self._coverage() if here else ()
        self._viewer.show_overlays(FINDER, sighting.stamp, sighting_overlays(sighting, self._session().board, cells))
        if here and not self._soon.isActive():
            self._soon.start()

    def _asked(self, path: str, seen: Seen) -> None:
        if path == self.source and self._session().settings.auto:
            self._capture(path, seen)

    def _capture(self, path: str, seen: Seen) -> None:
        size = size_of(seen.frame.image)
        other = self._other_size(size)
        if other is not None:
            what = f"This source gives {size} pixels, the views before have {other}"
            self.trouble.emit(Trouble(what, "View not captured", "Discard those views to calibrate another camera"))
            return
        try:
            target = self._captures.save(seen.frame.image, self._title(path))
        except KinoscopeError as error:
            self.trouble.emit(trouble_of(error.as_json(), "View not captured"))
            return
        sighting = seen.sighting
        self.captured.emit(
            ViewRow(str(target), target.name, found=True, corners=sighting.corners, outline=sighting.outline, size=size)
        )

    def _title(self, path: str) -> str:
        return next((choice.title for choice in self.sources() if choice.path == path), path)

    def _other_size(self, size: Size) -> Size | None:
        """The size of the views that are there, where it is another one."""
        known = (view.size for view in self._session().material.views)
        return next((other for other in known if other is not None and other != size), None)

    def _stopped(self, path: str, why: str) -> None:
        self._viewer.set_engine(FINDER, path, False)
        self._services.notify(why, "warn")
        self.follow_sources()

    def _toggled(self, engine: str, path: str, on: bool) -> None:
        if engine == FINDER:
            self.look(path, on)

    def _selected(self, path: str) -> None:
        """Follow the viewer, unless views are being captured somewhere."""
        capturing = self.source in self.finders.paths() and path not in self.finders.paths()
        if path and not capturing and path in [choice.path for choice in self.sources()]:
            self.choose(path)
