"""The job "calibrate one camera": photographs in, a camera with its uncertainty and its held-out error out.

Partial results come early: `view` for each photograph as it is searched, `fit` as soon as the camera is solved, before
the views are left out one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

import numpy as np

from engines.calibration import quality
from engines.calibration.solve.adjustment import Fit, Floats, Observation, State, project_view
from engines.calibration.solve.fit import LEAST_VIEWS, aligned, fit_camera, leave_one_out, pose_of
from engines.calibration.solve.held import freedom
from engines.calibration.solve.setup import Setup, check_model
from engines.calibration.targets import counting
from engines.calibration.targets import photographs as detect
from engines.calibration.targets.corners import parse_window
from engines.calibration.targets.target import Target
from engines.calibration.types import MonoResult, MonoSpec, Point, ViewResult
from engines.core.context import Context
from engines.core.errors import BadInput
from engines.core.frames import Size
from engines.core.lenses import Intrinsics

_DETECTED, _FITTED = 0.6, 0.7


def run(spec: MonoSpec, ctx: Context) -> MonoResult:
    """Calibrate one camera and save it to `spec.out` if that is given.

    Raises `UsageError` for settings that make no sense, `BadInput` for photographs that cannot be used (none, of
    different sizes, without the board), `WorkFailed` when they cannot carry a calibration, `Cancelled`.
    """
    started = perf_counter()
    check_model(spec.model)
    freedom(spec.model, Size(1, 1), spec.fix)
    parse_window(spec.window)
    out = _checked_out(spec.out)
    with ctx.lease("cpu", threads=2) as lease:
        listing = detect.listing(spec.images)
        shots = _find(spec, listing.files, ctx, lease.threads)
        problem = _Problem.of(spec, shots, ctx)
        ctx.progress(_DETECTED, 1.0, f"Fitting {len(problem.views)} views")
        fit = fit_camera(problem.views, problem.setup)
        result = problem.result(fit, None, perf_counter() - started)
        ctx.emit("fit", result)
        ctx.progress(_FITTED, 1.0, "Fitted")
        if spec.leave_one_out and len(problem.views) > LEAST_VIEWS:
            squares = problem.leave_out(fit, ctx, lease.threads)
            result = problem.result(fit, squares, perf_counter() - started)
        result = replace(result, left_out=listing.left_out)
    if out is not None:
        from engines.calibration.formats.files import save

        save(result, out)
    ctx.progress(1.0, 1.0, "Calibrated")
    return result


def _checked_out(out: str) -> Path | None:
    if not out:
        return None
    from engines.calibration.formats.files import check_place

    return check_place(out)


def _find(spec: MonoSpec, paths: Sequence[Path], ctx: Context, threads: int) -> list[detect.Shot]:
    detect.check_exclude(detect.view_names(paths), spec.exclude)
    shots: list[detect.Shot] = []
    for shot in detect.find_all(paths, spec.board, spec.window, ctx, threads):
        shots.append(shot)
        ctx.emit("view", _bare_view(shot))
        ctx.progress(_DETECTED * len(shots) / len(paths), 1.0, f"Looking for the board: {len(shots)} of {len(paths)}")
    return shots


def _bare_view(shot: detect.Shot) -> ViewResult:
    found = shot.detection
    if found is None:
        return ViewResult(shot.name, str(shot.path), found=False, used=False, note=shot.note)
    return ViewResult(
        shot.name,
        str(shot.path),
        found=True,
        used=False,
        ids=tuple(int(number) for number in found.ids),
        corners=_points(found.corners),
    )


@dataclass(frozen=True)
class _Problem:
    """What is solved: the shots, and among them the numbers of those that are used."""

    spec: MonoSpec
    size: Size
    shots: Sequence[detect.Shot]
    used: tuple[int, ...]
    views: tuple[Observation, ...]

    @property
    def setup(self) -> Setup:
        spec = self.spec
        return Setup(Target(spec.boards), self.size, spec.model, spec.free_board, spec.fix)

    @classmethod
    def of(cls, spec: MonoSpec, shots: Sequence[detect.Shot], ctx: Context) -> _Problem:
        size = detect.common_size(shots)
        found = [number for number, shot in enumerate(shots) if shot.detection is not None]
        if not found:
            raise counting.no_board([shot.path for shot in shots if shot.size is not None], spec.board, ctx)
        counting.check_whole(shots, spec.board, ctx)
        used = tuple(number for number in found if shots[number].name not in spec.exclude)
        if len(used) < LEAST_VIEWS:
            counted = f"The board is in {len(found)} of {len(shots)} views and {len(used)} are used"
            raise BadInput(
                f"{counted}; at least {LEAST_VIEWS} are needed",
                hint="Take 10 to 20 views with the board tilted in different directions, over the whole picture",
            )
        return cls(spec, size, shots, used, tuple(_observation(shots[number]) for number in used))

    def leave_out(self, fit: Fit, ctx: Context, threads: int) -> Floats:
        """Squared residuals of each used view when it is left out."""
        squares: list[float] = []
        count = len(self.views)
        for value in leave_one_out(fit, self.views, self.setup, ctx, threads):
            squares.append(value)
            done = _FITTED + (1 - _FITTED) * len(squares) / count
            ctx.progress(done, 1.0, f"Leaving out view {len(squares)} of {count}")
        return np.array(squares)

    def result(self, fit: Fit, left_out: Floats | None, seconds: float) -> MonoResult:
        state = aligned(fit.state, self.views, self.setup.target) if self.spec.free_board else fit.state
        corners = sum(len(view.ids) for view in self.views)
        std = [float(value) for value in fit.std]
        result = MonoResult(
            model=self.spec.model,
            image_size=self.size,
            intrinsics=Intrinsics(*(float(value) for value in state.camera[:4])),
            std=dict(zip(("fx", "fy", "cx", "cy"), std, strict=False)),
            distortion=tuple(float(value) for value in state.camera[4:]),
            distortion_std=tuple(std[4:]),
            rms_px=fit.rms,
            loo_rms_px=None if left_out is None else float(np.sqrt(left_out.sum() / corners)),
            views=self._views(state, left_out),
            verdict="",
            advice=(),
            seconds=seconds,
            board=self.spec.board,
            more_boards=self.spec.more_boards,
            fixed=self.spec.fix,
            covariance=tuple(tuple(float(value) for value in row) for row in fit.camera_covariance),
            free_board=self.spec.free_board,
            board_points=_triples(state.points) if self.spec.free_board else (),
        )
        return quality.judged(result)

    def _views(self, state: State, left_out: Floats | None) -> tuple[ViewResult, ...]:
        place = {number: index for index, number in enumerate(self.used)}
        views = []
        for number, shot in enumerate(self.shots):
            view = _bare_view(shot)
            if number in place:
                index = place[number]
                view = _solved_view(replace(view, used=True), state, index, _observation(shot))
                if left_out is not None:
                    view = replace(view, loo_rms_px=float(np.sqrt(left_out[index] / len(view.ids))))
            elif shot.detection is not None:
                seen = _observation(shot)
                view = _solved_view(replace(view, note="switched off"), pose_of(state, seen).state, 0, seen)
            views.append(view)
        return tuple(views)


def _observation(shot: detect.Shot) -> Observation:
    assert shot.detection is not None
    found = shot.detection
    return Observation(found.ids, found.corners, found.covariance, found.extent)


def _solved_view(view: ViewResult, state: State, index: int, seen: Observation) -> ViewResult:
    projected = project_view(state, index, seen.ids)
    x, y, z, tx, ty, tz = (float(value) for value in state.poses[index])
    return replace(
        view,
        rms_px=float(np.sqrt(np.mean(np.sum((projected - seen.corners) ** 2, axis=1)))),
        projected=_points(projected),
        rvec=(x, y, z),
        tvec=(tx, ty, tz),
    )


def _points(corners: Floats) -> tuple[Point, ...]:
    return tuple((float(x), float(y)) for x, y in corners)


def _triples(points: Floats) -> tuple[tuple[float, float, float], ...]:
    return tuple((float(x), float(y), float(z)) for x, y, z in points)
