"""Triangulated points in space, how certain each is, and the lines of a skeleton between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from engines.calibration.rig.types import SpacePoint
from engines.core.words import tr
from widgets.charts.space.eye import Floats
from widgets.charts.space.things import Blob, Dot, Ink, Part, Strand, Thing, Word, half_axes

Bones: TypeAlias = Sequence[tuple[str, str]]
"""Pairs of names that a line is drawn between."""
NAMED = 12
"""Points that have their names beside them at most."""
INK = Ink("text", 1.0, 2.2)


def points(shown: Sequence[SpacePoint], bones: Bones = (), names: Sequence[str] = (), factor: float = 0.0) -> Part:
    """names: of the cameras. factor: of the ellipsoids, 0: none."""
    places = {one.name: np.array(one.place) for one in shown}
    lines = [Strand(np.array([places[a], places[b]]), INK) for a, b in bones if a in places and b in places]
    few = len(shown) <= NAMED
    return Part(
        tuple(lines),
        (),
        tuple(Dot(places[one.name], Ink("warn" if one.wrong else "text"), 3.6, ("point", one.name)) for one in shown),
        tuple(_ellipsoid(one, factor) for one in shown) if factor else (),
        tuple(Word(places[one.name], one.name, Ink("text"), ("point", one.name), True) for one in shown if few),
        things={("point", one.name): _told(one, names) for one in shown},
        extent=np.array([one.place for one in shown]).reshape(-1, 3),
    )


def _ellipsoid(point: SpacePoint, factor: float) -> Blob:
    return Blob(
        np.array(point.place), half_axes(_covariance(point), factor), Ink("accent", width=1.0), ("point", point.name)
    )


def _covariance(point: SpacePoint) -> Floats:
    return np.array(point.covariance, np.float64).reshape(3, 3)


def _told(point: SpacePoint, names: Sequence[str]) -> Thing:
    by = ", ".join(names[number] if number < len(names) else str(number + 1) for number in point.cameras)
    more = [tr("from {by}", by=by)] if by else []
    more.append(tr("{residual_px:.2g} px off where they see it", residual_px=point.residual_px))
    if point.wrong:
        wrong = ", ".join(names[number] if number < len(names) else str(number + 1) for number in point.wrong)
        more.append(tr("{wrong} disagrees and is left out", wrong=wrong))
    return Thing(point.name, np.array(point.place), np.array(point.std), tuple(more))
