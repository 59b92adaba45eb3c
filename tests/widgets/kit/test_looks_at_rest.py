"""What a picture, a list and a panel look like while nobody touches them: nothing lies over what matters."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from engines.cameras.types import FeedState, FeedStatus
from widgets.kit.panel import Stat
from widgets.shell.jobs import JobRow, JobsPanel
from widgets.shell.notices import Notices
from widgets.shell.properties import PropertiesPanel, PropertiesShown, PropertyGroup
from widgets.viewer.grid import ViewerGrid


@pytest.fixture
def grid(qtbot):
    grid = ViewerGrid()
    qtbot.addWidget(grid)
    grid.resize(700, 500)
    grid.set_layout("2x2")
    grid.move(QCursor.pos() + QPoint(50, 50))
    grid.show()
    qtbot.waitExposed(grid)
    grid.tile(0).set_source("a", "Camera")
    grid.tile(1).set_source("b", "Other camera")
    return grid


def test_the_tools_of_a_tile_do_not_lie_on_its_picture_until_asked_for(grid, qtbot):
    grid.select(0)
    assert not grid.tile(0).tools.isVisible()
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    assert grid.selected_index == 1
    assert grid.tile(1).tools.isVisible()
    assert not grid.tile(0).tools.isVisible()
    qtbot.mouseClick(grid.tile(0).view, Qt.MouseButton.LeftButton)
    assert not grid.tile(1).tools.isVisible()


def test_a_good_state_gives_way_to_a_long_name_and_a_bad_one_does_not(grid):
    tile = grid.tile(0)
    tile.set_source("a", "The long name of a camera that stands at the gate")
    tile.set_status(FeedStatus(FeedState.PLAYING))
    assert tile.pill.compact
    tile.set_status(FeedStatus(FeedState.RECONNECTING))
    assert not tile.pill.compact
    tile.set_source("a", "Gate")
    tile.set_status(FeedStatus(FeedState.PLAYING))
    assert not tile.pill.compact


def test_notices_lie_over_the_middle_and_not_over_a_panel(qtbot):
    window = QMainWindow()
    qtbot.addWidget(window)
    center = QWidget()
    window.setCentralWidget(center)
    dock = QDockWidget()
    dock.setWidget(QWidget())
    window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
    window.resize(1000, 600)
    window.resizeDocks([dock], [320], Qt.Orientation.Horizontal)
    window.show()
    qtbot.waitExposed(window)
    notices = Notices(window)
    notices.show_notice("Something went wrong", "bad")
    (card,) = notices.cards
    assert not card.geometry().intersects(dock.geometry())
    window.resize(1200, 700)
    assert center.geometry().contains(card.geometry())


def test_numbers_of_all_sections_end_in_one_column(qtbot):
    panel = PropertiesPanel()
    qtbot.addWidget(panel)
    panel.resize(360, 500)
    groups = (
        PropertyGroup("picture", (Stat("Size", "640", "px"),)),
        PropertyGroup("source", (Stat("Noise", "2", "grey levels"), Stat("Seed", "1"))),
    )
    panel.show_properties(PropertiesShown("Camera", groups=groups))
    panel.show()
    qtbot.waitExposed(panel)
    values = [label for label in panel.findChildren(QWidget) if label.isVisible() and label.property("role") == ""]
    ends = {label.mapTo(panel, label.rect().topRight()).x() for label in values}
    assert len(values) == 3
    assert len(ends) == 1


def test_the_newest_job_is_followed_until_another_is_chosen(qtbot):
    panel = JobsPanel()
    qtbot.addWidget(panel)
    first, second, third = (JobRow(number, f"Job {number}", "done", "good") for number in (1, 2, 3))
    panel.show_jobs((first,))
    panel.show_jobs((second, first))
    assert panel.current() == second
    panel.list.select(1)
    panel.show_jobs((third, second, first))
    assert panel.current() == first
