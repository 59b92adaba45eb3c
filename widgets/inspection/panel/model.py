"""The section of the model: the file, what was open before, and what has to be told before it can be run."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from engines.core.words import tr
from engines.inspection.shapes import shape_of
from engines.inspection.types import Shape
from widgets.inspection.state import InspectionView
from widgets.inspection.words import TIMES, shape_words
from widgets.kit.form import Form, say, words
from widgets.kit.layouts import column_of, held, row_of
from widgets.kit.menus import menu_of, pop_up
from widgets.kit.panel import PlainButton, QuietButton, TextField, labelled
from widgets.kit.path_row import PathRow
from widgets.kit.words import file_name


class ModelSection(Form):
    """`recentWanted(path)`; `shapesTold(shapes)` of the inputs, in their order. Buttons are public."""

    recentWanted = Signal(str)
    shapesTold = Signal(object)

    def __init__(self) -> None:
        super().__init__(tr("Model"), name="inspection.model")
        self.file = PathRow(tr("File"), tr("none"), tr("Choose a model file or folder"), clears=True)
        self.recent = QuietButton(tr("Recent"), "waiting", tr("Models that were open before"))
        self.program = PlainButton(
            tr("Load it in a process of its own"), "", tr("This file is a program; it is loaded only when asked")
        )
        self.why, self.shapes = words("muted"), Shapes()
        self.shapes.told.connect(self.shapesTold)
        self.recent.clicked.connect(self._offer)
        self._paths: tuple[str, ...] = ()
        self.lay_out(self.file, held(row_of(self.recent, None)), self.why, self.program, self.shapes)

    def join(
        self, ask: Callable[[], object], open_model: Callable[[str], object], close: Callable[[], object],
        tell: Callable[[tuple[Shape, ...]], object], run_program: Callable[[], object],
    ) -> None:  # fmt: skip
        """What the buttons do."""
        self.file.choose.clicked.connect(lambda: ask())
        self.file.clear.clicked.connect(lambda: close())
        self.program.clicked.connect(lambda: run_program())
        self.recentWanted.connect(open_model)
        self.shapesTold.connect(tell)

    def show_state(self, view: InspectionView) -> None:
        model, sheet = view.model, view.model.sheet
        self.file.show_path(model.spec.path)
        self._paths = tuple(path for path in model.recent if path != model.spec.path)
        self.recent.setVisible(bool(self._paths))
        program = sheet is not None and sheet.safety.verdict == "code" and not model.spec.code
        self.program.setVisible(program)
        say(self.why, "" if sheet is None else sheet.safety.why if program else sheet.runs)
        self.shapes.show_needed(() if sheet is None else sheet.needs_shape, model.spec.shapes)
        self.set_summary(file_name(model.spec.path) if model.spec.path else tr("none"))

    def menu(self) -> QMenu:
        """Files that were open before, newest first."""
        return menu_of(self, *(("", file_name(path), partial(self.recentWanted.emit, path)) for path in self._paths))

    def _offer(self) -> None:
        pop_up(self.menu(), self.recent.mapToGlobal(self.recent.rect().bottomLeft()))


class Shapes(QWidget):
    """Asks for the shapes of inputs that a file does not tell. `told(shapes)` once each of them is one."""

    told = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._asked: dict[str, TextField] = {}
        self._column = column_of(spacing=8)
        self._lead = words("muted")
        self._lead.setText(tr("The file does not say how large its inputs are."))
        self.use = PlainButton(
            tr("Use these shapes"), "", tr("Open the model with inputs of these shapes; they are remembered")
        )
        self.use.clicked.connect(self._tell)
        self.setLayout(column_of(self._lead, self._column, held(row_of(None, self.use)), spacing=8))
        self.hide()

    @property
    def fields(self) -> tuple[TextField, ...]:
        """One for each input that is asked for."""
        return tuple(self._asked.values())

    def show_needed(self, names: tuple[str, ...], shapes: tuple[Shape, ...]) -> None:
        """A field for each input of unknown shape; hidden where there is none."""
        self.setVisible(bool(names))
        if tuple(self._asked) == names:
            return
        while (item := self._column.takeAt(0)) is not None:
            gone = item.widget()
            assert gone is not None
            gone.deleteLater()
        told = [shape_words(shape) for shape in shapes] + [""] * len(names)
        self._asked = {name: self._field(name, told[at]) for at, name in enumerate(names)}

    def _field(self, name: str, text: str) -> TextField:
        field = TextField(
            name, text, placeholder="1x3x224x224", tip=tr("Sizes of the input '{name}', with an x between", name=name)
        )
        field.returnPressed.connect(self._tell)
        self._column.addWidget(labelled(tr("Shape of {name}", name=name), field))
        return field

    def _tell(self) -> None:
        shapes = [shape_of(field.text().replace(TIMES, "x")) for field in self._asked.values()]
        for field, shape in zip(self._asked.values(), shapes, strict=True):
            field.set_problem("" if shape else tr("Give sizes like 1x3x224x224"))
        if all(shapes):
            self.told.emit(tuple(shapes))
