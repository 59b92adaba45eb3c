"""The comparison page: a grid of one setting against another, and error curves where the truth is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engines.core.errors import BadInput
from engines.core.spec import from_json, to_json
from engines.core.words import tr, tr_count
from engines.generative.diffusion.study_types import Cell, CompareResult, CompareSpec, CurveResult, CurveSpec
from engines.generative.diffusion.types import ModelInfo, SampleSpec
from widgets.generative.state import CompareView
from widgets.generative.studio.compare import ComparePage
from widgets.kit.work_state import Trouble
from workbench.controllers.common.job_slot import JobSlot
from workbench.controllers.generative.command import compare_line, curves_line
from workbench.controllers.generative.words import trouble_of
from workbench.threads.jobs import JobQueue, JobState

GRID = "engines.generative.diffusion.studies.comparison:run"
CURVES = "engines.generative.diffusion.studies.error_curves:run"
CURVES_MODEL = "analytic:digits"


class Comparison(QObject):
    """`changed` when the page has something else to show."""

    changed = Signal()

    def __init__(
        self,
        jobs: JobQueue,
        compare: Callable[[], None],
        measure: Callable[[], None],
        use: Callable[[SampleSpec | None, str], None],
        parent: QObject,
    ) -> None:
        """compare, measure: begin what the form holds; use: put the settings of a cell into the form, and say so."""
        super().__init__(parent)
        self._jobs, self._begin, self._use = jobs, (compare, measure), use
        self._shown = CompareView()
        self._grid = JobSlot(jobs, GRID, partial(trouble_of, title=tr("The comparison failed")), self)
        self._curves = JobSlot(jobs, CURVES, partial(trouble_of, title=tr("The curves failed")), self)
        for slot in (self._grid, self._curves):
            slot.changed.connect(self.changed)
            slot.failed.connect(self.say)
        self._grid.told.connect(self._told)
        self._grid.done.connect(self._compared)
        self._curves.done.connect(self._measured)
        self._show_newest()

    @property
    def view(self) -> CompareView:
        return replace(self._shown, busy=self._grid.busy, curves_busy=self._curves.busy)

    def page(self) -> ComparePage:
        page, (compare, measure) = ComparePage(), self._begin
        page.empty.clicked.connect(compare)
        page.ask.clicked.connect(measure)
        page.curves.again.clicked.connect(measure)
        page.grid.used.connect(self.use_cell)
        page.progress.cancelled.connect(self.cancel)
        page.curves.progress.cancelled.connect(self.cancel)
        return page

    def compare(self, spec: CompareSpec) -> None:
        """Fill a grid; the one that was shown goes."""
        self._shown = CompareView(spec, curves=self._shown.curves)
        runs = len(spec.x_values) * max(1, len(spec.y_values))
        self._grid.start(spec, tr_count(runs, "Compare {n} run", "Compare {n:,} runs"), compare_line(spec))

    def measure(self, info: ModelInfo | None) -> None:
        """Error against evaluations on a model whose truth is known: this one, or the digits."""
        spec = CurveSpec(model=info.name if info is not None and info.exact else CURVES_MODEL)
        self._shown = replace(self._shown, trouble=None)
        self._curves.start(spec, tr("Error curves"), curves_line(spec))

    def use_cell(self, row: int, column: int) -> None:
        """Put the settings of a finished cell into the form."""
        cells = self._shown.result.cells if self._shown.result is not None else ()
        spec = next((cell.spec for cell in cells if (cell.row, cell.column) == (row, column)), None)
        self._use(spec, tr("Settings of that cell"))

    def cancel(self) -> None:
        self._grid.cancel()
        self._curves.cancel()

    def say(self, trouble: Trouble | None) -> None:
        """Show a trouble; None once the user has read it."""
        self._shown = replace(self._shown, trouble=trouble)
        self.changed.emit()

    def _told(self, _key: str, value: object) -> None:
        """One cell is done, or all that are."""
        for cell in value if isinstance(value, tuple | list) else (value,):
            if isinstance(cell, Cell):
                self._put_cell(cell)
        self.changed.emit()

    def _put_cell(self, cell: Cell) -> None:
        at, errors = (cell.row, cell.column), self._shown.errors
        known = errors if cell.error is None else {**errors, at: cell.error}
        self._shown = replace(self._shown, cells={**self._shown.cells, at: cell.file}, errors=known)

    def _compared(self, spec: CompareSpec, result: CompareResult) -> None:
        for cell in result.cells:
            self._put_cell(cell)
        self._shown = replace(self._shown, spec=spec, result=result)

    def _show_newest(self) -> None:
        """The grid that was filled last, also before this start, while its pictures are there."""
        record = self._jobs.newest(GRID)
        if record is None or record.state is not JobState.DONE:
            return
        try:
            spec = from_json(CompareSpec, record.spec)
            result = from_json(CompareResult, to_json(self._jobs.result(record.id)))
        except BadInput:
            return
        if all(Path(cell.file).is_file() for cell in result.cells):
            self._compared(spec, result)

    def _measured(self, _spec: CurveSpec, result: CurveResult) -> None:
        self._shown = replace(self._shown, curves=result)
