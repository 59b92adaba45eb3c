"""Board detection on the sources of the window, and the views that are captured from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from engines.calibration.live.finder import CAPTURE, SEEN, SeenBoard, unflipped
from engines.calibration.types import Capture, FinderSettings, Sighting
from engines.core.errors import KinoscopeError
from engines.core.frames import Size, size_of
from engines.core.lenses import Lens
from engines.core.words import tr
from widgets.calibration.overlays import sighting_overlays
from widgets.calibration.state import LiveState, Trouble, ViewRow
from workbench.controllers.calibration.captures import Captures
from workbench.controllers.calibration.keeping import kept_camera
from workbench.controllers.calibration.runs import trouble_of
from workbench.controllers.calibration.session import Session
from workbench.controllers.common.live_threads import Lookers
from workbench.controllers.common.source_watch import SourceWatch
from workbench.controllers.shell.viewer import ViewerController
from workbench.services import Services

FINDER, TITLE = "calibration", tr("Board detection")
ENGINE = "engines.calibration.live.finder:CapturingFinder"
LIVE_MS = 80
"""The panel follows the finder at most this often."""


class BoardWatch(SourceWatch):
    """`captured(ViewRow)`; `trouble(Trouble)`.

    session: read for the board and the settings. coverage: of the captured views, for the overlay.
    """

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
        self._captures, self._session, self._coverage = captures, session, coverage
        self._seen: dict[str, SeenBoard] = {}
        self._captured: dict[str, SeenBoard] = {}
        super().__init__(FINDER, viewer, services, Lookers(services, ENGINE, TITLE, parent), LIVE_MS, parent)

    @property
    def live(self) -> LiveState | None:
        """The finder on the chosen source; None when none looks there."""
        path, lookers = self.source, self.lookers
        if not self.running:
            return None
        return LiveState(self.sighting(path), lookers.rate(path), lookers.problem(path))

    def kept_source(self) -> str:
        return super().kept_source() or kept_camera(self._services)

    def sighting(self, path: str) -> Sighting | None:
        """The newest result at `path`."""
        seen = self._seen.get(path)
        return seen.sighting if seen else None

    def capture(self) -> None:
        """Keep the view that the finder saw last at the chosen source."""
        seen = self._seen.get(self.source)
        if not self.running:
            self._services.notify(tr("Turn on board detection to capture views"), "info")
        elif seen is None or not seen.sighting.found:
            self._services.notify(tr("No board in view, so nothing was captured"), "info")
        else:
            self._capture(self.source, seen)

    def settings_for(self, path: str) -> FinderSettings:
        session = self._session()
        here, (board, *more) = path == self.source, session.boards
        return FinderSettings(
            board,
            more_boards=tuple(more),
            capture="auto" if here and session.settings.auto else "off",
            window=session.settings.window,
            captured=tuple(captures_of(session)) if here else (),
            lens=self._lens(path) if here else None,
            model=session.settings.model,
            mirrored=session.settings.mirror == "yes",
        )

    def _lens(self, path: str) -> Lens | None:
        """What the result says of pictures of this source's size, flipped or not as they are looked at."""
        result, sighting = self._session().result, self.sighting(path)
        if result is None or sighting is None or result.image_size != sighting.size:
            return None
        return result.lens if result.mirrored == (self._session().settings.mirror == "yes") else None

    def see(self, path: str) -> None:
        events = self.lookers.events(path)
        seen, wanted = events.get(SEEN), events.get(CAPTURE)
        if not isinstance(seen, SeenBoard):
            return
        first = path not in self._seen
        self._seen[path] = seen
        if first:
            self.configure()
        here, sighting = path == self.source, seen.sighting
        if isinstance(wanted, SeenBoard) and wanted is not self._captured.get(path):
            self._captured[path] = wanted
            if here and self._session().settings.auto:
                self._capture(path, wanted)
        self._draw(sighting, self._coverage() if here else ())
        if here:
            self.show_soon()

    def _draw(self, sighting: Sighting, cells: Sequence[int]) -> None:
        """On the picture as the camera gave it: what was seen in its mirror image is turned back."""
        boards, mirrored = self._session().boards, self._session().settings.mirror == "yes"
        shown = replace(sighting, coverage=tuple(cells) or sighting.coverage)
        shown = unflipped(shown) if mirrored else shown
        board = boards[min(shown.board, len(boards) - 1)]
        self._viewer.show_overlays(FINDER, sighting.stamp, sighting_overlays(shown, board, shown.coverage))

    def switched(self, path: str, on: bool) -> None:
        self._seen.pop(path, None)
        self._captured.pop(path, None)

    def _capture(self, path: str, seen: SeenBoard) -> None:
        size = size_of(seen.frame.image)
        other = self._other_size(size)
        if other is not None:
            what = tr("This source gives {size} pixels, the views before have {other}", size=size, other=other)
            self.trouble.emit(
                Trouble(what, tr("View not captured"), tr("Discard those views to calibrate another camera"))
            )
            return
        try:
            target = self._captures.save(seen.frame.image, self.title(path), path)
        except KinoscopeError as error:
            self.trouble.emit(trouble_of(error.as_json(), tr("View not captured")))
            return
        sighting = seen.sighting
        row = ViewRow(str(target), target.name, found=True, corners=sighting.corners, outline=sighting.outline)
        self.captured.emit(replace(row, size=size, ids=sighting.ids, board=sighting.board))

    def _other_size(self, size: Size) -> Size | None:
        """The size of the views that are there, where it is another one."""
        known = (view.size for view in self._session().material.views)
        return next((other for other in known if other is not None and other != size), None)


def captures_of(session: Session) -> Iterator[Capture]:
    """The views that are on: those captured live, and what the last result found in photographs."""
    live = {view.path for view in session.material.views if view.corners}
    for view in session.material.views:
        if view.corners and view.used:
            yield Capture(view.corners, view.outline, view.ids, view.board)
    result = session.of_views
    for told in result.views if result is not None else ():
        if told.found and told.used and told.path not in live:
            yield Capture(told.corners, (), told.ids, told.board)
