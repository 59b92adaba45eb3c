"""Corners kept beside captured pictures: the same as found anew, and only for the very picture, board and window."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from engines.calibration.live.rig_finder import RigFinder, capture_of
from engines.calibration.rig.pictures import finding
from engines.calibration.rig.taken import FOLDER, keep, shots, sights
from engines.calibration.rig.types import RigSpec
from engines.calibration.targets.corners import to_gray
from engines.calibration.targets.photographs import read
from engines.calibration.targets.shots import Search, Shot, look
from engines.calibration.types import Capture
from engines.core.boards import Board
from engines.core.context import PlainContext
from engines.core.frames import Image
from tests.engines.calibration.live import rendered_rig as rig

BOARD = rig.scene().source.board
SEARCH = Search((BOARD,))


@pytest.fixture
def picture(tmp_path: Path) -> tuple[Path, Image, Capture]:
    """A captured picture of a camera, where it was written, and what the live finder saw."""
    finder = RigFinder()
    finder.open(rig.settings(), PlainContext())
    for index in range(3):
        frames = rig.moment(index)
        last = finder.process(frames)
    view = capture_of(last.cameras, last.useful).sights[0]
    assert view is not None
    path = tmp_path / "001.png"
    cv2.imwrite(str(path), frames[0].image)
    keep(path, [frame.image for frame in frames[:2]], [view, None], [BOARD])
    return path, frames[0].image, view


def test_what_is_kept_is_what_is_found_in_the_picture_with_its_covariance(picture: tuple[Path, Image, Capture]):
    path, _, _ = picture
    gray = to_gray(read(path, colour=False))
    (kept,), (found,) = shots(path, gray, "1", SEARCH), look(gray, path, "1", SEARCH)
    assert kept.detection is not None
    assert found.detection is not None
    assert (kept.name, kept.path, kept.size, kept.also) == (found.name, found.path, found.size, found.also)
    assert (kept.ids == found.ids).all()
    assert np.abs(kept.detection.corners - found.detection.corners).max() < 0.02
    assert kept.detection.covariance is not None
    assert np.allclose(kept.detection.covariance, found.detection.covariance, rtol=0.05)


def test_it_counts_for_the_very_pixels_board_and_window_alone(picture: tuple[Path, Image, Capture]):
    path, image, view = picture
    gray = to_gray(image)
    other = gray.copy()
    other[0, 0] += 1

    def told(pixels: np.ndarray, search: Search) -> tuple[Shot, ...]:
        return shots(path, pixels, "1", search)

    assert told(gray, SEARCH)
    assert not told(other, SEARCH)
    assert not told(gray, Search((Board.parse("chessboard:9x6:30mm"),)))
    assert not told(gray, Search((BOARD,), window="5"))
    assert not told(gray, Search((BOARD, Board.parse("chessboard:7x5:25mm"))))
    keep(path, [image], [view], [Board.parse("acircles:4x11:20mm")])
    assert not told(gray, SEARCH), "circles are not kept"


@pytest.mark.parametrize("damage", ["", "{}", '{"ids": [0, 0, 0, 0]}', "[1"])
def test_what_cannot_be_read_is_searched_for_anew(picture: tuple[Path, Image, Capture], damage: str):
    path, image, _ = picture
    (path.parent / FOLDER / "001.json").write_text(damage)
    assert shots(path, to_gray(image), "1", SEARCH) == ()
    assert sights(path, [BOARD]) == ()


def test_a_set_comes_back_as_it_was_captured(picture: tuple[Path, Image, Capture]):
    path, _, view = picture
    first, second = sights(path, [Board.parse("chessboard:7x5:25mm"), BOARD])
    assert second is None
    assert first is not None
    assert (first.ids, first.board) == (view.ids, 1)
    assert np.abs(np.array(first.corners) - view.corners).max() < 0.02
    assert sights(path, [Board.parse("chessboard:7x5:25mm")]) == ()


def test_a_rig_is_searched_only_where_nothing_was_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    sets = rig.taken(2)
    for number, taken in enumerate(sets):
        index = number * rig.PLACE
        path = tmp_path / f"set {number}.png"
        cv2.imwrite(str(path), rig.scene().render(index))
        tiles = [frame.image for frame in rig.moment(index)]
        seen = taken.sights if number == 0 else (None, *taken.sights[1:])
        keep(path, tiles, seen, [BOARD])
    searched: list[tuple[str, int]] = []

    def looked(image: np.ndarray, path: Path, name: str, search: Search) -> tuple[Shot, ...]:
        searched.append((name, int(image.shape[1])))
        return look(image, path, name, search)

    monkeypatch.setattr(finding, "look", looked)
    spec = RigSpec((str(tmp_path),), BOARD, tiles="2x2", names=rig.names())
    found = finding.find(spec, PlainContext(), lambda _share, _words: None, 1)
    assert searched == [("set 1.png", 640)]
    assert len(found.shots) == 8
    for one in found.shots:
        true = rig.scene().corners(one.camera, int(one.frame[4]) * rig.PLACE / rig.FPS)
        assert one.shot.detection is not None
        assert np.abs(one.shot.detection.corners - true).max() < 0.6
