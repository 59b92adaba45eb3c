"""Boards in the pictures of all cameras: tiles, folders and films, and what is refused with the camera's name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from engines.calibration.rig.pictures.choosing import Looked, choose
from engines.calibration.rig.pictures.finding import find
from engines.calibration.rig.solving import run
from engines.calibration.rig.types import RigSpec
from engines.calibration.targets.films import Look
from engines.core.boards import Board
from engines.core.context import PlainContext
from engines.core.errors import BadInput, Cancelled, SourceFailed, UsageError, WorkFailed
from engines.core.frames import Size
from engines.core.words import at_command_line
from tests.engines.calibration.rig.pictures import recordings as made
from tests.engines.calibration.rig.pictures.recordings import CHARUCO, CHESSBOARD, SIZE, film, looked, moments, seen


@pytest.fixture(scope="module")
def tiled(tmp_path_factory: pytest.TempPathFactory) -> str:
    return made.tiled_folder(tmp_path_factory.mktemp("tiled"), moments(4))


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    folder = tmp_path_factory.mktemp("apart")
    left, right = zip(*moments(4), strict=True)
    return made.pictures(folder / "l", left, "left{:02}.png"), made.pictures(folder / "r", right[1:], "right{:02}.png")


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str, str]:
    """A tiled film, and one a camera."""
    folder = tmp_path_factory.mktemp("films")
    shown = [tiles for tiles in moments(4) for _ in range(3)]
    whole = film(folder / "both.mp4", [made.side_by_side(*tiles) for tiles in shown])
    left, right = zip(*shown, strict=True)
    return whole, film(folder / "l.mp4", left), film(folder / "r.mp4", right)


def test_tiles_and_separate_folders_give_the_same_corners(tiled: str, apart: tuple[str, str]):
    together = looked(tiled, tiles="1x2", names=("left", "right"))
    assert (together.names, together.sizes) == (("left", "right"), (SIZE, SIZE))
    assert together.frames == tuple(f"quad{number:02}.png" for number in range(4))
    separate = looked(*apart)
    assert separate.frames == ("0", "1", "2", "3")
    left = [[one.shot.detection for one in found.shots if one.camera == 0] for found in (together, separate)]
    for one, two in zip(*left, strict=True):
        assert one is not None
        assert two is not None
        np.testing.assert_array_equal(one.ids, two.ids)
        np.testing.assert_allclose(one.corners, two.corners, atol=1e-9)
    assert seen(separate, 1) == ["0", "1", "2"]


def test_a_dropped_tile_is_not_looked_at_and_a_margin_moves_corners(tiled: str):
    whole = looked(tiled, tiles="1x2")
    alone = looked(tiled, tiles="1x2", names=("-", "b"), margin=4)
    assert alone.names == ("b",)
    assert alone.sizes == (Size(SIZE.width - 8, SIZE.height - 8),)
    one = next(shot.shot.detection for shot in whole.shots if shot.camera == 1)
    two = next(shot.shot.detection for shot in alone.shots)
    assert one is not None
    assert two is not None
    shared = np.intersect1d(one.ids, two.ids)
    moved = one.corners[np.isin(one.ids, shared)] - two.corners[np.isin(two.ids, shared)]
    np.testing.assert_allclose(moved, 4.0, atol=0.05)


def test_of_a_tiled_film_the_views_that_differ_are_chosen(films: tuple[str, str, str]):
    found = looked(films[0], tiles="1x2")
    assert 3 <= len(found.frames) <= 5, "four places of the board, each shown three times"
    assert all(name.startswith("both.mp4 frame ") for name in found.frames)
    assert str(found.shots[0].shot.path).endswith(f"#frame={found.frames[0].split()[-1]}")
    each = looked(films[0], tiles="1x2", every=4)
    assert each.frames == tuple(f"both.mp4 frame {number}" for number in (0, 4, 8))
    one = looked(f"{films[0]}#frame=7", tiles="1x2")
    assert one.frames == ("both.mp4 frame 7",)


def test_separate_films_show_the_same_instants(films: tuple[str, str, str]):
    found = looked(films[1], films[2], every=3)
    assert found.frames == ("frame 0", "frame 3", "frame 6", "frame 9")
    paths = [Path(one.shot.path).name for one in found.shots]
    assert paths[:2] == ["l.mp4#frame=0", "r.mp4#frame=0"]
    late = looked(films[1], films[2], every=3, match="order", offsets=(0, 1))
    paths = [Path(one.shot.path).name for one in late.shots]
    assert paths[:2] == ["l.mp4#frame=0", "r.mp4#frame=1"]
    timed = looked(films[1], films[2], every=3, match="time")
    assert timed.frames == found.frames


def test_films_of_different_lengths_are_refused_with_the_ways_to_match_them(
    films: tuple[str, str, str], tmp_path: Path
):
    shorter = film(tmp_path / "short.mp4", [tiles[1] for tiles in moments(4)])
    with pytest.raises(BadInput, match="different numbers of frames: 12, 4") as caught:
        looked(films[1], shorter)
    assert "By the board's motion" in caught.value.hint
    with pytest.raises(BadInput) as typed, at_command_line():
        looked(films[1], shorter)
    assert "--match motion" in typed.value.hint


def test_the_same_film_given_twice_is_refused_and_left_out_among_tiles(films: tuple[str, str, str], tmp_path: Path):
    with pytest.raises(BadInput, match="same film is given for the cameras 0 and 1"):
        looked(films[1], films[1])
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(Path(films[0]).read_bytes())
    found = looked(films[0], str(copy), tiles="1x2", every=4)
    assert [one.why for one in found.left_out] == ["the same film as both.mp4"]
    assert len(found.frames) == 3


def test_two_cameras_with_the_same_pictures_are_refused(tmp_path: Path):
    same = made.tiled_folder(tmp_path / "same", [(left, left) for left, _ in moments(4)])
    with pytest.raises(BadInput, match="a and b show the same pictures"):
        looked(same, tiles="1x2", names=("a", "b"))


def test_a_camera_without_a_board_is_named_with_what_to_do(tmp_path: Path):
    folder = made.tiled_folder(tmp_path / "half", [(left, made.blank()) for left, _ in moments(4)])
    with pytest.raises(BadInput, match="Camera b shows the board in none of its 4 pictures") as caught:
        looked(folder, tiles="1x2", names=("a", "b"))
    assert "--names a,-" in caught.value.hint


def test_boards_that_one_camera_sees_at_a_time_make_no_rig(tmp_path: Path):
    dark = made.blank()
    alone = [(left, dark) if at % 2 else (dark, right) for at, (left, right) in enumerate(moments(4))]
    folder = made.tiled_folder(tmp_path / "alone", alone)
    with pytest.raises(WorkFailed, match="share no views across these groups: a; b"):
        run(RigSpec((folder,), CHARUCO, tiles="1x2", names=("a", "b")), PlainContext())


def test_where_no_camera_shows_the_board_the_one_that_fits_is_named(tiled: str):
    other = Board.parse("charuco:5x7:40mm:30mm:DICT_4X4_50")
    with pytest.raises(BadInput, match="No view shows the board") as caught:
        looked(tiled, tiles="1x2", board=other)
    assert caught.value.facts.board == str(CHARUCO)


def test_films_without_a_board_say_so_and_lost_frames_are_counted(films: tuple[str, str, str], tmp_path: Path):
    empty = film(tmp_path / "empty.mp4", [np.hstack([made.blank(), made.blank()])] * 3)
    with pytest.raises(BadInput, match="No view shows the board"):
        looked(empty, tiles="1x2")
    left = film(tmp_path / "left.mp4", [made.blank()] * 12)
    with pytest.raises(BadInput, match="Camera 0 shows the board in none"):
        looked(left, films[2])
    whole = Path(films[0]).read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole[: len(whole) * 2 // 3] + bytes(len(whole) - len(whole) * 2 // 3))
    assert "cannot be decoded" in " ".join(one.why for one in looked(str(cut), tiles="1x2", every=1).left_out)


def test_a_mirrored_tile_is_named_and_all_mirrored_ones_are_flipped(tmp_path: Path):
    one = made.tiled_folder(tmp_path / "one", [(left, right[:, ::-1]) for left, right in moments(4)])
    with pytest.raises(BadInput, match="Camera b is mirrored and the others are not") as caught:
        looked(one, tiles="1x2", names=("a", "b"))
    assert "the pictures of b with" in caught.value.hint
    both = made.tiled_folder(tmp_path / "both", [(left[:, ::-1], right[:, ::-1]) for left, right in moments(4)])
    found = looked(both, tiles="1x2")
    assert found.mirrored
    assert len(seen(found, 0)) == 4


def test_a_mirrored_tile_is_told_by_a_board_without_markers_too(tmp_path: Path):
    chess = moments(8, CHESSBOARD)
    names, four = ("a", "b", "c"), [(left, right[:, ::-1], right) for left, right in chess]
    one = made.tiled_folder(tmp_path / "one", four)
    with pytest.raises(BadInput, match="Camera b is mirrored and the others are not"):
        looked(one, tiles="1x3", names=names, board=CHESSBOARD)
    pair = made.tiled_folder(tmp_path / "pair", [tiles[:2] for tiles in four])
    with pytest.raises(BadInput, match="One of the cameras a and b is mirrored"):
        looked(pair, tiles="1x2", names=names[:2], board=CHESSBOARD)
    turned = made.tiled_folder(tmp_path / "turned", [(left, right[::-1, ::-1]) for left, right in chess])
    assert len(seen(looked(turned, tiles="1x2", board=CHESSBOARD), 1)) >= 6
    other = [(chess[number][0], chess[number - 3][1]) for number in range(8)]
    assert looked(made.tiled_folder(tmp_path / "other", other), tiles="1x2", board=CHESSBOARD), "not of one moment"


def test_a_turned_tile_is_found_with_its_corners_turned(tiled: str, tmp_path: Path):
    turned = made.tiled_folder(tmp_path / "turned", [(left, right[::-1, ::-1]) for left, right in moments(4)])
    straight, found = looked(tiled, tiles="1x2"), looked(turned, tiles="1x2")
    one, two = (next(s.shot.detection for s in f.shots if s.camera == 1) for f in (straight, found))
    assert one is not None
    assert two is not None
    shared = np.intersect1d(one.ids, two.ids)
    both = one.corners[np.isin(one.ids, shared)] + two.corners[np.isin(two.ids, shared)]
    np.testing.assert_allclose(both - (SIZE.width - 1, SIZE.height - 1), 0.0, atol=0.15)


def test_pictures_that_cannot_be_used_are_named(tiled: str, films: tuple[str, str, str], tmp_path: Path):
    with pytest.raises(BadInput, match="cannot be cut into 1 rows and 7 columns"):
        looked(tiled, tiles="1x7")
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(Path(films[0]).read_bytes()[:3000])
    with pytest.raises(BadInput):
        looked(str(broken), tiles="1x2")
    found = looked(films[0], str(broken), tiles="1x2", every=6)
    assert [Path(one.path).name for one in found.left_out] == ["broken.mp4"]
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadInput, match="no pictures in the folder"):
        looked(str(tmp_path / "empty"), tiles="1x2")
    with pytest.raises(BadInput, match="no pictures in the folder"):
        looked(films[1], str(tmp_path / "empty"))
    with pytest.raises((BadInput, SourceFailed)):
        looked(films[1], str(tmp_path / "gone.mp4"))
    with pytest.raises(BadInput, match="Films of some cameras"):
        looked(films[1], tiled)
    with pytest.raises(UsageError, match="at least two cameras"):
        looked(films[1])
    with pytest.raises(UsageError, match="Two cameras are called"):
        looked(films[1], films[2], names=("a", "a"))


def test_a_picture_that_cannot_be_read_and_one_of_another_size_are_told_apart(tmp_path: Path):
    folder = Path(made.tiled_folder(tmp_path / "some", moments(4)))
    (folder / "quad01.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    found = looked(str(folder), tiles="1x2")
    assert [one.frame for one in found.shots if one.shot.size is None] == ["quad01.png", "quad01.png"]
    cv2.imwrite(str(folder / "quad02.png"), np.zeros((100, 200, 3), np.uint8))
    with pytest.raises(BadInput, match="camera 0 have different sizes"):
        looked(str(folder), tiles="1x2")


def test_a_search_is_cancelled_between_two_pictures(tiled: str):
    context = PlainContext()
    with pytest.raises(Cancelled):
        find(RigSpec((tiled,), CHARUCO, tiles="1x2"), context, lambda share, words: context.cancelled.set())


def at(index: int, x: float, sharpness: float = 1.0) -> Looked:
    """Both cameras show the board at one place."""
    square = np.array([[0.0, 0], [100, 0], [100, 80], [0, 80]]) + (x, 100.0)
    look = Look(index, (), square, np.array([0.0, 0.0, 1.0]), sharpness)
    return Looked(index, (look, look))


def test_instants_that_join_cameras_and_show_new_places_are_chosen():
    sizes = [Size(640, 480), Size(640, 480)]
    joined = [at(10 * number, 60.0 * number) for number in range(3)]
    alone = [
        replace(at(number - 9, 60.0 * number), looks=(at(number - 9, 60.0 * number).looks[0], None))
        for number in range(3)
    ]
    assert choose(alone + joined, sizes, most=3) == [3, 4, 5]
    blurred = [at(200 + 10 * number, 60.0 * number, 0.2) for number in range(3)]
    assert choose(joined + blurred, sizes) == [0, 1, 2]
    assert choose([], sizes) == []
    assert len(choose([at(number, 0.1 * number) for number in range(30)], sizes)) == 1
