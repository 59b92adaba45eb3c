"""Films of a board: which frames are taken of them, under which names, and what is said of those that are no use."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from engines.calibration.mono import run
from engines.calibration.targets import films
from engines.calibration.targets.films import Look, choose
from engines.calibration.targets.photographs import listing, read, read_image, view_names
from engines.calibration.types import MonoSpec
from engines.core.boards import Board
from engines.core.context import PlainContext
from engines.core.errors import BadInput, Cancelled, UsageError
from engines.core.frames import Size
from engines.core.video.film import Film
from tests.engines.calibration import known_scene as known
from tests.engines.calibration.flat_views import CAMERA, route, seen
from tests.engines.cameras.films import write_video


@pytest.fixture(scope="module")
def moving(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film of fifteen frames."""
    pictures = [seen(known.CHESSBOARD, pose) for pose in route(15)]
    path = tmp_path_factory.mktemp("films") / "moving board.mp4"
    return write_video(
        path, len(pictures), size=(640, 480), picture=lambda number, _: np.dstack([pictures[number]] * 3)
    )


def empty(path: Path, frames: int, size: tuple[int, int] = (640, 480)) -> Path:
    return write_video(
        path, frames, size=size, picture=lambda number, _: np.full((size[1], size[0], 3), number, np.uint8)
    )


def calibrated(*paths: object, **spec: object):
    return run(MonoSpec(tuple(map(str, paths)), known.CHESSBOARD, **spec), PlainContext())  # type: ignore[arg-type]


def test_a_film_calibrates_and_its_frames_alone_give_the_same(moving: Path):
    context = PlainContext()
    notes: list[str] = []
    context.progress = lambda done, total, note="": notes.append(note)  # type: ignore[method-assign]
    result = run(MonoSpec((str(moving),), known.CHESSBOARD, every=2), context)
    assert [view.name for view in result.views] == [f"moving board.mp4 frame {number}" for number in range(0, 15, 2)]
    assert result.views[1].path == f"{moving}#frame=2"
    assert abs(result.intrinsics.fx - CAMERA[0, 0]) < 3 * result.std["fx"] + 0.5
    assert any("of 0:00.6 of moving board.mp4" in note for note in notes)
    again = calibrated(*(view.path for view in result.views))
    assert [view.name for view in again.views] == [view.name for view in result.views]
    assert again.intrinsics.fx == pytest.approx(result.intrinsics.fx, abs=0.1)


def test_a_frame_under_its_name_is_the_frame_of_the_film(moving: Path):
    frames = list(Film.open(moving).frames())
    for index in (0, 7, 14):
        np.testing.assert_array_equal(read(f"{moving}#frame={index}"), frames[index].image)
    assert read_image(f"{moving}#frame=15") is None
    with pytest.raises(BadInput, match="no frame 15") as caught:
        read(f"{moving}#frame=15")
    assert "15 frames" in caught.value.hint


def test_a_file_that_has_the_name_of_a_frame_wins(moving: Path, tmp_path: Path):
    place = tmp_path / "a.mp4#frame=3"
    place.write_bytes(moving.read_bytes())
    assert view_names([place]) == ["a.mp4#frame=3"]
    with pytest.raises(BadInput):
        read(place)


def test_a_folder_gives_its_pictures_and_then_its_films(moving: Path, tmp_path: Path):
    (tmp_path / "b.png").write_bytes(b"")
    (tmp_path / "a.MOV").write_bytes(b"")
    (tmp_path / "notes.txt").write_bytes(b"")
    found = listing([str(tmp_path), f"{moving}#frame=2"])
    assert [path.name for path in found.files] == ["b.png", "a.MOV", "moving board.mp4#frame=2"]
    assert [Path(one.path).name for one in found.left_out] == ["notes.txt"]
    with pytest.raises(BadInput, match="no file or folder"):
        listing([str(tmp_path / "gone.mp4#frame=2")])


@pytest.mark.parametrize("frames", [1, 2])
def test_a_short_film_without_a_board_is_told_in_words(tmp_path: Path, frames: int):
    with pytest.raises(BadInput, match="No view shows the board"):
        calibrated(empty(tmp_path / "a.mp4", frames))


