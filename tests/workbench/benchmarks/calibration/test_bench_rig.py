"""The rig's benchmark: exact problems, peers that answer the same question, numbers that mean what they say."""

import numpy as np
import pytest
import typer

from engines.cameras.scene import rig as rendered
from engines.cameras.scene.motion import Motion
from engines.cameras.types import SceneSource
from workbench.benchmarks.calibration import rig
from workbench.benchmarks.calibration.rig_ours import given, rig_of, solved
from workbench.benchmarks.calibration.rig_peers import scipy_solved
from workbench.benchmarks.calibration.rig_problem import SIZE, made, seen_of
from workbench.benchmarks.calibration.rig_sample import sampled


def test_a_problem_is_its_truth_seen_with_noise_and_one_wrong_corner_in_a_hundred():
    problem = made(40, seed=3)
    sights = problem.sights
    exact = [seen_of(problem.truth, frame, camera)[sights.corner[rows]] for frame, camera, rows in sights.views()]
    off = sights.seen - np.concatenate(exact)
    assert off[~sights.wrong].std() == pytest.approx(0.2, rel=0.02)
    assert np.linalg.norm(off[sights.wrong], axis=1).min() > 4
    assert sights.wrong.mean() == pytest.approx(0.01, abs=0.003)
    assert (np.concatenate(exact) < (SIZE.width, SIZE.height)).all()
    assert len(set(zip(sights.frame, sights.camera, strict=True))) == len(list(sights.views()))
    again = made(40, seed=3)
    assert np.array_equal(again.sights.seen, sights.seen)


def test_scipy_ends_where_ours_does_when_no_corner_is_wrong():
    problem = made(6, wrong=0.0)
    theirs = scipy_solved(problem, None, 60, ftol=1e-4).rig
    ours = rig_of(solved(given(problem), "linear"))
    assert theirs.distances == pytest.approx(ours.distances, abs=1e-4)
    assert theirs.cameras[:, :2] == pytest.approx(ours.cameras[:, :2], abs=0.3)


def test_rows_are_told_side_by_side():
    told = rig.main(frames="4,8", beside="4", only="scipy linear early", rounds=1, most=20, seeds=0)
    assert [(row["solver"], row["frames"]) for row in told["rows"]] == [
        ("ours", 4),
        ("scipy linear early", 4),
        ("ours", 8),
    ]
    ours, peer, _ = told["rows"]
    assert ours["finished"]
    assert peer["focal_px"] > ours["focal_px"]
    assert peer["over_ours"] > 0


def test_a_peer_that_there_is_not_is_refused():
    with pytest.raises(typer.BadParameter, match="no peer 'gtsam'"):
        rig.main(frames="4", beside="4", only="gtsam", rounds=1, most=5, seeds=0)


def test_statistics_tell_the_flat_and_the_bowed_board():
    *large, flat, bowed = rig.main(frames="", beside="", only="", rounds=1, most=5, seeds=2)["statistics"]
    assert {(each["rig"], each["frames"]) for each in large} == {
        (name, frames) for name in ("four cameras", "sample") for frames in (50, 200)
    }
    assert (flat["bow_mm"], bowed["bow_mm"]) == (0.0, 0.5)
    assert flat["converged"] == bowed["converged"] == 2


def test_the_sample_rig_is_seen_as_it_is_rendered():
    problem = sampled(6)
    source = SceneSource(size=SIZE, seed=1)
    cameras = rendered.rig(source)
    path = Motion(source.board, cameras, source.seed)
    for frame, camera, rows in problem.sights.views():
        world = path.pose(path.period * frame / 6).apply(source.board.corners)
        exact = cameras[camera].project(world)[problem.sights.corner[rows]]
        good = ~problem.sights.wrong[rows]
        assert np.abs(problem.sights.seen[rows] - exact)[good].max() < 1.1
