"""`main.py bench lenses`: each lens model on exactly known views, again and again: is the truth where it is said to be?

For a mild lens of each model and for fisheyes of 150 and 190 degrees: how often fx, fy, cx and cy lie within three
stated deviations, how the deviations compare with the spread over the runs, and how far the distortion's terms are
off at the edge of the picture, in pixels and as a share of what the terms do there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from time import perf_counter
from typing import Annotated, Any

import cv2
import numpy as np
import typer
from numpy.typing import NDArray

from engines.calibration.solve.adjustment import Fit, Observation, State
from engines.calibration.solve.fit import fit_camera
from engines.calibration.solve.setup import Setup
from engines.calibration.targets.target import Target
from engines.core.boards import Board
from engines.core.errors import KinoscopeError, UsageError
from engines.core.frames import Size
from engines.core.lenses import Intrinsics, Lens
from engines.core.projection import project, rays

Floats = NDArray[np.float64]
SIZE = Size(640, 480)
BOARD = Board.parse("chessboard:9x6:25mm")
_MILD = Intrinsics(534.0, 536.0, 326.0, 244.0)
_RATIONAL = (0.9, 0.35, 0.0005, -0.0003, 0.02, 1.3, 0.62, 0.08)
_PRISM = (*_RATIONAL, 0.002, -0.001, 0.001, 0.0005)
_EQUISOLID = (-1 / 24, 1 / 1920, -1 / 322560, 0.0)
"""The radius 2 sin(angle / 2), which most fisheyes are built for, as a series."""
LENSES: dict[str, Lens] = {
    "brown5": Lens("brown5", _MILD, (-0.28, 0.08, 0.001, -0.0005, -0.01)),
    "rational8": Lens("rational8", _MILD, _RATIONAL),
    "thinprism12": Lens("thinprism12", _MILD, _PRISM),
    "tilted14": Lens("tilted14", _MILD, (*_PRISM, 0.02, -0.03)),
    "fisheye4": Lens("fisheye4", _MILD, (0.03, -0.01, 0.004, -0.001)),
    "fisheye 150": Lens("fisheye4", Intrinsics(262.0, 263.0, 322.0, 238.0), _EQUISOLID),
    "fisheye 190": Lens("fisheye4", Intrinsics(190.0, 191.0, 322.0, 238.0), (0.02, -0.003, 0.001, -0.0001)),
}


@dataclass(frozen=True)
class Study:
    """One lens's runs. within: share of the runs with all four pinhole parameters inside three deviations.

    each: the same of fx, fy, cx, cy one by one. spread: of the runs over the stated deviation, the worst of the four.
    edge_px: what the solved terms alone are off at the picture's edge, the 95th percentile over the runs;
    effect_px: what the terms do there.
    """

    name: str
    within: float
    each: tuple[float, ...]
    spread: float
    edge_px: float
    effect_px: float
    seconds: float
    failed: int


def exact_views(lens: Lens, count: int, seed: int = 7) -> list[tuple[Floats, Floats]]:
    """Corners of the whole board in `count` poses all over the picture, and the board's points."""
    rng = np.random.default_rng(seed)
    far = max(lens.intrinsics.fx / 534.0, 0.3)
    found: list[tuple[Floats, Floats]] = []
    while len(found) < count:
        way = rays(lens, [rng.uniform([0, 0], [SIZE.width - 1, SIZE.height - 1])])[0]
        turn = _facing(way) @ cv2.Rodrigues(np.array([*rng.uniform(-0.75, 0.75, 2), rng.uniform(-0.5, 0.5)]))[0]
        shift = way * far * rng.uniform(0.3, 0.6) - turn @ BOARD.corners.mean(axis=0)
        seen = project(lens, BOARD.corners, cv2.Rodrigues(turn)[0].ravel(), shift)
        if (seen > 5).all() and (seen < (SIZE.width - 6, SIZE.height - 6)).all():
            found.append((seen, BOARD.corners))
    return found


