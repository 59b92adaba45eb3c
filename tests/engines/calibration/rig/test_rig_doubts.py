"""What goes wrong with rigs without a word: each is told, with the camera or the frames that it is about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import cast

import numpy as np
import pytest

from engines.calibration.rig.belief.starts import apart
from engines.calibration.rig.fitting import Fitted
from engines.calibration.rig.found import Found, RigShot
from engines.calibration.rig.solving import solved
from engines.calibration.rig.types import RigCamera, RigResult
from engines.calibration.types import Reason
from engines.core.context import PlainContext
from engines.core.lenses import Intrinsics, ModelName
from tests.engines.calibration.rig.known_found import NAMES, found, spec, with_shots
from workbench.benchmarks.calibration.rig_problem import BOARD, SIZE, Problem, Rig, composed, made, seen

FRAMES = 14


@cache
def problem() -> Problem:
    return made(FRAMES, seed=3)


def reason(result: RigResult, kind: str) -> Reason:
    return next(one for one in result.reasons if one.kind == kind)


def moved(whole: Found, change: Callable[[RigShot], RigShot]) -> Found:
    shots = sorted(map(change, whole.shots), key=lambda one: (number(one), one.camera))
    return with_shots(whole, shots)


def number(one: RigShot) -> int:
    return int(one.frame.split()[1])


def printed(points: np.ndarray, frames: int = FRAMES) -> Problem:  # type: ignore[type-arg]
    """What the cameras see of a board whose print is another than was said."""
    truth = replace(made(frames, seed=3).truth, points=points)
    return seen(truth, BOARD.corners, np.random.default_rng(0))


def lenses(longer: float = 1.0) -> tuple[RigCamera, ...]:
    still = (0.0, 0.0, 0.0)
    return tuple(
        RigCamera(name, SIZE, "brown5", Intrinsics(longer * fx, longer * fy, cx, cy), tuple(terms), still, still, {})
        for name, (fx, fy, cx, cy, *terms) in zip(NAMES, problem().truth.cameras.tolist(), strict=True)
    )


def test_cameras_that_change_places_for_some_frames_are_named():
    """Two of fourteen: the solver leaves them out without harm, but the films are not what they are said to be."""
    others = {1: 2, 2: 1}
    swapped = moved(
        found(problem()),
        lambda one: replace(one, camera=others.get(one.camera, one.camera)) if number(one) > 11 else one,
    )
    result = solved(spec(held_out=False), swapped, PlainContext())
    assert result.verdict == "weak"
    words = reason(result, "odd-views").words
    assert "frame 12 and 1 more" in words
    assert "east" in words
    assert "south" in words


def test_a_camera_that_was_bumped_is_named_with_the_frame():
    """By a twentieth of a degree, which the RMS hardly shows."""
    turned = composed(np.zeros(6), np.array([0.0, np.radians(0.05), 0.0, 0.0, 0.0, 0.0]))
    places = problem().truth.places.copy()
    places[2] = composed(places[2], turned)
    after = found(_of(replace(problem().truth, places=places)))
    views = {(one.frame, one.camera): one for one in after.shots}
    both = moved(found(problem()), lambda one: views.get((one.frame, one.camera), one) if number(one) > 6 else one)
    result = solved(spec(held_out=False), both, PlainContext())
    assert result.verdict == "weak"
    assert reason(result, "moved-camera").words.startswith("From frame 7 on camera south shows the board 0.")


def _of(truth: Rig) -> Problem:
    return seen(truth, BOARD.corners, np.random.default_rng(1))


@pytest.mark.parametrize(("longer", "verdict"), [(1.0, "good"), (1.01, "weak")])
def test_a_lens_that_is_held_and_wrong_is_told_by_the_views(
    longer: float, verdict: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("engines.calibration.rig.solving.known_cameras", lambda *_: lenses(longer))
    monkeypatch.setattr("engines.calibration.rig.solving.cameras_told", lambda *_: ())
    result = solved(spec(held_out=False, intrinsics="x"), found(problem()), PlainContext())
    assert result.verdict == verdict
    if longer > 1:
        assert "which give a focal length 1 % " in reason(result, "wrong-lens").words
        assert "shorter, which moves distances by up to 0." in reason(result, "wrong-lens").words


def test_a_print_longer_one_way_is_told_held_and_freed():
    """Freed, the cameras come out right but for the size of everything."""
    longer = printed(BOARD.corners * (1.008, 1.0, 1.0))
    held = solved(spec(held_out=False), found(longer), PlainContext())
    assert (held.verdict, held.reasons[0].kind) == ("weak", "bent-board")
    freed = solved(spec(held_out=False, free_board=True), found(longer), PlainContext())
    assert (freed.verdict, [one.kind for one in freed.reasons]) == ("weak", ["stretched-board"])
    assert "0.8 % longer one way" in freed.reasons[0].words


def test_a_lens_that_breathes_widens_what_is_stated_of_its_focal_length():
    def breathing(one: RigShot) -> RigShot:
        shot, middle = one.shot, np.array([639.5, 359.5])
        if one.camera != 1 or shot.detection is None:
            return one
        corners = middle + (shot.detection.corners - middle) * (1 + 0.005 * np.sin(2.3 * number(one)))
        return replace(one, shot=replace(shot, detection=replace(shot.detection, corners=corners)))

    result = solved(spec(), moved(found(problem()), breathing), PlainContext())
    east, truth = result.cameras[1], problem().truth.cameras[1, 0]
    assert result.verdict in ("fair", "weak")
    assert "camera east" in reason(result, "focal-spread").words
    assert east.focal_uncertainty > 3 * east.std["fx"]
    assert abs(east.intrinsics.fx - truth) < 3 * east.focal_uncertainty


@pytest.mark.parametrize("model", ["rational8", "thinprism12"])
def test_a_lens_model_that_is_richer_than_the_lens_still_ends(model: ModelName):
    """Terms that cancel one another must not run away together; the focal lengths are as sure as they were."""
    result = solved(spec(held_out=False, model=model), found(problem()), PlainContext())
    assert result.converged
    off = [one.intrinsics.fx - lens[0] for one, lens in zip(result.cameras, problem().truth.cameras, strict=True)]
    assert np.abs(off / np.array([one.std["fx"] for one in result.cameras])).max() < 3.5
    assert max(abs(one.distortion[5]) for one in result.cameras) < 3


def test_a_start_that_was_lost_is_no_other_rig():
    ends = [cast("Fitted", End(cost, distance)) for cost, distance in ((100.0, 1.0), (101.0, 1.1), (240.0, 3.0))]
    assert apart(ends) == pytest.approx(0.1 / 1.05)
    assert apart(ends[::2]) == 0


class End:
    """What a solver ended at, of two cameras."""

    def __init__(self, cost: float, distance: float) -> None:
        self.bundle = self
        self.deviations = np.ones(2)
        self._cost, self._distance = cost, distance

    def cost(self, _deviations: object) -> float:
        return self._cost

    def distances(self) -> object:
        return self._distance * (1 - np.eye(2))
