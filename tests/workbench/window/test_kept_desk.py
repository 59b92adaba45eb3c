"""What the window shows is kept within two seconds of being shown, whatever ends the program."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.workbench.opened import Opened, until
from widgets.kit.keeping.fields import KEPT
from workbench.benchmarks.desk.kill import compare, lives

Open = Callable[..., Opened]


@pytest.mark.slow
def test_a_kill_at_a_random_moment_loses_nothing_that_was_shown_before(tmp_path: Path) -> None:
    only = ["monitor/", "rig/prepare", "attention/watch", "actions/evaluate"]
    found = lives(tmp_path, 1, 11, (2.5, 3.0), only)
    assert (found["fields"], found["not shown again"]) == ([], [])
    assert found["compared"] > 40


def record(t: float, **values: object) -> dict[str, object]:
    return {"t": t, "what": "work", "values": values}


def test_a_field_that_is_not_as_it_was_in_the_last_two_seconds_is_lost() -> None:
    before = [record(0, a=1, b=1, c=1), record(1, a=2, b=2), record(9, a=3, b=2), record(10, a=4)]
    after = [{"t": 20, "what": "look", "values": {"a": 2, "b": 1, "c": 1}}]
    assert compare(before, after) == (3, ["b: 1 instead of 2"], set())
    assert compare(before, [{"t": 20, "what": "look", "values": {"a": 1, "b": 2}}])[1] == ["a: 1 instead of 2, 3, 4"]


def test_what_a_change_has_made_of_a_field_is_not_shown_before_it_is_painted() -> None:
    before = [record(0, a=1), record(3, a=1), {**record(4, a=2), "what": "done"}, record(9)]
    assert all(compare(before, [{"t": 20, "what": "look", "values": {"a": a}}])[1] == [] for a in (1, 2))


def test_a_field_that_a_fold_took_away_is_expected_at_no_other_place() -> None:
    looks = [{**record(0, fold=False, inner=1, other=1), "place": place} for place in ("one", "two")]
    before = [*looks, {**record(3, fold=True, other=1), "place": "two"}, record(9)]
    after = [{"t": 20, "what": "look", "place": "one", "values": {"fold": True}}]
    assert compare(before, after)[2] == {"one: other"}


def test_a_film_may_have_played_on_since_the_start_but_not_stand_elsewhere() -> None:
    shown = {"near: place in film": 10.0, "once: film stands": False, "state: speed of film": 1.0}
    before, begun = [record(0, **shown), record(9)], {"t": 20.0, "what": "begin", "values": {}}

    def lost(at: float, stands: bool, t: float = 26.0) -> int:
        values = shown | {"near: place in film": at, "once: film stands": stands}
        return len(compare(before, [begun, {"t": t, "what": "look", "values": values}])[1])

    assert (lost(15.0, False), lost(10.0, True), lost(30.0, False), lost(0.0, False)) == (0, 1, 1, 1)


def test_where_one_was_in_it_comes_back(open_window: Open, qtbot) -> None:
    first = open_window("scene:1")
    until(qtbot, lambda: first.picture(0) is not None)
    window = first.window
    window.commands.run("view.nine")
    window.grid.select(0)
    window.grid.maximise(0)
    until(qtbot, lambda: window.grid.tile(0).view.width() > 600)
    window.grid.tile(0).view.zoom(6.0)
    place = window.grid.tile(0).view.place
    window.preset("rig")
    window.features["rig"].choose_page("prepare")
    window.features["rig"].board.page("prepare").every.setValue(7)
    rig, log = window.features["rig"].panel, window.panels.log
    rig.pictures.take.count.setValue(31)
    rig.boards.editor.kind.set_value("charuco")
    rig.boards.editor.kind.chosen.emit("charuco")
    rig.boards.editor.mark.setValue(999)
    rig.solver.more.setText("k1=")
    rig.solver.more.editingFinished.emit()
    log.origin.set_choices([("", "All"), ("Rig", "Rig")], "Rig")
    log.origin.chosen.emit("Rig")
    assert first.end() == []
    window = (again := open_window()).window
    until(qtbot, lambda: again.picture(0) is not None)
    grid = window.grid
    assert (window.features["rig"].form.page, window.centre.strip) == ("prepare", "rig")
    assert (grid.layout_name, grid.selected_index, grid.maximised_index) == ("3x3", 0, 0)
    until(qtbot, lambda: window.features["rig"].board.page("prepare").every.value() == 7)
    rig, log = window.features["rig"].panel, window.panels.log
    until(qtbot, lambda: rig.pictures.take.count.value() == 31)
    assert (rig.boards.editor.mark.value(), rig.boards.editor.board.marker < 0.9) == (999, True)
    assert (rig.solver.more.text(), rig.solver.more.property("invalid")) == ("k1=", "true")
    assert log.origin.value() == "Rig"
    window.preset("monitor")
    assert place is not None
    until(qtbot, lambda: grid.tile(0).view.place is not None)
    assert grid.tile(0).view.place == pytest.approx(place, abs=9)


def test_fields_of_another_project_are_not_taken_along(open_window: Open, qtbot) -> None:
    window = open_window().window
    until(qtbot, lambda: window.windowTitle())
    KEPT.take("prepare.every", 5)
    window.project.leaving.emit()
    before = window.services.project
    window.project.new()
    assert window.services.project is not before
    assert "prepare.every" not in KEPT.values
    window.project.open(before.path)
    assert KEPT.values["prepare.every"] == 5
