"""What stands in space, as values to draw: lines, sheets, dots, ellipsoids, words, and what is told of them."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from widgets.charts.space.eye import Floats

Key: TypeAlias = Hashable
"""What a piece belongs to; None for nothing that could be chosen."""
AXES = ("bad", "good", "accent")
"""Tokens of the x, y and z axes, which are told by their letters, too."""


@dataclass(frozen=True, slots=True)
class Ink:
    """token: of the theme, `series:2` for the colour of number 2, `paper` and `print` for what is light and dark on a
    sheet in every theme. width in pixels."""

    token: str = "text"
    alpha: float = 1.0
    width: float = 1.4
    dashed: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Strand:
    """A line through N x 3 points. before: how much nearer than it is it counts, so that it lies on a sheet."""

    points: Floats
    ink: Ink
    key: Key = None
    before: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A flat polygon of N x 3 points. ink: of its outline; fill: of what it covers.

    prints: K x M x 3, polygons that are printed on it, in the ink `printed`. quiet: not drawn but when it is strong.
    """

    points: Floats
    ink: Ink | None
    fill: Ink | None = None
    key: Key = None
    prints: Floats = field(default_factory=lambda: np.zeros((0, 0, 3)))
    printed: Ink = Ink(alpha=0.7)
    quiet: bool = False

    @property
    def is_veil(self) -> bool:
        """It only tints what is behind it a little."""
        return self.ink is None and self.fill is not None and self.fill.alpha < 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """A flat picture in space. points: 4 x 3, its corners from the top left clockwise; image: H x W x 3 BGR."""

    points: Floats
    image: NDArray[np.uint8]
    key: Key = None


@dataclass(frozen=True, slots=True, eq=False)
class Dot:
    """A point. radius in pixels; before: as of a strand."""

    place: Floats
    ink: Ink
    radius: float = 3.0
    key: Key = None
    before: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Blob:
    """An ellipsoid. axes: 3 x 3, its half axes as columns."""

    centre: Floats
    axes: Floats
    ink: Ink
    key: Key = None


@dataclass(frozen=True, slots=True, eq=False)
class Word:
    """Words at a point, above it; plain: without a pill behind them. weight: where there is little room, more goes
    first."""

    place: Floats
    text: str
    ink: Ink
    key: Key = None
    plain: bool = False
    weight: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Thing:
    """What is told of a key: its name, its place, one standard deviation along the axes, and more lines."""

    name: str
    place: Floats
    std: Floats | None = None
    more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Net:
    """Many short straight lines, N x 2 x 3, drawn at once under everything else. shares: of the ink that each has."""

    lines: Floats
    ink: Ink
    shares: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Pieces that are shown and replaced together. things: what can be pointed at.

    extent: N x 3 points that a look at everything must show.
    """

    strands: tuple[Strand, ...] = ()
    sheets: tuple[Sheet, ...] = ()
    dots: tuple[Dot, ...] = ()
    blobs: tuple[Blob, ...] = ()
    words: tuple[Word, ...] = ()
    nets: tuple[Net, ...] = ()
    photos: tuple[Photo, ...] = ()
    things: Mapping[Key, Thing] = field(default_factory=dict)
    extent: Floats = field(default_factory=lambda: np.zeros((0, 3)))


def joined(*parts: Part) -> Part:
    """All pieces of several parts as one."""
    return Part(
        tuple(one for part in parts for one in part.strands),
        tuple(one for part in parts for one in part.sheets),
        tuple(one for part in parts for one in part.dots),
        tuple(one for part in parts for one in part.blobs),
        tuple(one for part in parts for one in part.words),
        tuple(one for part in parts for one in part.nets),
        tuple(one for part in parts for one in part.photos),
        {key: thing for part in parts for key, thing in part.things.items()},
        np.concatenate([part.extent for part in parts]) if parts else np.zeros((0, 3)),
    )


def enlarged(lengths: Floats, room: float, kept: float = 1.0) -> float:
    """1 or a power of ten by which lengths are drawn, so that the middle one fills about a third of the room.

    kept: the power of before, which stays while the lengths are neither lost nor far too large.
    """
    known = lengths[lengths > 0]
    if not len(known) or not room > 0:
        return kept
    share = float(np.median(known)) / room
    if kept > 1 and 0.02 < kept * share < 2:
        return kept
    return float(10.0 ** max(0, math.floor(math.log10(1 / share))))


def half_axes(covariance: Floats, factor: float = 1.0) -> Floats:
    """Half axes, as columns, of the ellipsoid of `factor` standard deviations of a 3 x 3 covariance."""
    values, ways = np.linalg.eigh((covariance + covariance.T) / 2)
    return np.asarray(ways * (factor * np.sqrt(np.maximum(values, 0.0))))


def silhouettes(centres: Floats, axes: Floats, away: Floats, infinite: bool, steps: int = 32) -> Floats:
    """Outlines of ellipsoids as they are seen, M x steps x 3.

    centres M x 3, axes M x 3 x 3; away: M x 3, from each centre to the eye, or towards it where that is infinitely far
    away. On the unit sphere that an ellipsoid is the image of, the outline is the circle on the plane u.v = 1, with v
    the eye in the sphere's coordinates. nan where the eye is within.
    """
    least = 1e-9 * (1e-12 + np.abs(axes).max(axis=(1, 2)))
    stout = axes + least[:, None, None] * np.eye(3)
    ways = np.linalg.solve(stout, away[..., None])[..., 0]
    length = np.linalg.norm(ways, axis=1)
    length[~(length > 1) & (not infinite)] = np.nan
    height = np.zeros_like(length) if infinite else 1 / length
    unit = ways / length[:, None]
    first = np.cross(unit, np.eye(3)[np.argmin(np.abs(unit), axis=1)])
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    second = np.cross(unit, first)
    angle = np.linspace(0, 2 * np.pi, steps, endpoint=False)
    ring = np.cos(angle)[:, None] * first[:, None] + np.sin(angle)[:, None] * second[:, None]
    sphere = height[:, None, None] * unit[:, None] + np.sqrt(1 - height**2)[:, None, None] * ring
    return np.asarray(centres[:, None] + np.einsum("mij,msj->msi", stout, sphere))
