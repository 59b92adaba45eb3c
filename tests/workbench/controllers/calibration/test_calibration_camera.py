"""The camera of a calibration: after a restart the panel is about the source that it was about before."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.workbench.opened import Opened, until
from widgets.calibration.state import ViewRow


@pytest.mark.parametrize("shown_at_start", [True, False])
def test_after_a_restart_the_camera_is_the_one_of_before(
    open_window: Callable[..., Opened], qtbot, shown_at_start: bool
) -> None:
    opened = open_window("scene:1", "scene:2")
    until(qtbot, lambda: opened.sources == ["scene1", "scene2"])
    window = opened.window
    desk = window.features["calibration"]
    desk.watch.captured.emit(ViewRow("/views/first 01.png", "first 01"))
    desk.watch.choose("scene2")
    window.commands.run("window.calibrate" if shown_at_start else "window.monitor")
    assert opened.end() == []
    again = open_window()
    until(qtbot, lambda: again.sources == ["scene1", "scene2"])
    until(qtbot, lambda: len(again.window.viewer.shown()) == 2)
    desk = again.window.features["calibration"]
    until(qtbot, lambda: desk.panel.shown.source)
    assert desk.watch.source == "scene2"
    desk.watch.choose("scene1")
    assert desk.watch.source == "scene1"
