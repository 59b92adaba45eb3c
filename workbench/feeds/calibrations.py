"""Which calibration belongs to which source of the window: found by what the camera is, not by when it was opened."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal

from engines.cameras.sources.changes import tile_titles
from engines.cameras.sources.parsing import title
from engines.cameras.sources.tiles import TileGrid, simple
from engines.cameras.types import Child, FileSource, FolderSource, SimpleSource, StreamSource, UsbSource
from engines.core.addresses import bare
from engines.core.errors import UsageError
from engines.core.frames import Size
from engines.core.lenses import same_shape
from engines.core.places import data_dir
from engines.core.spec import to_json
from engines.core.undistortion import Undistortion
from engines.core.words import tr, tr_count
from workbench.feeds.running import Feeds

if TYPE_CHECKING:
    from engines.calibration.kept import Kept, KeptCalibrations
    from engines.calibration.shelf import Camera, Shelf
    from engines.calibration.shelf import Kept as KeptOne
    from engines.calibration.types import MonoResult

R = TypeVar("R")
FOLDER = "calibrations"
NAME = "undistorted"
DAY = 86400


class Calibrations(QObject):
    """`changed()` when a camera got another calibration; `unreadable(words)` of a kept file that was passed over.

    A path is a feed's or a tile's; a child's is its parent's.
    """

    changed = Signal()
    unreadable = Signal(str)

    def __init__(self, feeds: Feeds) -> None:
        super().__init__(feeds)
        self._feeds = feeds
        self._known: dict[str, tuple[Kept, ...]] = {}

    def of(self, path: str) -> tuple[Kept, ...]:
        """All of a source's camera, the newest first."""
        camera = self.camera(path)
        if camera is None:
            return ()
        if camera.key not in self._known:
            self._known[camera.key] = self._store.of(camera)
            for problem in self._store.problems:
                self.unreadable.emit(
                    tr("A calibration of {camera} is passed over: {problem}", camera=camera.title, problem=problem)
                )
        return self._known[camera.key]

    def best(self, path: str) -> Kept | None:
        """The newest that fits the resolution."""
        from engines.calibration.kept import best

        kept = self.of(path)
        return best(kept, self.size(path)) if kept else None

    def assign(self, path: str, result: MonoResult, focus: str = "") -> Kept:
        """Keep a calibration for the camera at `path`; its straightened pictures follow.

        Raises `UsageError` for what is straightened already, and for pictures of another shape.
        """
        camera = self.camera(path)
        if camera is None or self._feeds.child(path) is not None:
            raise UsageError(tr("This is no camera's own picture"), hint=tr("Choose the camera, or one of its tiles"))
        self._check_shape(path, result.image_size)
        kept = self._store.keep(camera, result, focus)
        self._renew(camera.key)
        return kept

    def forget(self, path: str) -> Callable[[], None]:
        """Use the calibration of a source no more; what is given brings it back. Nothing that is shown changes.

        Raises `UsageError` where none is kept, `BadInput` where its file cannot be put aside.
        """
        kept = self.best(path)
        if kept is None:
            raise UsageError(tr("No calibration of this camera is kept"))
        return self.forgetter(path, kept)()

    def forgetter(self, path: str, kept: Kept) -> Callable[[], Callable[[], None]]:
        """What forgets this one of a source's camera, whether that is open by then or not, and gives what brings it
        back. Raises `UsageError` where the source is no camera's."""
        if (camera := self.camera(path)) is None:
            raise UsageError(tr("This is no camera's own picture"), hint=tr("Choose the camera, or one of its tiles"))
        return partial(aside, self._store, kept, partial(self._renew, camera.key))

    def _renew(self, key: str) -> None:
        self._known.pop(key, None)
        self.changed.emit()

    def parent(self, path: str) -> str:
        """The feed or tile that a straightened picture is made of; any other path as it is."""
        child = self._feeds.child(path)
        id = path.partition("/")[0]
        return path if child is None else f"{id}/{child.of}" if child.of else id

    def straight(self, path: str) -> str:
        """The path of the straightened picture of a feed or tile, whether it is there or not."""
        id, _, tile = self.parent(path).partition("/")
        children = self._feeds.children(id).items()
        there = (each for each, child in children if child.of == tile and not child.undistortion.rotation)
        return next(there, f"{id}/{tile} {NAME}" if tile else f"{id}/{NAME}")

    def child(self, path: str) -> Child | None:
        """What the straightened picture of a feed or tile is made with: as it is there, else by its calibration."""
        there = self._feeds.child(self.straight(path))
        kept = self.best(self.parent(path))
        if there is not None or kept is None:
            return there
        return Child(undistortion(kept.result), self.parent(path).partition("/")[2])

    def renewed(self, path: str) -> Child | None:
        """The same, with the newest lens; one that is rectified with another camera keeps that rig's."""
        own = self._feeds.child(path)
        if own is not None and own.undistortion.rotation:
            return own
        there, kept = self.child(path), self.best(self.parent(path))
        if there is None or kept is None:
            return there
        return replace(there, undistortion=with_lens(there.undistortion, kept.result))

    def size(self, path: str) -> Size | None:
        """Of the pictures of a feed or tile; None before they are known."""
        id, _, tile = self.parent(path).partition("/")
        if id not in self._feeds.ids() or (info := self._feeds.feed(id).status().info) is None:
            return None
        rows, columns = info.grid if tile else (1, 1)
        return Size(info.size.width // columns, info.size.height // rows)

    def words(self, path: str) -> str:
        """ "calibrated, RMS 0.12 px, 3 days ago"; "" where nothing is kept."""
        if not self.of(path):
            return ""
        kept = self.best(path)
        return tr("calibrated at another resolution") if kept is None else ", ".join((tr("calibrated"), _figures(kept)))

    def assign_file(self, path: str, file: str) -> Kept:
        """The same with a calibration in a file. Raises `BadInput` for what cannot be read, too."""
        from engines.calibration.formats.files import load
        from engines.calibration.formats.opencv import UNKNOWN

        return self.assign(path, load(file, UNKNOWN))

    def tiles(self, id: str) -> tuple[str, ...]:
        """The names of a feed's tiles; () where it has none."""
        grid = TileGrid.of(self._feeds.feed(id).source)
        return () if grid is None else grid.names

    def camera(self, path: str) -> Camera | None:
        """Whose picture a feed or tile gives; None where there is no such one."""
        from engines.calibration.shelf import Camera

        id, _, tile = self.parent(path).partition("/")
        if id not in self._feeds.ids():
            return None
        source = self._feeds.feed(id).source
        grid = TileGrid.of(source)
        key, name = key_of(simple(source)), title(source)
        if not tile:
            return Camera(key, name)
        if grid is None or tile not in grid.names:
            return None
        place = tr(
            "tile {index} of {columns}x{rows}", index=grid.names.index(tile) + 1, columns=grid.columns, rows=grid.rows
        )
        return Camera(f"{key}#{place}", f"{name} {tile_titles(source)[tile]}")

    def _check_shape(self, path: str, size: Size) -> None:
        there = self.size(path)
        if there is not None and not same_shape(size, there):
            raise UsageError(
                tr(
                    "This calibration is for {size} pixels, and the source gives {there}, which is another shape",
                    size=size,
                    there=there,
                ),
                hint=tr("Calibrate the source itself"),
            )

    @cached_property
    def _store(self) -> KeptCalibrations:
        from engines.calibration.kept import KeptCalibrations

        return KeptCalibrations(data_dir() / FOLDER)


def aside(shelf: Shelf[R], kept: KeptOne[R], renew: Callable[[], None]) -> Callable[[], None]:
    """Pass over what is kept, and have who uses it look again; what is given brings it back."""
    back = shelf.forget(kept)
    renew()

    def bring_back() -> None:
        back()
        renew()

    return bring_back


def undistortion(result: MonoResult) -> Undistortion:
    """As a calibration is used at first: nothing black, and the right way round."""
    return Undistortion(result.lens, result.image_size, mirrored=result.mirrored, mirror=result.mirrored)


def with_lens(old: Undistortion, result: MonoResult) -> Undistortion:
    """The same picture with the lens of another calibration; the way round follows where that changes."""
    fresh = undistortion(result)
    mirror = old.mirror if old.mirrored == fresh.mirrored else fresh.mirror
    return replace(old, lens=fresh.lens, size=fresh.size, mirrored=fresh.mirrored, mirror=mirror)


def key_of(source: SimpleSource) -> str:
    """The same for the same camera, file or stream."""
    if isinstance(source, UsbSource):
        return f"usb:{source.camera or source.name}@{source.address}"
    if isinstance(source, StreamSource):
        return f"stream:{bare(source.url)}"
    if isinstance(source, FileSource | FolderSource):
        return f"{source.kind}:{Path(source.path).resolve()}"
    shown = to_json(source)
    return "scene:" + ",".join(f"{name}={shown[name]}" for name in ("cameras", "size", "seed"))


def ago(seconds: float) -> str:
    """How long ago, in words."""
    if seconds >= 365 * DAY:
        return tr_count(int(seconds // (365 * DAY)), "{n} year ago", "{n} years ago")
    if seconds >= 30 * DAY:
        return tr_count(int(seconds // (30 * DAY)), "{n} month ago", "{n} months ago")
    if seconds >= DAY:
        return tr_count(int(seconds // DAY), "{n} day ago", "{n} days ago")
    if seconds >= 3600:
        return tr_count(int(seconds // 3600), "{n} hour ago", "{n} hours ago")
    if seconds >= 60:
        return tr_count(int(seconds // 60), "{n} minute ago", "{n} minutes ago")
    return tr("just now")


def kept_words(kept: Kept) -> str:
    return f"{kept.result.image_size.width} × {kept.result.image_size.height}, {_figures(kept)}"


def _figures(kept: Kept) -> str:
    rms = tr("RMS {rms_px:.2f} px", rms_px=kept.result.rms_px) if kept.result.rms_px else ""
    return ", ".join(filter(None, (rms, kept.focus, ago(time.time() - kept.at))))
