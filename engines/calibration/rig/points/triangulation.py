"""Triangulates named points that two or more cameras of a rig see, with the uncertainty of pixels and rig.

A camera that disagrees with two or more others is left out and named; where it is not clear which one is wrong, all are
kept and the uncertainty grows with their disagreement. What cannot be placed is told with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np

from engines.calibration.rig.names import called
from engines.calibration.rig.optics import covariance_of, eyes_of
from engines.calibration.rig.points.agreement import agreeing, doubtful
from engines.calibration.rig.points.intersection import Flags, Floats, Rays, Rows
from engines.calibration.rig.types import NamedPoint, Placed, RigResult, SpacePoint, Unplaced
from engines.core.errors import BadInput
from engines.core.words import tr

_VAGUE = 0.2
"""A deviation, in distances from the nearest camera, from which on the distance is hardly known."""
ALONE = tr("only one camera sees it")
APART = tr("its rays do not meet in front of the cameras: they look at different points, or it is too far away")


def triangulate(rig: RigResult, points: Sequence[NamedPoint]) -> tuple[SpacePoint, ...]:
    """The points of one moment that have a place; raises as `Triangulator.place` does."""
    return Triangulator(rig).place(points).points


class Triangulator:
    """Of one rig; made once, for many moments. Raises `BadInput` where the rig contradicts itself."""

    def __init__(self, rig: RigResult) -> None:
        self.rig = rig
        self.eyes = eyes_of(rig)
        self._covariance = covariance_of(rig)

    @property
    def counts_rig(self) -> bool:
        """Whether the rig's own uncertainty is known, and counted."""
        return self._covariance is not None

    def place(self, points: Sequence[NamedPoint]) -> Placed:
        """The points of one moment, by their names in the order in which they come.

        Raises `BadInput` for a camera that the rig has not, a point that one camera has twice, and what is no number.
        """
        return self.place_all([points])[0]

    def place_all(self, moments: Sequence[Sequence[NamedPoint]]) -> tuple[Placed, ...]:
        """The same of several moments at once, which is quicker."""
        seen = _Seen.of(moments, self.rig)
        rays = self._rays(seen)
        shown = seen.there & np.isfinite(rays.ways).all(axis=2)
        rows = np.flatnonzero(shown.sum(axis=1) > 1)
        made = self._made(seen, rays.of(rows), shown[rows], rows) if len(rows) else {}
        told: list[list[SpacePoint | Unplaced]] = [[] for _ in moments]
        for row, (moment, _) in enumerate(seen.keys):
            told[moment].append(made[row] if row in made else self._alone(seen, shown, row))
        return tuple(_parted(each) for each in told)

    def _rays(self, seen: _Seen) -> Rays:
        pixels, ways = seen.pixels.copy(), np.full((*seen.there.shape, 3), np.nan)
        for number, eye in enumerate(self.eyes):
            rows = np.flatnonzero(seen.there[:, number])
            ways[rows, number] = eye.look(seen.pixels[rows, number])
            pixels[rows, number] = eye.upright(seen.pixels[rows, number])
        return Rays(pixels, seen.sigma, ways)

    def _made(self, seen: _Seen, rays: Rays, shown: Flags, rows: Rows) -> dict[int, SpacePoint | Unplaced]:
        meeting, used = agreeing(self.eyes, self._covariance, rays, shown)
        doubt = doubtful(meeting, used)
        growth = np.where(doubt, meeting.misfit / (2 * used.sum(axis=1) - 3), 1.0)
        covariance = meeting.covariance * growth[:, None, None]
        vague, distances = self._vague(meeting.places, covariance, used), meeting.distances(used)
        made: dict[int, SpacePoint | Unplaced] = {}
        for at, row in enumerate(rows.tolist()):
            name, there = seen.keys[row][1], _numbers(seen.there[row])
            wrong = _numbers(seen.there[row] & ~used[at])
            note = self._note(wrong, distances[at] if doubt[at] else 0.0, bool(vague[at]))
            x, y, z = meeting.places[at].tolist()
            spread = tuple(covariance[at].ravel().tolist())
            point = SpacePoint(name, (x, y, z), spread, _numbers(used[at]), float(distances[at]), wrong, note)
            made[row] = point if meeting.ahead[at] else Unplaced(name, there, APART)
        return made

    def _vague(self, places: Floats, covariance: Floats, used: Flags) -> Flags:
        """Points of which the distance from the nearest camera is hardly known."""
        far = np.array([np.linalg.norm(places - eye.centre, axis=1) for eye in self.eyes]).T
        nearest = np.where(used, far, np.inf).min(axis=1)
        return np.asarray(np.sqrt(np.linalg.eigvalsh(covariance)[:, -1]) > _VAGUE * nearest)

    def _note(self, wrong: Sequence[int], apart: float, vague: bool) -> str:
        notes = [tr("{named} left out: not in agreement with the others", named=self._named(wrong))] if wrong else []
        notes += (
            [tr("its cameras disagree by {apart:.2g} px, and so its deviations are larger", apart=apart)]
            if apart
            else []
        )
        notes += [tr("its rays are nearly parallel: the distance is hardly known")] if vague else []
        return "; ".join(notes)

    def _alone(self, seen: _Seen, shown: Flags, row: int) -> Unplaced:
        blind = _numbers(seen.there[row] & ~shown[row])
        why = tr("in {named} the lens shows nothing there", named=self._named(blind)) if blind else ALONE
        return Unplaced(seen.keys[row][1], _numbers(seen.there[row]), why)

    def _named(self, cameras: Sequence[int]) -> str:
        return ", ".join(self.rig.cameras[number].name for number in cameras)


