"""Tiles: layouts, choosing by key, one alone and back, state in words, and what the user wants going out as signals."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent

from engines.cameras.types import FeedInfo, FeedState, FeedStatus
from engines.core.frames import Frame, Size, Stamp
from widgets.sources.choice import SOURCE_MIME
from widgets.viewer.grid import ViewerGrid
from widgets.viewer.transport import clock_words

FILE = FeedInfo(Size(640, 360), 25.0, 250, 10.0, seekable=True, live=False)


@pytest.fixture
def grid(qtbot):
    made = ViewerGrid()
    qtbot.addWidget(made)
    made.resize(900, 620)
    made.set_layout("2x2")
    made.set_sources([("scene1", "Rendered rig"), ("scene1/left", "Rendered rig · left")])
    made.set_engines([("board", "Board finder")])
    with qtbot.waitExposed(made):
        made.show()
    return made


def frame(source: str = "scene1") -> Frame:
    return Frame(np.full((36, 64, 3), 120, np.uint8), Stamp(source, 0, 0.0, 0.0))


def visible(grid: ViewerGrid) -> list[int]:
    return [index for index in range(9) if index in grid._tiles and grid.tile(index).isVisible()]


@pytest.mark.parametrize(("layout", "count"), [("1", 1), ("1x2", 2), ("2x2", 4), ("3x3", 9)])
def test_a_layout_shows_so_many_tiles_of_equal_size(grid, layout, count):
    grid.set_layout(layout)
    grid.layout().activate()
    assert visible(grid) == list(range(count))
    sizes = {(grid.tile(i).width() // 2, grid.tile(i).height() // 2) for i in range(count)}
    assert len(sizes) <= 2, "tiles differ by more than a pixel"


def test_a_tile_alone_and_back(grid):
    grid.maximise(2)
    assert visible(grid) == [2]
    assert grid.maximised_index == 2
    grid.maximise(2)
    assert visible(grid) == [0, 1, 2, 3]


def test_double_click_on_a_picture_shows_it_alone(grid, qtbot):
    grid.tile(1).set_source("scene1")
    grid.tile(1).show_frame(frame())
    qtbot.mouseDClick(grid.tile(1).view, Qt.MouseButton.LeftButton)
    assert grid.maximised_index == 1


def test_keys_choose_fit_and_maximise(grid, qtbot):
    grid.setFocus()
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    qtbot.keyClick(grid, Qt.Key.Key_Down)
    assert grid.selected_index == 3
    qtbot.keyClick(grid, Qt.Key.Key_Return)
    assert grid.maximised_index == 3
    qtbot.keyClick(grid, Qt.Key.Key_Left)
    assert grid.maximised_index == 2
    qtbot.keyClick(grid, Qt.Key.Key_Escape)
    assert grid.maximised_index is None
    with qtbot.waitSignal(grid.playToggled) as heard:
        qtbot.keyClick(grid, Qt.Key.Key_Space)
    assert heard.args == [2]


def test_keys_go_along_two_tiles_and_no_further(grid, qtbot):
    grid.set_layout("1x2")
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Right):
        qtbot.keyClick(grid, key)
    assert grid.selected_index == 1


def test_a_click_selects_and_says_so_once(grid, qtbot):
    said = []
    grid.selected.connect(said.append)
    for _ in range(2):
        qtbot.mouseClick(grid.tile(3), Qt.MouseButton.LeftButton, pos=QPoint(20, 10))
    assert said == [3]


def test_an_empty_tile_asks_for_a_source(grid, qtbot):
    tile = grid.tile(0)
    assert "Choose" in tile._empty.button.text()
    tile._fill_sources()
    actions = {action.text(): action for action in tile._source_menu.actions()}
    with qtbot.waitSignal(grid.sourceChosen) as heard:
        actions["Rendered rig · left"].trigger()
    assert heard.args == [0, "scene1/left"]


def test_without_sources_an_empty_tile_asks_for_one_to_be_added(grid, qtbot):
    grid.set_sources([])
    with qtbot.waitSignal(grid.addWanted) as heard:
        grid.tile(2)._empty.button.click()
    assert heard.args == [2]


def test_a_dropped_row_is_a_source_for_that_tile(grid, qtbot):
    data = QMimeData()
    data.setData(SOURCE_MIME, b"scene1/left")
    drop = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    with qtbot.waitSignal(grid.sourceChosen) as heard:
        grid.tile(1).dropEvent(drop)
    assert heard.args == [1, "scene1/left"]


def test_an_engine_is_switched_on_for_a_tile(grid, qtbot):
    tile = grid.tile(0)
    tile.set_engines_on({"board"})
    tile._fill_engines()
    action = tile._engine_menu.actions()[0]
    assert action.isChecked()
    with qtbot.waitSignal(grid.engineToggled) as heard:
        action.trigger()
    assert heard.args == [0, "board", False]


def test_state_and_figures_are_in_words(grid):
    tile = grid.tile(0)
    tile.set_source("scene1")
    grid.tile(0).show_frame(frame())
    tile.set_status(FeedStatus(FeedState.PLAYING, info=FeedInfo(Size(64, 36), 30)), 29.97, 3)
    assert tile.title.text() == "Rendered rig"
    assert (tile.pill.text, tile.pill.level) == ("playing", "good")
    assert tile.figures.text().split() == ["30", "fps", "3", "dropped"]
    assert not tile.transport.isVisible()


def test_figures_give_way_where_it_is_narrow(grid):
    tile = grid.tile(0)
    tile.set_source("scene1")
    tile.figures.set_figures(30.0, 12, 8.0)
    for room, expected in ((400, "30 fps   12 dropped   8 ms"), (110, "30 fps   8 ms"), (50, "30 fps"), (5, "")):
        tile.figures.fit(room)
        assert tile.figures.text() == expected


def test_a_failed_source_says_why_and_offers_to_try_again(grid, qtbot):
    tile = grid.tile(1)
    tile.set_source("scene1")
    tile.set_status(FeedStatus(FeedState.FAILED, message="The camera does not answer"))
    assert "does not answer" in tile._failed.words.text()
    with qtbot.waitSignal(grid.retryWanted) as heard:
        tile._failed.button.click()
    assert heard.args == [1]


def test_a_recording_can_be_wound(grid, qtbot):
    tile = grid.tile(0)
    tile.set_source("scene1")
    tile.set_status(FeedStatus(FeedState.PAUSED, position=2.5, info=FILE, loop=True, speed=2.0), 0, 0)
    bar = tile.transport
    assert bar.isVisible()
    assert bar.time.text() == "0:02.5 / 0:10.0"
    assert bar.slider.value() == 2500
    assert bar.loop.isChecked()
    assert bar.speed.text() == "2x"
    with qtbot.waitSignal(grid.sought) as heard:
        bar.slider.setValue(5000)
    assert heard.args == [0, 5.0]
    with qtbot.waitSignal(grid.stepped) as heard:
        bar.back.click()
    assert heard.args == [0, -1]


def test_a_slider_in_the_hand_is_not_moved_by_the_recording(grid):
    bar = grid.tile(0).transport
    bar.set_position(1.0, 10.0)
    bar.slider.setSliderDown(True)
    bar.set_position(9.0, 10.0)
    assert bar.slider.value() == 1000
    bar.slider.setSliderDown(False)


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0:00.0"), (7.34, "0:07.3"), (59.96, "1:00.0"), (3723.4, "1:02:03.4"), (-1, "0:00.0")]
)
def test_times_are_written_as_on_a_clock(seconds, words):
    assert clock_words(seconds) == words
