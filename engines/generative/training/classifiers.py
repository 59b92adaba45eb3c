"""Classifiers trained here: one of clean pictures, which judges samples, and one of noised pictures, which guides them.

The judge is not used by any sampler, so it can say honestly what a sample shows.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engines.core.context import Context
from engines.core.errors import BadInput, UsageError
from engines.core.training import kept
from engines.core.training.loop import Schedule, check_loss
from engines.core.training.state import State
from engines.core.training.threads import threads
from engines.core.words import tr
from engines.generative import networks
from engines.generative.data.datasets import Dataset, split
from engines.generative.diffusion.axis.process import Exploding
from engines.generative.diffusion.axis.weighting import levels
from engines.generative.diffusion.models.cards import find, read_card
from engines.generative.diffusion.models.checkpoints import load_tensors
from engines.generative.diffusion.types import Card
from engines.generative.networks.classifier import Classifier
from engines.generative.networks.embedding import TIME_SCALES
from engines.generative.training import files
from engines.generative.training.batches import batch, stream
from engines.generative.training.loss_by_level import LossByLevel
from engines.generative.training.setup import LEAST_WARM, LICENCES, SMALL_SIDE, SOURCES, WARM_UP
from engines.generative.training.types import ClassifierSpec, TrainResult

PROCESS = Exploding("edm")
MEAN, STD = -0.2, 1.4
HALVING = 100.0
TURN, ZOOM, SHIFT = math.radians(12), 0.1, 0.14
SMOOTHING = 0.05
LEVELS = (0.1, 0.3, 1.0, 3.0)


@dataclass(frozen=True)
class Judge:
    """A trained classifier."""

    network: Classifier
    card: Card

    @torch.no_grad()
    def features(self, x: Tensor) -> Tensor:
        """(B, features) of clean pictures (B, C, H, W) in the values of the data."""
        return self.network.features(x.float())

    @torch.no_grad()
    def names(self, x: Tensor) -> Tensor:
        """The class that each clean picture shows, (B,)."""
        answer: Tensor = self.network(x.float())
        return answer.argmax(1)

    def log_probability(self, label: Tensor) -> Callable[[Tensor, Tensor], Tensor]:
        """`(y, sigma) -> log p(label | y; sigma)`, (B,), differentiable in y. Raises `BadInput` for a clean judge."""
        if not self.card.arguments.get("noisy"):
            raise BadInput(
                tr("'{card}' was trained on clean pictures and cannot guide", card=self.card.name),
                hint=tr("Take a noisy one"),
            )

        def log_p(y: Tensor, sigma: Tensor) -> Tensor:
            told = torch.full((len(y),), float(sigma), dtype=y.dtype, device=y.device)
            logits = logits_at(self.network, y, told, self.card.data_std)
            return torch.log_softmax(logits, 1).gather(1, label[:, None])[:, 0]

        return log_p


def open_classifier(name: str, device: str = "cpu") -> Judge:
    """A classifier by name or path. Raises `FileMissing` or `BadInput` where it is not there or not one."""
    weights = find(name)
    card = read_card(weights)
    if card.architecture != "classifier":
        raise BadInput(
            tr("'{name}' is no classifier but a {architecture}", name=name, architecture=card.architecture),
            path=weights,
        )
    network = networks.build("classifier", **card.arguments)
    assert isinstance(network, Classifier)
    expected = {key: tuple(value.shape) for key, value in network.state_dict().items()}
    network.load_state_dict(load_tensors(weights, expected, card.sha256))
    return Judge(network.float().eval().requires_grad_(False).to(device), card)


def logits_at(network: nn.Module, y: Tensor, sigma: Tensor, data_std: float) -> Tensor:
    """Logits (B, classes) of noised pictures y at noise levels sigma (B,)."""
    scale = (sigma.square() + data_std**2).rsqrt().reshape((-1,) + (1,) * (y.ndim - 1))
    logits: Tensor = network(y * scale, PROCESS.time(sigma))
    return logits


def run(spec: ClassifierSpec, ctx: Context) -> TrainResult:
    """Train a classifier, or go on from its checkpoint, and measure it on what was held out."""
    if spec.steps < 1 or spec.batch < 1 or not 0 < spec.rate < math.inf:
        raise UsageError(tr("Steps, batch and learning rate must be above 0"))
    with ctx.lease("cpu", threads=spec.threads) as lease, threads(lease.threads):
        data, held = split(spec.data)
        if data.labels is None or len(data.classes) < 2:
            raise BadInput(tr("These data have no classes"), path=spec.data, hint=tr("Make a folder for each class"))
        with files.place(spec.out, _name(spec, data)):
            learning = Learning(spec, data, ctx)
            learning.resume()
            state, began = learning.state, time.monotonic() - learning.state.seconds
            learning.to_the_end()
            state.seconds = time.monotonic() - began
            card = _card(spec, data, held, state)
            path, _ = files.write_weights(Path(spec.out), card, state.weights(), None)
            learning.sweep()
    return TrainResult(str(path), state.step, state.curves.smoothed, state.seconds, learning.resumed)


def _fresh(spec: ClassifierSpec, data: Dataset) -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(spec.seed)
        return networks.build("classifier", **_arguments(spec, data))


def _arguments(spec: ClassifierSpec, data: Dataset) -> dict[str, Any]:
    patch = 1 if data.shape[-1] <= SMALL_SIDE else 2
    said = {"shape": list(data.shape), "classes": len(data.classes), "patch": patch, "noisy": spec.noisy}
    return said | ({"time_scale": TIME_SCALES["edm"]} if spec.noisy else {})


class Learning(kept.KeptLoop):
    """The training of one classifier."""

    FREE = ("out", "threads", "anew", "keep")

    def __init__(self, spec: ClassifierSpec, data: Dataset, ctx: Context) -> None:
        self.spec, self.data, self.ctx, self.steps = spec, data, ctx, spec.steps
        self.smaller = tr("Take a batch of {batch}", batch=max(1, spec.batch // 2))
        self.state = State(_fresh(spec, data), LossByLevel())
        self.schedule = Schedule(spec.steps, spec.rate, WARM_UP, LEAST_WARM)
        self.kept = files.checkpoint_path(Path(spec.out), _name(spec, data))
        labels = () if data.labels is None else (data.labels.numpy(),)
        self.learned = kept.fingerprint((data.images.numpy(), *labels))

    @property
    def step(self) -> int:
        return self.state.step

    def advance(self) -> None:
        """One step of Adam on a fresh batch, bent and, for a noisy one, with noise."""
        spec, state = self.spec, self.state
        seen = batch(self.data, self.step, spec.batch, spec.seed)
        assert seen.label is not None
        x0, sigma = bent(seen.x0, seen.generator), torch.ones(spec.batch)
        if spec.noisy:
            sigma = levels(spec.batch, MEAN, STD, PROCESS.sigma_min, PROCESS.sigma_max, seen.generator)
            y = x0 + sigma.reshape(-1, 1, 1, 1) * seen.eps
            logits = logits_at(state.model, y, sigma, _std(self.data))
        else:
            logits = state.model(x0)
        each = F.cross_entropy(logits, seen.label, reduction="none", label_smoothing=0 if spec.noisy else SMOOTHING)
        check_loss(state.curves.add(self.step, sigma, each.detach()), self.step, tr("Try a lower learning rate"))
        state.update(each.mean(), self.schedule.at(self.step), HALVING)

    def now_and_then(self) -> str:
        self.ctx.progress(self.step, self.steps, tr("Loss {smoothed:.4f}", smoothed=self.state.curves.smoothed))
        self.save_now_and_then()
        return ""

    def tensors(self) -> dict[str, Tensor]:
        return self.state.tensors()

    def said(self) -> dict[str, Any]:
        return self.state.said()

    def restore(self, tensors: dict[str, Tensor], said: dict[str, Any]) -> None:
        self.state.restore(tensors, said)


def bent(images: Tensor, generator: torch.Generator) -> Tensor:
    """Images turned, zoomed and moved a little, each another way; what comes in at the edges is as dark as they are."""
    count = len(images)
    turn, zoom, right, down = torch.rand(4, count, generator=generator) * 2 - 1
    cos, sin = (turn * TURN).cos() * (1 + zoom * ZOOM), (turn * TURN).sin() * (1 + zoom * ZOOM)
    rows = torch.stack([torch.stack([cos, -sin, right * SHIFT], 1), torch.stack([sin, cos, down * SHIFT], 1)], 1)
    grid = F.affine_grid(rows, list(images.shape), align_corners=False)
    return F.grid_sample(images, grid, padding_mode="border", align_corners=False)


def _std(data: Dataset) -> float:
    return round(float(data.images.std()), 4)


def _name(spec: ClassifierSpec, data: Dataset) -> str:
    return spec.name or f"{data.name}-classifier{'-noisy' if spec.noisy else ''}"


def _card(spec: ClassifierSpec, data: Dataset, held: Dataset, state: State[nn.Module, LossByLevel]) -> Card:
    source = SOURCES.get(spec.data, tr("{count} pictures of the folder {data}", count=len(data.images), data=data.name))
    kind = tr("of noised pictures") if spec.noisy else tr("of clean pictures")
    return Card(
        _name(spec, data),
        tr("Classifier {kind}, {data}", kind=kind, data=data.name),
        "classifier",
        _arguments(spec, data),
        data.shape,
        "x0",
        "edm",
        classes=data.classes,
        data_std=_std(data),
        data=tr("{source}, turned, zoomed, moved", source=source),
        licence=LICENCES.get(spec.data, "Apache-2.0"),
        seed=spec.seed,
        steps=spec.steps,
        batch=spec.batch,
        parameters=networks.parameters(state.model),
        command=files.command("sample classifier", replace(spec, anew=False, keep=False)),
        figures=_figures(spec, data, held, state.average),
        cut_off=state.step if spec.keep else 0,
    )


@torch.no_grad()
def _figures(spec: ClassifierSpec, data: Dataset, held: Dataset, network: nn.Module) -> dict[str, float]:
    """Share of held-out pictures that are named rightly: clean ones, or at a few noise levels."""
    tested = held if len(held.images) else data
    assert tested.labels is not None
    if not spec.noisy:
        return {"held_out_accuracy": _right(network(tested.images), tested.labels)}
    eps = torch.randn(tested.images.shape, generator=stream(spec.seed, 4))
    shares = {}
    for sigma in LEVELS:
        told = torch.full((len(eps),), sigma)
        logits = logits_at(network, tested.images + sigma * eps, told, _std(data))
        shares[f"held_out_accuracy_at_sigma_{sigma:g}"] = _right(logits, tested.labels)
    return shares


def _right(logits: Tensor, labels: Tensor) -> float:
    return round(float((logits.argmax(1) == labels).float().mean()), 4)