@dataclass(frozen=True, slots=True)
class _Seen:
    """P points of C cameras. keys: moment and name. pixels: P x C x 2; sigma: P x C pixels, 1 where not seen."""

    keys: tuple[tuple[int, str], ...]
    pixels: Floats
    sigma: Floats
    there: Flags

    @classmethod
    def of(cls, moments: Sequence[Sequence[NamedPoint]], rig: RigResult) -> _Seen:
        points = [((moment, point.name), point) for moment, each in enumerate(moments) for point in each]
        rows = {key: row for row, key in enumerate(dict.fromkeys(key for key, _ in points))}
        shape = len(rows), len(rig.cameras)
        pixels, sigma, there = np.zeros((*shape, 2)), np.ones(shape), np.zeros(shape, dtype=bool)
        for key, point in points:
            _check(point, rig)
            at = rows[key], point.camera
            if there[at]:
                raise BadInput(
                    tr(
                        "'{point}' is there twice for {called}",
                        point=point.name,
                        called=called(rig.cameras[point.camera].name),
                    )
                )
            pixels[at], sigma[at], there[at] = (point.x, point.y), point.sigma, True
        return cls(tuple(rows), pixels, sigma, there)


def _parted(told: Sequence[SpacePoint | Unplaced]) -> Placed:
    placed = tuple(one for one in told if isinstance(one, SpacePoint))
    return Placed(placed, tuple(one for one in told if isinstance(one, Unplaced)))


def _check(point: NamedPoint, rig: RigResult) -> None:
    if not 0 <= point.camera < len(rig.cameras):
        raise BadInput(
            tr(
                "'{point}' is of camera {camera}; the rig's cameras are 0 to {count}",
                point=point.name,
                camera=point.camera,
                count=len(rig.cameras) - 1,
            )
        )
    if not (isfinite(point.x) and isfinite(point.y) and isfinite(point.sigma) and point.sigma > 0):
        raise BadInput(
            tr(
                "'{point}' of {called} has no place or deviation that can be used",
                point=point.name,
                called=called(rig.cameras[point.camera].name),
            ),
            hint=tr("x and y are pixels, sigma is more than 0"),
        )


def _numbers(flags: Flags) -> tuple[int, ...]:
    return tuple(number for number, flag in enumerate(flags.tolist()) if flag)