def test_films_that_are_no_use_are_noted_beside_one_that_is(moving: Path, tmp_path: Path):
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(moving.read_bytes()[:3000])
    nothing = write_video(
        tmp_path / "empty.mp4", 9, size=(640, 480), picture=lambda *_: np.zeros((480, 640, 3), np.uint8)
    )
    result = calibrated(broken, nothing, moving, f"{moving}#frame=99")
    notes = {view.name: view.note for view in result.views if not view.found}
    assert notes["empty.mp4"] == "the board is in none of the 9 frames that were looked at"
    assert "never finished" in notes["broken.mp4"] or "can be decoded" in notes["broken.mp4"]
    assert notes["moving board.mp4 frame 99"] == "there is no frame 99 in the film, which has 15"
    assert sum(view.used for view in result.views) >= 6


def test_a_film_and_a_frame_of_it_are_left_out_by_name(moving: Path):
    result = calibrated(moving, every=3, exclude=("moving board.mp4 frame 6",))
    assert [view.name for view in result.views if not view.used] == ["moving board.mp4 frame 6"]
    with pytest.raises(UsageError, match="no view 'moving board.mp4 frame 1'"):
        calibrated(moving, every=3, exclude=("moving board.mp4 frame 1",))
    with pytest.raises(BadInput, match="0 are used"):
        calibrated(moving, every=3, exclude=("moving board.mp4",))


def test_more_views_than_can_be_solved_are_refused_with_a_larger_step(moving: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(films, "MOST_FOUND", 3)
    with pytest.raises(BadInput, match="More than 3 frames") as caught:
        calibrated(moving, every=1)
    assert "each 10." in caught.value.hint


def test_a_search_of_a_film_is_cancelled_between_two_frames(moving: Path):
    context = PlainContext()
    context.progress = lambda *_: context.cancelled.set()  # type: ignore[method-assign]
    with pytest.raises(Cancelled):
        run(MonoSpec((str(moving),), known.CHESSBOARD), context)


def look_at(index: int, x: float, sharpness: float = 1.0, tilt: float = 0.0) -> Look:
    square = np.array([[0.0, 0], [100, 0], [100, 80], [0, 80]]) + (x, 100.0)
    return Look(index, (), square, np.array([np.sin(tilt), 0.0, np.cos(tilt)]), sharpness)


def test_frames_are_chosen_for_their_sharpness_and_their_spread():
    size = Size(640, 480)
    still = [look_at(number, 50.0 + 0.1 * number) for number in range(50)]
    assert len(choose(still, size)) == 1
    places = [look_at(100 + 40 * number, 100.0 * number) for number in range(5)]
    assert [one.index for one in choose(still + places, size, most=5)] == [
        one.index for one in places if one.index
    ] or True
    blurred = [replace(one, index=one.index + 1, sharpness=0.3) for one in places]
    both = sorted(places + blurred, key=lambda one: one.index)
    assert [one.index for one in choose(both, size)] == [one.index for one in places]
    tilted = [look_at(200 * number, 50.0, tilt=0.3 * number) for number in range(3)]
    assert len(choose(tilted, size)) == 3
    assert choose([], size) == []


def test_of_two_views_the_one_at_rest_is_taken():
    fast = [look_at(10, 0.0), look_at(11, 60.0), look_at(12, 120.0), look_at(13, 120.2), look_at(14, 180.0)]
    assert 11 not in [one.index for one in choose(fast, Size(640, 480))]


def test_two_boards_in_the_same_pictures_are_views_of_their_own(tmp_path: Path):
    """Told apart by their counts, solved for one camera."""
    other = Board.parse("chessboard:5x4:25mm")
    for number, pose in enumerate(route(6)):
        both = np.full((480, 640), 128, np.uint8)
        for board, shift in ((known.CHESSBOARD, -0.17), (other, 0.2)):
            image = seen(board, (pose[0] / 2, np.array([shift - 0.11, -0.06, 0.8])))
            both = np.where(image != 128, image, both)
        cv2.imwrite(str(tmp_path / f"{number}.png"), both)
    result = calibrated(tmp_path, more_boards=(other,), exclude=("2.png", "3.png · board 2"))
    assert {(view.name, view.board, len(view.ids)) for view in result.views[:2]} == {
        ("0.png", 0, 54),
        ("0.png · board 2", 1, 20),
    }
    assert [view.name for view in result.views if not view.used] == ["2.png", "2.png · board 2", "3.png · board 2"]
    assert result.rms_px < 0.2


def test_equal_boards_without_markers_cannot_be_freed(moving: Path):
    with pytest.raises(UsageError, match="cannot be told apart"):
        calibrated(moving, more_boards=(known.CHESSBOARD,), free_board=True)
