"""What speaks against a rig, in words: each doubt with its level, its cause and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from engines.calibration.rig.belief.alone import Alone
from engines.calibration.rig.belief.boards import MOVES, UNSURE, against_the_board, level_of
from engines.calibration.rig.belief.changes import Change
from engines.calibration.rig.belief.lenses import Misheld
from engines.calibration.rig.belief.shape import Shape
from engines.calibration.rig.fitting import Fitted
from engines.calibration.rig.graph import ENOUGH, spanning_tree
from engines.calibration.rig.names import called
from engines.calibration.rig.uncertainty import Uncertainty
from engines.calibration.solve.equations import Floats
from engines.calibration.types import Reason, Remedy
from engines.core.lenses import PINHOLE_NAMES
from engines.core.words import all_of, tr, tr_count

FEW_FRAMES = 10
_MANY = 0.05
"""Of all corners: photographs of slanted boards leave a few hundredths that lie far off a Gaussian."""
_ODD = 0.4
"""Of a camera's corners: where more are not believed, it is the camera that is wrong."""
SAME_PLACE = 5e-4
"""Metres: no two cameras stand nearer to each other."""
_ODD_CORNERS = 0.6
"""Of the corners of one view, for the view to be wrong as a whole."""
_UNSURE_DISTANCES = 0.003, 0.0075, 0.03
DISAGREE = 1.6
"""All cameras together may fit so many times worse than each alone: more is no noise of corners."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """ends_apart: largest difference of a distance between the ends of several starts, as a share. spreads: of
    distances when frames are left out, C x C metres, None where not asked for or not possible; focal_spreads: the same
    of fx and fy, C x 2 pixels."""

    fitted: Fitted
    ends_apart: float
    spreads: Floats | None
    alone: Alone | None
    shape: Shape | None
    misheld: Misheld | None = None
    change: Change | None = None
    focal_spreads: Floats | None = None


def doubts(evidence: Evidence) -> Iterator[Reason]:
    """Every doubt that there is; none for a rig that may be believed."""
    yield from _not_converged(evidence.fitted)
    yield from _focal_lengths(evidence.fitted)
    yield from _focal_spread(evidence)
    yield from _middles(evidence.fitted)
    yield from _guessed(evidence.fitted)
    yield from _other_ends(evidence)
    yield from _spread(evidence)
    yield from _disagreement(evidence)
    yield from _misheld(evidence)
    yield from _changed(evidence)
    yield from against_the_board(evidence.shape, evidence.fitted)
    yield from _few(evidence.fitted)
    yield from _thin_edges(evidence.fitted)
    yield from _same_place(evidence.fitted)
    yield from _outliers(evidence.fitted)
    yield from _odd_views(evidence.fitted)


def _not_converged(fitted: Fitted) -> Iterator[Reason]:
    if not fitted.bundle.converged:
        words = tr(
            "The solver stopped before it stood in an optimum, so none of the figures can be trusted; "
            "take views with the board tilted and at other distances"
        )
        yield Reason("not-converged", 3, words)


def _focal_lengths(fitted: Fitted) -> Iterator[Reason]:
    for camera, name in enumerate(fitted.problem.names):
        lens = fitted.state.lenses[camera]
        std = np.sqrt(np.maximum(np.diag(fitted.bundle.lens_covariance(camera)), 0.0))
        share = float((std[:2] / np.abs(lens[:2])).max())
        level = level_of(share, *UNSURE)
        if level:
            told = {"camera": called(name), "share": 100 * share}
            words = (
                tr(
                    "The focal length of {camera} is not determined by these views: \u00b1 {share:.2g} %; "
                    "show it the board at other distances and tilts",
                    **told,
                )
                if level > 1
                else tr(
                    "The focal length of {camera} is uncertain by these views: \u00b1 {share:.2g} %; "
                    "show it the board at other distances and tilts",
                    **told,
                )
            )
            yield Reason("uncertain-focal", level, words)


def _focal_spread(evidence: Evidence) -> Iterator[Reason]:
    """Of the camera that left-out frames move most: errors of whole frames, which no noise of corners tells."""
    if evidence.focal_spreads is None:
        return
    focals = np.array([lens[:2] for lens in evidence.fitted.state.lenses])
    shares = (evidence.focal_spreads / focals).max(axis=1)
    worst = int(np.argmax(shares))
    level = level_of(float(shares[worst]), *UNSURE)
    if level:
        name = evidence.fitted.problem.names[worst]
        words = tr(
            "Left-out frames move the focal length of {camera} by \u00b1 {share:.2g} %; "
            "hold the board still, keep the focus, and take more frames with the board in more places",
            camera=called(name),
            share=100 * shares[worst],
        )
        yield Reason("focal-spread", level, words)


def _middles(fitted: Fitted) -> Iterator[Reason]:
    for camera, name in enumerate(fitted.problem.names):
        if fitted.bundle.freedom.ways[camera].shape[1] == 0:
            continue
        size, lens = fitted.problem.size(camera), fitted.state.lenses[camera]
        off = np.abs(lens[2:4] - [(size.width - 1) / 2, (size.height - 1) / 2]) / max(size.width, size.height)
        axis = int(np.argmax(off))
        if off[axis] > 0.08:
            words = tr(
                "The principal point of {camera} lies {off:.0f} % of the picture off its middle ({parameter}); "
                "views that hardly tilt leave it open; add tilted ones, or hold it",
                camera=called(name),
                off=100 * off[axis],
                parameter=PINHOLE_NAMES[2 + axis],
            )
            yield Reason("odd-middle", 1 + int(off[axis] > 0.12), words)


def _guessed(fitted: Fitted) -> Iterator[Reason]:
    for camera in fitted.guessed:
        name = fitted.problem.names[camera]
        words = tr(
            "By itself, {camera} gave no lens, so its solution began with a guess; "
            "show it the board in ten views or more, or load its calibration",
            camera=called(name),
        )
        yield Reason("guessed-lens", 1, words)


def _other_ends(evidence: Evidence) -> Iterator[Reason]:
    level = level_of(evidence.ends_apart, 0.002, 0.01, 0.05)
    if level:
        words = tr(
            "Other starts of the solver end at distances that differ by {share:.2g} %: "
            "the views leave the lenses open; load calibrated lenses or take more tilted views",
            share=100 * evidence.ends_apart,
        )
        known = any(evidence.fitted.problem.known)
        yield Reason("several-ends", level, words, None if known else Remedy("load_lenses"))


def _spread(evidence: Evidence) -> Iterator[Reason]:
    if evidence.spreads is None:
        return
    distances = np.maximum(evidence.fitted.distances(), 1e-9)
    share = evidence.spreads / distances
    np.fill_diagonal(share, 0.0)
    first, second = np.unravel_index(int(np.argmax(share)), share.shape)
    level = level_of(float(share[first, second]), *_UNSURE_DISTANCES)
    if level:
        names = evidence.fitted.problem.names
        words = tr(
            "Left-out frames move the distance of {first} and {second} by \u00b1 {share:.2g} %; "
            "take more frames with the board in more places",
            first=names[first],
            second=names[second],
            share=100 * share[first, second],
        )
        yield Reason("spread", level, words)


def _disagreement(evidence: Evidence) -> Iterator[Reason]:
    alone = evidence.alone
    if alone is None or alone.together < DISAGREE * max(alone.apart, 0.05):
        return
    problem = evidence.fitted.problem
    held = any(problem.known) and problem.spec.hold == "fixed"
    words = tr(
        "Each camera alone fits to {apart:.2f} px, all together to {together:.2f} px",
        apart=alone.apart,
        together=alone.together,
    )
    why = (
        tr("a held lens is wrong, the pictures are not of one moment, or a camera was moved")
        if held
        else tr("the pictures are not of one moment, or a camera was moved")
    )
    worst = max(alone.frames, key=lambda frame: alone.frames[frame][0])
    usual = float(np.median([together for together, _ in alone.frames.values()]))
    level = 1 + int(alone.together > 2 * DISAGREE * max(alone.apart, 0.05))
    if alone.frames[worst][0] > 2.5 * usual and len(alone.frames) > 4:
        yield Reason(
            "odd-frame",
            level,
            tr("{words}: {why}; frame {worst} is the worst", words=words, why=why, worst=worst),
            Remedy("switch_off", worst),
        )
    else:
        yield Reason("disagreement", level, f"{words}: {why}")


def _misheld(evidence: Evidence) -> Iterator[Reason]:
    held = evidence.misheld
    if held is not None:
        told = {
            "camera": called(evidence.fitted.problem.names[held.camera]),
            "by": f"{100 * abs(held.off):.2g} % (\u00b1 {100 * held.std:.1g} %)",
        }
        words = (
            tr(
                "The known lens of {camera} is not that of these pictures, which give a focal length {by} longer",
                **told,
            )
            if held.off > 0
            else tr(
                "The known lens of {camera} is not that of these pictures, which give a focal length {by} shorter",
                **told,
            )
        )
        level = 1 + int(max(held.moved, abs(held.off)) > MOVES)
        advice = tr("let the lenses be solved, or load those of these very cameras and settings")
        yield Reason("wrong-lens", level, f"{words}{_moving(held.moved)}; {advice}", Remedy("load_lenses"))


def _moving(share: float) -> str:
    return tr(", which moves distances by up to {share:.2g} %", share=100 * share) if share > 5e-4 else ""


def _changed(evidence: Evidence) -> Iterator[Reason]:
    change = evidence.change
    if change is not None:
        problem = evidence.fitted.problem
        told = {"frame": change.frame, "moved": change.moved, "camera": called(problem.names[change.camera])}
        words = (
            tr("From {frame} on {camera} shows the board {moved:.2g} px elsewhere than before", **told)
            if problem.cameras > 2
            else tr(
                "From {frame} on one of the two cameras shows the board {moved:.2g} px elsewhere than before", **told
            )
        )
        why = tr("it was moved or its lens changed; calibrate the frames before and from there on apart")
        yield Reason("moved-camera", 2, f"{words}: {why}")


def _few(fitted: Fitted) -> Iterator[Reason]:
    count = len(fitted.problem.frames)
    if count < FEW_FRAMES:
        level = 2 if count < 5 else 1
        words = (
            tr_count(
                count,
                "Only {n} frame shows the board, not counting {repeats} that repeat it; take 20 or more",
                "Only {n} frames show the board, not counting {repeats} that repeat them; take 20 or more",
                repeats=len(fitted.problem.repeats),
            )
            if fitted.problem.repeats
            else tr_count(
                count,
                "Only {n} frame shows the board; take 20 or more",
                "Only {n} frames show the board; take 20 or more",
            )
        )
        yield Reason("few-frames", level, words)


def _thin_edges(fitted: Fitted) -> Iterator[Reason]:
    """Of the tree that holds the cameras together."""
    problem = fitted.problem
    for a, b in spanning_tree(problem.shared, problem.reference, problem.cameras):
        shared = problem.shared[min(a, b), max(a, b)].views
        if shared < ENOUGH:
            level = 2 if shared < 3 else 1
            words = tr_count(
                shared,
                "{first} and {second} share only {n} view of the board, and nothing else holds them together; "
                "take {enough} or more in which both see it",
                "{first} and {second} share only {n} views of the board, and nothing else holds them together; "
                "take {enough} or more in which both see it",
                first=problem.names[a],
                second=problem.names[b],
                enough=ENOUGH,
            )
            yield Reason("few-shared", level, words)


def _same_place(fitted: Fitted) -> Iterator[Reason]:
    names, sure = fitted.problem.names, Uncertainty(fitted.bundle)
    for a, b in combinations(range(len(names)), 2):
        told = sure.pair(a, b)
        if told.distance < SAME_PLACE:
            words = tr(
                "{first} and {second} stand at the same place: is one film given twice?",
                first=names[a],
                second=names[b],
            )
            yield Reason("same-place", 3, words)
        elif told.distance < 2 * told.place_std:
            words = tr(
                "How far {first} and {second} stand apart is not determined by these views; "
                "take more, tilted and at other distances",
                first=names[a],
                second=names[b],
            )
            yield Reason("same-place", 3, words)


def _outliers(fitted: Fitted) -> Iterator[Reason]:
    """A camera most of whose corners are not believed does not belong; else all that are not are counted."""
    problem = fitted.problem
    far, seen = np.zeros(problem.cameras), np.zeros(problem.cameras)
    for sights, believed in zip(problem.sights, fitted.bundle.believed, strict=True):
        seen[sights.camera] += sights.count
        far[sights.camera] += sights.count - believed.sum()
    odd = [camera for camera in range(problem.cameras) if far[camera] > _ODD * seen[camera]]
    for camera in odd:
        words = tr(
            "Most of what {camera} sees does not agree with the other cameras ({far:.0f} of {seen:.0f} corners): "
            "its pictures are not of the same moments, it was moved, or they are mirrored or of another camera",
            camera=called(problem.names[camera]),
            far=far[camera],
            seen=seen[camera],
        )
        yield Reason("odd-camera", 3, words)
    if not odd and far.sum() > _MANY * seen.sum():
        level = 1 + int(far.sum() > 0.15 * seen.sum())
        words = tr(
            "{outliers:.0f} of {corners:.0f} corners do not fit and are not believed; look at them on the Rig page",
            outliers=far.sum(),
            corners=seen.sum(),
        )
        yield Reason("outliers", level, words)


def _odd_views(fitted: Fitted) -> Iterator[Reason]:
    """Whole views that do not fit, where most of their cameras' views do: what is wrong is wrong from time to time."""
    problem = fitted.problem
    odd: dict[str, list[int]] = {}
    for sights, believed in zip(problem.sights, fitted.bundle.believed, strict=True):
        there = sights.trust > 0
        far = (there & ~believed).sum(axis=1)
        for row in np.flatnonzero(far > _ODD_CORNERS * there.sum(axis=1)):
            odd.setdefault(problem.groups[int(sights.groups[row])][0], []).append(sights.camera)
    if not odd:
        return
    frames = [frame for frame in problem.frames if frame in odd]
    names = all_of(list(dict.fromkeys(problem.names[camera] for frame in frames for camera in sorted(odd[frame]))))
    told = {"frame": frames[0], "count": len(frames) - 1, "cameras": names}
    words = (
        tr("In {frame} what {cameras} saw does not agree with the rest", **told)
        if len(frames) == 1
        else tr("In {frame} and {count} more frames what {cameras} saw does not agree with the rest", **told)
    )
    why = tr("another moment, cameras exchanged, or one that was moved; look at them on the Rig page")
    yield Reason("odd-views", 1 + int(len(frames) > 1), f"{words}: {why}", Remedy("switch_off", frames[0]))
