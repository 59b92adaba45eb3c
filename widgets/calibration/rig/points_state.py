"""What the panel shows of a rig in use: its sources, named points that are triangulated, a place that is measured."""

from __future__ import annotations

from dataclasses import dataclass

from engines.calibration.rig.types import RigResult, SpacePoint
from widgets.sources.choice import SourceChoice

Bones = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """A place that was shown in pictures. clicks: how many; note: what is to be known of it, or why there is none."""

    clicks: int = 0
    point: SpacePoint | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class RigUse:
    """cameras: names of those of the rig that is shown; chosen: the path of each one's source, "" for none; sources:
    there are. problem: why it cannot be kept for them, "" where it can; kept: it is what those sources use.

    used: which rig the open sources form, in words, "" none; engines: id and title of what sees named points; engine:
    the one that is joined, "" none; joined: what came of it, in words; points, bones: of all figures, for the space;
    rig: that they are of. recording: the name of the table that is written, "" none. measuring: clicks in pictures
    measure.
    """

    cameras: tuple[str, ...] = ()
    sources: tuple[SourceChoice, ...] = ()
    chosen: tuple[str, ...] = ()
    problem: str = ""
    kept: bool = False
    used: str = ""
    engines: tuple[tuple[str, str], ...] = ()
    engine: str = ""
    joined: str = ""
    points: tuple[SpacePoint, ...] = ()
    bones: Bones = ()
    rig: RigResult | None = None
    recording: str = ""
    measuring: bool = False
    measured: Measured = Measured()

    @property
    def there(self) -> bool:
        """There is something to use."""
        return bool((self.cameras and self.sources) or self.used)
