"""The page of two cameras: lines that are dragged, depth under the cursor, what is exported, what is said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QPointF, Qt
from PySide6.QtTest import QTest

from engines.calibration.rig.pairs.depth import DepthFinder, DepthWish
from engines.calibration.rig.pairs.rectification import rectify
from engines.calibration.rig.pairs.stereo import paired
from engines.calibration.rig.types import RigResult
from tests.engines.calibration.rig.pairs.known_depth import photograph
from tests.engines.calibration.rig.pairs.known_pair import camera, points_before, rig, side_by_side, small, with_views
from widgets.calibration.rig.pages.pair import PairPage
from widgets.calibration.rig.pages.pair_view import UNKNOWN, PairView, depth_picture, figures_of, known_words, metres
from widgets.calibration.rig.pages.state import Page, PagesView
from widgets.calibration.rig.state import RigState

PAIR = small(side_by_side())
ABOVE = small(rig(camera("top", (0.0, 0.0, 0.0), (0.0, 0.0, 0.0)), camera("under", (0.0, 0.0, 0.0), (0.0, 0.1, 0.0))))


def view_of(pair: RigResult) -> PairView:
    finder = DepthFinder(pair, rectify(pair, 0, 1, 0.0), DepthWish(0.5, 3.0))
    seen = finder.find(*(photograph(one, seed=number) for number, one in enumerate(pair.cameras)))
    return PairView((("0-1", "left – right"),), "0-1", (("3", "Frame 3"),), "3", 0.0, 0.5, 3.0, seen=seen, rig=pair)


VIEW = view_of(PAIR)


def shown(qtbot, pair: PairView) -> PairPage:
    page = PairPage()
    qtbot.addWidget(page)
    page.resize(1000, 600)
    page.show()
    page.show_state(PagesView(Page.PAIR, RigState(), pair=pair))
    return page


def at_line(page: PairPage, number: int) -> QPointF:
    """Of a line, in the middle of the picture."""
    picture = page.picture
    place = picture.lines[number] * ((picture.viewport.width if picture.upright else picture.viewport.height) - 1)
    middle = picture.viewport.width / 2, picture.viewport.height / 2
    return picture.viewport.to_widget(*((place, middle[1]) if picture.upright else (middle[0], place)))


def test_without_a_rig_one_sentence_and_one_button_are_there(qtbot) -> None:
    page = shown(qtbot, PairView())
    assert not page.there
    assert "Calibrate the rig" in page.empty.words.text()
    assert not page.export.isVisible()


def test_a_line_is_dragged_and_moved_by_keys_and_the_picture_is_not(qtbot) -> None:
    page = shown(qtbot, VIEW)
    start, before = at_line(page, 2).toPoint(), list(page.picture.lines)
    QTest.mousePress(page.picture, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(page.picture, start + QPointF(0, 30).toPoint())
    QTest.mouseRelease(page.picture, Qt.MouseButton.LeftButton, pos=start + QPointF(0, 30).toPoint())
    moved = (page.picture.lines[2] - before[2]) * (page.picture.viewport.height - 1) * page.picture.viewport.scale
    assert moved == pytest.approx(30, abs=1.0)
    assert page.picture.viewport.fitted
    now = page.picture.lines[2]
    QTest.keyClick(page.picture, Qt.Key.Key_Down)
    assert page.picture.lines[2] - now == pytest.approx(1 / (page.picture.viewport.height - 1))
    QTest.keyClick(page.picture, Qt.Key.Key_PageDown)
    assert page.picture.last == 3


def test_cameras_above_one_another_have_columns_to_drag(qtbot) -> None:
    page = shown(qtbot, view_of(ABOVE))
    assert page.picture.upright
    assert page.picture.snapshot().shape[0] == 2 * 240
    start, before = at_line(page, 1).toPoint(), page.picture.lines[1]
    QTest.mousePress(page.picture, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(page.picture, start + QPointF(20, 0).toPoint())
    QTest.mouseRelease(page.picture, Qt.MouseButton.LeftButton, pos=start + QPointF(20, 0).toPoint())
    assert page.picture.lines[1] > before


def test_the_depth_under_the_cursor_is_said_and_found_again_in_the_other_picture(qtbot) -> None:
    page = shown(qtbot, VIEW)
    depth = VIEW.seen.depth
    row, column = (int(each[len(each) // 2]) for each in np.nonzero(np.isfinite(depth.metres)))
    assert metres(*depth.at(column, row)) in page.picture.words_at(column, row)
    x, y = page.picture.match_of(column, row)
    assert y == row
    around = VIEW.seen.first[row - 4 : row + 5, column - 4 : column + 5, 0]
    there = VIEW.seen.second[row - 4 : row + 5, round(x) - 320 - 4 : round(x) - 320 + 5, 0]
    assert cv2.matchTemplate(there, around, cv2.TM_CCOEFF_NORMED)[0, 0] > 0.8
    lost_row, lost_column = (int(each[0]) for each in np.nonzero(np.isnan(depth.metres)))
    assert "not known" in page.picture.words_at(lost_column, lost_row)
    assert "R " in page.picture.words_at(column + 320, row)
    page.view.set_value("depth")
    page.view.chosen.emit("depth")
    places = (column, row + 240) if page.picture.stacked else (column + 320, row)
    assert metres(*depth.at(column, row)) in page.picture.words_at(*places)


def test_depth_lies_beside_or_under_its_picture_as_there_is_room(qtbot) -> None:
    page = shown(qtbot, VIEW)
    page.view.set_value("depth")
    page.view.chosen.emit("depth")
    shapes = set()
    for size in ((1400, 420), (640, 900)):
        page.resize(*size)
        QCoreApplication.processEvents()
        shapes.add((page.picture.snapshot().shape[:2], page.picture.stacked))
    assert shapes == {((240, 640), False), ((480, 320), True)}


@pytest.mark.parametrize(
    ("value", "std", "words"), [(1.23456, 0.0123, "1.235 ± 0.012 m"), (12.3, 1.4, "12.3 ± 1.4 m"), (2.0, 0.0, "2 m")]
)
def test_depth_has_as_many_figures_as_its_deviation(value: float, std: float, words: str) -> None:
    assert metres(value, std) == words


def test_what_is_not_known_is_dark_and_near_is_bright() -> None:
    depth = VIEW.seen.depth
    colours = depth_picture(depth, 0.5, 3.0).astype(int)
    unknown = np.isnan(depth.metres)
    assert (colours[unknown] == UNKNOWN).all()
    near, far = (colours[np.abs(depth.metres - at) < 0.02].sum(axis=1).mean() for at in (0.85, 1.4))
    assert near > far > sum(UNKNOWN)


def test_words_tell_how_much_is_known_and_whose_uncertainty_it_holds() -> None:
    assert "this rig does not say" in known_words(VIEW)
    empty = replace(VIEW.seen.depth, metres=np.full_like(VIEW.seen.depth.metres, np.nan))
    assert "No depth" in known_words(replace(VIEW, seen=replace(VIEW.seen, depth=empty)))
    assert known_words(PairView(note="Reading")) == "Reading"
    labels = [stat.label for stat in figures_of(paired(with_views(PAIR, points_before(9), 0.1), 0, 1))]
    assert labels == ["Baseline", "Turned by", "Rows off", "At most", "Epipolar", "Corners"]
    assert len(figures_of(paired(PAIR, 0, 1))) == 2


def test_cloud_and_picture_are_written_by_their_ending(qtbot, tmp_path: Path) -> None:
    page = shown(qtbot, VIEW)
    page.write(str(tmp_path / "a.ply"))
    page.write(str(tmp_path / "a.png"))
    assert (tmp_path / "a.ply").read_bytes().startswith(b"ply\nformat binary_little_endian")
    assert cv2.imread(str(tmp_path / "a.png")).shape == (240, 640, 3)


def test_wishes_are_told(qtbot) -> None:
    page, told = shown(qtbot, replace(VIEW, can_live=True)), []
    page.wanted.connect(told.append)
    page.near.setValue(0.7)
    page.alpha.set_value("own")
    page.alpha.chosen.emit("own")
    page.live.click()
    assert told == [{"near": 0.7}, {"alpha": -1.0}, {"live": True}]
