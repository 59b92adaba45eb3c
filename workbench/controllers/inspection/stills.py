"""Stills: the picture that is looked at, written into a file for jobs that take one. They go when the window closes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QObject, Signal

from engines.core.errors import SourceFailed
from engines.core.frames import Frame, Gap, Image
from engines.core.slots import Slot
from engines.core.words import tr
from widgets.inspection.state import LookView
from widgets.kit.work_state import Trouble
from workbench.controllers.common.trouble_words import trouble_of
from workbench.controllers.inspection.part import Desk
from workbench.controllers.shell.viewer import ViewerController
from workbench.feeds.snapshots import write_png
from workbench.threads.background import Errands
from workbench.threads.engine_thread import Failure

NONE = Trouble(tr("No source is chosen"), tr("There is nothing to work on"), tr("Choose one, or a picture file"))
LONGEST = 3.0
"""Seconds that a source may take for its next picture."""


class Stills(QObject):
    """`failed(Trouble)` where there is no picture, or it cannot be written."""

    failed = Signal(object)

    def __init__(self, viewer: ViewerController, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._viewer, self._feeds, self._count = viewer, desk.services.feeds, 0
        self._folder: TemporaryDirectory[str] | None = None
        self._errands = Errands("stills")
        desk.services.supervisor.adopt(self._errands)

    def write(self, looked: LookView, then: Callable[[str], object]) -> None:
        """As the viewer shows it, else the next that the source gives; `then` gets the path of the PNG."""
        if not looked.source:
            self.failed.emit(NONE)
            return
        shown, target = self._viewer.to_save(looked.source), self._target()
        if shown is not None:
            self._errands.ask(lambda: _written(target, shown.image), then, self._tell)
            return
        slot = self._feeds.subscribe(looked.source)
        self._errands.ask(lambda: _written(target, self._next(looked.source, slot)), then, self._tell)

    def _next(self, source: str, slot: Slot) -> Image:
        """Waits for a picture beside the window's thread."""
        try:
            found = slot.take(LONGEST)
            while isinstance(found, Gap):
                found = slot.take(LONGEST)
        finally:
            self._feeds.unsubscribe(source, slot)
        if not isinstance(found, Frame):
            raise SourceFailed(tr("The source gives no picture now"), hint=tr("Play it, or choose a picture file"))
        return found.image

    def close(self) -> None:
        self._errands.request_stop()
        if self._folder is not None:
            self._folder.cleanup()

    def _target(self) -> Path:
        if self._folder is None:
            self._folder = TemporaryDirectory(prefix="kinoscope-", ignore_cleanup_errors=True)
        self._count += 1
        return Path(self._folder.name) / tr("picture {count}.png", count=self._count)

    def _tell(self, failure: Failure) -> None:
        self.failed.emit(trouble_of(failure.as_json(), tr("The picture could not be saved")))


def _written(target: Path, image: Image) -> str:
    write_png(target, image)
    return str(target)
