"""The values of the diffusion panel's form: they follow the model, and are kept between two starts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from engines.core.errors import KinoscopeError
from engines.core.spec import from_json, to_json
from engines.generative.diffusion.models import catalog, memory
from engines.generative.diffusion.study_types import CompareSpec, FlowSpec
from engines.generative.diffusion.types import Guidance, ModelInfo, SampleSpec
from engines.generative.training.types import TrainSpec
from widgets.generative.state import Mode, Page
from workbench.controllers.common import kept_form
from workbench.services import Services

PANEL = "diffusion"
FIRST_MODELS = ("mnist-unet", "mnist-dit", "digits-unet")
"""The choice at the first start: the first of these that is there, else the first of all."""
FIRST = SampleSpec("", seeds=tuple(range(12)))
FIRST_COMPARE = CompareSpec(SampleSpec(""), "sampler", ("euler", "heun", "dpm++2m"), "steps", ("5", "10", "20"))


@dataclass(frozen=True, slots=True)
class Form:
    """One for the whole panel: every mode keeps what was set in it."""

    mode: Mode = Mode.SAMPLE
    page: Page = Page.SAMPLES
    spec: SampleSpec = FIRST
    compare: CompareSpec = FIRST_COMPARE
    train: TrainSpec = TrainSpec("mnist", "")
    flow: FlowSpec = FlowSpec()

    def sampling(self, spec: SampleSpec) -> Form:
        """Another specification, to be sampled. A batch that holds all samples is written as the usual one."""
        batch = 0 if spec.batch >= len(spec.seeds) else spec.batch
        return replace(self, mode=Mode.SAMPLE, spec=replace(spec, out="", batch=batch))

    def comparing(self, exact: bool = False) -> CompareSpec:
        """The grid that would be run: of what the form holds. A cell shows one sample, and no more are drawn where
        there is no error to be measured over all. exact: the truth is known."""
        seeds = self.spec.seeds if exact else self.spec.seeds[:1]
        classes = self.spec.classes if exact else self.spec.classes[:1]
        return replace(self.compare, base=replace(self.spec, out="", seeds=seeds, classes=classes, start=None))


def for_model(spec: SampleSpec, info: ModelInfo) -> SampleSpec:
    """The same wishes for another model; what it cannot do is left out. One with a pipeline of its own brings that, and
    takes it along when it goes."""
    same, usual = spec.model == info.name, catalog.usual(info)
    if not same and (info.own is not None or spec.schedule.name == catalog.OWN.id):
        said = {"sampler": usual.sampler, "options": usual.options, "steps": usual.steps, "guidance": usual.guidance}
        spec = replace(spec, **said)  # type: ignore[arg-type]
    kept = spec.classes if info.classes and all(0 <= label < len(info.classes) for label in spec.classes) else ()
    guided = bool(info.classes or info.text) or spec.guidance.kind != "cfg"
    return replace(
        spec,
        model=info.name,
        schedule=spec.schedule if same else usual.schedule,
        guidance=spec.guidance if guided else Guidance(),
        classes=kept,
        prompt=spec.prompt if info.text else "",
        negative=spec.negative if info.text else "",
        size=spec.size if same else None,
        prediction=spec.prediction if same else "",
        start=spec.start if same or (spec.start and spec.start.kind == "between") else None,
        teleport=spec.teleport and info.moments,
        teleport_to=spec.teleport_to if same else None,
    )


def first_model(names: tuple[str, ...]) -> str:
    """The model to begin with."""
    return next((name for name in FIRST_MODELS if name in names), names[0] if names else "")


def bytes_of(spec: SampleSpec, info: ModelInfo | None) -> int | None:
    """Memory that a run takes at its highest moment; None while it cannot be told."""
    if info is None or not spec.seeds:
        return None
    try:
        return memory.estimate(info, spec)
    except (KinoscopeError, ValueError, ArithmeticError):
        return None


def keep_form(form: Form, services: Services) -> None:
    """Save the form in the project, and as the default of the next one."""
    kept_form.keep(services, PANEL, to_json(form))


def restore_form(services: Services) -> Form:
    """The form of the project, else of the last settings; the default for one that cannot be read."""
    return kept_form.restore(services, PANEL, partial(from_json, Form), Form())
