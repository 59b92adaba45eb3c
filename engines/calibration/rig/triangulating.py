"""Triangulates a table of points that the cameras of a rig saw, frame by frame, and writes where they are in space."""

from __future__ import annotations

from time import perf_counter

import numpy as np

from engines.calibration.formats.rig_files import load
from engines.calibration.rig.points.point_files import PLACES, read_points, write_places
from engines.calibration.rig.points.triangulation import Triangulator
from engines.calibration.rig.types import NamedPoint, Placed, TriangulateResult, TriangulateSpec
from engines.core.context import Context
from engines.core.errors import UsageError
from engines.core.outputs import check_file
from engines.core.words import tr

_AT_ONCE = 2000
"""Pixels that are worked on together."""


def run(spec: TriangulateSpec, ctx: Context) -> TriangulateResult:
    """Raises `BadInput` for a table, a rig or a place to write to that cannot be used, and says why."""
    start, inputs = perf_counter(), (spec.rig, spec.points)
    if not spec.out.lower().endswith(".csv"):
        raise UsageError(tr("Places are written as CSV"), path=spec.out, hint="Name the file places.csv")
    check_file(spec.out, PLACES, inputs)
    rig = load(spec.rig)
    triangulator, points = Triangulator(rig), read_points(spec.points, rig.cameras)
    placed = _placed(triangulator, [each for _, each in points.frames], ctx)
    frames = [(frame, one) for (frame, _), one in zip(points.frames, placed, strict=True)]
    write_places(spec.out, frames, rig.cameras, inputs)
    residuals = np.array([point.residual_px for one in placed for point in one.points])
    return TriangulateResult(
        out=spec.out,
        frames=len(frames),
        points=len(residuals),
        residual_px=float(np.sqrt((residuals**2).mean())) if len(residuals) else 0.0,
        rig_counted=triangulator.counts_rig,
        sigma_told=points.sigma_told,
        unplaced=tuple((frame, each) for frame, one in frames for each in one.left_out),
        left_out=points.left_out,
        seconds=perf_counter() - start,
    )


def _placed(triangulator: Triangulator, moments: list[tuple[NamedPoint, ...]], ctx: Context) -> list[Placed]:
    placed: list[Placed] = []
    while len(placed) < len(moments):
        ctx.check()
        ctx.progress(len(placed), len(moments), tr("Triangulating"))
        placed += triangulator.place_all(_next(moments, len(placed)))
    return placed


def _next(moments: list[tuple[NamedPoint, ...]], first: int) -> list[tuple[NamedPoint, ...]]:
    """As many moments as make up a round number of pixels, one at least."""
    counts = np.cumsum([len(each) for each in moments[first : first + _AT_ONCE]])
    return moments[first : first + max(int(np.searchsorted(counts, _AT_ONCE)), 1)]
