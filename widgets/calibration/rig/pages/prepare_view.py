"""What the page Prepare shows: how a tiled recording is to be cut, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from engines.calibration.rig.pictures.tiles import DROPPED, Tiling
from engines.calibration.rig.types import PrepareResult, PrepareSpec
from engines.core.errors import KinoscopeError
from engines.core.frames import Image, size_of
from engines.core.words import tr, tr_count
from widgets.kit.work_state import Busy


@dataclass(frozen=True, slots=True)
class PrepareForm:
    """What is wanted. order: the tile of each camera; names: of the cameras. dropped, flipped: tiles."""

    paths: tuple[str, ...] = ()
    rows: int = 2
    columns: int = 2
    order: tuple[int, ...] = (0, 1, 2, 3)
    names: tuple[str, ...] = ("camera 1", "camera 2", "camera 3", "camera 4")
    dropped: frozenset[int] = frozenset()
    flipped: frozenset[int] = frozenset()
    margin: int = 0
    as_pictures: bool = False
    every: int = 1
    out: str = ""

    @property
    def tiles(self) -> str:
        return f"{self.rows}x{self.columns}"

    @property
    def spec(self) -> PrepareSpec:
        """The job that does it."""
        both = zip(self.names, self.order, strict=True)
        names = tuple(DROPPED if place in self.dropped else name for name, place in both)
        flip = tuple(self.name_of(place) for place in sorted(self.flipped - self.dropped))
        order = () if self.order == tuple(sorted(self.order)) else self.order
        return PrepareSpec(
            self.paths, self.tiles, self.out, names, order, self.margin, self.as_pictures, self.every, flip=flip
        )

    def camera_of(self, place: int) -> int:
        """The number of the camera that a tile is."""
        return self.order.index(place)

    def name_of(self, place: int) -> str:
        return self.names[self.camera_of(place)]

    def gridded(self, rows: int, columns: int) -> PrepareForm:
        """Another grid; names stay as far as there are tiles."""
        number = rows * columns
        names = tuple(self.names[at] if at < len(self.names) else f"camera {at + 1}" for at in range(number))
        none: frozenset[int] = frozenset()
        return replace(
            self, rows=rows, columns=columns, order=tuple(range(number)), names=names, dropped=none, flipped=none
        )

    def swapped(self, one: int, two: int) -> PrepareForm:
        """The cameras of two tiles exchanged."""
        order = list(self.order)
        first, second = self.camera_of(one), self.camera_of(two)
        order[first], order[second] = order[second], order[first]
        return replace(self, order=tuple(order))

    def renamed(self, place: int, name: str) -> PrepareForm:
        names = list(self.names)
        names[self.camera_of(place)] = name.strip() or f"camera {self.camera_of(place) + 1}"
        return replace(self, names=tuple(names))

    def with_tile(self, kind: str, place: int) -> PrepareForm:
        """A tile dropped or flipped, or no longer; kind: which of the two fields."""
        tiles: frozenset[int] = getattr(self, kind)
        changes: Mapping[str, frozenset[int]] = {kind: tiles ^ {place}}
        return replace(self, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class PrepareView:
    """picture: what the tiles are drawn on. guess: the grid whose seams show, (1, 1) for none. frames: of the films, or
    how many pictures; films: whether it is films. result: of what was written last."""

    form: PrepareForm = PrepareForm()
    picture: Image | None = field(default=None, compare=False, repr=False)
    looking: bool = False
    guess: tuple[int, int] = (1, 1)
    frames: int = 0
    films: int = 0
    busy: Busy | None = None
    result: PrepareResult | None = None

    @property
    def problem(self) -> tuple[str, str]:
        """Why it cannot be written and what to do, ("", "") where it can."""
        if self.picture is None:
            return tr("Choose tiled recordings first"), ""
        form, spec = self.form, self.form.spec
        try:
            Tiling.of(spec.tiles, spec.names, spec.margin, spec.order).size(size_of(self.picture))
        except KinoscopeError as error:
            return error.message, error.hint
        return ("", "") if form.out else (tr("Choose a folder to write to"), "")

    @property
    def cameras(self) -> int:
        return len(self.form.names) - len(self.form.dropped)

    @property
    def headline(self) -> str:
        """The line under the title."""
        if self.busy is not None:
            return tr("Waiting for its turn") if self.busy.waiting else tr("Cutting")
        if self.looking:
            return tr("Looking at the recording")
        if self.picture is None:
            return tr("Nothing chosen yet")
        films = tr_count(self.films, "{n} film", "{n:,} films")
        pictures = tr_count(self.frames, "{n} picture", "{n:,} pictures")
        return tr(
            "{count}, {size_of}, {cameras}",
            count=films if self.films else pictures,
            size_of=size_of(self.picture),
            cameras=tr_count(self.cameras, "{n} camera", "{n:,} cameras"),
        )

    @property
    def plan(self) -> str:
        """What will be written, in a sentence."""
        form, spec = self.form, self.form.spec
        assert self.picture is not None
        tiling = Tiling.of(spec.tiles, spec.names, spec.margin, spec.order)
        size = tiling.size(size_of(self.picture))
        frames = -(-self.frames // form.every)
        if self.films and not form.as_pictures:
            what = tr(
                "{films} of {size}, {frames} for each camera",
                films=tr_count(self.cameras * self.films, "{n} film", "{n:,} films"),
                size=size,
                frames=tr_count(frames, "{n} frame", "{n:,} frames"),
            )
        else:
            what = tr(
                "{folders} with {pictures} of {size} each",
                folders=tr_count(self.cameras, "{n} folder", "{n:,} folders"),
                pictures=tr_count(frames, "{n} picture", "{n:,} pictures"),
                size=size,
            )
        return tr("{what}, and cameras.yaml that lists them", what=what)
