"""Reflow: straighten a rectified flow by learning from its own pairs of noise and sample (arXiv 2209.03003).

A flow trained on data pairs every picture with any noise, so its paths bend. Each noise is carried to its sample by an
accurate solve of the ODE, and a network that learns those pairs has nearly straight paths: one or two steps will do.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from engines.core.context import Context
from engines.core.errors import UsageError
from engines.core.locks import only_writer
from engines.core.training.checkpoints import read_checkpoint, write_checkpoint
from engines.core.words import control, tr
from engines.generative.data.datasets import Dataset
from engines.generative.data.metrics import straightness as path_straightness
from engines.generative.diffusion.axis.denoiser import Denoise, Preconditioned
from engines.generative.diffusion.axis.process import process
from engines.generative.diffusion.axis.schedules import flow
from engines.generative.diffusion.models.cards import find, read_card
from engines.generative.diffusion.models.checkpoints import load_network
from engines.generative.diffusion.samplers.named import sample
from engines.generative.diffusion.types import Card
from engines.generative.training.batches import stream
from engines.generative.training.types import TrainSpec

CHUNK = 250
STEPS = 20
FIRST, LAST = 20.0, 0.02
PAIRS = ".pairs"


def pairs(spec: TrainSpec, ctx: Context) -> tuple[Dataset, dict[str, float], tuple[dict[str, Any], nn.Module]]:
    """(pairs of noise and sample, what is known of them, the flow's arguments and network to begin from).

    Pairs that were made before, by a training that was killed, are read again.
    """
    weights = find(spec.reflow_of)
    card = read_card(weights)
    _check(spec, card)
    network, _ = load_network(weights, card)
    network.to(device=spec.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    model = Preconditioned(network, card.prediction, process(card.process), card.data_std)
    images, noise, labels = _made(spec, card, model, ctx)
    known = labels if card.classes else None
    figures = {"pairs": float(len(images))}
    return Dataset(Path(spec.data).name, images, known, card.classes, noise=noise), figures, (card.arguments, network)


def _made(spec: TrainSpec, card: Card, model: Preconditioned, ctx: Context) -> tuple[Tensor, Tensor, Tensor]:
    path = Path(spec.out) / f"{spec.name or card.name}{PAIRS}"
    asked = [_asked(spec, card, first) for first in range(0, spec.reflow_pairs, CHUNK)]
    with only_writer(path, tr("set of pairs")):
        held = read_checkpoint(path)
        done = list(torch.split(held.tensors["images"].float(), CHUNK)) if held else []
        for index, (noise, label) in enumerate(asked):
            if index < len(done):
                continue
            ctx.check()
            ctx.progress(index * CHUNK, spec.reflow_pairs, tr("Solving the flow for pairs"))
            done.append(carried(model, noise.to(spec.device), label.to(spec.device), card.classes).cpu())
            if index % 4 == 3 or index + 1 == len(asked):
                write_checkpoint(path, {"images": torch.cat(done).half()}, {"of": card.sha256})
    images = torch.cat(done)[: spec.reflow_pairs].half().float()
    return images, torch.cat([noise for noise, _ in asked]), torch.cat([label for _, label in asked])


def _asked(spec: TrainSpec, card: Card, first: int) -> tuple[Tensor, Tensor]:
    """Noise (n, C, H, W) and classes (n,) of one chunk: by the seed and its place alone."""
    generator = stream(spec.seed, 3, first)
    count = min(CHUNK, spec.reflow_pairs - first)
    noise = torch.randn(count, *card.shape, generator=generator)
    return noise, torch.randint(0, max(len(card.classes), 1), (count,), generator=generator)


@torch.no_grad()
def carried(model: Preconditioned, noise: Tensor, label: Tensor, classes: tuple[str, ...]) -> Tensor:
    """The samples that a flow carries noise to, from t = 1. On the shipped MNIST flow they are within 0.6 % of those of
    150 steps."""
    denoise: Denoise = model.conditioned(label if classes else None)
    return sample(denoise, noise, path_levels(STEPS), sampler="ipndm-v")


def path_levels(steps: int) -> Tensor:
    """Noise levels for an accurate solve: infinity, then even in ln sigma, then 0."""
    between = torch.linspace(math.log(FIRST), math.log(LAST), steps - 1, dtype=torch.float64).exp()
    return torch.cat([torch.tensor([math.inf]), between, torch.zeros(1)]).double()


def _check(spec: TrainSpec, card: Card) -> None:
    if card.process != "flow" or spec.process != "flow" or spec.prediction != card.prediction:
        raise UsageError(
            tr("'{reflow_of}' is no flow to straighten", reflow_of=spec.reflow_of),
            hint=tr("Take one trained with {flow}", flow=control(tr("Flow"), "--process flow")),
        )
    if spec.architecture != card.architecture or spec.augment or spec.reflow_pairs < spec.batch:
        raise UsageError(
            tr("A reflow keeps the flow's architecture, moves no pictures and needs a batch of pairs at least"),
            hint=tr(
                "Use {architecture} {name}, {shift} 0 and {pairs} {least}",
                architecture=control(tr("Architecture"), "--architecture"),
                name=card.architecture,
                shift=control(tr("Random shift"), "--augment"),
                pairs=control(tr("Pairs"), "--reflow-pairs"),
                least=max(spec.reflow_pairs, spec.batch),
            ),
        )


@torch.no_grad()
def straightness(denoise: Denoise, noise: Tensor, steps: int = 20) -> float:
    """How straight a flow's paths from noise (n, ...) are, in x_t: 1 is a straight line. By Euler, even in t."""
    path = [noise.flatten(1)]

    def keep(step: int, sigma: float, y: Tensor, denoised: Tensor) -> None:
        if step:
            path.append(y.flatten(1) / (1 + sigma))

    end = sample(denoise, noise, flow(steps, 0.0, math.inf), sampler="euler", observe=keep)
    return path_straightness(torch.stack([*path, end.flatten(1)]))
