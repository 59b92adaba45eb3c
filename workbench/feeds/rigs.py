"""Which rig the open sources form: kept for the cameras that it is of, found by what those are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from engines.core.errors import UsageError
from engines.core.lenses import same_shape
from engines.core.places import data_dir
from engines.core.words import tr
from workbench.feeds.calibrations import Calibrations, aside
from workbench.feeds.running import Feeds

if TYPE_CHECKING:
    from engines.calibration.rig.kept import Cameras, Kept, KeptRigs
    from engines.calibration.rig.types import RigResult

FOLDER = "rigs"


@dataclass(frozen=True, slots=True)
class RigInUse:
    """A rig whose cameras are all open. paths: of feeds or tiles, by the number of the camera."""

    paths: tuple[str, ...]
    kept: Kept
    older: tuple[Kept, ...] = ()

    def number(self, path: str) -> int:
        """Of the camera at a path. Raises `ValueError`."""
        return self.paths.index(path)


class Rigs(QObject):
    """`changed()` when cameras got another rig; `unreadable(words)` of a kept file that was passed over."""

    changed = Signal()
    unreadable = Signal(str)

    def __init__(self, feeds: Feeds, calibrations: Calibrations) -> None:
        super().__init__(feeds)
        self._feeds, self._calibrations = feeds, calibrations
        self._sets: tuple[Cameras, ...] | None = None
        self._known: dict[Cameras, tuple[Kept, ...]] = {}

    def in_use(self) -> tuple[RigInUse, ...]:
        """All that the open sources form, those of most cameras first."""
        open_paths = {camera.key: path for path in self._paths() if (camera := self._calibrations.camera(path))}
        formed = [
            RigInUse(tuple(open_paths[camera.key] for camera in cameras), kept[0], kept[1:])
            for cameras in self._there()
            if all(camera.key in open_paths for camera in cameras) and (kept := self._kept(cameras))
        ]
        return tuple(sorted(formed, key=lambda one: (-len(one.paths), -one.kept.at)))

    def looked_up(self) -> tuple[RigInUse, ...]:
        """The same, none before anybody asked for them: the first look reads their files and takes its time."""
        return self.in_use() if "_store" in self.__dict__ else ()

    def look_up(self) -> None:
        """Read what is kept, where anything is."""
        if (data_dir() / FOLDER).is_dir() and self.in_use():
            self.changed.emit()

    def of(self, path: str) -> RigInUse | None:
        """The one that the camera at a path belongs to; a straightened picture's is its parent's."""
        parent = self._calibrations.parent(path)
        return next((one for one in self.in_use() if parent in one.paths), None)

    def rig(self, used: RigInUse) -> RigResult:
        """For the pictures that the sources give now. Raises `UsageError` where they have another shape."""
        from engines.calibration.rig.scaling import at_sizes

        cameras = used.kept.result.cameras
        sizes = [self._calibrations.size(path) or camera.size for path, camera in zip(used.paths, cameras, strict=True)]
        return at_sizes(used.kept.result, sizes)

    def assign(self, paths: Sequence[str], rig: RigResult, focus: str = "") -> RigInUse:
        """Keep a rig for the sources at these paths, by the numbers of its cameras.

        Raises `UsageError` where those are too many or too few, no cameras' own pictures, or of another shape.
        """
        cameras = [self._calibrations.camera(path) for path in paths]
        if len(set(paths)) != len(rig.cameras) or len(paths) != len(rig.cameras):
            raise UsageError(
                tr(
                    "This rig has {cameras} cameras, and {sources} sources are chosen",
                    cameras=len(rig.cameras),
                    sources=len(set(paths)),
                ),
                hint=tr("Choose a source for each of its cameras"),
            )
        there = tuple(camera for camera in cameras if camera is not None)
        if len(there) < len(cameras) or any(self._feeds.child(path) is not None for path in paths):
            raise UsageError(
                tr("Not all of these are cameras' own pictures"), hint=tr("Choose cameras, or their tiles")
            )
        for path, camera in zip(paths, rig.cameras, strict=True):
            size = self._calibrations.size(path)
            if size is not None and not same_shape(camera.size, size):
                title = self._feeds.title(path)
                raise UsageError(
                    tr(
                        "{camera} was calibrated at {size} pixels, and {title} gives {there}",
                        camera=camera.name,
                        size=camera.size,
                        title=title,
                        there=size,
                    )
                )
        kept = self._store.keep(there, rig, focus)
        self._renew(there)
        return RigInUse(tuple(paths), kept)

    def forgetter(self, used: RigInUse) -> Callable[[], Callable[[], None]]:
        """What forgets a rig, whether its cameras are open by then or not, and gives what brings it back."""
        there = tuple(camera for path in used.paths if (camera := self._calibrations.camera(path)) is not None)
        return partial(aside, self._store, used.kept, partial(self._renew, there))

    def _renew(self, cameras: Cameras) -> None:
        self._sets = None
        self._known.pop(cameras, None)
        self.changed.emit()

    def _paths(self) -> list[str]:
        """Of every feed and tile."""
        feeds = self._feeds
        return [path for id in feeds.ids() for path in (id, *(f"{id}/{tile}" for tile in self._calibrations.tiles(id)))]

    def _there(self) -> tuple[Cameras, ...]:
        if self._sets is None:
            self._sets = self._store.sets()
            self._tell()
        return self._sets

    def _kept(self, cameras: Cameras) -> tuple[Kept, ...]:
        if cameras not in self._known:
            self._known[cameras] = self._store.of(cameras)
            self._tell()
        return self._known[cameras]

    def _tell(self) -> None:
        for problem in self._store.problems:
            self.unreadable.emit(tr("A rig is passed over: {problem}", problem=problem))

    @cached_property
    def _store(self) -> KeptRigs:
        from engines.calibration.rig.kept import KeptRigs

        return KeptRigs(data_dir() / FOLDER)
