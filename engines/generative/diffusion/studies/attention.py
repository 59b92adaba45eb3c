"""Job: one sample of a network, with all that its attention layers are asked on the way, for looking at their maps.

The sample is that of an ordinary run with the same settings, to the bit: layers are listened to, and nothing else.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from torch import Tensor, nn

from engines.attention import maps
from engines.attention.listening import Call, listening
from engines.attention.request import Request
from engines.attention.types import SeeResult, SeeSpec, Site
from engines.attention.watching.recording import KIND, Asked, Recorder
from engines.core.context import Context
from engines.core.errors import BadInput
from engines.core.files import atomic_path
from engines.core.outputs import check_file
from engines.core.places import cache_dir
from engines.core.words import tr
from engines.generative.diffusion.axis.denoiser import Denoise
from engines.generative.diffusion.models import catalog, memory, opening
from engines.generative.diffusion.sampling.job import Opener, draw, prepare
from engines.generative.diffusion.sampling.plan import Plan
from engines.generative.diffusion.sampling.watch import Watch, seen
from engines.generative.diffusion.types import SampleSpec
from engines.generative.networks.dit import DiT, Layer
from engines.generative.networks.unet import Attention

LATEST = "attention.npz"


def run(spec: SeeSpec, ctx: Context) -> SeeResult:
    """Write the recording. Raises `BadInput` for a model without attention, and what sampling raises."""
    file = check_file(spec.out, KIND, (spec.model,)) if spec.out else cache_dir() / LATEST
    ctx.progress(0, spec.steps, tr("Opening the model"))
    ready = prepare(Opener(spec.device), sample_of(spec))
    need, began = memory.estimate(ready.model.info, ready.spec), time.perf_counter()
    with ctx.lease(spec.device, need, threads=0), atomic_path(file) as part:
        with Recorder(part, ready.sigmas.tolist(), _made(spec, ready)) as recorder:
            seer = Seer(ready, ctx, recorder)
            with seer.listening():
                drawn = draw(ready, seer)
            recorder.finish(seen(drawn.samples, ready)[0])
    return SeeResult(
        spec, str(file), recorder.sites, tuple(ready.sigmas.tolist()), tuple(recorder.steps),
        time.perf_counter() - began, drawn.kernels, (*ready.notes, *drawn.notes, *_notes(recorder, seer)),
    )  # fmt: skip


def sample_of(spec: SeeSpec) -> SampleSpec:
    """The ordinary run that gives the same sample. Its steps are looked at, so its loop is never captured."""
    info = opening.inspect(spec.model)
    if len(info.shape) != 3 or info.kind not in ("network", "file"):
        raise BadInput(
            tr("{info} has no attention to see", info=info.title),
            hint=tr("Choose a trained network, such as mnist-dit"),
        )
    return replace(
        catalog.usual(info),
        steps=spec.steps,
        seeds=(spec.seed,),
        classes=() if spec.label is None or not info.classes else (spec.label,),
        device="cuda" if spec.device.startswith("cuda") else "cpu",
    )


@dataclass
class Heard:
    """What was asked since the network was last called, layer by layer. passed_over: layers that cannot be seen."""

    asked: list[Asked] = field(default_factory=list)
    passed_over: set[str] = field(default_factory=set)


class Seer(Watch):
    """A watch that records, of each step, the estimate of the sample and what the layers were asked for it."""

    def __init__(self, ready: Plan, ctx: Context, recorder: Recorder) -> None:
        super().__init__(ready, ctx)
        self.heard = Heard()
        self._plan, self._recorder, self._place = ready, recorder, ("", (0, 0))
        self._titles = titles(ready.model.network)
        if not self._titles:
            raise BadInput(
                tr("{info} has no attention layer", info=ready.model.info.title), hint=tr("Choose another model")
            )

    def counted(self, denoise: Denoise) -> Denoise:
        watched = super().counted(denoise)

        def from_here(y: Tensor, sigma: Tensor) -> Tensor:
            self.heard.asked.clear()
            return watched(y, sigma)

        return from_here

    def observe(self, step: int, sigma: float, y: Tensor, denoised: Tensor) -> None:
        super().observe(step, sigma, y, denoised)
        self._recorder.add(step, seen(denoised[:1], self._plan)[0], self.heard.asked)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Within, each layer says that it is in work, and every call of attention is kept."""
        hooks = [module.register_forward_pre_hook(self._entered) for module in self._titles]
        try:
            with listening(self._called):
                yield
        finally:
            for hook in hooks:
                hook.remove()

    def _entered(self, module: nn.Module, inputs: tuple[Any, ...]) -> None:
        self._place = self._titles[module], grid_of(module, inputs[0], self._plan)

    def _called(self, call: Call) -> None:
        (name, grid), request = self._place, call.request
        if not request.plain or request.q.shape[2] != request.k.shape[2] or request.q.shape[2] != grid[0] * grid[1]:
            self.heard.passed_over.add(name)
            return
        self.heard.asked.append(_asked(name, grid, request))


def titles(network: nn.Module | None) -> dict[nn.Module, str]:
    """The layers of a network of ours that attend, in the order in which they run: "Layer 2", "Middle"."""
    found: dict[nn.Module, str] = {}
    counts: dict[str, int] = {}
    for path, module in network.named_modules() if network is not None else ():
        if isinstance(module, (Layer, Attention)):
            part = "layer" if isinstance(module, Layer) else path.partition(".")[0]
            counts[part] = counts.get(part, 0) + 1
            found[module] = f"{part.capitalize()} {counts[part]}"
    alone = {f"{part.capitalize()} 1": part.capitalize() for part, count in counts.items() if count == 1}
    return {module: alone.get(title, title) for module, title in found.items()}


def grid_of(module: nn.Module, given: Tensor, plan: Plan) -> tuple[int, int]:
    """(rows, columns) of the tokens on the picture: a U-Net's own, a transformer's patches."""
    if isinstance(module, Attention):
        return int(given.shape[2]), int(given.shape[3])
    network = plan.model.network
    patch = network.patch if isinstance(network, DiT) else 1
    return plan.shape[1] // patch, plan.shape[2] // patch


def _asked(name: str, grid: tuple[int, int], request: Request) -> Asked:
    """The first sample's, its maps in double precision."""
    q, k, v, scale = request.q[:1], request.k[:1], request.v[:1], request.scale
    lse = maps.log_sum_exp(q.double(), k.double(), scale=scale)
    mass, entropy = maps.mass_and_entropy(q.double(), k.double(), lse, scale=scale)
    site = Site(name, q.shape[1], q.shape[2], grid)
    query, key, value = (part[0].float().cpu().numpy() for part in (q, k, v))
    return Asked(site, query, key, value, scale, *(part[0].cpu().numpy() for part in (lse, mass, entropy)))


def _made(spec: SeeSpec, ready: Plan) -> str:
    """'MNIST, DiT, class 3, 12 steps, seed 0'."""
    classes = ready.model.info.classes
    label = tr(", class {classes}", classes=classes[spec.label]) if spec.label is not None and classes else ""
    return tr(
        "{info}{label}, {steps} steps, seed {seed}",
        info=ready.model.info.title,
        label=label,
        steps=spec.steps,
        seed=spec.seed,
    )


def _notes(recorder: Recorder, seer: Seer) -> tuple[str, ...]:
    thinned = [tr("Of the steps every {every}. is kept", every=recorder.every)] if recorder.every > 1 else []
    hidden = [
        tr("{name} cannot be shown: its tokens do not lie on the picture", name=name) for name in seer.heard.passed_over
    ]
    return (*thinned, *sorted(hidden))
