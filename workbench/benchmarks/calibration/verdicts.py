"""How often the verdict on a calibration is right: made cases whose truth is known, counted over many seeds.

A camera of 1280 x 960 pixels sees a board of 9 x 6 corners in 20 poses, each corner with a noise of .1 px. The board is
flat, bowed, or printed taller; one corner is 17 px off; five views come four times each; two cameras are mixed; the
shutter rolls. For each case: was it named, was anything innocent named, and does the truth lie within three of the
deviations that are told once the advice is followed?
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import cv2
import numpy as np
import typer
from numpy.typing import NDArray

from engines.calibration.mono import calibrated
from engines.calibration.targets.detection import Detection
from engines.calibration.targets.photographs import Shot
from engines.calibration.types import MonoResult, MonoSpec
from engines.core.boards import Board
from engines.core.context import PlainContext
from engines.core.frames import Size
from engines.core.lenses import Intrinsics, Lens
from engines.core.projection import project

Floats = NDArray[np.float64]
Rng = np.random.Generator

BOARD = Board.parse("chessboard:9x6:25mm")
SMALL = Board.parse("chessboard:4x7:25mm")
WRONG = 17.0
NOISE = 0.1


@dataclass(frozen=True)
class Made:
    """A camera, a board as it was really printed (M x 3 metres), how many views, and how far the camera moves while a
    frame is read (metres a frame)."""

    board: Board = BOARD
    shape: Floats | None = None
    count: int = 20
    size: Size = Size(1280, 960)
    lens: Lens = Lens("brown5", Intrinsics(800.0, 800.0, 639.5, 479.5), (-0.1, 0.05, 0.0, 0.0, 0.0))
    rolling: float = 0.0

    @property
    def points(self) -> Floats:
        return self.board.corners if self.shape is None else self.shape

    def shots(self, rng: Rng) -> list[Shot]:
        shots: list[Shot] = []
        while len(shots) < self.count:
            exact = self._seen(rng)
            inside = (exact > 5) & (exact < np.array([self.size.width, self.size.height]) - 6)
            if inside.all():
                shots.append(self._shot(f"view{len(shots) + 1:02}.png", exact + rng.normal(0, NOISE, exact.shape)))
        return shots

    def _seen(self, rng: Rng) -> Floats:
        """Every corner from a pose of its own moment, where the shutter rolls."""
        f, width, height = self.lens.intrinsics.fx, self.size.width, self.size.height
        rvec = rng.normal(size=3) * (0.45, 0.45, 0.2)
        longest = float(np.ptp(self.board.corners[:, :2], axis=0).max())
        far = f * longest / width / rng.uniform(0.45, 0.75)
        middle = np.array([*(rng.uniform(-0.35, 0.35, 2) * far * width / f), far])
        tvec = middle - cv2.Rodrigues(rvec)[0] @ self.board.corners.mean(axis=0)
        exact = project(self.lens, self.points, rvec, tvec)
        if not self.rolling:
            return exact
        way = rng.normal(size=3) * self.rolling
        moved = [
            project(self.lens, point[None], rvec, tvec + way * (row / height - 0.5))[0]
            for point, row in zip(self.points, exact[:, 1], strict=True)
        ]
        return np.array(moved)

    def _shot(self, name: str, corners: Floats) -> Shot:
        return Shot(name, Path(name), self.size, Detection(np.arange(len(corners)), corners, 5))


def bowed(millimetres: float) -> Made:
    """A sheet that bows along its length."""
    points = BOARD.corners.copy()
    middle = points[:, 0].mean()
    points[:, 2] += millimetres / 1000 * (1 - ((points[:, 0] - middle) / (points[:, 0].max() - middle)) ** 2)
    return Made(shape=points)


def taller(times: float) -> Made:
    """A print whose columns are longer than its rows should make them."""
    return Made(shape=BOARD.corners * (1.0, times, 1.0))


def judge(shots: Sequence[Shot], board: Board = BOARD, **spec: Any) -> MonoResult:
    """The verdict on what was seen; without the held-out error, which takes longest and could only make it worse."""
    return calibrated(MonoSpec(images=(), board=board, leave_one_out=False, **spec), shots, PlainContext())


def main(
    seeds: Annotated[int, typer.Option(help="Seeds a case.", min=1)] = 100,
    only: Annotated[str, typer.Option(help="Names of cases, with commas; all where none is given.")] = "",
) -> dict[str, Any]:
    """Counts over the seeds, case by case."""
    cv2.setNumThreads(1)
    chosen = [name.strip() for name in only.split(",") if name.strip()] or list(CASES)
    unknown = [name for name in chosen if name not in CASES]
    if unknown:
        raise typer.BadParameter(f"There is no case '{unknown[0]}'; there are {', '.join(CASES)}")
    return {"seeds": seeds, "cases": {name: _counted(CASES[name], seeds) for name in chosen}}


def _counted(case: Callable[[Rng], dict[str, float]], seeds: int) -> dict[str, float]:
    """The sum over the seeds of what is a yes or no, the median of what is a number."""
    rows = [case(np.random.default_rng(seed)) for seed in range(seeds)]
    values = {key: [row[key] for row in rows] for key in rows[0]}
    return {
        key: sum(column) if isinstance(column[0], bool) else round(float(np.median(column)), 4)
        for key, column in values.items()
    }


def _shape(made: Made) -> Callable[[Rng], dict[str, float]]:
    def case(rng: Rng) -> dict[str, float]:
        shots = made.shots(rng)
        held = judge(shots)
        advised = _kinds(held, "bent-board")
        freed = judge(shots, free_board=True) if advised else held
        return {
            "good": held.verdict == "good",
            "advised": advised,
            "truth_within_three_held": _covered(held, made),
            "truth_within_three_after_advice": _covered(freed, made),
            "others_blamed": bool({reason.kind for reason in held.reasons} & _BLAMES),
        }

    return case


def _wrong_corner(rng: Rng) -> dict[str, float]:
    made = replace(Made(), board=SMALL, count=7)
    shots = made.shots(rng)
    number, corner = _nearest_to_edge(shots, made.size, rng)
    turn = rng.uniform(0, 2 * np.pi)
    found = shots[number].detection
    assert found is not None
    found.corners[corner] += WRONG * np.array([np.cos(turn), np.sin(turn)])
    result = judge(shots, SMALL)
    remedies = [reason.remedy for reason in result.reasons if reason.remedy is not None]
    name = f"{shots[number].name}#{corner}"
    named = [remedy.target for remedy in remedies if remedy.kind == "drop_corner"] == [name]
    return {
        "view_and_corner_named": named,
        "another_view_blamed": any(remedy.kind == "switch_off" for remedy in remedies),
        "rms": result.rms_px,
        "rms_after_advice": judge(shots, SMALL, drop=(name,)).rms_px if named else result.rms_px,
    }


def _nearest_to_edge(shots: Sequence[Shot], size: Size, rng: Rng) -> tuple[int, int]:
    """A view, and its corner nearest to the picture's edge."""
    number = int(rng.integers(len(shots)))
    found = shots[number].detection
    assert found is not None
    room = np.minimum(found.corners, np.array([size.width, size.height]) - found.corners).min(axis=1)
    return number, int(np.argmin(room))


