"""The grid has as many tiles as sources are shown, until the user chooses; a full one opens a place for one more."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.workbench.opened import Opened, until

Open = Callable[..., Opened]


def test_the_grid_grows_and_shrinks_with_the_sources(open_window: Open, qtbot) -> None:
    window = open_window().window
    until(qtbot, lambda: window.place.starts)
    layouts = []
    for _ in range(5):
        window.sources.add_dropped(["scene:1"])
        layouts.append(window.grid.layout_name)
    assert layouts == ["1", "1x2", "2x2", "2x2", "3x3"]
    assert window.commands.action("view.follow").isChecked()
    for id in ("scene1", "scene2", "scene4"):
        window.panels.sources.removed.emit(id)
    until(qtbot, lambda: window.grid.layout_name == "1x2")
    assert window.viewer.shown() == {0: "scene3", 1: "scene5"}


@pytest.mark.parametrize("choice", ["view.nine", "view.two"])
def test_what_was_chosen_stays(open_window: Open, qtbot, choice: str) -> None:
    first = open_window("scene:1")
    until(qtbot, lambda: first.picture(0) is not None)
    first.window.commands.run(choice)
    layout = first.window.grid.layout_name
    first.window.sources.add_dropped(["scene:1"])
    first.window.panels.sources.removed.emit("scene1")
    until(qtbot, lambda: first.sources == ["scene2"])
    assert first.window.grid.layout_name == layout
    assert first.end() == []
    second = open_window()
    until(qtbot, lambda: second.sources == ["scene2"])
    assert second.window.grid.layout_name == layout
    assert second.window.commands.action(choice).isChecked()


def test_a_source_added_to_a_full_grid_takes_no_place(open_window: Open, qtbot) -> None:
    window = open_window("scene:1").window
    until(qtbot, lambda: window.viewer.shown() == {0: "scene1"})
    window.commands.run("view.one")
    window.sources.add_dropped(["scene:1"])
    assert window.viewer.shown() == {0: "scene1", 1: "scene2"}
    assert window.grid.layout_name == "1x2"


def test_an_undone_removal_takes_no_place_either(open_window: Open, qtbot) -> None:
    opened = open_window("scene:1", "scene:1")
    window = opened.window
    until(qtbot, lambda: window.viewer.shown() == {0: "scene1", 1: "scene2"})
    window.panels.sources.removed.emit("scene1")
    until(qtbot, lambda: window.viewer.shown() == {0: "scene2"})
    window.services.undo.undo()
    until(qtbot, lambda: sorted(window.viewer.shown().values()) == ["scene1", "scene2"])
    assert window.grid.layout_name == "1x2"