def _facing(way: Floats) -> Floats:
    axis = np.cross([0.0, 0.0, 1.0], way)
    sine = float(np.linalg.norm(axis))
    return np.asarray(cv2.Rodrigues(axis / max(sine, 1e-12) * np.arctan2(sine, way[2]))[0], dtype=np.float64)


def study(name: str, seeds: int, views: int, noise: float, free_board: bool = False) -> Study:
    """`seeds` runs of one lens with fresh noise on the same views."""
    lens, started = LENSES[name], perf_counter()
    exact = [seen for seen, _ in exact_views(lens, views)]
    setup = Setup(Target((BOARD,)), SIZE, lens.model, free_board)
    fits = [fit for seed in range(seeds) if (fit := _fit(exact, setup, noise, seed)) is not None]
    inner = lens.intrinsics
    truth = np.array([inner.fx, inner.fy, inner.cx, inner.cy])
    values = np.array([fit.state.camera[:4] for fit in fits])
    std = np.array([fit.std[:4] for fit in fits])
    inside = np.abs(values - truth) < 3 * std
    spread = values.std(axis=0, ddof=1) / np.sqrt((std**2).mean(axis=0))
    edge, effect = _at_the_edge(lens, [fit.state for fit in fits])
    worst = float(spread[np.argmax(np.abs(np.log(spread)))])
    seconds = (perf_counter() - started) / seeds
    return Study(
        name,
        float(inside.all(axis=1).mean()),
        tuple(map(float, inside.mean(axis=0))),
        worst,
        edge,
        effect,
        seconds,
        seeds - len(fits),
    )


def _fit(exact: Sequence[Floats], setup: Setup, noise: float, seed: int) -> Fit | None:
    rng, ids = np.random.default_rng(1000 + seed), np.arange(BOARD.corner_count)
    try:
        return fit_camera([Observation(ids, seen + rng.normal(0, noise, seen.shape)) for seen in exact], setup)
    except KinoscopeError:
        return None


def _at_the_edge(lens: Lens, states: Sequence[State]) -> tuple[float, float]:
    """Pixels that the solved terms are off at the middles of the picture's sides, and what they do there."""
    ends = np.array([[0, 239.5], [639, 239.5], [319.5, 0], [319.5, 479]])
    ways = rays(lens, ends)
    plain = np.zeros(len(lens.distortion))
    effect = np.linalg.norm(_seen(lens, ways, plain) - ends, axis=1).max()
    off = [np.linalg.norm(_seen(lens, ways, state.camera[4:]) - ends, axis=1).max() for state in states]
    return float(np.percentile(off, 95)), float(effect)


def _seen(lens: Lens, ways: Floats, terms: Floats) -> Floats:
    other = Lens(lens.model, lens.intrinsics, tuple(float(value) for value in terms))
    return project(other, ways, np.zeros(3), np.zeros(3))


def main(
    seeds: Annotated[int, typer.Option(help="Runs of each lens, with fresh noise.")] = 200,
    views: Annotated[int, typer.Option(help="Views of the board.")] = 20,
    noise: Annotated[float, typer.Option(help="Of a corner, in pixels per axis.")] = 0.15,
    lens: Annotated[list[str] | None, typer.Option(help="One of the lenses; may be repeated; all if left out.")] = None,
    free_board: Annotated[bool, typer.Option("--free-board", help="Solve for the board's own shape too.")] = False,
) -> dict[str, Any]:
    """How often the truth lies within three deviations, and how far the distortion is off at the picture's edge."""
    cv2.setNumThreads(1)
    for name in lens or ():
        if name not in LENSES:
            raise UsageError(f"'{name}' is not one of the lenses", hint="Use " + ", ".join(LENSES))
    studies = [study(name, seeds, views, noise, free_board) for name in lens or LENSES]
    return {"seeds": seeds, "views": views, "noise_px": noise, "lenses": [asdict(one) for one in studies]}
