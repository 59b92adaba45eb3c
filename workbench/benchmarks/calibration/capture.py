"""The views that the automatic capture takes, beside views taken at random: how many each needs for the same camera.

A rendered hand holds a board before a camera as people do who have not been told how: mostly near the middle, tilted a
little, resting here and there. The live finder takes what adds. Then views are drawn at random from all the rests (each
still, sharp and whole) until the full fit states as small a deviation of fx as for the automatic views.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray

from engines.calibration.live.finder import BoardFinder
from engines.calibration.solve.adjustment import Observation
from engines.calibration.solve.fit import fit_camera
from engines.calibration.solve.setup import Setup
from engines.calibration.targets.target import Target
from engines.calibration.types import FinderSettings, Sighting
from engines.cameras.scene.optics import CameraTruth, rotation, rotation_vector
from engines.cameras.scene.rendering import Scene
from engines.cameras.scene.rig import Pose, rig
from engines.cameras.types import SceneSource
from engines.core.context import PlainContext
from engines.core.errors import WorkFailed
from engines.core.frames import Frame, Size, Stamp

REST, GLIDE = 4, 1
"""Frames at a place and on the way to the next."""
SIZE = Size(640, 480)
EDGE = 8


@dataclass(frozen=True, slots=True)
class Hand:
    """The board's path: a pose for each rest, and straight on to the next. A second is a frame."""

    rests: tuple[Pose, ...]

    def pose(self, t: float) -> Pose:
        number, late = divmod(t, REST + GLIDE)
        here, there = (self.rests[min(int(number) + ahead, len(self.rests) - 1)] for ahead in (0, 1))
        share = max(0.0, (late - REST + 1) / (GLIDE + 1))
        mixed = [np.add(a, share * np.subtract(b, a)) for a, b in ((here.rvec, there.rvec), (here.tvec, there.tvec))]
        rvec, tvec = ((float(x), float(y), float(z)) for x, y, z in mixed)
        return Pose(rvec, tvec)


def main(
    seeds: Annotated[int, typer.Option(help="Cameras and hands.")] = 20,
    rests: Annotated[int, typer.Option(help="Places where the hand rests.")] = 60,
    views: Annotated[int, typer.Option(help="Views that the automatic capture takes at most.")] = 10,
    draws: Annotated[int, typer.Option(help="Random orders for each seed.")] = 5,
    first: Annotated[int, typer.Option(help="The first seed.")] = 0,
) -> dict[str, Any]:
    """Views at random for the same stated deviation of fx, over the automatic ones; all and one where none did."""
    rows = [_compared(seed, rests, views, draws) for seed in range(first, first + seeds)]
    ratios = [row["ratio"] for row in rows]
    return {
        "ratio_median": median(ratios),
        "ratio_least": min(ratios),
        "seeds_at_least_1.5": sum(ratio >= 1.5 for ratio in ratios),
        "seeds": rows,
    }


def _compared(seed: int, rests: int, views: int, draws: int) -> dict[str, Any]:
    source = SceneSource(cameras=1, size=SIZE, fps=1.0, seed=seed + 1)
    camera = rig(source)[0]
    rng = np.random.default_rng([seed, 7])
    scene = Scene(source, Hand(tuple(_held(source, camera, rng) for _ in range(rests))))
    taken, all_rests = _watched(scene, rests, views)
    wanted = _deviation(taken, source)
    orders = [rng.permutation(len(all_rests)) for _ in range(draws)]
    needed = median(_needed([all_rests[number] for number in order], wanted, source) for order in orders)
    return {"seed": seed, "views": len(taken), "std_fx": wanted, "random": needed, "ratio": needed / len(taken)}


def _held(source: SceneSource, camera: CameraTruth, rng: np.random.Generator) -> Pose:
    """A place and a tilt as people hold a board, all of it in the picture."""
    board, size = source.board, np.array([source.size.width, source.size.height])
    (left, top), (width, height) = board.print_origin, board.print_size
    middle = np.array([left + width / 2, top + height / 2, 0.0])
    rim = np.array([[left + x * width, top + y * height, 0.0] for x in (0, 1) for y in (0, 1)])
    while True:
        depth = width * rng.uniform(1.3, 2.6)
        aside = rng.normal(0.0, 0.17, 2) * size / [camera.fx, camera.fy]
        tilt = rotation(np.radians(rng.normal(0.0, [16.0, 16.0, 6.0])))
        turn = camera.rotation.T @ tilt
        shift = camera.rotation.T @ (np.append(aside, 1.0) * depth - np.array(camera.tvec)) - turn @ middle
        pose = Pose(rotation_vector(turn), (float(shift[0]), float(shift[1]), float(shift[2])))
        pixels = camera.project(pose.apply(rim))
        if (pixels > EDGE).all() and (pixels < size - EDGE).all():
            return pose


def _watched(scene: Scene, rests: int, views: int) -> tuple[list[Observation], list[Observation]]:
    """What the automatic capture takes, and every rest."""
    finder = BoardFinder()
    finder.open(FinderSettings(scene.source.board, capture="auto"), PlainContext())
    taken, seen = [], []
    for index in range(rests * (REST + GLIDE)):
        sighting = finder.process([Frame(scene.render(index), Stamp("hand", index, 0.0, float(index)))])
        if sighting.wants_capture and len(taken) < views:
            taken.append(_observed(sighting))
        if index % (REST + GLIDE) == REST - 1 and sighting.found:
            seen.append(_observed(sighting))
    return taken, seen


def _observed(sighting: Sighting) -> Observation:
    return Observation(np.array(sighting.ids, dtype=np.int64), np.array(sighting.corners))


def _needed(views: Sequence[Observation], wanted: float, source: SceneSource) -> int:
    """How many of the views in this order it takes; all and one more where all are not enough."""
    low, high = 3, len(views) + 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _deviation(views[:middle], source) <= wanted else (middle + 1, high)
    return low


def _deviation(views: Sequence[Observation], source: SceneSource) -> float:
    """Of fx in pixels, as the full fit states it."""
    try:
        spread: NDArray[np.float64] = fit_camera(views, Setup(Target((source.board,)), source.size)).std
    except WorkFailed:
        return float("inf")
    return float(spread[0])
