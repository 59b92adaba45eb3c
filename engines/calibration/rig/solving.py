"""The job "calibrate a rig": pictures of all cameras in, cameras in space with their uncertainty and a verdict out.

Partial results come early: `view` for each picture as it is searched, `step` as the solver goes, `fit` as soon as it
stands, before frames are left out. Cancelled while it is solved, the last accepted step is given as `fit` too, and says
that it is no optimum.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from itertools import combinations
from time import perf_counter

import numpy as np

from engines.calibration.formats.rig_files import check_place, save
from engines.calibration.rig.belief.gathering import STOPPED, Belief, believe
from engines.calibration.rig.fitting import Fitted, fit
from engines.calibration.rig.known import cameras_told, known_cameras, resized
from engines.calibration.rig.pictures.finding import Found, RigShot, find
from engines.calibration.rig.places import vector
from engines.calibration.rig.problem import Problem
from engines.calibration.rig.types import (
    BoardPose,
    RigCamera,
    RigPair,
    RigResult,
    RigSpec,
    RigView,
    SolveStep,
)
from engines.calibration.rig.uncertainty import Uncertainty
from engines.calibration.solve.bundle import Progress
from engines.calibration.solve.equations import Floats, RigState
from engines.calibration.solve.losses import BELIEVED, Losses
from engines.calibration.solve.projecting import project_seen
from engines.calibration.solve.setup import check_model
from engines.calibration.targets.corners import parse_window
from engines.calibration.types import Reason
from engines.core.context import Context
from engines.core.errors import Cancelled
from engines.core.lenses import PINHOLE_NAMES, Lens
from engines.core.words import tr

SEARCHED, FITTED = 0.6, 0.75
"""Shares of the work that are done after the search and after the fit."""


def run(spec: RigSpec, ctx: Context) -> RigResult:
    """Calibrate a rig and save it to `spec.out` if that is given.

    Raises `UsageError` for settings that make no sense, `BadInput` for pictures that cannot be used, `WorkFailed` when
    they cannot carry a calibration, `Cancelled`.
    """
    started = perf_counter()
    check_model(spec.model)
    parse_window(spec.window)
    Losses(spec.loss)
    cameras_told(spec)
    if spec.out:
        check_place(spec.out)

    def told(share: float, words: str) -> None:
        ctx.progress(SEARCHED * share, 1.0, words)

    with ctx.lease("cpu", threads=os.cpu_count() or 2) as lease:
        found = find(spec, ctx, told, lease.threads)
        result = solved(spec, found, ctx, lease.threads)
    result = replace(result, seconds=perf_counter() - started)
    if spec.out:
        save(result, spec.out)
    ctx.progress(1.0, 1.0, tr("Calibrated"))
    return result


def solved(spec: RigSpec, found: Found, ctx: Context, threads: int = 2) -> RigResult:
    """The rig from what was found; as `run`, without looking at pictures or saving files."""
    started = perf_counter()
    known = known_cameras(spec, found.names, found.sizes)
    found = replace(found, notes=(*found.notes, *resized(cameras_told(spec), known)))
    problem = Problem.of(spec, found, known)
    ctx.progress(
        SEARCHED,
        1.0,
        tr("Solving {count} frames of {cameras} cameras", count=len(problem.frames), cameras=problem.cameras),
    )

    def told(progress: Progress, _: RigState) -> None:
        ctx.check()
        step = SolveStep(progress.step, progress.cost, progress.rms_px, progress.outliers, progress.seconds)
        ctx.emit("step", step)
        words = tr(
            "Step {step}: {rms_px:.3f} px, {outliers} outliers",
            step=step.step,
            rms_px=step.rms_px,
            outliers=step.outliers,
        )
        ctx.progress(SEARCHED, 1.0, words)

    fitted = fit(problem, told=told)
    if fitted.bundle.stopped:
        ctx.emit("fit", result_of(fitted, STOPPED, perf_counter() - started))
        raise Cancelled
    ctx.emit("fit", result_of(fitted, Belief(), perf_counter() - started))
    ctx.progress(FITTED, 1.0, tr("Solved"))

    def further(share: float, words: str) -> None:
        ctx.check()
        ctx.progress(FITTED + (1 - FITTED) * share, 1.0, words)

    fitted, belief = believe(fitted, spec.held_out, further, threads)
    return result_of(fitted, belief, perf_counter() - started)


def result_of(fitted: Fitted, belief: Belief, seconds: float) -> RigResult:
    """What a solution and what is believed of it come to, as values."""
    problem, solution, state = fitted.problem, fitted.bundle, fitted.state
    spec, found = problem.spec, problem.found
    sure, corners = Uncertainty(solution), _Corners.of(fitted)
    every = np.concatenate(corners.squares)[np.concatenate(corners.weights) > BELIEVED]
    poses = solution.state.boards.poses
    return RigResult(
        cameras=tuple(_camera(fitted, number, corners, sure, belief) for number in range(problem.cameras)),
        pairs=_pairs(fitted, sure, belief),
        rms_px=float(np.sqrt(every.mean())) if len(every) else 0.0,
        verdict=belief.verdict,
        reasons=(*belief.reasons, *(Reason("matched", 0, words) for words in found.notes)),
        seconds=seconds,
        views=_views(fitted, corners, belief),
        board_poses=tuple(
            BoardPose(frame, board, vector(pose[:3]), vector(pose[3:]))
            for (frame, board), pose in zip(problem.groups, poses, strict=True)
        ),
        frames_used=len(problem.frames),
        held_out_rms_px=belief.held_out_rms,
        board=spec.board,
        more_boards=spec.more_boards,
        free_board=spec.free_board,
        board_points=tuple(vector(point) for point in state.points) if spec.free_board else (),
        covariance=tuple(tuple(float(value) for value in row) for row in sure.covariance),
        noise_px=tuple(float(value) for value in solution.deviations),
        steps=tuple(SolveStep(s.step, s.cost, s.rms_px, s.outliers, s.seconds) for s in solution.steps),
        converged=solution.converged,
        reference=spec.reference or problem.names[problem.reference],
        mirrored=found.mirrored,
        left_out=found.left_out,
    )


@dataclass(frozen=True, slots=True)
class _Corners:
    """Of each used view, in the order of its ids: squared distances in pixels, and weights."""

    squares: list[Floats]
    weights: list[Floats]

    @classmethod
    def of(cls, fitted: Fitted) -> _Corners:
        seen = fitted.problem.seen
        squares, weights = [np.zeros(0)] * len(seen), [np.zeros(0)] * len(seen)
        for number, sights in enumerate(fitted.problem.sights):
            for row, place in enumerate(sights.places):
                ids = seen[place].ids - sights.part.start
                squares[place] = fitted.bundle.squares[number][row, ids]
                weights[place] = fitted.bundle.weights[number][row, ids]
        return cls(squares, weights)


def _camera(fitted: Fitted, number: int, corners: _Corners, sure: Uncertainty, belief: Belief) -> RigCamera:
    problem, state = fitted.problem, fitted.state
    lens, pose = Lens.of(state.models[number], state.lenses[number]), state.places[number].poses[0]
    std = sure.lens(number)
    mine = [place for place, view in enumerate(problem.seen) if view.camera == number]
    lengths = np.sqrt(np.concatenate([corners.squares[place] for place in mine]))
    weights = np.concatenate([corners.weights[place] for place in mine])
    near = lengths[weights > BELIEVED]
    return RigCamera(
        name=problem.names[number],
        size=problem.size(number),
        model=lens.model,
        intrinsics=lens.intrinsics,
        distortion=lens.distortion,
        rvec=vector(pose[:3]),
        tvec=vector(pose[3:]),
        std={name: float(value) for name, value in zip(PINHOLE_NAMES, std, strict=False)},
        distortion_std=tuple(float(value) for value in std[4:]),
        rms_px=float(np.sqrt(np.mean(near**2))) if len(near) else 0.0,
        median_px=float(np.median(lengths)),
        held_out_rms_px=belief.held_out[number] if belief.held_out else None,
        frames=len(mine),
        corners=len(lengths),
        outliers=len(lengths) - len(near),
        hold=problem.spec.hold if problem.known[number] is not None else "free",
        centre_std=vector(sure.centre(number)),
        focal_spread=None if belief.focal_spreads is None else float(belief.focal_spreads[number].max()),
    )


def _pairs(fitted: Fitted, sure: Uncertainty, belief: Belief) -> tuple[RigPair, ...]:
    found = []
    for a, b in combinations(range(fitted.problem.cameras), 2):
        told, shared = sure.pair(a, b), fitted.problem.shared[a, b]
        spread = None if belief.spreads is None else float(belief.spreads[a, b])
        stds = told.distance_std, told.angle_std
        found.append(RigPair(a, b, told.distance, told.angle, *stds, spread, shared.views, shared.corners))
    return tuple(found)


def _views(fitted: Fitted, corners: _Corners, belief: Belief) -> tuple[RigView, ...]:
    problem = fitted.problem
    place_of = {number: place for place, number in enumerate(problem.used)}
    views = []
    for number, one in enumerate(problem.found.shots):
        view = _bare(one)
        if number in place_of:
            view = _solved_view(view, fitted, place_of[number], corners, belief)
        elif view.found:
            first = problem.repeats.get(view.frame)
            view = replace(
                view,
                note=tr("switched off")
                if first is None
                else tr("the board lay as in {first}, which is used", first=first),
            )
        views.append(view)
    return tuple(views)


def _bare(one: RigShot) -> RigView:
    shot, found = one.shot, one.shot.detection
    if found is None:
        return RigView(one.frame, one.camera, str(shot.path), False, False, note=shot.note)
    ids = tuple(int(value) for value in found.ids)
    return RigView(one.frame, one.camera, str(shot.path), True, False, shot.board, ids, _points(found.corners))


def _solved_view(view: RigView, fitted: Fitted, place: int, corners: _Corners, belief: Belief) -> RigView:
    seen, state = fitted.problem.seen[place], fitted.state
    pose = state.places[seen.camera].after(state.boards[seen.group])
    projected = project_seen(
        state.models[seen.camera], state.lenses[seen.camera], pose.apply(state.points[seen.ids])[0]
    )
    squares, weights = corners.squares[place], corners.weights[place]
    left_out = belief.view_squares.get(place)
    moved = np.reshape(view.corners, (-1, 2)) - seen.corners
    return replace(
        view,
        used=True,
        ids=tuple(int(number) for number in seen.ids - fitted.problem.target.starts[seen.board]),
        projected=_points(projected + moved),
        weights=tuple(float(value) for value in weights),
        rms_px=float(np.sqrt(squares.mean())),
        held_out_rms_px=None if left_out is None else float(np.sqrt(left_out / (weights > BELIEVED).sum())),
    )


def _points(corners: Floats) -> tuple[tuple[float, float], ...]:
    return tuple((float(x), float(y)) for x, y in corners)
