"""A pair from photographs: its errors against what was put in, and the figures of real photographs."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from engines.calibration.rig.pairs.depth import DepthFinder
from engines.calibration.rig.pairs.rectification import rectify, undistortions
from engines.calibration.rig.pairs.stereo import paired, run
from engines.calibration.rig.pairs.stills import paths_of, usual_depths
from engines.calibration.rig.places import turn_of
from engines.calibration.rig.types import RigResult, RigSpec, StereoResult, StereoSpec
from engines.cameras.scene.rendering import Scene
from engines.cameras.types import SceneSource
from engines.core.boards import Board
from engines.core.context import PlainContext
from engines.core.errors import UsageError
from engines.core.frames import Size
from engines.core.projection import camera_matrix
from engines.core.undistortion import Straightener
from tests.engines.calibration.rig.pairs.known_pair import points_before, side_by_side, with_views

BOARD = Board.parse("chessboard:9x6:25mm")


def test_figures_of_a_pair_are_those_that_were_put_in() -> None:
    result = paired(with_views(side_by_side(), points_before(500), 0.1), 0, 1)
    assert result.corners == 500
    assert result.rectified_dy_rms_px == pytest.approx(0.1 * 2**0.5, rel=0.1)
    assert result.rectified_dy_rms_px < result.rectified_dy_max_px < 6 * result.rectified_dy_rms_px
    assert result.epipolar_px == pytest.approx(0.1 * 2**0.5, rel=0.1)
    assert result.baseline_m == pytest.approx(np.linalg.norm([0.11, 0.004, -0.006]))
    turns = [cv2.Rodrigues(np.array(one.rvec))[0] for one in result.rig.cameras]
    angle = np.degrees(np.arccos((np.trace(turns[1] @ turns[0].T) - 1) / 2))
    assert result.rotation_deg == pytest.approx(angle)


@pytest.mark.parametrize(("left", "alpha"), [((), -1.0), (("a.png",), 3.0)])
def test_what_makes_no_sense_is_refused_before_anything_is_read(left: tuple[str, ...], alpha: float) -> None:
    with pytest.raises(UsageError):
        run(StereoSpec(left, ("b.png",), RigSpec((), BOARD), alpha), PlainContext())


@pytest.mark.parametrize(
    ("kinds", "rms", "held_out", "rows", "baseline"),
    [
        ({}, 0.196, 0.205, 0.140, (0.0830, 0.0834)),
        ({"free_board": True}, 0.125, 0.141, 0.140, (0.0830, 0.0834)),
        ({"model": "fisheye4", "held_out": False}, 0.21, None, 0.18, (0.0831, 0.0833)),
    ],
)
def test_real_pairs_come_as_well_as_they_can(
    data: Path, kinds: dict, rms: float, held_out: float | None, rows: float, baseline: tuple[float, float]
) -> None:
    folder = data / "calibration" / "opencv_stereo_chessboard"
    right = tuple(map(str, sorted(folder.glob("right[0-9]*.jpg"))))
    result = run(StereoSpec((str(folder / "left[0-9]*.jpg"),), right, RigSpec((), BOARD, **kinds)), PlainContext())
    assert result.rig.rms_px <= rms
    assert baseline[0] <= result.baseline_m <= baseline[1]
    assert result.rectified_dy_rms_px <= rows
    assert result.epipolar_px <= rows
    assert [one.name for one in result.rig.cameras] == ["left", "right"]
    if not kinds:
        _is_as_opencv_has_it(result)
    if held_out is not None:
        assert result.rig.held_out_rms_px is not None
        assert result.rig.held_out_rms_px <= held_out
        _rows_match(result, folder)
    if kinds.get("free_board"):
        _depth_is_that_of_the_board(result.rig)


def _rows_match(result: StereoResult, folder: Path) -> None:
    """Corners that OpenCV finds in the rectified pictures lie in the same rows."""
    found = []
    for how, name in zip(undistortions(result.rig, result.rectification), ("left01.jpg", "right01.jpg"), strict=True):
        image = cv2.cvtColor(Straightener(how).image(cv2.imread(str(folder / name))), cv2.COLOR_BGR2GRAY)
        seen, corners = cv2.findChessboardCorners(image, (9, 6))
        assert seen
        found.append(cv2.cornerSubPix(image, corners, (5, 5), (-1, -1), (3, 30, 1e-3)).reshape(-1, 2))
    assert np.sqrt(np.mean((found[0] - found[1])[:, 1] ** 2)) < 0.3


def _depth_is_that_of_the_board(rig: RigResult) -> None:
    """Depth of the photographs at the corners, beside where the rig has the board."""
    how, errors, shares = rectify(rig, 0, 1, 0.0), [], []
    finder, camera, straight = (
        DepthFinder(rig, how, usual_depths(rig, 0, how.baseline)),
        rig.cameras[0],
        how.straight[0],
    )
    for pose in rig.board_poses[:3]:
        depth = finder.find(*(cv2.imread(path) for path in paths_of(rig, pose.frame, (0, 1)).values())).depth
        placed = np.array(rig.board_points) @ cv2.Rodrigues(np.array(pose.rvec))[0].T + pose.tvec
        ahead = (placed @ turn_of(camera).T + camera.tvec) @ np.reshape(how.rotations[0], (3, 3)).T
        for x, y, z in ahead:
            found = depth.at(x / z * straight.fx + straight.cx, y / z * straight.fy + straight.cy)
            if found is not None:
                errors.append((found[0] - z) / found[1])
                shares.append(abs(found[0] / z - 1))
    assert len(errors) > 140
    assert np.mean(np.abs(errors) < 3) > 0.95
    assert np.median(shares) < 0.003


def _is_as_opencv_has_it(result: StereoResult) -> None:
    """From the same corners: its rms is over all of them, ours over those that are believed."""
    seen = [{view.frame: view for view in result.rig.views if view.camera == camera} for camera in (0, 1)]
    frames = [frame for frame in seen[0] if len(seen[0][frame].ids) == len(seen[1][frame].ids) == 54]
    board = [BOARD.corners[list(seen[0][frame].ids)].astype(np.float32) for frame in frames]
    corners = [[np.array(one[frame].corners, np.float32) for frame in frames] for one in seen]
    lenses = [(camera_matrix(one.intrinsics), np.array(one.distortion)) for one in result.rig.cameras]
    told = cv2.stereoCalibrate(
        board, *corners, *lenses[0], *lenses[1], (640, 480), flags=cv2.CALIB_USE_INTRINSIC_GUESS,
        criteria=(cv2.TERM_CRITERIA_COUNT + cv2.TERM_CRITERIA_EPS, 60, 1e-7),
    )  # fmt: skip
    assert len(frames) > 10
    assert result.rig.rms_px <= told[0]
    assert result.baseline_m == pytest.approx(float(np.linalg.norm(told[6])), abs=1e-4)
    assert result.rotation_deg == pytest.approx(float(np.degrees(np.linalg.norm(cv2.Rodrigues(told[5])[0]))), abs=0.1)


def test_a_rendered_pair_is_found_where_it_is(tmp_path: Path) -> None:
    scene = Scene(SceneSource(cameras=2, size=Size(640, 360), noise=1.0))
    for number, frame in enumerate(range(0, 600, 60)):
        tiled = scene.render(frame)
        for camera, side in enumerate(("left", "right")):
            (tmp_path / side).mkdir(exist_ok=True)
            cv2.imwrite(str(tmp_path / side / f"{number:02}.png"), scene.tile(tiled, camera))
    rig = RigSpec((), scene.source.board, held_out=False)
    result = run(StereoSpec((str(tmp_path / "left"),), (str(tmp_path / "right"),), rig), PlainContext())
    one, other = scene.truth
    baseline = float(np.linalg.norm(one.centre - other.centre))
    turn = float(np.degrees(np.arccos((np.trace(other.rotation @ one.rotation.T) - 1) / 2)))
    std = result.rig.pair(0, 1).distance_std
    assert std is not None
    assert abs(result.baseline_m - baseline) < 4 * std < 0.004 * baseline
    assert result.rotation_deg == pytest.approx(turn, abs=0.2)
    assert result.rectified_dy_rms_px < 0.1
