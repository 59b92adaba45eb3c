"""The camera of a calibration: after a restart the panel is about the source that it was about before,
whatever is selected and looked at elsewhere."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.workbench.opened import Opened, until


@pytest.mark.parametrize("shown_at_start", [True, False])
def test_after_a_restart_the_camera_is_the_one_of_before(
    open_window: Callable[..., Opened], qtbot, shown_at_start: bool
) -> None:
    opened = open_window("scene:1", "scene:2")
    until(qtbot, lambda: opened.sources == ["scene1", "scene2"])
    window = opened.window
    desk = window.features["calibration"]
    until(qtbot, lambda: len(window.viewer.shown()) == 2)
    window.viewer.select(1)
    desk.watch.look("scene2", True)
    desk.watch.choose("scene1")
    window.commands.run("window.calibrate" if shown_at_start else "window.monitor")
    assert opened.end() == []
    again = open_window()
    until(qtbot, lambda: again.sources == ["scene1", "scene2"])
    until(qtbot, lambda: again.window.viewer.engines_on("scene2") == ("calibration",))
    desk = again.window.features["calibration"]
    until(qtbot, lambda: desk.panel.shown.source)
    assert (desk.watch.source, again.window.viewer.selected_path()) == ("scene1", "scene2")
    desk.watch.choose("scene2")
    assert desk.watch.source == "scene2"
