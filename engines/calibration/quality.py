"""The verdict on a calibration, in one word and in sentences that say why and what to do.

The fit's RMS alone says little: a handful of similar views fits well and is wrong. So the verdict looks at what the
views can carry (number, coverage, tilt), at the uncertainty of the focal length, at the error on views that were left
out, and at single views that do not belong. The worst finding decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.calibration import coverage
from engines.calibration.types import MonoResult, Reason, Remedy, ViewResult
from engines.core.frames import Size
from engines.core.words import few_of, tr, tr_count

VERDICTS = ("good", "fair", "weak", "poor")
_UPSETTING = ("wrong-corner", "odd-view", "bent-board", "two-cameras", "rolling-shutter")
"""Findings that make innocent views stand out, so that no other view is blamed."""


def judged(result: MonoResult, evidence: Sequence[Reason] = ()) -> MonoResult:
    """The result with its verdict and reasons, worst first; the advice praises where nothing is wrong.

    evidence: what the fit itself showed. A reason of level 0 is a remark and spoils nothing.
    """
    reasons = tuple(sorted([*evidence, *_findings(result, evidence)], key=lambda reason: -reason.level))
    level = reasons[0].level if reasons else 0
    advice = tuple(reason.words for reason in reasons)
    return replace(
        result, verdict=VERDICTS[level], advice=advice if level else (_praise(result), *advice), reasons=reasons
    )


def tilts(views: Sequence[ViewResult]) -> list[float]:
    """The angle in degrees between the board's normal and the optical axis, for each used view."""
    rotations = [cv2.Rodrigues(np.array(view.rvec))[0] for view in views if view.used and view.rvec is not None]
    return [float(np.degrees(np.arccos(np.clip(abs(rotation[2, 2]), 0, 1)))) for rotation in rotations]


def covered(views: Sequence[ViewResult], size: Size) -> float:
    """The share of the picture's 8 x 6 cells that hold a corner of a used view."""
    return float(_touched(views, size).mean())


def outliers(views: Sequence[ViewResult]) -> list[ViewResult]:
    """Used views whose error is far above that of the others (the left-out error where it is known)."""
    used = [view for view in views if view.used and _error(view) is not None]
    if len(used) < 4:
        return []
    errors = np.array([_error(view) for view in used], dtype=np.float64)
    middle = float(np.median(errors))
    spread = 1.4826 * float(np.median(np.abs(errors - middle)))
    limit = max(2.0 * middle, middle + 5 * spread, 0.05)
    return [view for view, error in zip(used, errors, strict=True) if error > limit]


def _touched(views: Sequence[ViewResult], size: Size) -> NDArray[np.bool_]:
    return coverage.touched([corner for view in views if view.used for corner in view.corners], size)


def _parts(result: MonoResult) -> str:
    """The same words as beside the map of the coverage."""
    cells = _touched(result.views, result.image_size)
    return tr("{touched} of {parts} parts of the picture", touched=int(cells.sum()), parts=cells.size)


def _error(view: ViewResult) -> float | None:
    return view.rms_px if view.loo_rms_px is None else view.loo_rms_px


def _findings(result: MonoResult, evidence: Sequence[Reason]) -> Iterator[Reason]:
    yield from _number_of_views(result)
    yield from _uncertainty(result)
    yield from _coverage(result)
    yield from _tilt(result)
    yield from _error_level(result)
    yield from _generalises(result)
    if not any(reason.kind in _UPSETTING for reason in evidence):
        yield from _odd_views(result)
    yield from _repeated_views(result)
    yield from _mirrored(result)
    yield from _model_ends(result)
    yield from _unseen_boards(result)


def _number_of_views(result: MonoResult) -> Iterator[Reason]:
    used = sum(view.used for view in result.views)
    if used < 10:
        level = 3 if used < 4 else 2 if used < 6 else 1
        yield Reason("few-views", level, tr("Only {used} views were used; take 10 to 20", used=used))


def _uncertainty(result: MonoResult) -> Iterator[Reason]:
    inner, std = result.intrinsics, result.std
    share = _largest(std.get("fx", 0.0) / inner.fx, std.get("fy", 0.0) / inner.fy)
    level = 3 if share > 0.02 else 2 if share > 0.005 else 1 if share > 0.002 else 0
    if level:
        found = tr("The focal length is uncertain by {share:.2g} %", share=100 * share)
        yield Reason(
            "uncertain-focal", level, tr("{found}; add views with the board tilted 30 to 50 degrees", found=found)
        )
    middle = _largest(std.get("cx", 0.0), std.get("cy", 0.0))
    share = middle / max(result.image_size.width, result.image_size.height)
    level = 3 if share > 0.03 else 2 if share > 0.01 else 1 if share > 0.004 else 0
    if level:
        found = tr("The principal point is uncertain by {middle:.2g} px", middle=middle)
        yield Reason(
            "uncertain-middle",
            level,
            tr("{found}; add tilted views turned on their side, or use fewer terms", found=found),
        )


