"""Boards that look the same when turned: each view as a finder may number it, and the truth of the print behind."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engines.calibration.evidence.half_turns import turns
from engines.calibration.mono import calibrated
from engines.calibration.targets.detection import Detection
from engines.calibration.targets.shots import Shot
from engines.calibration.types import MonoResult, MonoSpec
from engines.core.boards import Board
from engines.core.context import PlainContext
from tests.engines.calibration import known_scene as known

BOARD = Board.parse("chessboard:8x6:25mm")
TRUTH = np.array([known.CAMERA.fx, known.CAMERA.fy, known.CAMERA.cx, known.CAMERA.cy])


def shots_of(board: Board, shape: np.ndarray, seed: int) -> tuple[list[Shot], list[np.ndarray]]:
    """Twelve views, the first as it is and the others turned by chance, and the true corner behind each id."""
    rng, ways = np.random.default_rng(seed), turns(board)
    shots, truth = [], []
    for number, seen in enumerate(known.views(known.Scene(board=board, shape=shape), 12, seed=seed)):
        ids = ways[int(rng.integers(len(ways))) if number else 0].ids
        order = np.argsort(ids)
        found = Detection(np.arange(len(ids)), seen.corners[order], 5)
        shots.append(Shot(f"{number}.png", Path(f"{number}.png"), known.SIZE, found))
        truth.append(order)
    return shots, truth


def solved(shots: list[Shot], board: Board = BOARD, **spec: object) -> MonoResult:
    return calibrated(MonoSpec((), board, leave_one_out=False, **spec), shots, PlainContext())  # type: ignore[arg-type]


def misses(result: MonoResult) -> float:
    """The largest error of fx, fy, cx, cy in stated deviations."""
    inner = result.intrinsics
    found = np.array([inner.fx, inner.fy, inner.cx, inner.cy])
    return float((np.abs(found - TRUTH) / list(result.std.values())).max())


def half_turn_levels(result: MonoResult) -> list[int]:
    return [reason.level for reason in result.reasons if reason.kind == "half-turn"]


@pytest.mark.parametrize(
    ("board", "quarters"),
    [
        ("chessboard:9x6:25mm", [0]),
        ("chessboard:8x6:25mm", [0, 2]),
        ("chessboard:7x7:25mm", [0, 2]),
        ("chessboard:6x6:25mm", [0, 1, 2, 3]),
        ("circles:7x5:30mm", [0, 2]),
        ("circles:5x5:30mm", [0, 1, 2, 3]),
        ("acircles:4x11:20mm", [0]),
        ("acircles:4x6:20mm", [0, 2]),
        ("aprilgrid:6x6:88mm:26.4mm", [0]),
    ],
)
def test_the_turns_are_those_after_which_the_print_looks_the_same(board: str, quarters: list[int]):
    print_ = Board.parse(board)
    picture = print_.picture(16).astype(int)
    alike = [number for number in range(4) if same(np.rot90(picture, -number), picture)]
    assert [turn.quarters for turn in turns(print_)] == quarters == alike
    for turn in turns(print_):
        moved = print_.corners @ turn.rotation.T - print_.corners[turn.ids]
        assert np.ptp(moved, axis=0) == pytest.approx(0, abs=1e-12)


def same(one: np.ndarray, other: np.ndarray) -> bool:
    return one.shape == other.shape and float(np.abs(one - other).mean()) < 8


@pytest.mark.parametrize("word", ["chessboard:8x6:25mm", "chessboard:6x6:25mm", "circles:7x5:25mm:12mm"])
def test_the_views_of_a_print_that_is_off_are_numbered_alike(word: str):
    board = Board.parse(word)
    shots, truth = shots_of(board, known.bent(board), seed=1)
    result = solved(shots, board)
    for view, shot, ids in zip(result.views, shots, truth, strict=True):
        assert shot.detection is not None
        assert np.allclose(view.corners, shot.detection.corners[np.argsort(ids)])
    assert half_turn_levels(result) == [0]


def test_the_freed_camera_and_the_shape_are_the_true_ones():
    shape = known.bent(BOARD)
    result = solved(shots_of(BOARD, shape, seed=2)[0], free_board=True)
    assert misses(result) < 3
    assert result.rms_px < 0.15
    assert shape_error(np.array(result.board_points), shape) < 8e-5


def shape_error(found: np.ndarray, truth: np.ndarray) -> float:
    """RMS distance in metres after the best similarity."""
    one, other = found - found.mean(axis=0), truth - truth.mean(axis=0)
    u, values, vt = np.linalg.svd(other.T @ one)
    scale = values.sum() / (one**2).sum()
    return float(np.sqrt(np.mean(np.sum((scale * one @ (u @ vt).T - other) ** 2, axis=1))))


def test_a_flat_board_stays_as_it_was_found_and_says_so_where_its_shape_is_freed():
    shots, _ = shots_of(BOARD, BOARD.corners, seed=3)
    held, freed = solved(shots), solved(shots, free_board=True)
    for view, shot in zip(held.views, shots, strict=True):
        assert shot.detection is not None
        assert np.array_equal(view.corners, shot.detection.corners)
    assert (half_turn_levels(held), half_turn_levels(freed)) == ([], [1])
    assert misses(held) < 3


def test_a_wrong_corner_is_named_and_dropped_by_its_number_on_the_print():
    shots, truth = shots_of(BOARD, known.bent(BOARD), seed=4)
    turned = next(number for number, ids in enumerate(truth) if ids[0])
    found = shots[turned].detection
    assert found is not None
    found.corners[7] += (12, 12)
    corner = int(truth[turned][7])
    result = solved(shots, free_board=True)
    assert [view.suspects for view in result.views if view.suspects] == [(corner,)]
    better = solved(shots, free_board=True, drop=(f"{turned}.png#{corner}",))
    assert better.rms_px < 0.15 < result.rms_px


def test_views_that_are_switched_off_are_numbered_too_and_the_first_keeps_its_numbers():
    shots, truth = shots_of(BOARD, known.bent(BOARD), seed=5)
    result = solved(shots, free_board=True, exclude=("0.png", "3.png"))
    for view, shot, ids in zip(result.views, shots, truth, strict=True):
        assert shot.detection is not None
        assert np.allclose(view.corners, shot.detection.corners[np.argsort(ids)])
        assert view.rms_px is not None
        assert view.rms_px < 0.25
