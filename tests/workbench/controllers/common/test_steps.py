"""Steps of undo: what follows at once is one, what is final is gone, and a form comes back where it was changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtGui import QUndoStack

from tests.workbench.opened import Opened
from workbench.controllers.shell import step as steps
from workbench.controllers.shell.step import FormStep, Step, make_final
from workbench.window.main import Window

Open = Callable[..., Opened]


class Held(Step):
    """A step that does nothing."""


def test_changes_of_a_field_at_once_are_one_and_later_ones_are_not(qtbot, monkeypatch: pytest.MonkeyPatch) -> None:
    stack, value, now = QUndoStack(), [0], [100.0]
    monkeypatch.setattr(steps, "monotonic", lambda: now[0])

    def change(to: int) -> None:
        stack.push(FormStep("Change it", value[0], to, lambda it: value.__setitem__(0, it), lambda: None, "it"))

    for after, to in ((0.0, 1), (0.5, 2), (0.6, 3), (5.0, 4)):
        now[0] += after
        change(to)
    assert stack.count() == 2
    stack.undo()
    assert value == [3]
    stack.undo()
    assert value == [0]
    stack.redo()
    assert value == [3]


def test_what_is_final_is_neither_offered_nor_named_and_the_rest_is(qtbot) -> None:
    stack = QUndoStack()
    for text, kind in (("First", Step), ("Rename Laura Bush", Held), ("Second", Step), ("Enrol Laura Bush", Held)):
        stack.push(kind(text))
    make_final(stack, lambda step: isinstance(step, Held))
    assert stack.undoText() == "Second"
    stack.undo()
    steps.drop_final(stack)
    assert (stack.undoText(), stack.redoText()) == ("First", "Second")
    assert "Laura" not in " ".join(stack.text(place) for place in range(stack.count()))


def test_a_form_comes_back_on_the_page_where_it_was_changed(open_window: Open) -> None:
    window = open_window(begin=False).window
    for feature in ("diffusion", "attention", "actions", "faces"):
        comes_back(window, feature)


def comes_back(window: Window, feature: str) -> None:
    """A change of one field of this feature is undone and done again, and its dock is seen."""
    controller, commands = window.features[feature], window.commands
    field, change = {
        "diffusion": ("spec", lambda it: controller.set_spec(replace(it, steps=it.steps + 7))),
        "attention": ("see", lambda it: controller.set_see(replace(it, seed=it.seed + 1))),
        "actions": ("settings", lambda it: controller.watching.set_settings(replace(it, threshold=0.75))),
        "faces": ("settings", lambda it: controller.set_settings(replace(it, keep=it.keep + 2))),
    }[feature]
    controller.go_to(controller.form.page)
    before, page = getattr(controller.form, field), controller.form.page
    change(before)
    after = getattr(controller.form, field)
    assert after != before, feature
    assert commands.title("edit.undo").startswith("Undo change "), feature
    window.preset("monitor")
    commands.run("edit.undo")
    assert (getattr(controller.form, field), controller.form.page) == (before, page)
    assert not window.docks.docks[feature].isHidden(), feature
    commands.run("edit.redo")
    assert getattr(controller.form, field) == after


def test_no_step_is_taken_back_in_another_project(open_window: Open) -> None:
    window = open_window(begin=False).window
    controller = window.features["attention"]
    controller.set_see(replace(controller.form.see, seed=5))
    window.project.new()
    assert not window.commands.action("edit.undo").isEnabled()
