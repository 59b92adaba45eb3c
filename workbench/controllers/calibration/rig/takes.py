"""Pictures of all cameras at once, taken from the sources of the project and kept as files to calibrate from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from engines.cameras.scene.rig import GRIDS, NAMES
from engines.cameras.sources.parsing import title
from engines.cameras.sources.tiles import tile_names
from engines.cameras.types import FileSource, FolderSource, SceneSource, TiledSource
from engines.core.errors import KinoscopeError
from engines.core.frames import Frame
from engines.core.slots import Slot
from widgets.calibration.rig.setup import LEFT_OUT
from widgets.calibration.rig.take import TakeBlock
from widgets.calibration.rig.take_state import SEVERAL, TakeView
from widgets.kit.words import count
from widgets.sources.choice import SourceChoice
from workbench.controllers.calibration.captures import Captures
from workbench.controllers.calibration.rig.part import Desk, SectionPart
from workbench.controllers.common.live_threads import choices
from workbench.controllers.common.trouble_words import trouble_of
from workbench.controllers.shell.viewer import ViewerController
from workbench.feeds.running import Feeds
from workbench.threads.background import Errands
from workbench.threads.engine_thread import Failure

FRAME_MS = 50
"""How often a camera that has not given a picture yet is asked again."""


@dataclass(frozen=True, slots=True)
class Grid:
    """How the picture of a source is cut. film: the recording that it plays, "" for a camera."""

    rows: int
    columns: int
    names: tuple[str, ...]
    film: str = ""
    board: str = ""

    @property
    def settings(self) -> dict[str, object]:
        """The fields of a `RigSetup` that follow from it; a rendered board is known."""
        told: dict[str, object] = {"tiled": True, "rows": self.rows, "columns": self.columns, "names": self.names}
        return told | ({"board": self.board} if self.board else {})


class Takes(SectionPart):
    """`taken(number)` when a run of pictures, or a single one, is on the disk and part of what is set."""

    taken = Signal(int)

    def __init__(self, desk: Desk, viewer: ViewerController, errands: Errands, parent: QObject) -> None:
        super().__init__(desk, viewer, errands, parent)
        self.view = TakeView()
        self.captures = Captures(errands, self)
        self.captures.stuck.connect(self._stuck)
        self._slots: dict[str, Slot] = {}
        self._newest: dict[str, Frame] = {}
        self._kept: list[tuple[str, ...]] = []
        self._wanted = 0
        self._tick = QTimer(self, singleShot=True)
        self._tick.timeout.connect(self._take)

    @property
    def state(self) -> TakeView:
        return self.view

    def wire(self, section: TakeBlock) -> None:
        section.sourceChosen.connect(self.choose)
        section.camerasChosen.connect(lambda paths: self._show(chosen=paths))
        section.counted.connect(lambda pictures, seconds: self._show(count=pictures, seconds=seconds))
        section.takeWanted.connect(self.start)
        section.oneWanted.connect(partial(self.start, 1))
        section.filmWanted.connect(self.use_film)
        section.busy.cancelled.connect(self.stop)

    # Which cameras

    def follow_sources(self) -> None:
        feeds = self.desk.services.feeds
        tiled = tuple(SourceChoice(id, title(feeds.feed(id).source)) for id in feeds.ids() if grid_of(feeds, id))
        singles = tuple(one for one in choices(feeds) if "/" not in one.path and grid_of(feeds, one.path) is None)
        several = (SourceChoice(SEVERAL, "Several sources"),) if len(singles) > 1 else ()
        sources, there = (*tiled, *several), {one.path for one in singles}
        source = self.view.source if self.view.source in {one.path for one in sources} else ""
        chosen = tuple(path for path in self.view.chosen if path in there) or tuple(one.path for one in singles)
        self.view = replace(self.view, sources=sources, singles=singles, chosen=chosen)
        self.choose(source or (sources[0].path if sources else ""))
        if any(path not in feeds.ids() for path in self._slots):
            self.stop()

    def choose(self, path: str) -> None:
        grid = grid_of(self.desk.services.feeds, path)
        self._show(source=path, film=grid.film if grid is not None else "")

    @property
    def cameras(self) -> tuple[str, ...]:
        """Paths of the feeds or tiles that are the rig's cameras, in their order; () while no source is chosen."""
        if self.view.source == SEVERAL:
            return self.view.chosen
        grid = grid_of(self.desk.services.feeds, self.view.source)
        setup = self.desk.session.setup
        told = setup.names if grid is not None and (setup.rows, setup.columns) == (grid.rows, grid.columns) else ()
        names = () if grid is None else grid.names
        off = {place for place, name in enumerate(told) if name == LEFT_OUT}
        return tuple(f"{self.view.source}/{name}" for place, name in enumerate(names) if place not in off)

    def use_film(self, path: str) -> None:
        """Calibrate from the recording that the source plays."""
        grid = grid_of(self.desk.services.feeds, self.view.source)
        if grid is not None:
            self.desk.edits.set(f"Use {self.view.title}", paths=(path,), exclude=(), **grid.settings)

    # Pictures

    def start(self, pictures: int = 0) -> None:
        """Take so many, or as many as are set; what was taken is calibrated from by `taken`."""
        if self.view.problem or self.view.taking:
            return
        feeds = self.desk.services.feeds
        try:
            wanted = self.view.chosen if self.view.source == SEVERAL else (self.view.source,)
            self._slots = {path: feeds.subscribe(path) for path in wanted}
        except KinoscopeError as error:
            self.failed.emit(trouble_of(error.as_json(), "No pictures taken"))
            return
        self._kept, self._wanted = [], pictures or self.view.count
        self._tick.start(FRAME_MS)
        self._show(done=0)

    def stop(self) -> None:
        """Take no more; what was taken is kept."""
        self._tick.stop()
        for path, slot in self._slots.items():
            self.desk.services.feeds.unsubscribe(path, slot)
        self._slots, self._newest = {}, {}
        if self.view.taking:
            self._show(done=-1)
            self.errands.ask(lambda: None, lambda _none: self._take_in(), self._stuck)

    def forget(self) -> None:
        super().forget()
        self._kept = []
        self.stop()
        self.captures.new_run()

    def close(self) -> None:
        self._kept = []
        self.stop()

    def _take(self) -> None:
        """The newest picture of every camera, once all have one."""
        self._newest |= {path: frame for path, slot in self._slots.items() if (frame := _newest(slot)) is not None}
        if len(self._newest) < len(self._slots):
            self._tick.start(FRAME_MS)
            return
        frames, self._newest = [(path, self._newest[path]) for path in self._slots], {}
        try:
            kept = tuple(str(self.captures.save(frame.image, self._title(path))) for path, frame in frames)
        except KinoscopeError as error:
            self.failed.emit(trouble_of(error.as_json(), "Picture not kept"))
            self.stop()
            return
        self._kept.append(kept)
        self._tick.start(round(1000 * self.view.seconds))
        self._show(done=len(self._kept))
        if len(self._kept) >= self._wanted:
            self.stop()

    def _take_in(self) -> None:
        """What was taken is on the disk: it becomes part of what is set."""
        kept, self._kept = self._kept, []
        if not kept:
            return
        text = f"Take {count(len(kept), 'picture')}"
        if self.view.source == SEVERAL:
            folders = tuple(str(Path(path).parent) for path in kept[0])
            names = tuple(self._title(path) for path in self.view.chosen)
            self.desk.edits.take_folders(text, folders, names, len(kept))
        else:
            grid = grid_of(self.desk.services.feeds, self.view.source)
            if grid is None:
                return
            self.desk.edits.take_tiled(text, tuple(path for (path,) in kept), **grid.settings)
        self.taken.emit(len(kept))

    def _title(self, path: str) -> str:
        every = (*self.view.sources, *self.view.singles)
        return next((one.title for one in every if one.path == path), path)

    def _stuck(self, failure: Failure) -> None:
        self.failed.emit(trouble_of(failure.as_json(), "Pictures not kept"))

    def _show(self, **values: object) -> None:
        view = replace(self.view, **values)  # type: ignore[arg-type]
        if view != self.view:
            self.view = view
            self.changed.emit()


def _newest(slot: Slot) -> Frame | None:
    """The frame that waits in a slot, past notices of gaps."""
    while (item := slot.take()) is not None:
        if isinstance(item, Frame):
            return item
    return None


def grid_of(feeds: Feeds, id: str) -> Grid | None:
    """How the picture of a feed holds several cameras; None for one camera, or where there is no such feed."""
    source = feeds.feed(id).source if id in feeds.ids() else None
    inner = source.of if isinstance(source, TiledSource) else source
    film = inner.path if isinstance(inner, FileSource | FolderSource) else ""
    board = str(inner.board) if isinstance(inner, SceneSource) else ""
    if isinstance(source, TiledSource):
        names = tile_names(source.tiles, source.rows * source.columns)
        return Grid(source.rows, source.columns, names, film, board)
    if isinstance(source, SceneSource) and source.cameras > 1:
        return Grid(*GRIDS[source.cameras], NAMES[source.cameras], film, board)
    return None
