"""Overlays of calibration: the board as it is found live, and the residuals of a solved view."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Literal

from engines.calibration.types import MonoResult, Point, Sighting, ViewResult
from engines.core.boards import Board
from engines.core.lenses import Intrinsics
from engines.core.projection import camera_matrix, undistort_points
from engines.core.words import tr
from widgets.calibration.pooled import Pooled
from widgets.calibration.state import GRID, pixels
from widgets.kit.access.signs import Sign
from widgets.viewer.overlays import Caption, GridCells, Label, Legend, Overlay, Points, Polygon, Polyline, Vectors

FULL = 3
"""As many views in a cell as are drawn with its full colour."""
RESIDUAL_SHARE = 0.022
"""How long the RMS residual is drawn, as a share of the picture's width."""


def sighting_overlays(sighting: Sighting, board: Board, coverage: Sequence[int] = ()) -> list[Overlay]:
    """Corners coloured row by row, the print's outline, and the cells that captured views touch."""
    made: list[Overlay] = []
    cells = coverage or sighting.coverage
    if any(cells):
        made.append(GridCells(*GRID, tuple(min(1.0, value / FULL) for value in cells), "accent"))
    if not sighting.found:
        return made
    if len(sighting.outline) > 2:
        made.append(Polygon(sighting.outline, "text", 1.5))
    columns = board.corner_grid[0]
    rows: dict[int, list[Point]] = {}
    for number, corner in zip(sighting.ids, sighting.corners, strict=True):
        rows.setdefault(number // columns, []).append(corner)
    for row, corners in sorted(rows.items()):
        made += [Polyline(corners, f"series:{row % 8}"), Points(corners, f"series:{row % 8}", 3.5)]
    if sighting.ids and sighting.ids[0] == 0:
        made.append(Label(tr("first row"), sighting.corners[0], "series:0"))
    return made


def residual_overlays(
    view: ViewResult, result: MonoResult, straight: Intrinsics | None, *, residuals: bool = True
) -> list[Overlay]:
    """Corners of all boards in the view's photograph, where the model puts them, and the difference, enlarged as the
    legend says; corners that are doubtful or left out are ringed.

    straight: the picture was straightened to these intrinsics, so the points are too.
    """
    pooled = Pooled(tuple(part for part in result.views if part.path == view.path) or (view,))
    name = (
        f"{view.name}   {pixels(pooled.rms_px)} px" if pooled.found else tr("{view}   no board found", view=view.name)
    )
    made: list[Overlay] = [Caption(name, "top-left")]
    if not residuals or not pooled.corners:
        return made
    found = moved(pooled.corners, result, straight)
    legend: list[tuple[str, str, Sign]] = [(tr("found"), "accent", "ring")]
    solved = [part for part in pooled.found if part.projected]
    if solved:
        model = moved([place for part in solved for place in part.projected], result, straight)
        seen = moved([corner for part in solved for corner in part.corners], result, straight)
        scale = enlargement(pooled.rms_px or result.rms_px, result.image_size.width)
        made += [Points(model, "good", 2.0, "cross"), Vectors(seen, model, scale, "warn")]
        legend.append((tr("model"), "good", "cross"))
        legend.append((tr("residual \u00d7 {scale:g}", scale=scale), "warn", "arrow"))
    for words, token, sign, places in _odd(pooled):
        made.append(Points(moved(places, result, straight), token, 8.0, sign))
        legend.append((words, token, "ring" if sign == "ring" else "frame"))
    return [*made, Points(found, "accent", 3.0), Legend(legend, "bottom-right")]


def _odd(pooled: Pooled) -> Iterator[tuple[str, str, Literal["ring", "square"], list[Point]]]:
    """Corners that are probably wrong, and those that are left out: words, token, shape, places."""
    kinds: tuple[tuple[str, str, Literal["ring", "square"], Callable[[ViewResult], set[int]]], ...] = (
        (tr("doubtful"), "bad", "ring", lambda part: set(part.suspects) - set(part.dropped)),
        (tr("left out"), "muted", "square", lambda part: set(part.dropped)),
    )
    for words, token, shape, ids_of in kinds:
        places = [
            corner
            for part in pooled.found
            for number, corner in zip(part.ids, part.corners, strict=True)
            if number in ids_of(part)
        ]
        if places:
            yield words, token, shape, places


def moved(points: Sequence[Point], result: MonoResult, straight: Intrinsics | None) -> tuple[Point, ...]:
    """Where points of the photograph are in its straightened form."""
    if straight is None or not points:
        return tuple(points)
    rays = undistort_points(result.lens, points)
    matrix = camera_matrix(straight)
    return tuple((float(x), float(y)) for x, y in rays @ matrix[:2, :2].T + matrix[:2, 2])


def enlargement(rms: float, width: int) -> float:
    """1, 2 or 5 times a power of ten, so that `rms` pixels are drawn about 2 % of the picture's width long."""
    wanted = RESIDUAL_SHARE * width / max(rms, 1e-6)
    power = 10.0 ** math.floor(math.log10(max(wanted, 1.0)))
    return float(power * max(step for step in (1, 2, 5) if step <= max(1.0, wanted / power)))
