"""A diffusers folder run by its own pipeline and by ours, from the same seeds: what both give before the decoder."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from engines.core.context import PlainContext
from engines.generative.diffusion.models import catalog
from engines.generative.diffusion.models.opening import inspect
from engines.generative.diffusion.sampling.job import Opener, draw, prepare
from engines.generative.diffusion.sampling.watch import Watch
from engines.generative.diffusion.types import ModelInfo, SampleSpec
from tests.engines.generative.diffusion.models import tiny_pipelines

SEEDS = (3, 8)
TWO = {"batch_size": 2}
DOG = {"prompt": ["dog"] * 2, "height": 16, "width": 16}
ASK: dict[str, dict[str, Any]] = {
    "ddpm": TWO, "ddim": TWO, "sd": DOG, "sdxl": DOG, "sd3": DOG, "dit": {"class_labels": [3, 7]},
}  # fmt: skip


def folder(kind: str, path: Path, scheduler: str, **config: Any) -> Any:
    """A tiny pipeline with a scheduler of this class, saved at `path`, and opened from there."""
    diffusers, _ = tiny_pipelines.libraries()
    if not path.exists():
        tiny_pipelines.build("ddpm" if kind == "ddim" else kind, path)
    getattr(diffusers, scheduler)(**config).save_pretrained(str(path / "scheduler"))
    index = json.loads((path / "model_index.json").read_text())
    index["scheduler"] = ["diffusers", scheduler]
    index |= {"_class_name": "DDIMPipeline"} if kind == "ddim" else {}
    (path / "model_index.json").write_text(json.dumps(index))
    opened = getattr(diffusers, index["_class_name"]).from_pretrained(str(path), **_without(kind))
    opened.set_progress_bar_config(disable=True)
    return opened


def _without(kind: str) -> dict[str, Any]:
    absent = {"sd": ("safety_checker",), "sd3": ("feature_extractor", "image_encoder", "text_encoder_3", "tokenizer_3")}
    return dict.fromkeys(absent.get(kind, ()))


def theirs(pipeline: Any, kind: str, steps: int | None, generators: Any = None, **asked: Any) -> Tensor:
    """The last state of its own pipeline, called as its documentation does. steps: None for its own count."""
    asked |= {} if steps is None else {"num_inference_steps": steps}
    states: list[Tensor] = []
    pipeline.scheduler.step = _recording(pipeline.scheduler.step, states)
    drawing = generators or [torch.Generator().manual_seed(seed) for seed in SEEDS]
    pipeline(**ASK[kind] | asked, generator=drawing, output_type="np")
    return states[-1][:2]


def ours(path: Path, kind: str, steps: int | None, **changes: Any) -> Tensor:
    """The same with nothing said but what is to be drawn, and perhaps in how many steps."""
    spec = asked(inspect(str(path)), kind, steps)
    ready = prepare(Opener(), replace(spec, **changes))
    ready = replace(ready, model=replace(ready.model, latents=None))
    return draw(ready, Watch(ready, PlainContext())).samples


def asked(info: ModelInfo, kind: str, steps: int | None) -> SampleSpec:
    """The run that a user asks for who names the folder, the seeds and what is to be seen."""
    prompt, classes = ("dog" if info.text else ""), ((3, 7) if kind == "dit" else ())
    usual = catalog.usual(info)
    usual = replace(usual, steps=steps or usual.steps, keep_steps=False, preview_every=0)
    return replace(usual, seeds=SEEDS, prompt=prompt, classes=classes)


def apart(one: Tensor, other: Tensor) -> float:
    """The largest difference beside the largest value."""
    return float((one - other).abs().max() / other.abs().max())


def _recording(step: Callable[..., Any], states: list[Tensor]) -> Callable[..., Any]:
    @wraps(step)
    def recorded(*given: Any, **named: Any) -> Any:
        made = step(*given, **named)
        states.append(made[0] if isinstance(made, tuple) else made.prev_sample)
        return made

    return recorded
