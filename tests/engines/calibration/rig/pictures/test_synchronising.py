"""The offset between films by the board's motion: found exactly where it is told, and refused where it is not."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from engines.calibration.rig.pictures.synchronising import lag_of, synchronise
from engines.core.context import PlainContext
from engines.core.errors import BadInput, UsageError, WorkFailed
from engines.core.video.film import Film
from tests.engines.calibration.rig.pictures.recordings import CHESSBOARD, film, looked

FRAMES = 260


def wandering(count: int, seed: int) -> np.ndarray:
    """A hand's motion, count x 3 pixels: a few slow swings in each direction."""
    rng = np.random.default_rng(seed)
    at = np.arange(count)[:, None] / 25
    swings = rng.uniform(0.05, 0.8, (6, 3)), rng.uniform(0, 7, (6, 3)), rng.normal(size=(6, 3))
    return sum(
        40 * size / (1 + 2 * rate) * np.sin(2 * np.pi * rate * at + phase)
        for rate, phase, size in zip(*swings, strict=True)
    )


def linked(late: float, seed: int = 1, noise: float = 0.3) -> tuple[np.ndarray, np.ndarray]:
    """One motion as two cameras see it, the second late by some frames, in tenths."""
    rng = np.random.default_rng(seed)
    fine = cv2.resize(wandering(FRAMES + 120, seed), (3, 10 * (FRAMES + 120)), interpolation=cv2.INTER_LINEAR)
    start = 600 - round(10 * late)
    first, second = fine[600 : 600 + 10 * FRAMES : 10], fine[start : start + 10 * FRAMES : 10] @ rng.normal(size=(3, 3))
    return first + rng.normal(0, noise, first.shape), second + rng.normal(0, noise, second.shape)


@pytest.mark.parametrize("late", [-37, 0, 12])
def test_a_whole_offset_is_found_and_certain(late: int):
    lag = lag_of(*linked(late))
    assert (lag.frames, lag.told) == (late, True)
    assert lag.exact == pytest.approx(late, abs=0.15)
    assert lag.words.startswith("certain")
    assert "not at a whole frame" not in lag.words


def test_frames_in_which_one_does_not_see_the_board_are_passed_over():
    first, second = linked(7)
    first[50:90], second[:30], second[200:] = np.nan, np.nan, np.nan
    assert lag_of(first, second).frames == 7


def test_half_a_frame_is_said():
    lag = lag_of(*linked(4.5))
    assert lag.told
    assert lag.exact == pytest.approx(4.5, abs=0.15)
    assert "not at a whole frame" in lag.words


@pytest.mark.parametrize("seed", range(6))
def test_motions_that_have_nothing_to_do_with_each_other_tell_nothing(seed: int):
    assert not lag_of(wandering(FRAMES, 2 * seed), wandering(FRAMES, 2 * seed + 1)).told


def test_a_board_at_rest_and_one_that_swings_evenly_tell_nothing():
    rng = np.random.default_rng(0)
    still = rng.normal(0, 0.1, (FRAMES, 3)) + 200
    assert not lag_of(still, still + rng.normal(0, 0.1, still.shape)).told
    even = 50 * np.sin(2 * np.pi * np.arange(FRAMES)[:, None] / 20 + [0, 1, 2])
    lag = lag_of(even + rng.normal(0, 0.3, even.shape), even @ rng.normal(size=(3, 3)))
    assert not lag.told, lag


def shown(places: np.ndarray) -> list[np.ndarray]:
    """A board at these places, flat in the picture."""
    print_ = CHESSBOARD.picture(14)
    images = []
    for x, y, size in places:
        scale = 1 + size / 200
        move = np.array([[scale, 0, 60 + x], [0, scale, 40 + y]])
        gray = cv2.warpAffine(print_, move, (320, 240), flags=cv2.INTER_AREA, borderValue=160)
        images.append(np.dstack([gray] * 3))
    return images


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> list[Film]:
    folder = tmp_path_factory.mktemp("motion")
    way = wandering(110, 5) * 0.8
    turned = way @ np.array([[0.8, 0.1, 0.2], [-0.1, 0.9, 0.0], [-0.3, 0.1, 0.7]])
    return [
        Film.open(film(folder / "a.mp4", shown(way[9:]))),
        Film.open(film(folder / "b.mp4", shown(turned[:100]))),
        Film.open(film(folder / "slow.mp4", shown(way[:4]), fps=10)),
    ]


def test_films_are_matched_by_the_motion_of_the_board(films: list[Film]):
    first, second = (str(film.path) for film in films[:2])
    found = looked(first, second, board=CHESSBOARD, match="motion", every=30)
    assert found.notes[0].startswith("b.mp4 is 9 frames late on a.mp4 (")
    paths = [Path(one.shot.path).name for one in found.shots]
    assert paths[:2] == ["a.mp4#frame=0", "b.mp4#frame=9"]
    with pytest.raises(UsageError, match="one a camera"):
        looked(first, str(Path(first).parent), board=CHESSBOARD, match="motion")


def test_films_that_tell_no_offset_are_refused_with_the_reason(films: list[Film], tmp_path: Path):
    with pytest.raises(BadInput, match="different rates: 25 and 10"):
        synchronise([films[0], films[2]], (CHESSBOARD,), PlainContext(), lambda share, words: None)
    still, still_too = (Film.open(film(tmp_path / name, shown(np.zeros((42, 3))))) for name in ("still.mp4", "too.mp4"))
    with pytest.raises(WorkFailed, match="does not tell the offset of too.mp4: it does not move") as caught:
        synchronise([still, still_too], (CHESSBOARD,), PlainContext(), lambda share, words: None)
    assert "Frames late" in caught.value.hint
