"""The rig's scene against what is exactly known: the rendered scene's cameras, boards and their own lenses."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from engines.calibration.rig.places import centre_of
from engines.calibration.rig.types import RigCamera
from engines.core.boards import Board
from engines.core.frames import Size
from engines.core.lenses import Intrinsics, pinhole
from engines.core.projection import project
from tests.widgets.calibration.rig.space.spaced_rig import BOARD, BONES, spaced_points, spaced_rig
from widgets.calibration.rig.space.boards import boards, chosen_boards, placed, printed, rim
from widgets.calibration.rig.space.cameras import (
    Straightened,
    cameras,
    covariance,
    distance_words,
    distances,
    ellipsoids,
    outline,
    photos,
    spanned,
    up_mark,
)
from widgets.calibration.rig.space.measures import as_camera, compass, depth, dress, floor
from widgets.calibration.rig.space.points import points
from widgets.calibration.rig.space.words import described, enlarged_words

RIG = spaced_rig(8)
FISHEYE = replace(
    RIG.cameras[1],
    model="fisheye4",
    intrinsics=Intrinsics(210.0, 209.0, 320.0, 179.0),
    distortion=(0.02, -0.01, 0.002, 0.0),
)


@pytest.mark.parametrize("camera", [RIG.cameras[2], FISHEYE], ids=["brown", "fisheye"])
def test_the_pyramids_outline_is_seen_by_the_camera_at_its_pictures_border(camera: RigCamera) -> None:
    rim_pixels = outline(camera.size)
    seen = project(camera.lens, spanned(camera, rim_pixels, 0.3), camera.rvec, camera.tvec)
    np.testing.assert_allclose(seen, rim_pixels, atol=1e-5)
    corners = rim_pixels[:: len(rim_pixels) // 4]
    width, height = camera.size.width, camera.size.height
    np.testing.assert_allclose(corners, np.array([(0, 0), (width, 0), (width, height), (0, height)]) - 0.5)


def test_the_mark_is_on_the_upper_side_of_the_picture() -> None:
    camera = RIG.cameras[3]
    tip = up_mark(spanned(camera, outline(camera.size), 0.3))[2:]
    x, y = project(camera.lens, tip, camera.rvec, camera.tvec)[0]
    assert y < -10
    assert x == pytest.approx(camera.size.width / 2, abs=0.1 * camera.size.width)


def test_the_covariance_of_a_centre_is_that_of_disturbed_poses() -> None:
    rng, number = np.random.default_rng(0), 3
    camera, stop = RIG.cameras[number], 15 * (number + 1)
    root = rng.normal(0, 1e-4, (6, 6))
    whole = np.zeros((60, 60))
    whole[stop - 6 : stop, stop - 6 : stop] = root @ root.T
    result = replace(RIG, covariance=tuple(map(tuple, whole.tolist())))
    turn = cv2.Rodrigues(np.array(camera.rvec))[0]
    made = []
    for move in rng.normal(size=(4000, 6)) @ root.T:
        turned = cv2.Rodrigues(move[:3])[0] @ turn
        made.append(-turned.T @ (np.array(camera.tvec) + move[3:]))
    known = covariance(result, number)
    assert known is not None
    np.testing.assert_allclose(np.cov(np.array(made).T), known, atol=0.08 * np.abs(known).max())


def test_what_is_not_known_has_no_ellipsoid_and_a_stated_deviation_has() -> None:
    bare = replace(RIG, covariance=())
    assert not ellipsoids(bare, 10).blobs
    assert len(ellipsoids(RIG, 10).blobs) == 3
    told = replace(RIG.cameras[1], centre_std=(1e-3, 2e-3, 3e-3))
    one = ellipsoids(replace(bare, cameras=(RIG.cameras[0], told)), 10).blobs[0]
    np.testing.assert_allclose(np.sort(np.linalg.norm(one.axes, axis=0)), [0.01, 0.02, 0.03])


def test_everything_that_is_told_of_a_camera_is_true() -> None:
    part = cameras(RIG, dress(RIG))
    thing = part.things["camera", 1]
    assert thing.name == "front right"
    np.testing.assert_allclose(thing.place, centre_of(RIG.cameras[1]))
    assert RIG.pair(0, 1).distance == pytest.approx(float(np.linalg.norm(thing.place)))
    assert thing.std is not None
    assert (thing.std > 0).all()


def test_boards_stand_where_their_poses_put_them() -> None:
    part = boards(RIG)
    key = ("board", RIG.board_poses[3].frame, 0)
    sheet = next(sheet for sheet in part.sheets if sheet.key == key)
    turn = cv2.Rodrigues(np.array(RIG.board_poses[3].rvec))[0]
    corner = np.append(np.array(BOARD.print_origin) + BOARD.print_size, 0)
    np.testing.assert_allclose(sheet.points[2], turn @ corner + RIG.board_poses[3].tvec)
    assert "front left" in part.things[key].more[0]
    assert len(part.nets[0].lines) == 4 * len(RIG.board_poses)


def test_of_very_many_boards_some_are_drawn_and_the_chosen_one_always() -> None:
    many = spaced_rig(700)
    assert len(boards(many).sheets) == 300
    chosen = chosen_boards(many, many.board_poses[333].frame)
    assert len(chosen.sheets) == 1
    assert not chosen_boards(many, "not there").sheets


@pytest.mark.parametrize(
    ("word", "dark"),
    [
        ("charuco:7x5:40mm:30mm:DICT_4X4_250", 18),
        ("chessboard:9x6:25mm", 35),
        ("aprilgrid:5x4:40mm:10mm", 20),
        ("circles:7x5:30mm", 35),
        ("acircles:4x9:20mm", 36),
    ],
)
def test_what_is_printed_lies_within_the_sheet(word: str, dark: int) -> None:
    board = Board.parse(word)
    prints, edge = printed(board), rim(board)
    assert len(prints) == dark
    assert (prints >= edge.min(axis=0) - 1e-9).all()
    assert (prints <= edge.max(axis=0) + 1e-9).all()


@pytest.mark.parametrize(
    "word",
    [
        "chessboard:4x3:25mm",
        "charuco:5x4:54mm:40.5mm:DICT_4X4_1000",
        "charuco:5x4:54mm:40.5mm:DICT_4X4_1000:inverted",
        "charuco:5x4:54mm:40.5mm:DICT_4X4_1000:legacy",
        "charuco:4x5:54mm:40.5mm:DICT_4X4_1000:inverted:legacy",
    ],
)
def test_squares_are_dark_where_the_print_is(word: str) -> None:
    board = Board.parse(word)
    picture = board.picture(64)
    for box in printed(board):
        x, y = ((box[0] - board.print_origin) / board.square * 64 + 3).round().astype(int)
        assert picture[y, x] < 60


def test_up_is_what_the_cameras_agree_on_and_the_floors_normal_where_a_board_lies_on_it() -> None:
    assert compass(RIG).up @ np.array([0.0, -1.0, 0.0]) > 0.99
    assert compass(RIG).ahead @ np.array([0.0, 0.0, 1.0]) > 0.9
    lying = replace(RIG, reference="frame:000003")
    assert abs(compass(lying).up[2]) == 1
    assert floor(lying, compass(lying).up) == 0
    everything = np.concatenate([sheet.points for sheet in boards(RIG).sheets])
    assert floor(RIG, compass(RIG).up) < (everything @ compass(RIG).up).min()


def test_pyramids_of_neighbours_stay_apart_and_never_vanish() -> None:
    near = replace(RIG.cameras[1], rvec=RIG.cameras[0].rvec, tvec=(0.02, 0.0, 0.0))
    close = replace(RIG, cameras=(RIG.cameras[0], near))
    same = replace(RIG, cameras=(RIG.cameras[0], RIG.cameras[0]))
    assert 0 < depth(close) < depth(RIG)
    assert depth(same) > 0


@pytest.mark.parametrize("camera", [RIG.cameras[1], replace(RIG.cameras[1], distortion=(0.0,) * 5)])
def test_seen_from_a_camera_everything_is_where_its_pinhole_puts_it(camera: RigCamera) -> None:
    eye, size = as_camera(camera, RIG), (900.0, 500.0)
    straight = replace(camera, distortion=(0.0,) * 5)
    spots = placed(RIG.board_poses[0], BOARD.corners)
    pixels = project(straight.lens, spots, camera.rvec, camera.tvec)
    scale = eye.focal(size) / np.array([camera.intrinsics.fx, camera.intrinsics.fy])
    away = eye.project(spots, size) - pixels * scale
    np.testing.assert_allclose(away, away[:1].repeat(len(away), 0), atol=1e-6)
    border = eye.project(spanned(camera, outline(camera.size), 0.3), size)
    assert (border >= 0).all()
    assert (border <= size).all()


def test_distances_carry_two_figures_of_the_larger_deviation() -> None:
    pair = RIG.pairs[0]
    assert distance_words(replace(pair, distance=0.4123456, distance_std=0.00024)) == "412.35 \u00b1 0.24 mm"
    assert distance_words(replace(pair, distance=0.4123456, distance_std=0.012)) == "412 \u00b1 12 mm"
    assert distance_words(replace(pair, distance=0.4123456, spread=0.0031)) == "412.3 \u00b1 3.1 mm"
    assert distance_words(replace(pair, distance=0.4123456, distance_std=None)) == "412.35 mm"
    assert [word.text for word in distances(RIG).words] == [distance_words(one) for one in RIG.pairs]


def test_points_are_joined_by_the_bones_of_those_that_are_there() -> None:
    shown = spaced_points()
    part = points(shown, (*BONES, ("neck", "foot")), [one.name for one in RIG.cameras], 10)
    assert len(part.strands) == len(BONES)
    assert part.things["point", "nose"].more[0] == "from front left, front right, side left"
    np.testing.assert_allclose(np.linalg.norm(part.blobs[0].axes, axis=0).max(), 10 * shown[0].std[2])


def test_the_picture_is_told_in_words() -> None:
    words = described(RIG, "000003", spaced_points())
    assert words.startswith("4 cameras, 8 board poses, 4 triangulated points. The board of frame 000003 is chosen.")
    assert "front left at 0.000, 0.000, 0.000 m" in words
    assert described(None) == "No rig is shown"
    assert enlarged_words({"camera"}, (100.0, 1.0)) == [
        "Ellipsoids of cameras: one standard deviation, 100 times enlarged"
    ]


def test_a_camera_that_sees_nothing_at_its_corners_is_drawn_all_the_same() -> None:
    wide = replace(FISHEYE, size=Size(1200, 1200), intrinsics=Intrinsics(210.0, 210.0, 600.0, 600.0))
    part = cameras(replace(RIG, cameras=(wide,)), dress(RIG))
    assert all(np.isfinite(one.points).all() for one in (*part.sheets, *part.strands))


@pytest.mark.parametrize("within", [-1, 2])
def test_a_picture_on_a_pyramid_shows_what_the_straightened_camera_sees(within: int) -> None:
    lens = Intrinsics(300.0, 301.0, 170.0, 85.0)
    picture = Straightened(np.zeros((180, 320, 3), np.uint8), lens)
    (photo,) = photos(RIG, {2: picture}, replace(dress(RIG), within=within), 40.0).photos
    camera = RIG.cameras[2]
    seen = project(pinhole(lens), photo.points, camera.rvec, camera.tvec)
    np.testing.assert_allclose(seen, np.array([(0, 0), (320, 0), (320, 180), (0, 180)]) - 0.5, atol=1e-9)
