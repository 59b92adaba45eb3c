"""Flows, comparisons, error curves and spectra: jobs whose results fill pages of the studio, one of each at a time."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal

from engines.generative.diffusion.studies.types import (
    Cell,
    CompareResult,
    CompareSpec,
    CurveResult,
    CurveSpec,
    FlowResult,
    FlowSpec,
    SpectrumResult,
    SpectrumSpec,
)
from engines.generative.diffusion.types import ModelInfo
from widgets.generative.state import CompareView, FlowView, Trouble
from workbench.controllers.common.job_slot import JobSlot
from workbench.controllers.generative.command import compare_line, curves_line, flow_line
from workbench.controllers.generative.words import count, trouble_of
from workbench.threads.jobs import JobQueue

CURVES_MODEL = "analytic:digits"


class Studies(QObject):
    """`changed` when a page has something else to show; `failed(Trouble)` for what no page of its own says."""

    changed = Signal()
    failed = Signal(object)

    def __init__(self, jobs: JobQueue, parent: QObject) -> None:
        super().__init__(parent)
        self.flow, self.compared = FlowView(), CompareView()
        self.spectra: dict[str, SpectrumResult] = {}
        self._flow = JobSlot(
            jobs,
            "engines.generative.diffusion.studies.flow:run",
            partial(trouble_of, title="The flow could not be shown"),
            self,
        )
        self._compare = JobSlot(
            jobs,
            "engines.generative.diffusion.studies.comparison:run",
            partial(trouble_of, title="The comparison failed"),
            self,
        )
        self._curves = JobSlot(
            jobs,
            "engines.generative.diffusion.studies.error_curves:run",
            partial(trouble_of, title="The curves failed"),
            self,
        )
        self._spectrum = JobSlot(
            jobs,
            "engines.generative.diffusion.studies.spectrum:run",
            partial(trouble_of, title="The spectrum failed"),
            self,
        )
        self._wire()

    @property
    def slots(self) -> tuple[JobSlot, ...]:
        return (self._flow, self._compare, self._curves, self._spectrum)

    def show_flow(self, spec: FlowSpec) -> None:
        """Let particles flow."""
        self.flow = replace(self.flow, trouble=None)
        self._flow.start(spec, f"Flow of {spec.model.rpartition(':')[2]}", flow_line(spec))

    def compare(self, spec: CompareSpec) -> None:
        """Fill a grid; the one that was shown goes."""
        self.compared = CompareView(spec, curves=self.compared.curves)
        runs = len(spec.x_values) * max(1, len(spec.y_values))
        self._compare.start(spec, f"Compare {count(runs, 'run')}", compare_line(spec))

    def measure(self, info: ModelInfo | None, spec: CurveSpec | None = None) -> None:
        """Error against evaluations on a model whose truth is known: this one, or the digits."""
        model = info.name if info is not None and info.exact else CURVES_MODEL
        spec = spec or CurveSpec(model=model)
        self.compared = replace(self.compared, trouble=None)
        self._curves.start(spec, "Error curves", curves_line(spec))

    def ask_spectrum(self, model: str) -> None:
        """The power spectrum of a model's data; nothing where it is known or being measured."""
        if model and model not in self.spectra and self._spectrum.job is None:
            self._spectrum.start(SpectrumSpec(model), "Spectrum of the data")

    def cancel_flow(self) -> None:
        self._flow.cancel()

    def cancel_compare(self) -> None:
        self._compare.cancel()
        self._curves.cancel()

    def cancel_all(self) -> None:
        for slot in self.slots:
            slot.cancel()

    def dismiss(self) -> None:
        """The user has read what went wrong."""
        self.flow, self.compared = replace(self.flow, trouble=None), replace(self.compared, trouble=None)
        self.changed.emit()

    def refreshed(self) -> tuple[FlowView, CompareView]:
        """The two pages with their progress as it is now."""
        flow = replace(self.flow, busy=self._flow.busy)
        return flow, replace(self.compared, busy=self._compare.busy, curves_busy=self._curves.busy)

    def _wire(self) -> None:
        for slot in self.slots:
            slot.changed.connect(self.changed)
        self._flow.done.connect(self._flowed)
        self._flow.failed.connect(self._flow_failed)
        self._compare.told.connect(self._cell_told)
        self._compare.done.connect(self._have_compared)
        self._compare.failed.connect(self._compare_failed)
        self._curves.done.connect(self._have_curves)
        self._curves.failed.connect(self._compare_failed)
        self._spectrum.done.connect(self._have_spectrum)
        self._spectrum.failed.connect(self.failed)

    def _flowed(self, spec: FlowSpec, result: object) -> None:
        if isinstance(result, FlowResult):
            self.flow = FlowView(spec, result)

    def _flow_failed(self, trouble: Trouble) -> None:
        self.flow = replace(self.flow, trouble=trouble)

    def _cell_told(self, _key: str, value: object) -> None:
        """One cell is done, or all that are."""
        for cell in value if isinstance(value, tuple | list) else (value,):
            if isinstance(cell, Cell):
                self._put_cell(cell)
        self.changed.emit()

    def _put_cell(self, cell: Cell) -> None:
        at, errors = (cell.row, cell.column), self.compared.errors
        known = errors if cell.error is None else {**errors, at: cell.error}
        self.compared = replace(self.compared, cells={**self.compared.cells, at: cell.file}, errors=known)

    def _have_compared(self, spec: CompareSpec, result: object) -> None:
        if isinstance(result, CompareResult):
            for cell in result.cells:
                self._put_cell(cell)
            self.compared = replace(self.compared, spec=spec, result=result)

    def _compare_failed(self, trouble: Trouble) -> None:
        self.compared = replace(self.compared, trouble=trouble)

    def _have_curves(self, _spec: CurveSpec, result: object) -> None:
        if isinstance(result, CurveResult):
            self.compared = replace(self.compared, curves=result)

    def _have_spectrum(self, spec: SpectrumSpec, result: object) -> None:
        if isinstance(result, SpectrumResult):
            self.spectra[spec.model] = result
