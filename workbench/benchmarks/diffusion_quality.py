"""The quality of the shipped networks' samples, by sampler and evaluations: shares named rightly, distance to data.

The judge is `mnist-classifier`, trained on real digits alone. A Frechet distance is that of its 64 features (the layer
before the last) to half of the held-out digits; beside it stands the distance between the two halves, which no
sampler can be asked to beat. All sets have one size and as many of each class, so that all carry the same bias.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Literal

import cv2
import torch
import typer
from torch import Tensor

from engines.core.context import PlainContext
from engines.generative.data import datasets, metrics
from engines.generative.diffusion.exact import likelihood
from engines.generative.diffusion.models import catalog
from engines.generative.diffusion.models.opening import open_model
from engines.generative.diffusion.sampling import job as sampling
from engines.generative.diffusion.sampling.watch import Watch
from engines.generative.diffusion.study_types import LikelihoodSpec
from engines.generative.diffusion.types import Guidance, SampleSpec, Schedule
from engines.generative.training import classifiers as classifying
from engines.generative.training import reflow
from engines.generative.training.job import pictures

JUDGE = "mnist-classifier"
EDM = Schedule("karras", 0.02, 40.0)
FLOW = Schedule("flow")
WEIGHTS = {"mnist-unet": 2.0, "mnist-dit": 3.0, "mnist-flow": 2.0, "mnist-reflow": 2.0}
LIKELIHOOD_STEPS = 40
EVALUATIONS = (5, 10, 20)
SAMPLERS = ("euler", "heun", "dpm++2m", "unipc", "ipndm-v")


@dataclass(frozen=True)
class Asked:
    """One row: a model, a sampler, and how many evaluations it may have."""

    model: str
    sampler: str
    evaluations: int
    schedule: Schedule
    weight: float = 1.0
    kind: Literal["cfg", "auto", "classifier"] = "cfg"
    teleport: bool = False

    def spec(self, count: int, classes: int) -> SampleSpec:
        """The run: as many of each class, seeds of their own."""
        steps = self.evaluations
        entry = catalog.sampler(self.sampler)
        if entry is not None and entry.evaluations == 2:
            steps = (steps + 1) // 2
        labels = tuple(index % classes for index in range(count))
        return SampleSpec(
            self.model, self.sampler, steps, self.schedule, guidance=Guidance(self.weight, self.kind), classes=labels,
            seeds=tuple(range(count)), teleport=self.teleport, preview_every=0, keep_steps=False, batch=100,
        )  # fmt: skip


def main(
    samples: Annotated[int, typer.Option(help="Samples a row, at most 500.")] = 500,
    model: Annotated[str, typer.Option(help="Only the rows of this model.")] = "",
    likelihoods: Annotated[int, typer.Option(help="Held-out digits for bits per dimension; 0 for none.")] = 10,
    threads: Annotated[int, typer.Option(help="CPU threads.")] = 1,
) -> dict[str, Any]:
    """Share of samples that the judge names rightly, and Frechet distance to held-out digits; all on one thread."""
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        asked = [row for row in rows() if model in ("", row.model)]
        result = _measured(min(samples, 500), asked)
        models = sorted({row.model for row in asked})
        return result | {"straightness": _straight(models), "bits_per_dimension": _bits(models, likelihoods)}
    finally:
        torch.set_num_threads(before)


def rows() -> list[Asked]:
    """What is measured: every sampler on the U-Net, the best one on the others, guided ones at ten evaluations."""
    unet = [Asked("mnist-unet", name, count, EDM) for name in SAMPLERS for count in EVALUATIONS]
    jump = [Asked("mnist-unet", "dpm++2m", count, EDM, teleport=True) for count in EVALUATIONS]
    dit = [Asked("mnist-dit", "dpm++2m", count, EDM) for count in EVALUATIONS]
    flow = [Asked("mnist-flow", name, count, FLOW) for name in ("euler", "dpm++2m") for count in EVALUATIONS]
    few = [Asked(name, "euler", count, FLOW) for name in ("mnist-flow", "mnist-reflow") for count in (1, 2)]
    reflow = [Asked("mnist-reflow", "euler", count, FLOW) for count in EVALUATIONS]
    return unet + jump + dit + flow + few + reflow + guided()


def guided() -> list[Asked]:
    """With classifier-free guidance: a step is one evaluation of twice the batch, so ten steps are also twenty singles;
    five steps are measured beside them. At last autoguidance by a weaker model, and a classifier of noised pictures."""
    best = [Asked(name, "dpm++2m", 10, EDM) for name in ("mnist-unet", "mnist-dit")]
    best += [Asked(name, "dpm++2m", 10, FLOW) for name in ("mnist-flow", "mnist-reflow")]
    free = [replace(row, weight=WEIGHTS[row.model], evaluations=count) for row in best for count in (5, 10)]
    unet = Asked("mnist-unet", "dpm++2m", 10, EDM, 2.0)
    return [*free, replace(unet, kind="auto"), replace(unet, kind="classifier", weight=8.0, evaluations=20)]


def _measured(count: int, asked: list[Asked]) -> dict[str, Any]:
    judge = classifying.open_classifier(JUDGE)
    held = datasets.split("mnist")[1]
    assert held.labels is not None
    halves = [by_class(held, half, count) for half in (0, 1)]
    features = [judge.features(half.images) for half in halves]
    opener = sampling.Opener()
    measured = [_row(row, count, judge, features[0], opener) for row in asked]
    return {
        "judge": JUDGE,
        "features": "64 numbers before the judge's last layer",
        "judge_right_on_held_out": float((judge.names(held.images) == held.labels).float().mean()),
        "samples": count,
        "frechet_between_halves_of_held_out": metrics.frechet(*features),
        "least_named_right_guided_10_steps": _least(measured),
        "rows": measured,
    }


def _straight(names: list[str]) -> dict[str, float]:
    """Of the flows among the models: 1 is a straight path from noise to sample."""
    found = {}
    for name in names:
        model = open_model(name)
        if model.info.process == "flow":
            noise = torch.randn(100, *model.info.shape, generator=torch.Generator().manual_seed(0))
            found[name] = reflow.straightness(model.denoise(torch.arange(100) % 10), noise)
    return found


def _bits(models: list[str], count: int) -> dict[str, float]:
    """Mean bits per dimension of held-out digits, one of each class in turn, with uniform noise of one grey level."""
    if count < 1:
        return {}
    held = by_class(datasets.split("mnist")[1], 1, 500)
    assert held.labels is not None
    part = held.part(torch.arange(500).reshape(10, 50).T.flatten()[:count])
    assert part.labels is not None
    labels = tuple(part.labels.tolist())
    with TemporaryDirectory() as folder:
        for index, image in enumerate(pictures(part.images)):
            cv2.imwrite(str(Path(folder) / f"{index:04d}.png"), image)
        specs = {name: LikelihoodSpec(name, (folder,), steps=LIKELIHOOD_STEPS, classes=labels) for name in models}
        found = {name: likelihood.run(spec, PlainContext()).bits for name, spec in specs.items()}
    return {name: sum(bits) / len(bits) for name, bits in found.items() if bits}


def by_class(data: datasets.Dataset, half: int, count: int) -> datasets.Dataset:
    """One half of a set, as many of each class."""
    assert data.labels is not None
    each = count // len(data.classes)
    chosen = []
    for label in range(len(data.classes)):
        members = torch.nonzero(data.labels == label)[:, 0]
        middle = len(members) // 2
        chosen.append(members[half * middle : half * middle + min(each, middle)])
    return data.part(torch.cat(chosen))


def _row(asked: Asked, count: int, judge: classifying.Judge, real: Tensor, opener: sampling.Opener) -> dict[str, Any]:
    spec = asked.spec(count, 10)
    ready = sampling.prepare(opener, spec)
    watch = Watch(ready, PlainContext(), None)
    drawn = sampling.draw(ready, watch)
    named = judge.names(drawn.samples)
    return {
        "model": asked.model,
        "sampler": asked.sampler + (" + teleport" if asked.teleport else ""),
        "steps": spec.steps,
        "evaluations": watch.nfe,
        "guidance": f"{asked.kind} {asked.weight:g}" if asked.weight != 1 else "none",
        "named_right": float((named == torch.tensor(spec.classes)).float().mean()),
        "frechet": metrics.frechet(judge.features(drawn.samples), real),
        "seconds": round(drawn.seconds, 2),
    }


def _least(measured: list[dict[str, Any]]) -> float | None:
    shares = [row["named_right"] for row in measured if row["guidance"].startswith("cfg") and row["steps"] == 10]
    return min(shares) if shares else None