def _largest(*deviations: float) -> float:
    """Infinite where one of them is not a number."""
    return float("inf") if any(value != value for value in deviations) else max(deviations)


def _coverage(result: MonoResult) -> Iterator[Reason]:
    share = covered(result.views, result.image_size)
    level = 2 if share < 0.35 else 1 if share < 0.6 else 0
    if level:
        empty = coverage.emptiest_region(_touched(result.views, result.image_size))
        touched = _parts(result)
        words = {
            "": tr("The views touch {parts}", parts=touched),
            "upper left": tr("The views touch {parts}; add views in the upper left", parts=touched),
            "upper right": tr("The views touch {parts}; add views in the upper right", parts=touched),
            "lower left": tr("The views touch {parts}; add views in the lower left", parts=touched),
            "lower right": tr("The views touch {parts}; add views in the lower right", parts=touched),
            "centre": tr("The views touch {parts}; add views in the centre", parts=touched),
            "left edge": tr("The views touch {parts}; add views at the left edge", parts=touched),
            "right edge": tr("The views touch {parts}; add views at the right edge", parts=touched),
        }
        yield Reason("coverage", level, words[empty])


def _tilt(result: MonoResult) -> Iterator[Reason]:
    angles = tilts(result.views)
    if not angles:
        return
    steep = sum(angle > 15 for angle in angles)
    if max(angles) < 10:
        yield Reason(
            "tilt", 3, tr("The board faced the camera in every view; tilt it 30 to 50 degrees to different sides")
        )
    elif steep < min(4, len(angles) // 2 + 1):
        yield Reason("tilt", 2 if steep < 2 else 1, tr("Few views show the board tilted; tilt it to different sides"))


def _error_level(result: MonoResult) -> Iterator[Reason]:
    relative = result.rms_px / max(result.image_size.width, result.image_size.height)
    level = 3 if relative > 3e-3 else 2 if relative > 1.5e-3 else 1 if relative > 8e-4 else 0
    if level:
        found = tr("The corners miss the model by {rms_px:.2f} px", rms_px=result.rms_px)
        yield Reason(
            "error", level, tr("{found}; look for blur, a bent board or a wrong board description", found=found)
        )


def _generalises(result: MonoResult) -> Iterator[Reason]:
    if result.loo_rms_px is None or result.rms_px <= 0:
        return
    ratio = result.loo_rms_px / result.rms_px
    level = 3 if ratio > 4 else 2 if ratio > 2 else 1 if ratio > 1.4 else 0
    if level:
        found = tr("The error on left-out views is {ratio:.1f} times the fit's", ratio=ratio)
        yield Reason("held-out", level, tr("{found}: views are too few or alike", found=found))


def _odd_views(result: MonoResult) -> Iterator[Reason]:
    odd = outliers(result.views)
    if odd:
        words = tr_count(
            len(odd),
            "{names} stands out with a large error; switch it off if blurred or wrong",
            "{names} stand out with a large error; switch them off if blurred or wrong",
            names=few_of([view.name for view in odd]),
        )
        yield Reason("odd-view", 1, words, Remedy("switch_off", odd[0].name))


def _repeated_views(result: MonoResult) -> Iterator[Reason]:
    twins = [view for view in result.views if view.twin_of]
    if twins:
        words = tr_count(
            len(twins),
            "{n} view repeats another and is not counted again: {names}",
            "{n} views repeat others and are not counted again: {names}",
            names=few_of([f"{view.name} ({view.twin_of})" for view in twins]),
        )
        yield Reason("duplicate", 0, words)


def _model_ends(result: MonoResult) -> Iterator[Reason]:
    """Where the lens's curve folds over inside the picture no direction belongs to the pixels beyond."""
    far = next((one for one in result.uncertainty if one.distance == 0), None)
    blind = sum(value < 0 for value in far.sigma) / len(far.sigma) if far is not None else 0.0
    if blind:
        share = f"{100 * blind:.1g} %" if blind < 0.1 else f"{100 * blind:.0f} %"
        yield Reason(
            "model-ends",
            0,
            tr("The lens model ends before the picture does: {share} of it shows no direction", share=share),
        )


def _mirrored(result: MonoResult) -> Iterator[Reason]:
    if result.mirrored:
        words = tr(
            "The pictures are mirrored: they were flipped left to right, and this is the camera of the flipped ones. "
            "Flip its pictures wherever the calibration is used"
        )
        yield Reason("mirrored", 0, words)


def _unseen_boards(result: MonoResult) -> Iterator[Reason]:
    seen = {view.board for view in result.views if view.found}
    for number, board in enumerate(result.boards):
        if len(result.boards) > 1 and number not in seen:
            yield Reason("unseen-board", 0, tr("The board {board} is in none of the pictures", board=board))


def _praise(result: MonoResult) -> str:
    used = sum(view.used for view in result.views)
    return tr(
        "{used} views touch {parts}, agree with one another and fix the focal length well",
        used=used,
        parts=_parts(result),
    )
