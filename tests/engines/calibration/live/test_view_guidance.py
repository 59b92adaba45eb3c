"""What the guide asks for: views inside the picture, the one that adds most, kept until it is taken, until enough."""

from __future__ import annotations

import numpy as np
import pytest

from engines.calibration.live.candidates import Wish, candidates
from engines.calibration.live.guidance import BoardLook, Guide
from engines.calibration.targets.looks import outline_of
from engines.calibration.types import Capture
from engines.core.boards import Board
from engines.core.projection import project
from tests.engines.calibration import known_scene as known

SCENE = known.Scene()
BOARD, SIZE = SCENE.board, known.SIZE
GOOD = BoardLook(sharpness=1.0, still=True, new=True, share=0.3)
BOARDS = (
    "chessboard:9x6:25mm",
    "charuco:7x5:30mm:22mm:DICT_5X5_100",
    "aprilgrid:6x6:20mm:6mm",
    "circles:7x5:30mm",
    "acircles:4x11:20mm",
)


def seen(rvec: np.ndarray, tvec: np.ndarray, rng: np.random.Generator) -> Capture:
    exact = project(SCENE.optics, SCENE.points, rvec, tvec)
    corners = exact + rng.normal(0, 0.15, exact.shape)
    outline = outline_of(BOARD, np.arange(len(corners)), corners)
    assert outline is not None
    return Capture(_points(corners), _points(outline), tuple(range(len(corners))))


def _points(corners: np.ndarray) -> tuple[tuple[float, float], ...]:
    return tuple((float(x), float(y)) for x, y in corners)


def settled(guide: Guide) -> str:
    for _ in range(20):
        guide.settle()
    return guide.goal()


def obeyed(guide: Guide, most: int) -> list[str]:
    """A person who does what is asked, before the true lens; the orders, the last one being none."""
    rng, orders = np.random.default_rng(2), []
    while len(orders) < most:
        orders.append(settled(guide))
        if guide.wish is None:
            break
        near = candidates(SCENE.optics, SIZE, BOARD)
        poses = near.poses
        number = min(range(len(near.wishes)), key=lambda number, wish=guide.wish: _apart(near.wishes[number], wish))
        rvec = np.asarray(known.cv2.Rodrigues(poses.turns[number])[0]).ravel() + rng.normal(0, 0.03, 3)
        guide.add(seen(rvec, poses.shifts[number], rng))
    return orders


def _apart(one: Wish, other: Wish) -> int:
    pairs = zip((*one.place, *one.tilt, one.near), (*other.place, *other.tilt, other.near), strict=True)
    return sum(abs(a - b) for a, b in pairs)


@pytest.mark.parametrize("word", BOARDS)
@pytest.mark.parametrize("quarter", [0, 1])
def test_what_is_asked_for_lies_in_the_picture(word: str, quarter: int):
    board = Board.parse(word)
    made = candidates(SCENE.optics, SIZE, board, quarter)
    assert len(made.wishes) > 60
    (left, top), (width, height) = board.print_origin, board.print_size
    print_ = np.array([[0, 0, 0], [width, 0, 0], [width, height, 0], [0, height, 0]]) + [left, top, 0]
    for wish, turn, shift in zip(made.wishes, made.poses.turns, made.poses.shifts, strict=True):
        corners = project(SCENE.optics, print_, known.cv2.Rodrigues(turn)[0], shift)
        assert (corners >= 0).all(), wish
        assert (corners <= [SIZE.width, SIZE.height]).all(), wish
        middle = corners.mean(axis=0) / [SIZE.width, SIZE.height] - 0.5
        assert (np.sign(wish.place) * middle >= -0.02).all(), wish


def test_each_wish_is_put_in_other_words():
    made = candidates(SCENE.optics, SIZE, BOARD)
    assert len({wish.words for wish in made.wishes}) == len(made.wishes)


def test_who_obeys_is_done_soon_and_knows_the_camera_well():
    guide = Guide((BOARD,), SIZE)
    orders = obeyed(guide, 25)
    assert orders[0] == "Capture a first view"
    assert orders[-1] == ""
    assert 8 <= guide.count <= 20
    assert guide.advice(GOOD).startswith("Enough views: calibrate (fx \u00b1")
    spread = np.sqrt(np.diag(np.linalg.inv(guide.estimate.information)))[:4]
    assert spread.max() < 1.2
    held = guide.estimate.lens.intrinsics
    off = np.array([held.fx, held.fy, held.cx, held.cy]) - [534.0, 536.0, 326.0, 244.0]
    assert (np.abs(off) < 4 * spread).all()


def test_a_board_that_always_faced_the_camera_is_asked_to_tilt():
    guide, rng = Guide((BOARD,), SIZE), np.random.default_rng(1)
    for x in (-0.1, -0.2, 0.0):
        guide.add(seen(np.zeros(3), np.array([x, -0.06, 0.5]), rng))
    order = settled(guide)
    assert guide.wish is not None
    assert any(guide.wish.tilt)
    assert "ilt" in order
    assert "uncertainty of fx" in order or "uncertainty of fy" in order


def test_the_order_stays_the_same_until_a_view_is_taken_and_is_set_aside_when_it_cannot_be_done():
    guide, rng = Guide((BOARD,), SIZE), np.random.default_rng(1)
    guide.add(seen(np.array([0.3, 0.3, 0.0]), np.array([-0.1, -0.06, 0.5]), rng))
    order, wish = settled(guide), guide.wish
    assert {settled(guide) for _ in range(5)} == {order}
    assert wish is not None
    for _ in range(4):
        guide.decline()
    settled(guide)
    assert guide.wish not in (None, wish)


def test_the_same_view_again_adds_nothing_and_a_better_one_does():
    guide, rng = Guide((BOARD,), SIZE), np.random.default_rng(1)
    views = known.poses(SCENE, 6)
    for pose in views[:5]:
        guide.add(seen(*pose, rng))
    settled(guide)
    ids = np.arange(BOARD.corner_count)
    again, other = (np.array(seen(*pose, rng).corners) for pose in (views[0], views[5]))
    gain_again, gain = guide.gain(ids, again), guide.gain(ids, other)
    assert gain_again is not None
    assert gain is not None
    assert 0 < gain_again < gain
    outlines = [outline_of(BOARD, ids, corners) for corners in (again, other)]
    assert [outline is not None and guide.is_new(outline) for outline in outlines] == [False, True]
    assert not guide.adds(BoardLook(1.0, True, False, 0.3, gain_again))


def test_views_without_ids_count_for_the_place_only_and_parts_of_a_board_for_what_they_show():
    whole = seen(np.array([0.3, 0.3, 0.0]), np.array([-0.1, -0.06, 0.5]), np.random.default_rng(0))
    part = Capture(whole.corners[:20], whole.outline, whole.ids[:20])
    told = [Guide((BOARD,), SIZE, [capture]) for capture in (Capture(whole.corners[:20], whole.outline), part, whole)]
    assert [guide.count for guide in told] == [1, 1, 1]
    assert [guide.estimate.count for guide in told] == [0, 1, 1]
    spread = [np.linalg.slogdet(guide.estimate.information)[1] for guide in told]
    assert spread[0] < spread[1] < spread[2]
