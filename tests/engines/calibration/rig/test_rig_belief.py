"""The job of a rig on exactly known cameras: the truth is met, and every way to be wrong is told from a good one."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from engines.calibration.evidence.half_turns import turns
from engines.calibration.rig.belief.leaving_out import LeftOutFrames
from engines.calibration.rig.found import RigShot
from engines.calibration.rig.names import called
from engines.calibration.rig.problem import Problem as Given
from engines.calibration.rig.solving import solved
from engines.calibration.rig.types import RigCamera, RigResult
from engines.calibration.solve.adjustment import Observation, State
from engines.calibration.solve.circles import circle_bias
from engines.calibration.solve.losses import BELIEVED
from engines.calibration.targets.detection import Detection
from engines.core.boards import Board
from engines.core.context import PlainContext
from engines.core.errors import BadInput, Cancelled, UsageError, WorkFailed
from engines.core.frames import Size
from engines.core.lenses import Lens
from tests.engines.calibration.rig.known_found import NAMES, distances_in_deviations, found, spec, with_shots
from workbench.benchmarks.calibration import rig_problem
from workbench.benchmarks.calibration.rig_problem import SIZE, Problem, made

FRAMES = 14


@cache
def problem(bow: float = 0.0) -> Problem:
    return made(FRAMES, seed=3, bow=bow)


@cache
def good() -> RigResult:
    return solved(spec(), found(problem()), PlainContext())


def kinds(result: RigResult) -> set[str]:
    return {reason.kind for reason in result.reasons}


def true_cameras() -> tuple[RigCamera, ...]:
    lenses, still = [Lens.of("brown5", values) for values in problem().truth.cameras], (0.0, 0.0, 0.0)
    return tuple(
        RigCamera(name, SIZE, lens.model, lens.intrinsics, lens.distortion, still, still, {})
        for name, lens in zip(NAMES, lenses, strict=True)
    )


def test_a_good_rig_is_good_and_true() -> None:
    result = good()
    assert result.verdict == "good"
    assert not result.reasons
    assert result.converged
    assert np.abs(distances_in_deviations(result, problem())).max() < 3
    assert 0.25 < result.rms_px < 0.31
    assert result.held_out_rms_px is not None
    assert result.rms_px < result.held_out_rms_px < 1.2 * result.rms_px
    wrong = int(problem().sights.wrong.sum())
    assert sum(camera.outliers for camera in result.cameras) == pytest.approx(wrong, abs=2)
    assert result.pair(1, 0).frames == sum(
        {0, 1} <= {camera for other, camera, _ in problem().sights.views() if other == frame} for frame in range(FRAMES)
    )


def test_left_out_frames_are_measured_by_the_corners_that_fit() -> None:
    """A camera's figure is that of its views, each over as many corners as are believed."""
    for number, camera in enumerate(good().cameras):
        views = [view for view in good().views if view.camera == number and view.held_out_rms_px is not None]
        believed = [sum(weight > BELIEVED for weight in view.weights) for view in views]
        squares = sum(n * view.held_out_rms_px**2 for n, view in zip(believed, views, strict=True))  # type: ignore[operator]
        assert np.sqrt(squares / sum(believed)) == pytest.approx(camera.held_out_rms_px)
        assert camera.outliers > 0


def test_a_fold_that_tells_nothing_leaves_the_spread_as_it_is() -> None:
    distances = np.random.default_rng(0).normal(1, 0.01, (6, 2, 2))
    away = distances - distances.mean(axis=0)
    whole = LeftOutFrames({}, np.repeat(distances, 2, axis=0), np.repeat(distances, 2, axis=0), 12)
    assert whole.spreads == pytest.approx(np.sqrt(11 / 12 * 2 * (away**2).sum(axis=0)))
    assert LeftOutFrames({}, distances, distances, 12).spreads == pytest.approx(whole.spreads)


def test_cameras_that_cannot_share_a_lens_are_refused() -> None:
    shared, whole = spec(shared_lens=True), found(problem())
    others = replace(whole, sizes=(*whole.sizes[:3], Size(640, 480)))
    with pytest.raises(UsageError, match="differ in size cannot share a lens: .*west 640x480"):
        Given.of(shared, others, (None,) * 4)
    with pytest.raises(UsageError, match="cannot be one lens for all"):
        Given.of(replace(shared, hold="fixed"), whole, true_cameras())
    with pytest.raises(UsageError, match="cannot be one lens for all"):
        Given.of(replace(shared, fix=("k3",)), whole, (*true_cameras()[:2], None, None))


def test_the_same_again_to_the_last_bit() -> None:
    again = solved(spec(), found(problem()), PlainContext())
    assert replace(again, seconds=0.0, steps=()) == replace(good(), seconds=0.0, steps=())


