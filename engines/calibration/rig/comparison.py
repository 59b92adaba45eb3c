"""The difference between two calibrations of one rig: places in millimetres, directions in degrees, lenses in pixels.

Each calibration has its own coordinates, so the second one is laid onto the first: by the rigid motion that fits the
cameras' centres best (Kabsch 1976), or so that one camera lies on itself. Distances and angles between cameras need no
such choice; they are judged by the deviations that both calibrations state.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from engines.calibration.compare import Comparison, deviations_apart
from engines.calibration.compare import compare as compare_lenses
from engines.calibration.rig.differences import CameraDifference, PairDifference, RigComparison, limit
from engines.calibration.rig.findings import findings
from engines.calibration.rig.places import centre_of, pairs_of, turn_of, vector
from engines.calibration.rig.scaling import camera_at
from engines.calibration.rig.types import BoardPose, RigPair, RigResult
from engines.calibration.solve.motions import Motions
from engines.calibration.types import MonoResult, ViewResult
from engines.core.errors import BadInput, UsageError
from engines.core.lenses import same_shape
from engines.core.words import tr

Floats = NDArray[np.float64]

AXES = 0.01
"""What orientations count beside centres: enough to tell a turn about the line that all centres lie on."""


def compare(first: RigResult, second: RigResult, about: str = "") -> RigComparison:
    """Set two calibrations side by side. about: name of the camera to lay onto itself, "" for the best fit of all.

    Raises `BadInput` where they have fewer than two cameras in common or only one is of flipped pictures, `UsageError`
    for a camera that is not in both.
    """
    if first.mirrored != second.mirrored:
        hint = tr("Calibrate both with the same choice of mirrored pictures")
        raise BadInput(
            tr("One of these rigs is of pictures that were flipped left to right, the other is not"), hint=hint
        )
    by_name, both = _matched(first, second)
    names = [first.cameras[a].name for a, _ in both]
    if about and about not in names:
        raise UsageError(
            tr("There is no camera '{about}' in both rigs", about=about), hint=tr("Use {names}", names=", ".join(names))
        )
    pairs = tuple(_pairs(first, second, both))
    still = _still(pairs, [a for a, _ in both])
    chosen = [both[names.index(about)]] if about else [one for one in both if one[0] in still]
    laid = laid_by(second, _motion(first, second, chosen))
    moved = {a for a, _ in both} - set(still)
    cameras = tuple(_camera(first, second, laid, a, b, a in moved) for a, b in both)
    scale, sure = _scale(first, second, [one for one in both if one[0] in still])
    told = RigComparison(
        by_name,
        cameras,
        pairs,
        tuple(one.name for n, one in enumerate(first.cameras) if n not in {a for a, _ in both}),
        tuple(one.name for n, one in enumerate(second.cameras) if n not in {b for _, b in both}),
        scale,
        sure,
        about,
        first,
        laid,
        (),
    )
    return replace(told, findings=tuple(findings(told)))


def laid_by(result: RigResult, motion: Motions) -> RigResult:
    """The rig in other coordinates. motion: from its own to those."""
    cameras = Motions.of(np.array([(*one.rvec, *one.tvec) for one in result.cameras])).after(motion.inverse).poses
    boards = Motions.of(np.array([(*one.rvec, *one.tvec) for one in result.board_poses]))
    placed = motion.after(boards).poses if len(boards) else boards.poses
    return replace(
        result,
        cameras=tuple(
            replace(one, rvec=vector(pose[:3]), tvec=vector(pose[3:]), centre_std=None)
            for one, pose in zip(result.cameras, cameras, strict=True)
        ),
        board_poses=tuple(
            BoardPose(one.frame, one.board, vector(pose[:3]), vector(pose[3:]))
            for one, pose in zip(result.board_poses, placed, strict=True)
        ),
        reference="",
    )


def alone(result: RigResult, number: int) -> MonoResult:
    """One camera of a rig as if it had been calibrated alone, with the corners that it saw."""
    camera = result.cameras[number]
    views = tuple(
        ViewResult(view.frame, view.path, view.found, view.used, corners=view.corners, ids=view.ids)
        for view in result.views
        if view.camera == number
    )
    return MonoResult(
        camera.model, camera.size, camera.intrinsics, camera.std, camera.distortion, camera.distortion_std,
        camera.rms_px, camera.held_out_rms_px, views, "", (), 0.0, None, mirrored=result.mirrored,
    )  # fmt: skip


def _matched(first: RigResult, second: RigResult) -> tuple[bool, list[tuple[int, int]]]:
    """By name where two or more agree, else by order where both have as many. Raises `BadInput`."""
    theirs = {camera.name: number for number, camera in enumerate(second.cameras)}
    both = [(n, theirs[camera.name]) for n, camera in enumerate(first.cameras) if camera.name in theirs]
    if len(both) >= 2:
        return True, both
    count = len(first.cameras)
    if len(second.cameras) != count or count < 2 or both:
        said = ", ".join(camera.name for camera in first.cameras), ", ".join(camera.name for camera in second.cameras)
        raise BadInput(
            tr("These rigs have fewer than two cameras in common: {first}; {second}", first=said[0], second=said[1]),
            hint=tr("Name the same ones alike"),
        )
    return False, [(n, n) for n in range(count)]


def _pairs(first: RigResult, second: RigResult, both: Sequence[tuple[int, int]]) -> Iterator[PairDifference]:
    numbers = combinations([a for a, _ in both], 2)
    for (a, c), (one, other) in zip(numbers, _known(first, second, both), strict=True):
        apart = deviations_apart(one.distance, other.distance, _sure(one), _sure(other))
        angle = deviations_apart(one.angle, other.angle, one.angle_std, other.angle_std)
        yield PairDifference(a, c, (one.distance, other.distance), (one.angle, other.angle), apart, angle)


def _known(first: RigResult, second: RigResult, both: Sequence[tuple[int, int]]) -> Iterator[tuple[RigPair, RigPair]]:
    """Each two cameras in both."""
    ours, theirs = _by_numbers(first), _by_numbers(second)
    for (a, b), (c, d) in combinations(both, 2):
        yield ours[frozenset((a, c))], theirs[frozenset((b, d))]


def _by_numbers(result: RigResult) -> dict[frozenset[int], RigPair]:
    """Pairs as they are told, else from the poses."""
    return {frozenset((pair.first, pair.second)): pair for pair in (*pairs_of(result.cameras), *result.pairs)}


def _sure(pair: RigPair) -> float | None:
    """The deviation of a distance: stated by the fit, or seen when frames were left out, whichever is larger."""
    return None if pair.distance_std is None else max(pair.distance_std, pair.spread or 0.0)


def _still(pairs: Sequence[PairDifference], numbers: Sequence[int]) -> tuple[int, ...]:
    """The cameras that stand to each other as before, where most do and the rest do not; else all of them."""
    if any(pair.deviations is None for pair in pairs):
        return tuple(numbers)
    most = limit(2 * len(pairs))
    apart = {
        frozenset((pair.first, pair.second)): max(pair.deviations or 0.0, pair.angle_deviations or 0.0)
        for pair in pairs
    }
    for count in range(len(numbers), max(len(numbers) // 2, 2), -1):
        agreeing = [
            some
            for some in combinations(numbers, count)
            if all(apart[frozenset(two)] < most for two in combinations(some, 2))
        ]
        if agreeing:
            return agreeing[0] if len(agreeing) == 1 else tuple(numbers)
    return tuple(numbers)


def _motion(first: RigResult, second: RigResult, both: Sequence[tuple[int, int]]) -> Motions:
    """From the second rig's coordinates to the first's: of one camera, or the best of several."""
    ours, theirs = [first.cameras[a] for a, _ in both], [second.cameras[b] for _, b in both]
    if len(both) == 1:
        a, b = (Motions.of(np.array([(*one.rvec, *one.tvec)])) for one in (ours[0], theirs[0]))
        return a.inverse.after(b)
    centres = [np.array([centre_of(one) for one in some]) for some in (ours, theirs)]
    middles = [each.mean(axis=0) for each in centres]
    apart = [each - middle for each, middle in zip(centres, middles, strict=True)]
    wide = float(np.mean(np.square(apart[0]).sum(axis=1)))
    across = apart[0].T @ apart[1]
    across += AXES * wide * sum(turn_of(one).T @ turn_of(other) for one, other in zip(ours, theirs, strict=True))
    u, _, vt = np.linalg.svd(across)
    turn = u @ np.diag([1.0, 1.0, np.linalg.det(u @ vt)]) @ vt
    return Motions(turn[None], (middles[0] - turn @ middles[1])[None])


def _camera(first: RigResult, second: RigResult, laid: RigResult, a: int, b: int, moved: bool) -> CameraDifference:
    one, other = first.cameras[a], laid.cameras[b]
    turn = turn_of(other) @ turn_of(one).T
    half = float(np.linalg.norm(turn - np.eye(3))) / np.sqrt(8.0)
    lens, resized = _lens(first, second, a, b)
    return CameraDifference(
        one.name,
        a,
        b,
        1e3 * float(np.linalg.norm(centre_of(one) - centre_of(other))),
        float(np.degrees(2 * np.arcsin(min(half, 1.0)))),
        lens,
        resized,
        moved,
    )


def _lens(first: RigResult, second: RigResult, a: int, b: int) -> tuple[Comparison | None, bool]:
    ours, theirs = alone(first, a), alone(second, b)
    if ours.image_size == theirs.image_size:
        return compare_lenses(ours, theirs), False
    if not same_shape(theirs.image_size, ours.image_size):
        return None, False
    camera = camera_at(second.cameras[b], ours.image_size)
    resized = replace(theirs, image_size=camera.size, intrinsics=camera.intrinsics, std=camera.std, views=())
    return compare_lenses(ours, resized), True


def _scale(first: RigResult, second: RigResult, both: Sequence[tuple[int, int]]) -> tuple[float, float | None]:
    """In percent, and in joint deviations as if the errors of all distances went together (the careful guess)."""
    known = list(_known(first, second, both))
    ours, theirs = (np.array([pair.distance for pair in side]) for side in zip(*known, strict=True))
    size = float(np.linalg.norm(ours))
    if not size:
        return 0.0, None
    percent = 100 * (float(np.linalg.norm(theirs)) / size - 1)
    stated = [(_sure(one), _sure(other)) for one, other in known]
    if any(one is None or other is None for one, other in stated):
        return percent, None
    std = 100 * float(ours @ [np.hypot(one or 0.0, other or 0.0) for one, other in stated]) / size**2
    return percent, abs(percent) / std if std else None
