"""The page of feature maps: its channel and layer go into the form; the best frames of a clip are a job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from PySide6.QtCore import QObject

from engines.cameras.types import FileSource
from engines.core.words import tr
from engines.inspection.looks import ActivationLook
from engines.inspection.studies import ExciteResult, ExciteSpec
from widgets.inspection.activations.page import ActivationsPage
from widgets.inspection.state import ExciteView, Page
from widgets.kit.words import file_name
from workbench.controllers.inspection.part import Desk, PagePart

EXCITE = "engines.inspection.activations.exciting:run"


class Activations(PagePart):
    page = Page.ACTIVATIONS
    kind = ActivationsPage

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(desk, parent)
        self._result: ExciteResult | None = None
        self._excite = self.slot(desk.services.jobs, EXCITE, tr("The clip could not be gone through"))
        self._excite.done.connect(self._have)

    def make(self) -> ActivationsPage:
        page = cast(ActivationsPage, super().make())
        page.clipChosen.connect(self.excite)
        page.momentChosen.connect(self.seek)
        return page

    @property
    def fields(self) -> Mapping[str, Any]:
        return {"excite": ExciteView(self.clip, self._result)}

    @property
    def can_export(self) -> bool:
        return isinstance(self.desk.looked.look, ActivationLook)

    @property
    def clip(self) -> str:
        """The film that is looked at, "" where it is none."""
        feeds, id = self.desk.services.feeds, self.desk.subject.source.partition("/")[0]
        source = feeds.feed(id).source if id in feeds.ids() else None
        return source.path if isinstance(source, FileSource) else ""

    def seek(self, seconds: float) -> None:
        """Show this moment of the clip, where it is the film that is looked at; else play it first."""
        if self._result is None:
            return
        if self._result.spec.clip == self.clip:
            self.desk.services.feeds.feed(self.desk.subject.source.partition("/")[0]).seek(seconds)
        else:
            self.desk.look_at(self._result.spec.clip)

    def excite(self, clip: str) -> None:
        """Go through a clip for the frames that excite the chosen channel most."""
        subject, look = self.desk.subject, self.desk.looked.look
        if not isinstance(look, ActivationLook):
            return
        spec, chosen = self.desk.form.activations, look.seen.layer
        self._excite.start(
            ExciteSpec(subject.model, clip, chosen, spec.channel, preprocessing=subject.preprocessing),
            tr(
                "Best frames of {clip} for channel {channel} of {chosen}",
                clip=file_name(clip),
                channel=spec.channel,
                chosen=chosen,
            ),
        )

    def forget(self) -> None:
        super().forget()
        self._result = None

    def _have(self, _spec: object, result: ExciteResult) -> None:
        self._result = result
        self.changed.emit()
