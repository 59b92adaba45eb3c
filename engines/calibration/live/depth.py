"""A live engine: depth from two cameras of a solved rig, moment by moment, at half their resolution unless told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import perf_counter

from engines.calibration.rig.pairs.depth import DepthFinder, DepthWish, Seen
from engines.calibration.rig.pairs.rectification import rectify, smaller
from engines.calibration.rig.types import RigResult
from engines.core.context import Context
from engines.core.frames import FrameSet, Stamp
from engines.core.live import Reset


@dataclass(frozen=True, slots=True)
class DepthSettings:
    """rig: where the cameras are; first, second: which two. alpha: as `StereoSpec.alpha`. share: of the resolution."""

    rig: RigResult
    first: int = 0
    second: int = 1
    alpha: float = 0.0
    wish: DepthWish = DepthWish()
    share: float = 0.5


@dataclass(frozen=True, slots=True)
class SeenDepth:
    """What two pictures of one moment gave. stamps: theirs."""

    stamps: tuple[Stamp, Stamp]
    seen: Seen
    milliseconds: float


def finder_of(settings: DepthSettings) -> DepthFinder:
    """Raises as `rectify` and `DepthFinder` do."""
    whole = rectify(settings.rig, settings.first, settings.second, settings.alpha)
    return DepthFinder(settings.rig, smaller(whole, settings.share), settings.wish, twice=False)


def lean(result: RigResult) -> RigResult:
    """What depth needs of a rig; the pictures it was solved from are left out."""
    return replace(result, views=(), board_poses=(), board_points=(), steps=(), reasons=(), left_out=())


class LiveDepth:
    """Takes a picture of the first camera and one of the second, as the cameras give them."""

    _finder: DepthFinder

    def open(self, settings: DepthSettings, ctx: Context) -> None:
        self._finder = finder_of(settings)

    def configure(self, settings: DepthSettings) -> bool:
        self._finder = finder_of(settings)
        return True

    def process(self, frames: FrameSet) -> SeenDepth:
        """Raises `UsageError` for pictures of a shape that the cameras' lenses do not fit."""
        first, second = frames
        started = perf_counter()
        seen = self._finder.find(first.image, second.image)
        return SeenDepth((first.stamp, second.stamp), seen, 1000 * (perf_counter() - started))

    def reset(self, why: Reset) -> None:
        """Nothing is remembered of earlier frames."""

    def close(self) -> None:
        """Nothing is held."""