def test_a_bent_board_is_told_and_freeing_it_meets_the_truth() -> None:
    bent = problem(0.0015)
    held = solved(spec(held_out=False), found(bent), PlainContext())
    assert held.verdict == "weak"
    assert "bent-board" in kinds(held)
    freed = solved(spec(held_out=False, free_board=True), found(bent), PlainContext())
    assert freed.verdict == "good"
    shape = np.array(freed.board_points)
    assert shape[:, 2].max() - shape[:, 2].min() == pytest.approx(0.0015, rel=0.1)
    off = np.abs([pair.distance for pair in freed.pairs] - bent.truth.distances)
    assert off.max() < np.abs([pair.distance for pair in held.pairs] - bent.truth.distances).max()


def test_a_camera_whose_pictures_are_of_other_moments_is_named() -> None:
    whole = found(problem())
    late = [replace(one, frame=_next(one.frame)) if one.camera == 2 else one for one in whole.shots]
    told = with_shots(whole, [one for one in late if one.frame in whole.frames])
    result = solved(spec(held_out=False), told, PlainContext())
    assert result.verdict == "poor"
    assert any(reason.kind == "odd-camera" and "camera south" in reason.words for reason in result.reasons)


def _next(frame: str) -> str:
    return f"frame {int(frame.split()[1]) + 1}"


def test_frames_that_repeat_others_count_once() -> None:
    """Two frames shown five times, each time with other noise."""
    few = found(problem(), lambda frame, camera: frame < 2)
    rng = np.random.default_rng(0)
    shots: list[RigShot] = []
    for copy in range(5):
        for one in few.shots:
            seen = one.shot.detection
            assert seen is not None
            moved = replace(seen, corners=seen.corners + rng.normal(0, 0.2, seen.corners.shape))
            shots.append(replace(one, frame=f"{one.frame} {copy}", shot=replace(one.shot, detection=moved)))
    frames = tuple(dict.fromkeys(one.frame for one in shots))
    floor = spec(reference=f"frame:{frames[-1]}")
    result = solved(floor, replace(few, frames=frames, shots=tuple(shots)), PlainContext())
    assert result.verdict in ("weak", "poor")
    assert result.frames_used == 2
    assert any(reason.kind == "few-frames" and "8 that repeat" in reason.words for reason in result.reasons)
    assert {view.note for view in result.views if not view.used} == {
        f"the board lay as in {frame}, which is used" for frame in frames[:2]
    }


def test_one_film_given_twice_stands_at_one_place() -> None:
    whole = found(problem(), lambda frame, camera: camera < 2, ("a", "b"))
    twice = [one for one in whole.shots if one.camera == 0]
    result = solved(
        spec(held_out=False), with_shots(whole, twice + [replace(one, camera=1) for one in twice]), PlainContext()
    )
    assert result.verdict == "poor"
    assert "same-place" in kinds(result)


def test_cameras_without_shared_views_are_named() -> None:
    apart = found(problem(), lambda frame, camera: (frame < 7) == (camera < 2))
    with pytest.raises(WorkFailed, match="north, east; south, west"):
        solved(spec(), apart, PlainContext())


def test_cameras_hang_together_through_others() -> None:
    """North and west never see the board at once."""
    chain = found(problem(), lambda frame, camera: camera not in (0, 3) or (frame < 7) == (camera == 0))
    result = solved(spec(held_out=False), chain, PlainContext())
    assert result.pair(0, 3).frames == 0
    assert np.abs(distances_in_deviations(result, problem())).max() < 3.5


def test_a_camera_that_sees_no_board_is_named() -> None:
    with pytest.raises(BadInput, match="west sees no board"):
        Given.of(spec(), found(problem(), lambda frame, camera: camera < 3), (None,) * 4)


def test_what_is_known_is_held_or_drawn_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engines.calibration.rig.solving.known_cameras", lambda *_: true_cameras())
    monkeypatch.setattr("engines.calibration.rig.solving.cameras_told", lambda *_: ())
    few = found(problem(), lambda frame, camera: frame < 3)
    results = {
        hold: solved(spec(held_out=False, hold=hold, intrinsics="x"), few, PlainContext())
        for hold in ("fixed", "prior", "free")
    }
    truth = true_cameras()[1].intrinsics.fx
    off = {hold: abs(result.cameras[1].intrinsics.fx - truth) for hold, result in results.items()}
    assert off["fixed"] == 0
    assert off["prior"] < off["free"]
    assert results["fixed"].cameras[1].std == dict.fromkeys(("fx", "fy", "cx", "cy"), 0.0)
    assert 0 < results["prior"].cameras[1].std["fx"] < results["free"].cameras[1].std["fx"]


def test_one_frame_with_known_lenses_is_a_rig_that_says_how_little_it_rests_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("engines.calibration.rig.solving.known_cameras", lambda *_: true_cameras())
    monkeypatch.setattr("engines.calibration.rig.solving.cameras_told", lambda *_: ())
    views = [(frame, camera) for frame, camera, _ in problem().sights.views()]
    whole = next(frame for frame in range(FRAMES) if all((frame, camera) in views for camera in range(4)))
    one = found(problem(), lambda frame, camera: frame == whole)
    result = solved(spec(intrinsics="x"), one, PlainContext())
    assert {"few-frames", "few-shared"} <= kinds(result)
    assert result.verdict == "weak"
    assert np.abs(distances_in_deviations(result, problem())).max() < 4


