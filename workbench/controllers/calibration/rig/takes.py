"""Pictures of all cameras by the clock, taken from the sources of the project and kept as files to calibrate from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from engines.cameras.sources.changes import file_of
from engines.core.errors import KinoscopeError
from engines.core.frames import Frame, Image
from engines.core.slots import Slot
from engines.core.words import tr, tr_count
from widgets.calibration.rig.live_state import LEAST, MOST, SEVERAL
from widgets.calibration.rig.take import TakeBlock
from widgets.calibration.rig.take_state import TakeView
from workbench.controllers.calibration.captures import Captures
from workbench.controllers.calibration.rig.live import Live
from workbench.controllers.calibration.rig.live_sets import tiled
from workbench.controllers.calibration.rig.part import Desk, SectionPart
from workbench.controllers.common.trouble_words import trouble_of
from workbench.controllers.shell.viewer import ViewerController
from workbench.threads.background import Errands
from workbench.threads.engine_thread import Failure

POLL_MS = 40
"""How often a camera that has not given a picture yet is asked again."""


class Takes(SectionPart):
    """`taken` when a run of pictures is on the disk and part of what is set. live: knows which cameras are the rig."""

    taken = Signal()

    def __init__(self, desk: Desk, viewer: ViewerController, errands: Errands, parent: QObject, live: Live) -> None:
        super().__init__(desk, viewer, errands, parent)
        self._live, self._view = live, TakeView()
        self.captures = Captures(errands, self)
        self.captures.stuck.connect(self._stuck)
        self._slots: dict[str, Slot] = {}
        self._newest: dict[str, Frame] = {}
        self._kept: list[str] = []
        self._tick = QTimer(self, singleShot=True)
        self._tick.timeout.connect(self._take)

    @property
    def state(self) -> TakeView:
        title = self._live.title if LEAST <= len(self._live.chosen) <= MOST else ""
        return replace(self._view, title=title, film=file_of(self._live.source))

    def wire(self, section: TakeBlock) -> None:
        section.counted.connect(lambda pictures, seconds: self._show(count=pictures, seconds=seconds))
        section.takeWanted.connect(self.start)
        section.busy.cancelled.connect(self.stop)
        section.filmWanted.connect(self.use_film)

    def use_film(self, path: str) -> None:
        """Calibrate from the recording that the source plays."""
        self.desk.edits.set(tr("Use {live}", live=self._live.title), paths=(path,), exclude=(), **self._live.tiles)

    def start(self) -> None:
        """Take as many as are set."""
        if not self.state.ready or self._view.taking:
            return
        wanted = self._live.chosen if self._live.rig == SEVERAL else (self._live.rig,)
        try:
            for path in wanted:
                self._slots[path] = self.desk.services.feeds.subscribe(path)
        except KinoscopeError as error:
            self._let_go()
            self.failed.emit(trouble_of(error.as_json(), tr("No pictures taken")))
            return
        self._kept = []
        self._tick.start(POLL_MS)
        self._show(done=0)

    def stop(self) -> None:
        """Take no more; what was taken is kept, and calibrated from."""
        if self._view.taking:
            self._let_go()
            self._show(done=-1)
            self.errands.ask(lambda: None, lambda _none: self._take_in(), self._stuck)

    def follow_sources(self) -> None:
        there = self.desk.services.feeds.ids()
        if any(path.partition("/")[0] not in there for path in self._slots):
            self.stop()

    def forget(self) -> None:
        super().forget()
        self._let_go()
        self._kept = []
        self._show(done=-1)
        self.captures.new_run(self.desk.session.setup.paths)

    def close(self) -> None:
        self._let_go()

    def _let_go(self) -> None:
        self._tick.stop()
        for path, slot in self._slots.items():
            self.desk.services.feeds.unsubscribe(path, slot)
        self._slots, self._newest = {}, {}

    def _take(self) -> None:
        """The newest picture of every camera, once all have one."""
        self._newest |= {path: frame for path, slot in self._slots.items() if (frame := _newest(slot)) is not None}
        if len(self._newest) < len(self._slots):
            self._tick.start(POLL_MS)
            return
        images, self._newest = [self._newest[path].image for path in self._slots], {}
        self._tick.start(round(1000 * self._view.seconds))
        self.errands.ask(partial(_whole, images, self._live.tiles), self._keep, self._stuck)

    def _keep(self, image: Image) -> None:
        """One picture of all cameras is there."""
        if not self._view.taking:
            return
        try:
            self._kept.append(str(self.captures.save(image, self._live.title)))
        except KinoscopeError as error:
            self.failed.emit(trouble_of(error.as_json(), tr("Picture not kept")))
            self.stop()
            return
        self._show(done=len(self._kept))
        if len(self._kept) >= self._view.count:
            self.stop()

    def _take_in(self) -> None:
        """What was taken is on the disk: it becomes part of what is set."""
        kept, self._kept = tuple(self._kept), []
        if kept:
            board = self._live.board
            told = self._live.tiles | ({"board": board} if board else {})
            self.desk.edits.take(tr_count(len(kept), "Take {n} picture", "Take {n:,} pictures"), kept, told)
            self.taken.emit()

    def _stuck(self, failure: Failure) -> None:
        self._let_go()
        self._show(done=-1)
        self.failed.emit(trouble_of(failure.as_json(), tr("Pictures not kept")))

    def _show(self, **values: object) -> None:
        self._view = replace(self._view, **values)  # type: ignore[arg-type]
        self.changed.emit()


def _newest(slot: Slot) -> Frame | None:
    """The frame that waits in a slot, past notices of gaps."""
    while (item := slot.take()) is not None:
        if isinstance(item, Frame):
            return item
    return None


def _whole(images: Sequence[Image], tiles: dict[str, object]) -> Image:
    """One picture of all cameras. Raises `UsageError` where theirs differ in size."""
    if len(images) == 1:
        return images[0]
    rows, columns = tiles["rows"], tiles["columns"]
    assert isinstance(rows, int)
    assert isinstance(columns, int)
    return tiled(images, (rows, columns))
