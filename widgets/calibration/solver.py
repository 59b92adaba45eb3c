"""The solver's settings: lens model, what is held, the board's shape, mirrored pictures, how corners are refined."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from engines.calibration.solve.held import freedom
from engines.core.errors import KinoscopeError
from engines.core.frames import Size
from engines.core.lenses import ModelName
from engines.core.words import tr
from widgets.calibration.state import MODEL_NAMES, MODEL_USES, CalibrationView
from widgets.kit.fields import wrapped
from widgets.kit.keeping.fields import KEPT
from widgets.kit.layouts import held, row_of
from widgets.kit.panel import (
    ChoiceField,
    NumberField,
    QuietButton,
    Section,
    TextField,
    Toggle,
    columns,
    labelled,
    set_property,
)

WINDOW_START = 7
HELD = {
    "k3": (
        "k3 = 0",
        tr("Hold the third radial term at zero: steadier where the views do not reach the picture's edge"),
    ),
    "tangential": (tr("No tangential terms"), tr("Hold p1 and p2 at zero: lens and sensor are parallel")),
    "aspect": (tr("fx = fy"), tr("Square pixels: one focal length for both directions")),
    "principal": (tr("Principal point in the middle"), tr("Hold cx and cy at the middle of the picture")),
}
"""What can be held by a switch: words and tooltip."""
MIRROR = (("auto", tr("Flip where it helps")), ("yes", tr("Always flip")), ("no", tr("Never flip")))
EXAMPLE = "k3=-0.1, fx=800"
EVERYWHERE = {"aspect", "principal"}
"""What every lens model has; the other switches are Brown's terms."""


class Settings(Protocol):
    """What the section shows; fields as of `MonoSpec`."""

    @property
    def model(self) -> ModelName: ...
    @property
    def free_board(self) -> bool: ...
    @property
    def fix(self) -> tuple[str, ...]: ...
    @property
    def mirror(self) -> Literal["auto", "yes", "no"]: ...
    @property
    def window(self) -> str: ...


