"""The job "calibrate one camera": photographs in, a camera with its uncertainty and its held-out error out.

Partial results come early: `view` for each photograph as it is searched, `fit` as soon as the camera is solved, before
the views are left out one by one.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter

import numpy as np

from engines.calibration import quality
from engines.calibration.evidence.gathering import Evidence, gather
from engines.calibration.evidence.single_corners import parse_drop
from engines.calibration.evidence.twins import twin_distance, twins
from engines.calibration.evidence.views import View
from engines.calibration.numbering import numbered_alike, observed
from engines.calibration.solve.adjustment import Fit, Floats, Observation, State, project_view
from engines.calibration.solve.circles import fit_unbiased, pose_unbiased
from engines.calibration.solve.fit import LEAST_VIEWS, aligned, leave_one_out
from engines.calibration.solve.held import freedom
from engines.calibration.solve.setup import Setup, check_model
from engines.calibration.targets import counting, hints
from engines.calibration.targets import photographs as detect
from engines.calibration.targets.corners import parse_window
from engines.calibration.targets.shots import Search, one_way, photo_of, without_corners
from engines.calibration.targets.target import Target
from engines.calibration.types import MonoResult, MonoSpec, Point, Reason, ViewResult
from engines.core.context import Context
from engines.core.errors import BadInput, UsageError
from engines.core.frames import Size
from engines.core.lenses import Intrinsics
from engines.core.pictures.files import LeftOut
from engines.core.video.stills import is_film
from engines.core.words import tr

SEARCHED, _FITTED = 0.6, 0.7
"""Shares of the work that are done after the search and after the fit."""


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
    _check_equals(spec)
    with ctx.lease("cpu", threads=os.cpu_count() or 2) as lease:
        shots, left_out = searched(spec, ctx, lease.threads)
        result = calibrated(spec, shots, ctx, lease.threads)
        result = replace(result, left_out=left_out, seconds=perf_counter() - started)
    if out is not None:
        from engines.calibration.formats.files import save

        save(result, out)
    ctx.progress(1.0, 1.0, tr("Calibrated"))
    return result


def calibrated(spec: MonoSpec, shots: Sequence[detect.Shot], ctx: Context, threads: int = 2) -> MonoResult:
    """The camera from what was found; as `run`, without looking at or saving files."""
    started = perf_counter()
    problem = _Problem.of(spec, shots, ctx)
    ctx.progress(SEARCHED, 1.0, tr("Fitting {count} views", count=len(problem.views)))
    problem, fit = problem.fitted()
    evidence = problem.evidence(fit)
    result = problem.result(fit, evidence, None, perf_counter() - started)
    ctx.emit("fit", result)
    ctx.progress(_FITTED, 1.0, tr("Fitted"))
    if spec.leave_one_out and len(problem.views) > LEAST_VIEWS:
        squares = problem.leave_out(fit, ctx, threads)
        result = problem.result(fit, evidence, squares, perf_counter() - started)
    return result


def searched(spec: MonoSpec, ctx: Context, threads: int = 2) -> tuple[list[detect.Shot], tuple[LeftOut, ...]]:
    """What the photographs show, the same for every lens model, and the files beside them that were not read."""
    listing = detect.listing(spec.images)
    return _find(spec, listing.files, ctx, threads), listing.left_out


def _checked_out(out: str) -> Path | None:
    if not out:
        return None
    from engines.calibration.formats.files import check_place

    return check_place(out)


def _check_equals(spec: MonoSpec) -> None:
    """Boards without markers that are equal change places from view to view, which a freed shape cannot bear."""
    alike = [board for board in spec.boards if board.kind not in ("charuco", "aprilgrid")]
    if spec.free_board and len({replace(board, square=1.0, marker=0.5) for board in alike}) < len(alike):
        hint = tr("Use boards of different sizes or with markers, or do not free the shape")
        raise UsageError(tr("Two of the boards cannot be told apart, so their shapes cannot be solved"), hint=hint)


def _find(spec: MonoSpec, paths: Sequence[Path], ctx: Context, threads: int) -> list[detect.Shot]:
    if not any(map(is_film, paths)):
        detect.check_exclude(detect.view_names(paths), _views_of(spec.exclude))
    search = Search(spec.boards, spec.window, spec.every, spec.mirror)
    shots: list[detect.Shot] = []

    def told(share: float, words: str) -> None:
        ctx.progress(SEARCHED * share, 1.0, words)

    for shot in detect.find_all(paths, search, ctx, told, threads):
        shots.append(shot)
        ctx.emit("view", _bare_view(shot))
    detect.check_exclude([name for shot in shots for name in (shot.name, *shot.also)], spec.exclude)
    return one_way(shots, spec.mirror)[0]


def _views_of(names: Sequence[str]) -> list[str]:
    """Names of photographs, without the number of a board."""
    return [photo_of(name) for name in names]


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
        board=shot.board,
    )


@dataclass(frozen=True)
class _Problem:
    """What is solved: the shots, and among them the numbers of those that are used.

    twins: of the shots that repeat an earlier one, which one. dropped: corners left out, by the view's name.
    numbering: what there is to say of how the corners are numbered.
    """

    spec: MonoSpec
    size: Size
    shots: Sequence[detect.Shot]
    used: tuple[int, ...]
    views: tuple[Observation, ...]
    twins: dict[int, int] = field(default_factory=dict)
    dropped: dict[str, tuple[int, ...]] = field(default_factory=dict)
    numbering: tuple[Reason, ...] = ()

    @property
    def setup(self) -> Setup:
        return _setup(self.spec, self.size)

    @classmethod
    def of(cls, spec: MonoSpec, shots: Sequence[detect.Shot], ctx: Context) -> _Problem:
        size = detect.common_size(shots)
        found = [number for number, shot in enumerate(shots) if shot.detection is not None]
        if not found:
            raise hints.no_board(detect.samples(shots), spec.board, ctx)
        counting.check_whole(shots, spec.board, ctx)
        used = tuple(number for number in found if not shots[number].is_named_in(spec.exclude))
        setup = _setup(spec, size)
        shots, numbering = numbered_alike(shots, used, setup)
        dropped = parse_drop(spec.drop, {shots[number].name: shots[number].ids for number in found})
        shots = [without_corners(shot, dropped.get(shot.name, ())) for shot in shots]
        views = tuple(observed(shots[number], setup.target) for number in used)
        return cls(spec, size, shots, used, views, {}, dropped, numbering)._alone(twin_distance(size))

    def fitted(self) -> tuple[_Problem, Fit]:
        """The fit, and the problem less the twins that its noise shows."""
        fit, views = fit_unbiased(self.views, self.setup)
        alone = self._alone(twin_distance(self.size, fit.rms))
        if alone is not self:
            fit, views = fit_unbiased(alone.views, alone.setup)
        return replace(alone, views=views), fit

    def _alone(self, distance: float) -> _Problem:
        """Without the views that repeat another one. Raises `BadInput` when too few are left."""
        repeats = twins(self.views, distance)
        found = self.twins | {self.used[number]: self.used[first] for number, first in repeats.items()}
        kept = [number for number in range(len(self.used)) if number not in repeats]
        self._check_count(len(kept), len(found))
        if not repeats:
            return self
        used, views = tuple(self.used[number] for number in kept), tuple(self.views[number] for number in kept)
        return replace(self, used=used, views=views, twins=found)

    def _check_count(self, used: int, repeated: int) -> None:
        if used >= LEAST_VIEWS:
            return
        found = sum(shot.detection is not None for shot in self.shots)
        told = {"found": found, "count": len(self.shots), "used": used, "least": LEAST_VIEWS, "repeated": repeated}
        raise BadInput(
            tr(
                "The board is in {found} of {count} views, {repeated} of them repeat another and {used} are used; "
                "at least {least} are needed",
                **told,
            )
            if repeated
            else tr(
                "The board is in {found} of {count} views and {used} are used; at least {least} are needed", **told
            ),
            hint=tr("Take 10 to 20 views with the board tilted in different directions, over the whole picture"),
        )

    def evidence(self, fit: Fit) -> Evidence:
        names = (self.shots[number].name for number in self.used)
        return gather(fit, [View(name, seen) for name, seen in zip(names, self.views, strict=True)], self.setup)

    def leave_out(self, fit: Fit, ctx: Context, threads: int) -> Floats:
        """Squared residuals of each used view when it is left out."""
        squares: list[float] = []
        count = len(self.views)
        for value in leave_one_out(fit, self.views, self.setup, ctx, threads):
            squares.append(value)
            done = _FITTED + (1 - _FITTED) * len(squares) / count
            ctx.progress(done, 1.0, tr("Leaving out view {view} of {count}", view=len(squares), count=count))
        return np.array(squares)

    def result(self, fit: Fit, evidence: Evidence, left_out: Floats | None, seconds: float) -> MonoResult:
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
            views=self._views(state, evidence, left_out),
            verdict="",
            advice=(),
            seconds=seconds,
            board=self.spec.board,
            more_boards=self.spec.more_boards,
            fixed=self.spec.fix,
            mirrored=self.spec.mirror == "yes" or any(shot.flipped for shot in self.shots),
            covariance=tuple(tuple(float(value) for value in row) for row in fit.camera_covariance),
            free_board=self.spec.free_board,
            board_points=_triples(state.points) if self.spec.free_board else (),
            uncertainty=evidence.uncertainty,
            other=evidence.other,
        )
        return quality.judged(result, (*evidence.reasons, *self.numbering))

    def _views(self, state: State, evidence: Evidence, left_out: Floats | None) -> tuple[ViewResult, ...]:
        place = {number: index for index, number in enumerate(self.used)}
        views = []
        for number, shot in enumerate(self.shots):
            view = replace(_bare_view(shot), dropped=self.dropped.get(shot.name, ()))
            if number in place:
                index = place[number]
                view = _solved_view(_believed(view, evidence, index), state, index, self.views[index])
                if left_out is not None:
                    view = replace(view, loo_rms_px=float(np.sqrt(left_out[index] / len(view.ids))))
            elif shot.detection is not None:
                pose, seen = pose_unbiased(state, observed(shot, self.setup.target), self.setup.target)
                view = _solved_view(self._unused(view, number), pose.state, 0, seen)
            views.append(view)
        return tuple(views)

    def _unused(self, view: ViewResult, number: int) -> ViewResult:
        if number not in self.twins:
            return replace(view, note=tr("switched off"))
        first = self.shots[self.twins[number]].name
        return replace(view, twin_of=first, note=tr("the same view as {first}, which is used", first=first))


def _setup(spec: MonoSpec, size: Size) -> Setup:
    return Setup(Target(spec.boards), size, spec.model, spec.free_board, spec.fix)


def _believed(view: ViewResult, evidence: Evidence, index: int) -> ViewResult:
    return replace(view, used=True, weights=evidence.weights[index], suspects=evidence.suspects[index])


def _solved_view(view: ViewResult, state: State, index: int, seen: Observation) -> ViewResult:
    """`seen`: what was fitted; where that is not what was found (circles), what is projected is moved alike."""
    projected = project_view(state, index, seen.ids)
    moved = np.reshape(view.corners, (-1, 2)) - seen.corners
    x, y, z, tx, ty, tz = (float(value) for value in state.poses[index])
    return replace(
        view,
        rms_px=float(np.sqrt(np.mean(np.sum((projected - seen.corners) ** 2, axis=1)))),
        projected=_points(projected + moved),
        rvec=(x, y, z),
        tvec=(tx, ty, tz),
    )


def _points(corners: Floats) -> tuple[Point, ...]:
    return tuple((float(x), float(y)) for x, y in corners)


def _triples(points: Floats) -> tuple[tuple[float, float, float], ...]:
    return tuple((float(x), float(y), float(z)) for x, y, z in points)