def _copies(rng: Rng) -> dict[str, float]:
    """Five views, each four times, saved anew: the same noise, and some more from the saving."""
    five = replace(Made(), count=5).shots(rng)
    copies = [_resaved(shot, copy, rng) for copy in range(4) for shot in five]
    alone, many = judge(five), judge(copies)
    ratios = [many.std[name] / alone.std[name] for name in alone.std]
    return {
        "named": sum(bool(view.twin_of) for view in many.views) == 15,
        "deviations_within_a_tenth": max(abs(ratio - 1) for ratio in ratios) < 0.1,
        "verdict_kept": many.verdict == alone.verdict,
    }


def _resaved(shot: Shot, copy: int, rng: Rng) -> Shot:
    assert shot.detection is not None
    corners = shot.detection.corners + (rng.normal(0, 0.03, shot.detection.corners.shape) if copy else 0.0)
    return replace(shot, name=f"{copy}/{shot.name}", detection=replace(shot.detection, corners=corners))


def _two_cameras(rng: Rng) -> dict[str, float]:
    first = replace(Made(), count=12)
    second = replace(first, count=8, lens=replace(first.lens, intrinsics=Intrinsics(812.0, 812.0, 625.0, 490.0)))
    other = [replace(shot, name=f"other {shot.name}") for shot in second.shots(rng)]
    result = judge([*first.shots(rng), *other])
    words = next((reason.words for reason in result.reasons if reason.kind == "two-cameras"), "")
    return {"good": result.verdict == "good", "noticed": bool(words), "told_apart": words.count("other view") == 8}


def _rolling(rng: Rng) -> dict[str, float]:
    result = judge(replace(Made(), rolling=0.002).shots(rng))
    return {"good": result.verdict == "good", "noticed": _kinds(result, "rolling-shutter"), "rms": result.rms_px}


def _covered(result: MonoResult, made: Made) -> bool:
    names = ("fx", "fy", "cx", "cy")
    inner, truth = result.intrinsics, made.lens.intrinsics
    return all(abs(getattr(inner, name) - getattr(truth, name)) <= 3 * result.std[name] for name in names)


def _kinds(result: MonoResult, kind: str) -> bool:
    return any(reason.kind == kind for reason in result.reasons)


_BLAMES = {"wrong-corner", "odd-view", "two-cameras", "rolling-shutter", "duplicate"}

CASES: dict[str, Callable[[Rng], dict[str, float]]] = {
    "flat": _shape(Made()),
    "bow .2 mm": _shape(bowed(0.2)),
    "bow .5 mm": _shape(bowed(0.5)),
    "bow 1 mm": _shape(bowed(1.0)),
    "print .5 % taller": _shape(taller(1.005)),
    "print 2 % taller": _shape(taller(1.02)),
    "one corner 17 px off": _wrong_corner,
    "five views four times": _copies,
    "two cameras": _two_cameras,
    "rolling shutter": _rolling,
}
