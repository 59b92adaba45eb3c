"""The offer of bfloat16: measured on this processor when it is asked for, and forgotten with the model."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from engines.core.words import tr
from engines.generative.diffusion.models import catalog
from engines.generative.diffusion.study_types import PrecisionResult, PrecisionSpec
from engines.generative.diffusion.types import ModelInfo, SampleSpec
from widgets.generative.state import PrecisionView
from workbench.controllers.common.job_slot import JobSlot
from workbench.controllers.generative.command import precision_line
from workbench.controllers.generative.words import trouble_of
from workbench.threads.jobs import JobQueue

MOST_SAMPLES = 32


class Precision(QObject):
    """`changed` when the panel has something else to say."""

    changed = Signal()

    def __init__(self, jobs: JobQueue, failed: Callable[[object], None], parent: QObject) -> None:
        super().__init__(parent)
        self._found: PrecisionResult | None = None
        self._slot = JobSlot(
            jobs, "engines.generative.diffusion.studies.precision:run",
            partial(trouble_of, title=tr("The precisions cannot be compared")), self,
        )  # fmt: skip
        self._slot.changed.connect(self.changed)
        self._slot.failed.connect(failed)
        self._slot.done.connect(self._measured)

    def view(self, model: str) -> PrecisionView:
        """What is known of this model."""
        found = self._found if self._found is not None and self._found.model == model else None
        return PrecisionView(found, self._slot.busy)

    def measure(self, spec: SampleSpec, info: ModelInfo | None) -> None:
        """With this run's model, batch, guidance and kernel."""
        if info is None:
            return
        first, count = (spec.seeds or (0,))[0], max(1, min(len(spec.seeds), MOST_SAMPLES))
        weight = spec.guidance.weight if spec.guidance.kind == "cfg" else 1.0
        usual = catalog.usual(info)
        asked = PrecisionSpec.of(usual, range(first, first + count), spec.steps, weight, spec.kernel)
        self._slot.start(asked, tr("Compare precisions"), precision_line(asked))

    def cancel(self) -> None:
        self._slot.cancel()

    def _measured(self, _spec: PrecisionSpec, result: PrecisionResult) -> None:
        self._found = result
