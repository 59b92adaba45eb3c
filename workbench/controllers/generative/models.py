"""The models that can be chosen: those known by name, and files and folders that were opened.

Cards of models with a name are read beside the window's thread; a job looks at files from outside.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engines.core.errors import KinoscopeError
from engines.core.networks.in_use import ModelInUse
from engines.core.words import tr
from engines.generative.diffusion.models import cards
from engines.generative.diffusion.types import InspectSpec, ModelInfo
from workbench.controllers.common.job_slot import JobSlot
from workbench.controllers.generative.words import model_title, trouble_of
from workbench.threads.background import Errands
from workbench.threads.jobs import JobQueue

JOB = "engines.generative.diffusion.models.opening:run"
TROUBLE = tr("The model could not be opened")


class Models(QObject):
    """`listed` when the models by name are known; `opened(ModelInfo)` when one was chosen and is known;
    `changed` while one is looked at; `failed(Trouble)`."""

    listed = Signal()
    opened = Signal(object)
    changed = Signal()
    failed = Signal(object)

    def __init__(self, jobs: JobQueue, errands: Errands, parent: QObject) -> None:
        super().__init__(parent)
        self._errands = errands
        self._named: dict[str, ModelInfo] = {}
        self._opened: dict[str, ModelInfo] = {}
        self._looked = JobSlot(jobs, JOB, partial(trouble_of, title=TROUBLE), self)
        self._looked.done.connect(self._inspected)
        self._looked.failed.connect(self.failed)
        self._looked.changed.connect(self.changed)
        self.cancel = self._looked.cancel
        self.ready = False

    @property
    def all(self) -> tuple[ModelInfo, ...]:
        """Networks first, then what was opened, then the exact models."""
        named = self._named.values()
        networks = [info for info in named if info.kind != "analytic"]
        return (*networks, *self._opened.values(), *(info for info in named if info.kind == "analytic"))

    @property
    def looking(self) -> bool:
        return not self.ready or self._looked.job is not None

    def info(self, name: str) -> ModelInfo | None:
        return self._named.get(name) or self._opened.get(name)

    def title(self, name: str) -> str:
        info = self.info(name)
        return info.title if info is not None else model_title(name) if self.ready else _title_on_card(name)

    def in_use(self, name: str) -> tuple[ModelInUse, ...]:
        """File or folder of a model; () for those that are formulas, and for what is no longer there."""
        info = self.info(name)
        if info is None or info.kind == "analytic":
            return ()
        try:
            path = Path(name) if info.kind == "diffusers" else cards.find(name)
        except KinoscopeError:
            return ()
        return (ModelInUse(info.title, str(path)),)

    def list(self) -> None:
        """Read the cards again."""
        self._errands.ask(cards.known_models, self._listed, self._not_listed, key="models")

    def open(self, name: str, prediction: str = "") -> None:
        """Choose a model: `opened` follows, at once where it is known."""
        known = self._named.get(name) or (self._opened.get(name) if not prediction else None)
        if known is not None:
            self.opened.emit(known)
        elif name:
            self._looked.start(
                InspectSpec(name, prediction), tr("Look at {model_title}", model_title=model_title(name))
            )

    def _listed(self, infos: tuple[ModelInfo, ...]) -> None:
        self._named = {info.name: info for info in infos}
        self.ready = True
        self.listed.emit()

    def _not_listed(self, failure: object) -> None:
        self.ready = True
        self.failed.emit(trouble_of({"message": str(failure)}, tr("The models could not be listed")))
        self.listed.emit()

    def _inspected(self, _spec: InspectSpec, info: ModelInfo) -> None:
        self._opened[info.name] = info
        self.opened.emit(info)


def _title_on_card(name: str) -> str:
    """What a model is called by its own card, before all of them have been read."""
    try:
        return cards.read_card(cards.find(name)).title or model_title(name)
    except KinoscopeError:
        return model_title(name)
