"""What looked at a picture looks at it again after a restart, and what was covered is never shown bare."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.workbench.opened import Opened, until
from workbench.controllers.shell.looking import ENGINES
from workbench.controllers.shell.viewer import ViewerController

Open = Callable[..., Opened]


@pytest.fixture
def painted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many overlays each picture that a tile showed had."""
    counts: list[int] = []
    show = ViewerController._show

    def shown(self: ViewerController, tile: int, seat: object, frame: object, overlays: list[object]) -> None:
        counts.append(len(overlays))
        show(self, tile, seat, frame, overlays)  # type: ignore[arg-type]

    monkeypatch.setattr(ViewerController, "_show", shown)
    return counts


def test_covered_faces_are_covered_before_the_first_picture_is_shown_again(
    open_window: Open, qtbot, weights, painted: list[int]
) -> None:
    weights("yunet", "sface", "astronaut")
    opened = open_window()
    opened.window.commands.run("window.faces")
    opened.window.commands.run("faces.sample")
    until(qtbot, lambda: opened.window.viewer.engines_on(opened.window.viewer.selected_path()) == ("faces",), 30)
    faces = opened.window.features["faces"]
    faces.set_settings(faces.form.settings.__class__(blur="everyone"))
    path = opened.window.viewer.selected_path()
    until(qtbot, lambda: opened.window.services.project.get(ENGINES, path) == {"on": ["faces"], "covers": ["faces"]})
    assert opened.end() == []
    painted.clear()
    again = open_window()
    until(qtbot, lambda: again.picture(0) is not None, 30)
    assert again.window.viewer.engines_on(path) == ("faces",)
    assert painted
    assert all(painted), "no picture is shown that nothing was drawn on"


def test_a_picture_that_nothing_covers_any_more_is_not_shown(open_window: Open, pictures: Path, qtbot) -> None:
    opened = open_window(str(pictures))
    until(qtbot, lambda: opened.picture(0) is not None)
    window, path = opened.window, opened.window.viewer.selected_path()
    faces = window.features["faces"]
    faces.set_settings(faces.form.settings.__class__(blur="everyone"))
    window.services.project.put(ENGINES, path, {"on": [], "covers": ["faces"]})
    faces.watch.gave_up(path, "It broke.")
    before = window.viewer.newest(path)
    assert window.viewer.to_save(path) is None or before is not None
    assert opened.says("It broke", "covered")
    assert window.services.project.get(ENGINES, path)["covers"] == ["faces"]
    faces.watch.look(path, False)
    assert window.services.project.get(ENGINES, path) is None


def test_a_source_that_is_closed_for_good_is_not_looked_at_when_another_takes_its_id(
    open_window: Open, pictures: Path, qtbot
) -> None:
    opened = open_window(str(pictures))
    window, project = opened.window, opened.window.services.project
    until(qtbot, lambda: opened.picture(0) is not None)
    path = window.viewer.selected_path()
    window.viewer.set_engine("calibration", path, True)
    assert project.get(ENGINES, path)["on"] == ["calibration"]
    window.sources.remove(path)
    assert project.get(ENGINES, path) is None
    window.services.undo.undo()
    assert project.get(ENGINES, path)["on"] == ["calibration"]