class LensSection(Section):
    """`changed(field, value)` names the field that the user set."""

    changed = Signal(str, object)

    def __init__(self, name: str, below_model: Sequence[QWidget] = (), below: Sequence[QWidget] = ()) -> None:
        """below_model, below: further controls, after the lens model and at the end."""
        super().__init__(tr("Solver"), True, name=name)
        self._fix: tuple[str, ...] = ()
        self.model = ChoiceField(tr("Lens model"), list(MODEL_NAMES.items()), tip=tr("How the lens bends what it sees"))
        for row, words in enumerate(MODEL_USES.values()):
            self.model.setItemData(row, words, Qt.ItemDataRole.ToolTipRole)
        self.use = wrapped("hint")
        self.free = Toggle(
            tr("Solve for the board's shape"), tip=tr("Prints are rarely flat and true; ten views or more can tell how")
        )
        self.held = {name: Toggle(words, tip=tip) for name, (words, tip) in HELD.items()}
        tip = tr(
            "Parameters that are not solved for: a name is held at 0, or with its value, {example}",
            example=EXAMPLE,
        )
        self.more = TextField(tr("Also held"), placeholder=EXAMPLE, tip=tip)
        self.problem = wrapped("hint")
        self.mirror = ChoiceField(
            tr("Mirrored pictures"),
            MIRROR,
            tip=tr("Flip the pictures left to right, where the camera or a mirror turned them"),
        )
        self.corner = ChoiceField(
            tr("Corner window"),
            (("auto", tr("Automatic")), ("fixed", tr("Fixed"))),
            tip=tr(
                "Half-width of the area that a corner is refined in. Automatic: from the corner distance of each view"
            ),
        )
        self.half = NumberField(
            tr("Half-width of the corner window"),
            WINDOW_START,
            1,
            50,
            unit="px",
            tip=tr("Must stay below the corner distance"),
        )
        self._half = labelled(tr("Half-width"), self.half)
        self._lay_out(below_model, below)
        self._listen()
        self._typing = f"{name}.more"
        KEPT.add(self._typing, self)

    def show_kept(self, text: object) -> None:
        """What was typed and is not held, since it is wrong or was not finished."""
        if isinstance(text, str) and text:
            self.more.setText(text)
            self.more.setModified(True)
            self._explain(problem_of(self.model.value(), _parts(text)))  # type: ignore[arg-type]

    def show_settings(self, state: Settings) -> None:
        self.model.set_value(state.model)
        self.model.setToolTip(MODEL_USES[state.model])
        self.use.setText(MODEL_USES[state.model])
        self.free.setChecked(state.free_board)
        self.mirror.set_value(state.mirror)
        self._show_fix(state.fix, state.model)
        self._show_window(state.window)

    def _show_fix(self, fix: tuple[str, ...], model: ModelName) -> None:
        for name, toggle in self.held.items():
            toggle.setVisible(model != "fisheye4" or name in EVERYWHERE)
            toggle.setChecked(name in fix)
        being_typed = self.more.isModified() or self.more.property("invalid") == "true"
        if fix == self._fix and being_typed:
            return
        if being_typed:
            KEPT.take(self._typing, "")
        self._fix = fix
        self.more.setText(", ".join(self._others()))
        self._explain("")

    def _show_window(self, window: str) -> None:
        fixed = window != "auto"
        self.corner.set_value("fixed" if fixed else "auto")
        self._half.setVisible(fixed)
        if fixed and window.isdecimal() and self.half.whole() != int(window):
            self.half.blockSignals(True)
            self.half.setValue(int(window))
            self.half.blockSignals(False)

    def _others(self) -> tuple[str, ...]:
        """What is held and has no switch."""
        return tuple(part for part in self._fix if part not in self._switches())

    def _switches(self) -> set[str]:
        return {name for name, toggle in self.held.items() if not toggle.isHidden()}

    def _switch(self, name: str, on: bool) -> None:
        parts = [part for part in self._fix if _name(part) != name]
        self.changed.emit("fix", (*parts, name) if on else tuple(parts))

    def _follow(self, text: str) -> None:
        KEPT.take(self._typing, text)
        self._explain(problem_of(self.model.value(), _parts(text)))  # type: ignore[arg-type]

    def _typed(self) -> None:
        """Check what was typed and tell it, or say in place what is wrong with it."""
        typed = _parts(self.more.text())
        told = {_name(part) for part in typed}
        fix = (*(part for part in self._fix if part in self._switches() and part not in told), *typed)
        problem = problem_of(self.model.value(), fix)  # type: ignore[arg-type]
        self._explain(problem)
        KEPT.take(self._typing, self.more.text() if problem else "")
        if not problem and fix != self._fix:
            self.changed.emit("fix", fix)
        elif not problem:
            self.more.setText(", ".join(self._others()))

    def _explain(self, problem: str) -> None:
        self.more.set_problem(problem)
        self.problem.setText(problem)
        set_property(self.problem, "level", "bad" if problem else "")
        self.problem.setVisible(bool(problem))

    def _window(self, how: str) -> None:
        self.changed.emit("window", "auto" if how == "auto" else str(self.half.whole()))

    def _lay_out(self, below_model: Sequence[QWidget], below: Sequence[QWidget]) -> None:
        self.add(labelled(tr("Lens model"), self.model))
        for part in (self.use, *below_model, self.free, *self.held.values()):
            self.add(part)
        self.add(labelled(tr("Also held"), self.more))
        self.add(self.problem)
        self.add(labelled(tr("Mirrored pictures"), self.mirror))
        self.add(columns(labelled(tr("Corner window"), self.corner), self._half))
        for part in below:
            self.add(part)
        self.body.setSpacing(8)

    def _listen(self) -> None:
        self.model.chosen.connect(lambda model: self.changed.emit("model", model))
        self.free.clicked.connect(lambda on: self.changed.emit("free_board", on))
        self.mirror.chosen.connect(lambda how: self.changed.emit("mirror", how))
        self.corner.chosen.connect(self._window)
        self.half.valueChanged.connect(lambda _value: self._window(self.corner.value()))
        self.more.editingFinished.connect(self._typed)
        self.more.textEdited.connect(self._follow)
        for name, toggle in self.held.items():
            toggle.clicked.connect(lambda on, name=name: self._switch(name, on))


class SolverSection(LensSection):
    """Of one camera, with a button that compares the lens models."""

    def __init__(self) -> None:
        tip = tr("Solve the same views with every lens model, and see side by side which one explains them")
        self.compare = QuietButton(tr("Compare models"), "chart", tip)
        super().__init__("calibration.solver", [held(row_of(self.compare, None))])

    def show_state(self, state: CalibrationView) -> None:
        self.show_settings(state)
        self.compare.setEnabled(state.can_calibrate)


def problem_of(model: ModelName, fix: tuple[str, ...]) -> str:
    """What is wrong with parameters to hold, "" where they can be held."""
    try:
        freedom(model, Size(640, 480), fix)
    except KinoscopeError as error:
        return f"{error.message}. {error.hint}" if error.hint else error.message
    return ""


def _name(part: str) -> str:
    return part.partition("=")[0].strip()


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
