"""The flow page: particles of a 2-D model on their way from noise to data, one flow at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal

from engines.core.words import tr
from engines.generative.diffusion.study_types import FlowResult, FlowSpec
from widgets.generative.state import FlowView
from widgets.generative.studio.flow import FlowPage
from widgets.kit.work_state import Trouble
from workbench.controllers.common.job_slot import JobSlot
from workbench.controllers.generative.command import flow_line
from workbench.controllers.generative.words import trouble_of
from workbench.services import Services

JOB = "engines.generative.diffusion.studies.flow:run"


class Flow(QObject):
    """`changed` when the page has something else to show."""

    changed = Signal()

    def __init__(
        self, services: Services, spec: Callable[[], FlowSpec], edit: Callable[[FlowSpec], None], parent: QObject
    ) -> None:
        """spec: what the form holds; edit: put another into it."""
        super().__init__(parent)
        self._spec, self._edit, self._log = spec, edit, services.host.show_log
        self._shown = FlowView()
        self._slot = JobSlot(services.jobs, JOB, partial(trouble_of, title=tr("The flow could not be shown")), self)
        self._slot.changed.connect(self.changed)
        self._slot.done.connect(self._done)
        self._slot.failed.connect(self.say)
        self.cancel = self._slot.cancel

    @property
    def view(self) -> FlowView:
        return replace(self._shown, spec=self._spec(), busy=self._slot.busy)

    def page(self) -> FlowPage:
        page = FlowPage()
        page.edited.connect(self._edit)
        page.empty.clicked.connect(self.run)
        page.run.clicked.connect(self.run)
        page.progress.cancelled.connect(self.cancel)
        page.trouble.logWanted.connect(self._log)
        return page

    def run(self) -> None:
        """Let particles flow as the form says."""
        spec = self._spec()
        self._shown = replace(self._shown, trouble=None)
        self._slot.start(spec, tr("Flow of {model}", model=spec.model.rpartition(":")[2]), flow_line(spec))

    def say(self, trouble: Trouble | None) -> None:
        """Show a trouble; None once the user has read it."""
        self._shown = replace(self._shown, trouble=trouble)
        self.changed.emit()

    def _done(self, spec: FlowSpec, result: FlowResult) -> None:
        self._shown = FlowView(spec, result)
