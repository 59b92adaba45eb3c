"""How two calibrations of a rig differ, as values: camera by camera, pair by pair, and what of it counts."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from statistics import NormalDist, median

from engines.calibration.compare import DISAGREE, Comparison
from engines.calibration.rig.types import RigResult
from engines.calibration.types import Reason

BY_CHANCE = 0.01
"""How often two calibrations of a rig that nobody touched may be said to differ."""


def limit(count: int) -> float:
    """Of so many normal figures one passes this by chance in `BY_CHANCE` of the cases (Bonferroni), but at least 3."""
    return max(DISAGREE, NormalDist().inv_cdf(1 - BY_CHANCE / (2 * max(count, 1))))


@dataclass(frozen=True, slots=True)
class CameraDifference:
    """One camera in both. first, second: its numbers. place_mm: between its centres, once the rigs lie on each other.

    turn_deg: between its orientations. lens: over the picture and parameter by parameter, None where the pictures have
    other shapes; resized: the second one's lens was made that of the first one's resolution. moved: the others stand to
    each other as before, and this one does not.
    """

    name: str
    first: int
    second: int
    place_mm: float
    turn_deg: float
    lens: Comparison | None
    resized: bool = False
    moved: bool = False

    @property
    def usual_px(self) -> float | None:
        """Between the lenses in most places of the picture: at corners that no view reached they say anything."""
        known = [] if self.lens is None else [one for one in self.lens.difference if isfinite(one)]
        return median(known) if known else None

    @property
    def deviations(self) -> float | None:
        """Of the lens's parameter that is the furthest apart."""
        known = [one.deviations for one in self.lens.parameters if one.deviations is not None] if self.lens else []
        return max(known, default=None)


@dataclass(frozen=True, slots=True)
class PairDifference:
    """Two cameras, by their numbers in the first calibration. Distances in metres, angles in degrees.

    deviations: joint standard deviations between the two distances or angles; None where they are not stated.
    """

    first: int
    second: int
    distances: tuple[float, float]
    angles: tuple[float, float]
    deviations: float | None
    angle_deviations: float | None

    @property
    def apart_mm(self) -> float:
        return 1e3 * (self.distances[1] - self.distances[0])

    @property
    def apart_deg(self) -> float:
        return self.angles[1] - self.angles[0]


@dataclass(frozen=True, slots=True)
class RigComparison:
    """Two calibrations of a rig. by_name: how cameras were told to be the same, else by their order.

    only_first, only_second: names of cameras that the other one lacks. scale_percent: by how much distances are longer
    in the second; scale_deviations: of that. about: camera that the two were laid onto each other by, "" for all.
    base: the first calibration; laid: the second one in its coordinates. findings: what is larger than the stated
    deviations, worst first, level 0 where nothing is; agree: None where that cannot be told.
    """

    by_name: bool
    cameras: tuple[CameraDifference, ...]
    pairs: tuple[PairDifference, ...]
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]
    scale_percent: float
    scale_deviations: float | None
    about: str
    base: RigResult
    laid: RigResult
    findings: tuple[Reason, ...]

    @property
    def limit(self) -> float:
        """Joint deviations from which on a difference is more than chance, for as many as are judged here."""
        known: list[float | None] = [one.deviations for one in self.pairs]
        known += [one.angle_deviations for one in self.pairs]
        known += [each.deviations for one in self.cameras if one.lens for each in one.lens.parameters]
        return limit(sum(one is not None for one in known))

    @property
    def agree(self) -> bool | None:
        known = [pair.deviations for pair in self.pairs] + [camera.deviations for camera in self.cameras]
        if all(one is None for one in known):
            return None
        return not any(reason.level for reason in self.findings)
