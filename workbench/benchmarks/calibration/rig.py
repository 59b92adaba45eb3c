"""Our rig solver beside scipy's, Ceres and caliscope's on one exactly known problem: how long, how far off.

Four cameras of 1280 x 720 see a board of 9 x 6 corners; a corner has a noise of .2 px per axis, one in a hundred is
5 to 60 px off; all lenses, the places of the cameras and the poses of the board are solved for from the same start.
Solvers take turns round by round, on one thread each; seconds are the processor's, which a busy machine changes least.
With --seeds it is our own solver alone, over many problems: how far off, compared with what it would be without the
wrong corners, and does it know how far off it is?
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from importlib.util import find_spec
from statistics import median
from time import process_time
from typing import Annotated, Any

import cv2
import numpy as np
import typer
from threadpoolctl import threadpool_limits

from workbench.benchmarks.calibration.rig_caliscope import caliscope_solved
from workbench.benchmarks.calibration.rig_ours import given, rig_of, solved
from workbench.benchmarks.calibration.rig_peers import Answer, ceres_solved, scipy_solved
from workbench.benchmarks.calibration.rig_problem import NOISE, Problem, Rig, made
from workbench.benchmarks.calibration.rig_statistics import sample_spread, spread

BEND = 2.5 * NOISE
"""Where the peers' Huber loss turns linear, in pixels: where ours does."""
ENOUGH = 60.0
"""Seconds after which a solver has had turns enough."""
Solver = Callable[[Problem], Answer]


@dataclass
class Row:
    """One solver on one problem. seconds: of the processor, median; over_ours: median of the rounds' ratios.

    focal_px, distance_mm: how far off, of the worst camera's focal length and of the worst distance. finished: by the
    solver's own measure.
    """

    solver: str
    frames: int
    corners: int
    times: list[float] = field(default_factory=list)
    seconds: float = 0.0
    over_ours: float = 0.0
    focal_px: float = 0.0
    distance_mm: float = 0.0
    finished: bool = False


def main(
    frames: Annotated[str, typer.Option(help="Frames of the problems, with commas.")] = "50,100,200,400,800",
    beside: Annotated[str, typer.Option(help="Of these, those that the peers are given, too.")] = "50,200",
    only: Annotated[str, typer.Option(help="Peers, with commas; all that are installed where none is given.")] = "",
    rounds: Annotated[int, typer.Option(help="Turns of each solver.", min=1)] = 3,
    most: Annotated[int, typer.Option(help="Evaluations after which scipy and caliscope are stopped.", min=1)] = 60,
    seeds: Annotated[int, typer.Option(help="Instead: our solver alone over this many problems.", min=0)] = 0,
) -> dict[str, Any]:
    """Seconds, ratios, focal error of the worst camera, error of the worst distance, how time grows with the frames."""
    cv2.setNumThreads(1)
    with threadpool_limits(1):
        if seeds:
            return {"seeds": seeds, "statistics": statistics(seeds)}
        _ours(made(6))
        counts = [int(count) for count in frames.split(",")]
        there, skipped = _peers([name.strip() for name in only.split(",") if name.strip()], most)
        shared = [int(count) for count in beside.split(",") if count.strip()]
        rows = [row for count in counts for row in _measured(count, there if count in shared else {}, rounds)]
    ours = [row for row in rows if row.solver == "ours"]
    return {"rows": [_shown(row) for row in rows], "slope": _slope(ours), "skipped": skipped}


def statistics(seeds: int) -> list[dict[str, Any]]:
    """A tenth of the seeds for the large problems, all for the small ones, flat and bowed by half a millimetre."""
    few = max(seeds // 10, 1)
    large = [study for frames in (50, 200) for study in (spread(frames, few), sample_spread(frames, few))]
    studies = [*large, spread(12, seeds), spread(12, seeds, bow=0.0005)]
    return [{name: _rounded(value) for name, value in asdict(study).items()} for study in studies]


def _peers(only: list[str], most: int) -> tuple[dict[str, Solver], dict[str, str]]:
    """Those that are installed, and why others are not asked. Raises `BadParameter` for names that there are not."""
    table: dict[str, tuple[str, Solver]] = {
        "scipy linear": ("scipy", lambda problem: scipy_solved(problem, None, most)),
        "scipy linear early": ("scipy", lambda problem: scipy_solved(problem, None, most, 1e-4)),
        "scipy huber": ("scipy", lambda problem: scipy_solved(problem, BEND, most)),
        "pyceres linear": ("pyceres", lambda problem: ceres_solved(problem, None, most)),
        "pyceres huber": ("pyceres", lambda problem: ceres_solved(problem, BEND, most)),
        "caliscope linear": ("caliscope", lambda problem: caliscope_solved(problem, None, most)),
        "caliscope huber": ("caliscope", lambda problem: caliscope_solved(problem, BEND, most)),
    }
    unknown = [name for name in only if name not in {*table, *(package for package, _ in table.values())}]
    if unknown:
        raise typer.BadParameter(f"There is no peer '{unknown[0]}'; there are scipy, pyceres, caliscope")
    wanted = {name: one for name, one in table.items() if not only or name in only or one[0] in only}
    skipped = {package: _why(package) for package, _ in wanted.values() if find_spec(package) is None}
    return {name: solve for name, (package, solve) in wanted.items() if package not in skipped}, skipped


def _why(package: str) -> str:
    how = "pip install --no-deps caliscope pandas rtoml" if package == "caliscope" else "make peers"
    return f"{package} is not installed ({how})"


def _measured(frames: int, peers: dict[str, Solver], rounds: int) -> list[Row]:
    """Every solver once a round, ours first; those that are slow have fewer turns."""
    problem = made(frames)
    solvers = {"ours": _ours} | peers
    rows = [Row(name, frames, len(problem.sights.frame)) for name in solvers]
    for turn in range(rounds):
        for row in rows:
            if not turn or sum(row.times) < ENOUGH:
                _take_turn(row, solvers[row.solver], problem, keep=not turn)
    for row in rows:
        row.seconds = median(row.times)
        row.over_ours = median(theirs / own for theirs, own in zip(row.times, rows[0].times, strict=False))
    return rows


def _ours(problem: Problem) -> Answer:
    solution = solved(given(problem))
    return Answer(rig_of(solution), solution.converged)


def _take_turn(row: Row, solve: Solver, problem: Problem, keep: bool) -> None:
    started = process_time()
    answer = solve(problem)
    row.times.append(process_time() - started)
    if keep:
        row.focal_px, row.distance_mm = _worst(answer.rig, problem.truth)
        row.finished = answer.finished


def _worst(rig: Rig, truth: Rig) -> tuple[float, float]:
    focals = np.abs(rig.cameras[:, :2] - truth.cameras[:, :2]).max()
    return float(focals), 1000 * float(np.abs(rig.distances - truth.distances).max())


def _slope(rows: list[Row]) -> float | None:
    """By which power of the frames the seconds grow."""
    if len(rows) < 2:
        return None
    return round(float(np.polyfit(np.log([r.frames for r in rows]), np.log([r.seconds for r in rows]), 1)[0]), 3)


def _shown(row: Row) -> dict[str, Any]:
    shown = asdict(row) | {"turns": len(row.times)}
    del shown["times"]
    return {name: _rounded(value) for name, value in shown.items()}


def _rounded(value: Any) -> Any:
    return round(value, 4) if isinstance(value, float) else value