@pytest.mark.parametrize("reference", ["south", "frame:frame 4"])
def test_the_rig_is_the_same_in_the_coordinates_of_another(reference: str) -> None:
    other = solved(spec(reference=reference), found(problem()), PlainContext())
    assert [pair.distance for pair in other.pairs] == pytest.approx([pair.distance for pair in good().pairs], rel=1e-6)
    assert [pair.distance_std for pair in other.pairs] == pytest.approx(
        [pair.distance_std for pair in good().pairs], rel=0.05
    )
    assert [pair.spread for pair in other.pairs] == pytest.approx([pair.spread for pair in good().pairs], rel=0.05)
    still = other.cameras[2].tvec if reference == "south" else other.board_poses[4].tvec
    assert still == pytest.approx((0, 0, 0), abs=1e-9)


def test_an_unknown_reference_and_frame_are_refused() -> None:
    with pytest.raises(UsageError, match="no camera 'up'"):
        solved(spec(reference="up"), found(problem()), PlainContext())
    with pytest.raises(UsageError, match="'frame 99'"):
        solved(spec(exclude=("frame 99",)), found(problem()), PlainContext())


def test_a_view_that_is_left_out_takes_no_part() -> None:
    result = solved(spec(held_out=False, exclude=("frame 2", "frame 3/east")), found(problem()), PlainContext())
    off = {(view.frame, view.camera) for view in result.views if view.found and not view.used}
    assert ("frame 3", 1) in off
    assert ("frame 2", 0) in off
    assert result.frames_used == FRAMES - 1


def test_cancelled_it_keeps_the_last_step_and_says_so() -> None:
    class Impatient(PlainContext):
        def emit(self, key: str, event: object) -> None:
            super().emit(key, event)
            if key == "step":
                self.cancelled.set()

    ctx = Impatient()
    with pytest.raises(Cancelled):
        solved(spec(), found(problem()), ctx)
    kept = ctx.events["fit"]
    assert isinstance(kept, RigResult)
    assert kept.verdict == "poor"
    assert kinds(kept) == {"stopped"}
    assert not kept.converged


def test_all_cameras_may_share_one_lens() -> None:
    """Lenses that differ cannot be one: what is found lies between them and fits worse."""
    result = solved(spec(held_out=False, shared_lens=True), found(problem()), PlainContext())
    assert len({camera.intrinsics for camera in result.cameras}) == 1
    assert len({camera.distortion for camera in result.cameras}) == 1
    focals = problem().truth.cameras[:, 0]
    assert focals.min() < result.cameras[0].intrinsics.fx < focals.max()
    assert result.rms_px > 1.3 * good().rms_px


def test_a_board_that_looks_the_same_turned_is_numbered_alike_by_all_cameras(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its ends are found at random, frame by frame and camera by camera."""
    grid = Board.parse("chessboard:9x7:60mm")
    monkeypatch.setattr(rig_problem, "BOARD", grid)
    truth = made(8, seed=3)
    rng = np.random.default_rng(1)
    shots = [_turned(one, grid) if rng.random() < 0.5 else one for one in found(truth).shots]
    result = solved(spec(board=grid, held_out=False), with_shots(found(truth), shots), PlainContext())
    assert np.abs(distances_in_deviations(result, truth)).max() < 3.5
    assert result.verdict in ("good", "fair")


def _turned(one: RigShot, board: Board) -> RigShot:
    seen = one.shot.detection
    assert seen is not None
    other = turns(board)[1].ids[seen.ids]
    order = np.argsort(other)
    return replace(one, shot=replace(one.shot, detection=Detection(other[order], seen.corners[order], 5)))


def test_circles_lose_what_their_projection_adds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Their images' middles are not their middles' images: uncorrected, the distances are off by many deviations."""
    grid = Board.parse("circles:9x6:60mm")
    monkeypatch.setattr(rig_problem, "BOARD", grid)
    truth = made(10, seed=4, noise=0.02, wrong=0.0)
    biased = with_shots(found(truth), [_as_circles(one, grid, truth) for one in found(truth).shots])
    result = solved(spec(board=grid, held_out=False), biased, PlainContext())
    assert np.abs(distances_in_deviations(result, truth)).max() < 3.5


def _as_circles(one: RigShot, board: Board, problem: Problem) -> RigShot:
    """What a finder measures: the middles of the images of the printed discs."""
    seen = one.shot.detection
    assert seen is not None
    rig, frame = problem.truth, int(one.frame.split()[1])
    pose = rig_problem.composed(rig.boards[frame], rig.places[one.camera])
    alone = State(rig.cameras[one.camera], pose[None], rig.points)
    bias = circle_bias(alone, 0, Observation(seen.ids, seen.corners), board.marker)
    return replace(one, shot=replace(one.shot, detection=Detection(seen.ids, seen.corners + bias, 5)))


@pytest.mark.parametrize(("name", "words"), [("left", "camera left"), ("0", "camera 0"), ("Camera 2", "Camera 2")])
def test_a_camera_is_called_one_once(name: str, words: str):
    assert called(name) == words
