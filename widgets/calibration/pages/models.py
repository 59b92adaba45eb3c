"""The page of lens models: the same views solved with each, their errors on views left out, and which one to take."""

from __future__ import annotations

import math

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from engines.calibration.types import ModelRow, ModelsResult, MonoResult
from engines.core.files import write_text
from engines.core.lenses import PINHOLE_NAMES
from engines.core.outputs import TABLE, check_file
from engines.core.words import as_part, tr
from widgets.calibration.numbers import PLUS_MINUS, group
from widgets.calibration.pages.model_bars import ModelBar, ModelBars
from widgets.calibration.pages.state import PagesView
from widgets.calibration.state import LEAST_VIEWS, MODEL_NAMES, VERDICTS, pixels
from widgets.kit.fields import wrapped
from widgets.kit.figures_table import DASH, FiguresTable
from widgets.kit.layouts import column_of, held, row_of
from widgets.kit.panel import EmptyState, PlainButton, PrimaryButton, QuietButton
from widgets.kit.save_file import ask_file, save_or_say
from widgets.kit.work_page import WorkPage

HEADERS = (tr("Model"), tr("Left out"), "RMS", tr("Verdict"), *PINHOLE_NAMES)
TIPS = (
    tr("Lens model"),
    tr("RMS over views that the model was solved without, px"),
    tr("RMS of the fit, px"),
    tr("What the verdict on this model is"),
    *(tr("{name} with one standard deviation, px", name=name) for name in PINHOLE_NAMES),
)
OFFER = tr("Solve the same views with every lens model: which one explains the corners?"), tr("Compare models")
NO_VIEWS = tr("Add views of the board to set lens models side by side"), tr("Add pictures")
TIP = tr("Solve the views with each lens model, one after the other")


class ModelsPage(WorkPage):
    """`startWanted` sets the models side by side, `useWanted(model)` takes one, `copyWanted` copies the command."""

    startWanted = Signal()
    useWanted = Signal(str)
    copyWanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.shown = PagesView()
        self._chosen = ""
        self.start = PlainButton(tr("Compare again"), "calibrate", TIP)
        self.copy = QuietButton(
            "", "command", tr("Copy the command line that does the same"), name=tr("Copy as command")
        )
        self.export = QuietButton(tr("Export"), "export", tr("Save the table as CSV"))
        self.recommended, self.problems = wrapped(), wrapped("muted")
        self.use = PrimaryButton(tr("Use this model"), "check", tr("Solve the calibration with this model"))
        self.bars = ModelBars()
        self.table = FiguresTable(tr("Lens models"), HEADERS, TIPS)
        head = self.head_of(tr("Lens models"), self.start, self.copy, self.export)
        self.lay_out(head, self.body_of(EmptyState(*OFFER, "calibrate", TIP), self._results()))
        self._wire()

    def show_state(self, view: PagesView) -> None:
        before, self.shown = self.shown, view
        result = view.models.result
        self.show_there(result is not None)
        self.progress.show_busy(view.models.busy)
        for part in (self.start, self.copy, self.export):
            part.setVisible(result is not None)
        self.start.setEnabled(view.models.busy is None and view.can_solve)
        self.empty.set_text(*(OFFER if view.can_solve else NO_VIEWS))
        self.empty.button.setEnabled(view.models.busy is None)
        self.state.setText(state_words(view))
        if result is not None:
            if result is not before.models.result:
                self._chosen = result.recommended
            self._show_result(result)

    def save(self) -> None:
        """Ask for a file and write the table."""
        if path := ask_file(self, tr("Export lens models"), "export", "CSV (*.csv)", "lens models.csv"):
            save_or_say(self, path, self.write)

    def write(self, path: str) -> None:
        write_text(check_file(path, TABLE), self.table.csv())

    def _show_result(self, result: ModelsResult) -> None:
        models = [row.model for row in result.rows]
        self.recommended.setText(f"{result.words}." if result.words else "")
        self.bars.show_bars(tuple(bar_of(row, result.recommended) for row in result.rows))
        marked = models.index(self._chosen) if self._chosen in models else -1
        self.table.show_rows([cells(row) for row in result.rows], marked)
        told = [f"{MODEL_NAMES[row.model]}: {row.problem}." for row in result.rows if row.problem]
        self.problems.setText("\n".join(told))
        self.problems.setVisible(bool(told))
        self._show_use(result)

    def _show_use(self, result: ModelsResult) -> None:
        solved = {row.model for row in result.rows if row.result is not None}
        in_use = self.shown.panel.model
        name = MODEL_NAMES.get(self._chosen, "")  # type: ignore[call-overload]
        self.use.setVisible(self._chosen in solved)
        self.use.setEnabled(self._chosen != in_use)
        self.use.setText(
            tr("{name} is in use", name=name) if self._chosen == in_use else tr("Use {name}", name=as_part(name))
        )

    def _results(self) -> QWidget:
        words = held(row_of((self.recommended, 1), self.use, spacing=16))
        return held(column_of(words, self.bars, self.table, self.problems, None, spacing=16, margins=(12, 8, 12, 12)))

    def _choose(self, row: int) -> None:
        result = self.shown.models.result
        if result is not None and result.rows[row].result is not None:
            self._chosen = result.rows[row].model
            self._show_result(result)

    def _wire(self) -> None:
        self.start.clicked.connect(self.startWanted)
        self.copy.clicked.connect(self.copyWanted)
        self.export.clicked.connect(self.save)
        self.use.clicked.connect(lambda: self.useWanted.emit(self._chosen))
        self.table.clicked.connect(lambda index: self._choose(index.row()))
        self.table.rowUsed.connect(self._choose)


def state_words(view: PagesView) -> str:
    """What is under way or what is shown."""
    models = view.models
    if models.busy is not None:
        return tr("Solving each model")
    if models.result is None:
        missing = max(0, LEAST_VIEWS - len(view.panel.used))
        return tr("{missing} more views needed", missing=missing) if missing else ""
    solved = sum(row.result is not None for row in models.result.rows)
    told = tr(
        "{solved} of {count} models solved, {seconds:.1f} s",
        solved=solved,
        count=len(models.result.rows),
        seconds=models.result.seconds,
    )
    return told if models.current else tr("{told}; views or settings changed since", told=told)


def bar_of(row: ModelRow, recommended: str) -> ModelBar:
    name, solved = MODEL_NAMES[row.model], row.result
    if solved is None:
        return ModelBar(name, math.nan, math.nan, row.problem or tr("not solved"))
    left_out = math.nan if solved.loo_rms_px is None else solved.loo_rms_px
    return ModelBar(name, left_out, solved.rms_px, best=row.model == recommended)


def cells(row: ModelRow) -> tuple[str, ...]:
    """A model as a row of the table."""
    name, solved = MODEL_NAMES[row.model], row.result
    if solved is None:
        return name, DASH, DASH, tr("not solved"), *(DASH for _name in PINHOLE_NAMES)
    figures = [spread_words(solved, one) for one in PINHOLE_NAMES]
    return name, pixels(solved.loo_rms_px), pixels(solved.rms_px), VERDICTS.get(solved.verdict, DASH), *figures


def spread_words(result: MonoResult, name: str) -> str:
    """'532.83 ± 0.44'."""
    one = group([name], [getattr(result.intrinsics, name)], [result.std.get(name)], "px")[0]
    return f"{one.value} {PLUS_MINUS} {one.std}" if one.std else one.value
