"""Views of the diffusion panel that several tests show."""

from __future__ import annotations

from dataclasses import replace

from engines.generative.diffusion.models import catalog
from engines.generative.diffusion.study_types import CompareSpec
from engines.generative.diffusion.types import Guidance, ModelInfo, SampleSpec, Start
from widgets.generative.state import Busy, DiffusionView, Mode, Run, RunState, Trouble

DIGITS = tuple("0123456789")
UNET = ModelInfo(
    "mnist-unet", "MNIST digits, U-Net", "network", (1, 28, 28), "edm", classes=DIGITS, parameters=1_930_000,
    moments=True,
)  # fmt: skip
FLOW = ModelInfo("mnist-flow", "MNIST digits, flow", "network", (1, 28, 28), "u", process="flow", sigma_max=0)
EXACT = tuple(
    ModelInfo(name, title, "analytic", (2,) if "2-D" in title else (1, 8, 8), exact=True, moments=True)
    for name, title in catalog.ANALYTIC
)
LONG = ModelInfo(
    "/data/long.safetensors",
    "A checkpoint with an uncommonly long name that was fine-tuned twice (EMA 0.9999)",
    "file",
    (3, 64, 64),
    needs_prediction=True,
    parameters=860_000_000,
)
TEXT = ModelInfo("/data/sd", "Stable Diffusion 1.5", "diffusers", (4, 64, 64), "eps", text=True, process="vp-scaled")
MODELS = (UNET, FLOW, *EXACT, LONG, TEXT)
SPEC = SampleSpec(
    UNET.name, seeds=tuple(range(12)), classes=tuple(n % 10 for n in range(12)), guidance=Guidance(1.5), batch=4
)
COMPARE = CompareSpec(SPEC, "sampler", ("euler", "heun", "dpm++2m"), "steps", ("5", "10", "20"))
READY = DiffusionView(
    models=MODELS,
    model=UNET,
    spec=SPEC,
    compare=COMPARE,
    devices=("cpu", "cuda"),
    estimate_bytes=45_000_000,
    estimate_seconds=3.1,
)


def of(model: ModelInfo, **fields: object) -> DiffusionView:
    """The form with another model."""
    return replace(READY, model=model, spec=replace(SampleSpec(model.name), **fields))  # type: ignore[arg-type]


def run(id: str, state: RunState, busy: Busy | None = None) -> Run:
    return Run(id, UNET.title, SPEC, state, busy=busy)


QUEUE = (
    run("a", RunState.QUEUED),
    run("b", RunState.QUEUED),
    run("c", RunState.RUNNING, Busy("step 7 of 20", 7, 20, 4.2)),
)
TROUBLE = Trouble(
    "The computer ran out of memory",
    "Sampling failed",
    "Take fewer samples at a time.",
    "/a/b.pt",
    retry=replace(SPEC, batch=2),
    retry_words="Retry, 2 at a time",
)
STATES = {
    "nothing": DiffusionView(),
    "looking": DiffusionView(models=MODELS, looking=True, spec=SampleSpec(UNET.name)),
    "ready": READY,
    "busy": replace(READY, runs=QUEUE),
    "cancelling": replace(READY, runs=(run("c", RunState.RUNNING, Busy(cancelling=True)),)),
    "failed": replace(READY, trouble=TROUBLE),
    "unknown": of(LONG),
    "text": of(TEXT, prompt="A lighthouse", guidance=Guidance(7.0, interval=(0.3, 5.0))),
    "inpaint": of(UNET, start=Start("inpaint", image="/a/an uncommonly long name of a picture of a house.png")),
    "heun": of(UNET, sampler="heun", options={"churn": 20.0}, teleport=True),
    "compare": replace(READY, mode=Mode.COMPARE),
    "exact": replace(of(EXACT[5]), mode=Mode.COMPARE),
    "train": replace(READY, mode=Mode.TRAIN),
}
