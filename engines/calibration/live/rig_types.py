"""Settings and results of the live finder of a rig. Plain values that go to and from JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engines.calibration.rig.types import RigCamera, RigPair
from engines.calibration.types import Capture, Point, Sighting
from engines.core.boards import Board
from engines.core.frames import Stamp
from engines.core.lenses import Lens, ModelName

NEEDED = 8
"""Shared views of a pair, from which on its distance is told well enough to be believed."""


@dataclass(frozen=True, slots=True)
class RigCapture:
    """A set that was taken: of each camera its view of that moment, None where it saw no board."""

    sights: tuple[Capture | None, ...]

    def shared(self, first: int, second: int) -> bool:
        """Both cameras saw the same board."""
        one, other = self.sights[first], self.sights[second]
        return one is not None and other is not None and one.board == other.board


@dataclass(frozen=True, slots=True)
class RigEstimate:
    """The rig as far as the sets tell it. placed: numbers of the cameras whose place is known, in the order of
    `cameras`; the others share no views with these. pairs: of cameras by their number in the rig. sets: it was made of.
    """

    placed: tuple[int, ...]
    cameras: tuple[RigCamera, ...]
    pairs: tuple[RigPair, ...]
    rms_px: float = 0.0
    sets: int = 0
    seconds: float = 0.0

    def camera(self, number: int) -> RigCamera | None:
        return self.cameras[self.placed.index(number)] if number in self.placed else None

    def pair(self, first: int, second: int) -> RigPair | None:
        wanted = {first, second}
        return next((pair for pair in self.pairs if {pair.first, pair.second} == wanted), None)


@dataclass(frozen=True, slots=True)
class RigFinderSettings:
    """The live finder of a rig; fields that `FinderSettings` has too mean the same. cameras: their names.

    captured: the sets taken so far; give the whole list anew whenever it changes. lenses: of the cameras where they are
    known, () for none. mirrored: numbers of the cameras whose pictures are flipped first. known: the rig so far.
    """

    cameras: tuple[str, ...]
    board: Board
    more_boards: tuple[Board, ...] = ()
    capture: Literal["off", "auto"] = "off"
    captured: tuple[RigCapture, ...] = ()
    lenses: tuple[Lens | None, ...] = ()
    model: ModelName = "brown5"
    mirrored: tuple[int, ...] = ()
    window: str = "auto"
    gate_pixels: int = 480

    @property
    def boards(self) -> tuple[Board, ...]:
        return (self.board, *self.more_boards)

    def lens(self, camera: int) -> Lens | None:
        return self.lenses[camera] if camera < len(self.lenses) else None


@dataclass(frozen=True, slots=True)
class PairState:
    """Two cameras by number: how many views they share and how many are needed. distance, std: metres, None where not
    known. apart: no place of the board is seen by both, as far as the rig is known."""

    first: int
    second: int
    shared: int
    needed: int = NEEDED
    distance: float | None = None
    std: float | None = None
    apart: bool = False

    @property
    def lacks(self) -> int:
        """Views that are still to come."""
        return 0 if self.apart else max(0, self.needed - self.shared)


@dataclass(frozen=True, slots=True)
class RigTarget:
    """Where the board should go next: its outline in the pictures of some cameras, four corners each. words: how to
    hold it, as seen by the first of them."""

    cameras: tuple[int, ...]
    outlines: tuple[tuple[Point, ...], ...]
    words: str = ""

    def outline(self, camera: int) -> tuple[Point, ...]:
        return self.outlines[self.cameras.index(camera)] if camera in self.cameras else ()


@dataclass(frozen=True, slots=True)
class RigSighting:
    """What the finder says of one moment of all cameras.

    cameras: a sighting each; one that had no turn this time says that nothing was found. looked: those that had.
    asked: the cameras that the guidance is about. target: where the board should go. wants_capture: this set should be
    taken. useful: cameras whose view is good enough to be taken now. known: the rig as far as the sets tell it.
    """

    stamp: Stamp
    cameras: tuple[Sighting, ...]
    looked: tuple[int, ...]
    pairs: tuple[PairState, ...]
    guidance: str = ""
    asked: tuple[int, ...] = ()
    target: RigTarget | None = None
    useful: tuple[int, ...] = ()
    wants_capture: bool = False
    captured: int = 0
    milliseconds: float = 0.0
    known: RigEstimate | None = None

    @property
    def enough(self) -> bool:
        """Nothing more is asked for."""
        return self.captured > 0 and not self.asked
