"""What a rig is to be solved from and how, as the user sets it: plain values, kept in the project."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from engines.calibration.rig.names import FLOOR
from engines.calibration.rig.types import Hold, Loss, Matching, RigSpec
from engines.core.boards import Board
from engines.core.lenses import ModelName

DEFAULT_BOARD = "charuco:7x5:40mm:30mm:DICT_4X4_50"
LEFT_OUT = "-"
"""Stands for the name of a tile that is no camera of the rig."""
NEW_FRAMES = ("tiled", "match", "offsets", "every")
"""Settings that make other frames of the same files."""


@dataclass(frozen=True, slots=True)
class RigSetup:
    """Fields as of `RigSpec`. tiled: all cameras are in each picture, as rows x columns; else `paths` holds a folder,
    a film or a pattern a camera. board, more_boards: in their one-word form."""

    paths: tuple[str, ...] = ()
    tiled: bool = True
    rows: int = 2
    columns: int = 2
    names: tuple[str, ...] = ()
    margin: int = 0
    match: Matching = "name"
    offsets: tuple[int, ...] = ()
    board: str = DEFAULT_BOARD
    more_boards: tuple[str, ...] = ()
    intrinsics: str = ""
    hold: Hold = "fixed"
    model: ModelName = "brown5"
    fix: tuple[str, ...] = ()
    shared_lens: bool = False
    free_board: bool = False
    loss: Loss = "geman"
    reference: str = ""
    window: str = "auto"
    every: int = 0
    mirror: Literal["auto", "yes", "no"] = "auto"
    exclude: tuple[str, ...] = ()

    @property
    def boards(self) -> tuple[Board, ...]:
        return tuple(map(Board.parse, (self.board, *self.more_boards)))

    @property
    def tiles(self) -> str:
        """'2x2', or "" where each camera has files of its own."""
        return f"{self.rows}x{self.columns}" if self.tiled else ""

    @property
    def places(self) -> int:
        """Tiles, or folders and films, there are: each a camera unless it is left out."""
        return self.rows * self.columns if self.tiled else len(self.paths)

    @property
    def told(self) -> tuple[tuple[str, str], ...]:
        """Of every place the name that was given, "" for none, and what it is called: its number from 0, then."""
        given = (*self.names, *("",) * self.places)[: self.places]
        return tuple((name, name or str(place)) for place, name in enumerate(given))

    @property
    def cameras(self) -> tuple[str, ...]:
        """Names of the cameras that take part."""
        return tuple(name for _, name in self.told if name != LEFT_OUT)

    @property
    def kept(self) -> tuple[int, ...]:
        """Folders and films of cameras that take part, by their place."""
        return tuple(place for place, (_, name) in enumerate(self.told) if name != LEFT_OUT)

    @property
    def twice(self) -> str:
        """A name that two cameras have, "" where each has its own."""
        low = [name.casefold() for name in self.cameras]
        return next((name for name in self.cameras if low.count(name.casefold()) > 1), "")

    def settled(self, before: RigSetup) -> RigSetup:
        """The same where it names what is there: cameras that have other names by now are called by these, and frames
        that are others now are not left out."""
        if any(getattr(self, name) != getattr(before, name) for name in NEW_FRAMES):
            return replace(self, exclude=(), reference="" if self.reference.startswith(FLOOR) else self.reference)
        places = zip(before.told, self.told, strict=False) if before.places == self.places else ()
        names = dict.fromkeys(before.cameras, "") | {name: name for name in self.cameras}
        names |= {old: new if new != LEFT_OUT else "" for (_, old), (_, new) in places if old != LEFT_OUT}
        floor = self.reference.startswith(FLOOR)
        exclude = tuple(filter(None, (_renamed(one, names) for one in self.exclude)))
        return replace(self, reference=self.reference if floor else names.get(self.reference, ""), exclude=exclude)

    @property
    def spec(self) -> RigSpec:
        """The job that solves it. Tiles that are left out are named so; files of cameras that are, are not given."""
        board, *more = self.boards
        kept = range(len(self.paths)) if self.tiled else self.kept
        names = self.names[: self.places] if self.tiled else tuple(self.told[place][1] for place in self.kept)
        offsets = (*self.offsets, *(0,) * len(self.paths)) if self.offsets else ()
        return RigSpec(
            paths=tuple(self.paths[place] for place in kept),
            board=board,
            tiles=self.tiles,
            names=names if any(self.names) else (),
            margin=self.margin,
            match=self.match,
            offsets=tuple(offsets[place] for place in kept) if offsets else (),
            model=self.model,
            intrinsics=self.intrinsics,
            hold=self.hold,
            fix=self.fix,
            shared_lens=self.shared_lens,
            free_board=self.free_board,
            loss=self.loss,
            reference=self.reference,
            window=self.window,
            every=self.every,
            exclude=self.exclude,
            mirror=self.mirror,
            more_boards=tuple(more),
        )


def _renamed(excluded: str, names: Mapping[str, str]) -> str:
    """A frame, or `frame/camera` by what the camera is called now; "" where it is no camera any more."""
    frame, _, camera = excluded.rpartition("/")
    if camera not in names or not frame:
        return excluded
    return f"{frame}/{names[camera]}" if names[camera] else ""
