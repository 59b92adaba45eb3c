"""Sections of a comparison: one setting along its columns, another along its rows, all else as the form has it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from engines.core.words import tr
from engines.generative.diffusion.models import catalog
from engines.generative.diffusion.study_types import Axis, CompareSpec
from widgets.generative.panel.words import compare_words, facts, grid_estimate, sample_words
from widgets.generative.state import DiffusionView
from widgets.kit.form import Form, beside, say, words
from widgets.kit.layouts import column_of
from widgets.kit.panel import ChoiceField, PlainButton, TextField, describe, labelled

TITLES: dict[Axis, str] = {
    "sampler": tr("Sampler"),
    "steps": tr("Steps"),
    "guidance": tr("Guidance weight"),
    "schedule": tr("Noise schedule"),
    "model": tr("Model"),
    "seed": tr("Seed"),
    "class": tr("Class"),
    "teleport": tr("Teleport"),
}
FIRST: dict[Axis, tuple[str, ...]] = {
    "sampler": ("euler", "heun", "dpm++2m", "unipc"),
    "steps": ("5", "10", "20", "50"),
    "guidance": ("1", "1.5", "2.5", "4"),
    "schedule": ("karras", "exponential", "cosine", "flow"),
    "seed": ("0", "1", "2", "3"),
    "class": ("0", "1", "2", "3"),
    "teleport": ("off", "on"),
}
"""First values of a direction."""
WHOLE = ("steps", "seed")
NUMBERS = (*WHOLE, "guidance")
ROWS = 6


def choices_of(axis: Axis, view: DiffusionView) -> list[tuple[str, str]]:
    """(value, title) of all that a direction can take; empty where any number can be given."""
    model = view.model
    if axis == "sampler":
        return [(entry.id, entry.title) for entry in catalog.SAMPLERS]
    if axis == "schedule":
        entries = catalog.schedules(view.spec.schedule.name == catalog.OWN.id)
        return [(entry.id, entry.title) for entry in entries if entry.id != "custom"]
    if axis == "model":
        return [(one.name, one.title) for one in view.models if model is None or one.shape == model.shape]
    if axis == "class":
        return [(str(index), name) for index, name in enumerate(model.classes if model is not None else ())]
    return [("off", tr("Off")), ("on", tr("On"))] if axis == "teleport" else []


def axes_of(view: DiffusionView) -> list[Axis]:
    """The directions that mean something for a model."""
    model = view.model
    there: dict[str, bool] = {
        "guidance": model is None or bool(model.classes or model.text or model.weak or model.classifier),
        "class": model is not None and bool(model.classes),
        "teleport": model is None or model.moments,
    }
    return [axis for axis in get_args(Axis) if there.get(axis, True) or axis in (view.compare.x, view.compare.y)]


def first_values(axis: Axis, view: DiffusionView) -> tuple[str, ...]:
    """Sensible values to begin with."""
    if axis == "model":
        return tuple(id for id, _ in choices_of(axis, view))[:3]
    if axis == "class" and view.model is not None:
        return FIRST[axis][: len(view.model.classes)]
    return FIRST[axis]


def typed(axis: Axis, text: str) -> tuple[tuple[str, ...], str]:
    """The numbers of a list with commas or spaces, in order and once each; and what is wrong with it."""
    if axis not in WHOLE and (one := re.search(r"\d+,\d+", text)):
        return (), tr(
            "Write \u201c{number}\u201d or \u201c{numbers}\u201d: a point within a number, a space between two",
            number=one[0].replace(",", "."),
            numbers=one[0].replace(",", ", "),
        )
    found: list[str] = []
    for word in text.replace(",", " ").replace(";", " ").split():
        if not _fits(axis, word):
            return (), (
                tr("\u201c{word}\u201d is no whole number from 0", word=word)
                if axis in WHOLE
                else tr("\u201c{word}\u201d is no number from 0", word=word)
            )
        if word not in found:
            found.append(word)
    return tuple(found), "" if found else tr("Give at least one number")


def _fits(axis: Axis, word: str) -> bool:
    if axis in WHOLE:
        return word.isdecimal() and (axis == "seed" or 1 <= int(word) <= 1000)
    try:
        return 0 <= float(word) < 1e6
    except ValueError:
        return False


class ValuesField(QWidget):
    """The values of one direction: a list of numbers that is typed, or names that are ticked."""

    changed = Signal(tuple)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._axis: Axis = "steps"
        self._choices: tuple[tuple[str, str], ...] = ()
        self.values: tuple[str, ...] = ()
        self.text = TextField(
            tr("{name}: values", name=name), placeholder="5, 10, 20", tip=tr("Numbers with commas between them")
        )
        self.list = QListWidget()
        self.list.setProperty("role", "framed")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        describe(
            self.list, tr("{name}: choices", name=name), tr("Tick what is compared; the space bar ticks the marked one")
        )
        self.order = words()
        self.setLayout(column_of(self.text, self.list, self.order, spacing=4))
        self.text.textEdited.connect(self._type)
        self.list.itemChanged.connect(lambda _item: self._tick())

    def show_values(self, axis: Axis, values: tuple[str, ...], choices: Sequence[tuple[str, str]]) -> None:
        fresh = axis != self._axis
        self._axis, self.values = axis, values
        self.text.setVisible(not choices)
        self.list.setVisible(bool(choices))
        self._choices = tuple(choices)
        titles = dict(choices)
        say(self.order, ", ".join(titles.get(value, value) for value in values) if len(choices) > ROWS else "")
        if choices:
            self._show_list(choices)
        elif fresh or typed(axis, self.text.text())[0] != values:
            self.text.setText(", ".join(values))
            self.text.set_problem("")

    def _show_list(self, choices: Sequence[tuple[str, str]]) -> None:
        there = [(self._id(row), self.list.item(row).text()) for row in range(self.list.count())]
        extra = [(value, value) for value in self.values if all(value != id for id, _ in choices)]
        with QSignalBlocker(self.list):
            if there != [*choices, *extra]:
                self._fill([*choices, *extra])
            for row in range(self.list.count()):
                on = self._id(row) in self.values
                self.list.item(row).setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)

    def _fill(self, choices: Sequence[tuple[str, str]]) -> None:
        self.list.clear()
        for id, title in choices:
            item = QListWidgetItem(title)
            item.setData(Qt.ItemDataRole.UserRole, id)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            self.list.addItem(item)
        height = self.list.sizeHintForRow(0) if choices else 26
        self.list.setFixedHeight(height * min(len(choices), ROWS) + 4)

    def _id(self, row: int) -> str:
        return self.list.item(row).data(Qt.ItemDataRole.UserRole)

    def _type(self, text: str) -> None:
        values, problem = typed(self._axis, text)
        self.text.set_problem(problem)
        if not problem and values != self.values:
            self.changed.emit(values)

    def _tick(self) -> None:
        """A value that was there keeps its place; a new one goes to the end; the last one stays ticked."""
        on = [
            self._id(row)
            for row in range(self.list.count())
            if self.list.item(row).checkState() == Qt.CheckState.Checked
        ]
        if not on:
            self._show_list(self._choices)
            return
        kept = [value for value in self.values if value in on]
        self.changed.emit((*kept, *(value for value in on if value not in kept)))


class CompareSection(Form):
    """The two directions of the grid. `edited` tells fields of the `CompareSpec`."""

    NONE = "none"

    def __init__(self) -> None:
        super().__init__(tr("Grid"), name="diffusion.compare")
        self._view = DiffusionView()
        self.across = ChoiceField(tr("Columns"), tip=tr("What differs from column to column"))
        self.down = ChoiceField(tr("Rows"), tip=tr("What differs from row to row"))
        self.x_values, self.y_values = ValuesField(tr("Columns")), ValuesField(tr("Rows"))
        self.total = words()
        self.lay_out(
            labelled(tr("Columns"), self.across),
            self.x_values,
            labelled(tr("Rows"), self.down),
            self.y_values,
            self.total,
        )
        self.across.chosen.connect(self._choose_x)
        self.down.chosen.connect(self._choose_y)
        self.x_values.changed.connect(lambda values: self.edited.emit({"x_values": values}))
        self.y_values.changed.connect(lambda values: self.edited.emit({"y_values": values}))

    def show_state(self, view: DiffusionView) -> None:
        self._view, spec = view, view.compare
        axes = [(axis, TITLES[axis]) for axis in axes_of(view)]
        rows = spec.y if spec.y_values else self.NONE
        self.across.set_choices(axes, spec.x)
        self.down.set_choices([(self.NONE, tr("Nothing, one row")), *axes], rows)
        self.x_values.show_values(spec.x, spec.x_values, choices_of(spec.x, view))
        self.y_values.setVisible(bool(spec.y_values))
        if spec.y_values:
            self.y_values.show_values(spec.y, spec.y_values, choices_of(spec.y, view))
        estimate = grid_estimate(view)
        say(self.total, compare_words(view) + (f", {estimate}" if estimate else ""))
        self.set_summary(f"{TITLES[spec.x]} \u00d7 {TITLES[spec.y]}" if spec.y_values else TITLES[spec.x])

    def _choose_x(self, id: str) -> None:
        spec = self._view.compare
        if id == spec.x:
            return
        if id == spec.y and spec.y_values:
            self.edited.emit({"x": spec.y, "x_values": spec.y_values, "y": spec.x, "y_values": spec.x_values})
            return
        axis = _axis(id)
        self.edited.emit({"x": axis, "x_values": first_values(axis, self._view)} | _apart(axis, spec))

    def _choose_y(self, id: str) -> None:
        spec = self._view.compare
        if id == self.NONE:
            self.edited.emit({"y_values": ()} | _apart(spec.x, replace(spec, y_values=())))
        elif id == spec.x and spec.y_values:
            self.edited.emit({"x": spec.y, "x_values": spec.y_values, "y": spec.x, "y_values": spec.x_values})
        elif id == spec.x:
            self.down.set_value(self.NONE)
        elif id != spec.y or not spec.y_values:
            axis = _axis(id)
            self.edited.emit({"y": axis, "y_values": first_values(axis, self._view)})


def _axis(id: str) -> Axis:
    return next(axis for axis in get_args(Axis) if axis == id)


def _apart(x: Axis, spec: CompareSpec) -> dict[str, Axis]:
    """A grid of one row varies nothing twice."""
    return {"y": "sampler" if x == "seed" else "seed"} if not spec.y_values and spec.y == x else {}


class BaseSection(Form):
    """The settings that all cells share, and the way to change them; error curves where the truth is known."""

    def __init__(self) -> None:
        super().__init__(tr("Everything else"), name="diffusion.base")
        self.what, self.model = words(""), words()
        self.change = PlainButton(tr("Change"), "edit", tr("Go to the settings of a single run"))
        self.curves = PlainButton(
            tr("Error curves"), "chart-line", tr("Error against the exact ODE over evaluations, for the usual samplers")
        )
        self.why = words()
        self.lay_out(self.what, self.model, beside(QWidget(), self.change, self.curves, spacing=8), self.why)

    def show_state(self, view: DiffusionView) -> None:
        say(self.what, sample_words(view) if view.model is not None else tr("No model yet"))
        say(self.model, facts(view.model) if view.model is not None else "")
        exact = view.model is not None and view.model.exact
        self.curves.setVisible(exact)
        say(self.why, "" if exact else tr("Known distributions also give the error of each cell, and error curves."))
        self.set_summary(view.model.title if view.model is not None else "")
