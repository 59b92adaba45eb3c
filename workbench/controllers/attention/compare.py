"""The comparison page: kinds of attention measured beside one another, and exported."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal

from engines.attention.measuring import costs
from engines.attention.measuring.figures import write
from engines.attention.types import CompareResult, CompareSpec
from engines.core.words import tr, tr_count
from widgets.attention.compare.page import ComparePage
from widgets.attention.state import CompareView
from widgets.kit.save_file import ask_file, save_or_say
from workbench.controllers.attention.command import compare_line
from workbench.controllers.common.job_slot import JobSlot
from workbench.controllers.common.trouble_words import trouble_of
from workbench.threads.jobs import JobQueue

JOB = "engines.attention.measuring.comparison:run"
KINDS_OF_FILES = tr("Figures (*.csv);;Curves as drawing (*.svg);;Curves as picture (*.png)")


class Comparison(QObject):
    """`changed` when the page has something else to show; `failed(Trouble)`."""

    changed = Signal()
    failed = Signal(object)

    def __init__(self, jobs: JobQueue, spec: Callable[[], CompareSpec], parent: QObject) -> None:
        """spec: what the form asks for."""
        super().__init__(parent)
        self._spec, self._shown = spec, CompareView()
        self._page: ComparePage | None = None
        self._slot = JobSlot(jobs, JOB, partial(trouble_of, title=tr("The comparison failed")), self)
        self._slot.changed.connect(self.changed)
        self._slot.failed.connect(self.failed)
        self._slot.told.connect(lambda _key, value: self._show(value))
        self._slot.done.connect(lambda _spec, result: self._show(result))

    @property
    def view(self) -> CompareView:
        spec, result = self._spec(), self._shown.result
        alike = result is not None and (result.spec.dtype, result.spec.device) == (spec.dtype, spec.device)
        ceiling = result.ceiling if result is not None and alike else None
        return replace(self._shown, spec=spec, busy=self._slot.busy, seconds=costs.seconds(spec, ceiling))

    def page(self, start: Callable[[], object]) -> ComparePage:
        """start: compare what the form holds."""
        page = self._page = ComparePage()
        page.export.clicked.connect(self.export)
        page.empty.clicked.connect(start)
        page.progress.cancelled.connect(self.cancel)
        return page

    def export(self) -> None:
        """Figures or curves as a file, by its ending."""
        if self._page is None or (result := self._shown.result) is None:
            return
        if path := ask_file(self._page, tr("Export comparison"), "export", KINDS_OF_FILES, "attention.csv"):
            figures = path.lower().endswith(".csv")
            save_or_say(self._page, path, partial(write, result) if figures else self._page.chart.save)

    def start(self) -> None:
        """Measure what the form asks for, in place of what is under way."""
        spec = self._spec()
        self._shown = replace(self._shown, earlier=True)
        self._slot.start(
            spec,
            tr_count(len(spec.kinds), "Compare {n} kind of attention", "Compare {n:,} kinds of attention"),
            compare_line(spec),
        )

    def cancel(self) -> None:
        self._slot.cancel()

    def _show(self, result: object) -> None:
        if isinstance(result, CompareResult):
            self._shown = CompareView(result=result)
            self.changed.emit()
