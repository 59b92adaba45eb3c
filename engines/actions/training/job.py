"""Job: a head learns from labelled clips, or from a benchmark folder, and is kept as one model file.

Random windows, each from a state of zero; AdamW with a rate that warms up and falls as half a cosine; features
standardised on what is learned from, with noise and dropout against learning by heart. Where a part is held out, the
weights that were best on it are kept, and a training that gets no better there stops early.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from engines.actions.evaluation.precision import by_class, mean_of
from engines.actions.heads.building import HeadOutput, build, initialise_as_published
from engines.actions.models import settings
from engines.actions.models.files import check_place, checkpoint_path, save_model
from engines.actions.study_types import FREE, TrainProgress, TrainResult, TrainSpec
from engines.actions.training.benchmarks import read_folder, tested
from engines.actions.training.examples import Examples, read_clips
from engines.actions.training.losses import Targets, cross_entropy, head_loss
from engines.actions.training.standard import Standard
from engines.actions.training.windows import Windows
from engines.actions.types import HeadShape, ModelCard
from engines.core.context import Context
from engines.core.errors import UsageError
from engines.core.locks import only_writer
from engines.core.spec import from_json, to_json
from engines.core.training import kept
from engines.core.training.curves import LossCurve
from engines.core.training.loop import EarlyStop, Schedule, check_loss, descend
from engines.core.training.threads import threads
from engines.core.words import tr

EVEN = 1e-3
"""Precisions this near are even; then the loss decides."""


@dataclass(frozen=True, slots=True)
class Look:
    """loss: cross-entropy. ap: None where a class does not occur or was not learned; map: mean of the others."""

    iteration: int
    loss: float
    map: float | None = None
    ap: dict[str, float | None] = field(default_factory=dict)

    @property
    def averaged(self) -> tuple[str, ...]:
        """Classes that `map` is the mean of."""
        return tuple(name for name, value in self.ap.items() if value is not None)

    def better_than(self, other: Look) -> bool:
        """A higher precision, or about the same with a lower loss."""
        mine, others = self.map or 0.0, other.map or 0.0
        return mine > others + EVEN or (mine > others - EVEN and self.loss < other.loss)


@torch.no_grad()
def look(iteration: int, network: nn.Module, examples: Examples, standard: Standard) -> Look:
    """Every held-out part once, as a stream would go through it."""
    network.eval()
    device = next(network.parameters()).device
    logits, targets = [], []
    for each in examples.held:
        features = torch.from_numpy(standard.rows(each.whole.features))
        logits.append(network(features[None].to(device)).logits[0, each.begin :].cpu())
        targets.append(each.whole.targets[each.begin :])
    scores, truth = torch.cat(logits), np.concatenate(targets)
    loss = float(cross_entropy(scores, torch.from_numpy(truth)))
    known = truth.sum(axis=1) > 0
    ap = by_class(torch.softmax(scores, -1).numpy()[known], truth[known] > 0)[1:]
    ap[[name not in examples.learned for name in examples.classes[1:]]] = np.nan
    named = dict(zip(examples.classes[1:], (None if np.isnan(value) else float(value) for value in ap), strict=True))
    mean = mean_of(ap)
    return Look(iteration, loss, None if np.isnan(mean) else mean, named)


TELL_SECONDS = 0.3
LOOKS = 30
"""How often what is held out is looked at."""
WARM = 20
MOMENTUM = 0.9


def run(spec: TrainSpec, ctx: Context) -> TrainResult:
    """Train, or go on from the checkpoint beside `spec.out`, and write that. Emits `TrainProgress` under "progress".

    Raises `UsageError` for settings without sense, `BadInput` for clips and labels that cannot be learned from and for
    a checkpoint that does not fit, `FileMissing`, `WorkFailed` when the loss is no number any more, `OutOfResources`,
    `Cancelled`: then no model is written, or the old one stays as it was, and a checkpoint is left to go on from.
    """
    settings.check(spec)
    spec, way = settings.filled(spec)
    path = check_place(spec.out)
    if spec.device == "cuda" and not torch.cuda.is_available():
        raise UsageError(tr("There is no CUDA device that torch can use"), hint=tr("Choose the CPU"))
    with ctx.lease(spec.device, threads=spec.threads) as lease, threads(lease.threads), only_writer(path, "model"):
        ctx.emit("progress", TrainProgress("features", 0, spec.iterations))
        examples = read_folder(spec, ctx) if spec.folder else read_clips(spec, ctx, lease.threads)
        with torch.random.fork_rng(devices=[]):
            training = Training(spec, way, examples, path, ctx)
            training.resume()
            training.to_the_end()
        made = training.keep()
        training.sweep()
        return made


class Training(kept.KeptLoop):
    """One training from its examples to its file."""

    FREE = FREE
    step = 0

    def __init__(self, spec: TrainSpec, way: settings.Way, examples: Examples, path: Path, ctx: Context) -> None:
        self.spec, self.way, self.examples, self.path, self.ctx = spec, way, examples, path, ctx
        self.smaller = tr("Take a batch of {batch}, or a smaller head", batch=max(1, spec.batch // 2))
        self.kept, self.learned = checkpoint_path(spec), fingerprint(examples)
        self.began, self.before = time.monotonic(), 0.0
        self.ahead = settings.steps_of(spec, examples.recipe.rate)
        self.shape = settings.shape_of(spec, way, examples.recipe.dims, len(examples.classes))
        self.standard = Standard.of(examples, way.standardise)
        self.windows = Windows(
            examples.train,
            _length(self.shape, spec.loss),
            self.ahead,
            ends=spec.loss == "last",
            seed=spec.seed,
        )
        torch.manual_seed(spec.seed)
        self.network = build(self.shape)
        if way.as_published:
            initialise_as_published(self.network)
        self.network.to(spec.device)
        self.optimiser = _optimiser(self.network, spec, way)
        self.steps = _steps(spec, way, examples.chunks)
        self.schedule = Schedule(self.steps, spec.learning_rate, WARM, fall=way.fall)
        self.curve = LossCurve(self.steps)
        self.held = EarlyStop(Look.better_than, spec.patience)
        self.told = 0.0
        self.last: TrainProgress | None = None

    def begin(self) -> None:
        self.tell("training")

    def now_and_then(self) -> str:
        """Look at what is held out, and tell; a training that gets no better there ends."""
        if self.examples.held and self.step % max(1, self.steps // LOOKS) == 0:
            self.held.add(look(self.step, self.network, self.examples, self.standard), self.network)
        if time.monotonic() - self.told > TELL_SECONDS:
            self.tell("training")
        self.save_now_and_then()
        return tr("held out") if self.held.stale else ""

    @property
    def seconds(self) -> float:
        """Trained so far, before it was cut off too."""
        return self.before + time.monotonic() - self.began

    def tensors(self) -> dict[str, Tensor]:
        best = {f"best.{name}": value for name, value in self.held.weights.items()}
        network, moments = kept.network_tensors(self.network), kept.optimiser_tensors(self.optimiser)
        return network | moments | best | kept.chance_tensors(self.spec.device)

    def said(self) -> dict[str, Any]:
        best = self.held.looks.index(self.held.best) if self.held.best is not None else -1
        looks = [to_json(each) for each in self.held.looks]
        chance = kept.generator_words(self.windows.chance)
        return {"seconds": self.seconds, "curve": self.curve.said(), "looks": looks, "best": best, "windows": chance}

    def restore(self, tensors: dict[str, Tensor], said: dict[str, Any]) -> None:
        self.network.load_state_dict(kept.under("network", tensors))
        kept.restore_optimiser(self.optimiser, tensors)
        self.curve.restore(said["curve"])
        self.held.looks = [from_json(Look, each) for each in said["looks"]]
        self.held.best = self.held.looks[said["best"]] if said["best"] >= 0 else None
        self.held.weights = kept.under("best", tensors)
        self.step, self.before = int(said["step"]), float(said["seconds"])
        kept.restore_generator(self.windows.chance, said["windows"])
        kept.restore_chance(tensors)

    def advance(self) -> None:
        """One step of the optimiser."""
        drawn = self.windows.draw(self.spec.batch)
        features, *known = (
            torch.from_numpy(each).to(self.spec.device) for each in (drawn.features, drawn.now, drawn.ahead, drawn.last)
        )
        if self.spec.noise:
            features = features + self.spec.noise * torch.randn_like(features)
        self.network.train()
        output: HeadOutput = self.network(features)
        scale = 1 / self.shape.features if self.shape.norm else 1.0
        loss = head_loss(output, Targets(*known), self.spec.loss, self.shape.window, scale)
        value = check_loss(float(loss.detach()), self.step, tr("Use a lower learning rate"))
        descend(self.optimiser, loss, self.schedule.at(self.step), self.way.clip)
        self.step += 1
        self.curve.add(self.step, value)

    def tell(self, phase: str) -> None:
        """Say how far it is."""
        looks, best = self.held.looks, self.held.best
        newest = looks[-1] if looks else None
        self.last = TrainProgress(
            phase=phase,
            iteration=self.step,
            iterations=self.steps,
            loss=tuple(self.curve.loss),
            held_loss=tuple((each.iteration, each.loss) for each in looks),
            map=tuple((each.iteration, each.map) for each in looks if each.map is not None),
            ap=newest.ap if newest else {},
            best=best.iteration if best else -1,
            classes=self.examples.classes,
            resumed=self.resumed,
        )
        self.ctx.emit("progress", self.last)
        parts = [tr("Training")]
        if self.curve.loss:
            parts.append(tr("loss {loss:.3f}", loss=self.curve.loss[-1][1]))
        if newest and newest.map is not None:
            parts.append(tr("{share:.1f} % mAP held out", share=100 * newest.map))
        self.ctx.progress(self.step, self.steps, ", ".join(parts))
        self.told = time.monotonic()

    def keep(self) -> TrainResult:
        """Write the model and say what came of it."""
        spec, examples = self.spec, self.examples
        found = self.held.best
        if found is not None:
            self.network.load_state_dict(self.held.weights)
        weights = {name: value.cpu().numpy() for name, value in self.network.state_dict().items()}
        seconds = self.seconds
        card = self._card(seconds)
        self.tell("saving")
        measured = tested(spec, card, weights, self.standard, self.ctx) if spec.folder else None
        if measured is not None:
            card = replace(card, map=measured.map, averaged=len(measured.averaged))
        elif found is not None:
            card = replace(card, map=found.map, averaged=len(found.averaged))
        card = save_model(self.path, card, weights, self.standard.mean, self.standard.deviation)
        return TrainResult(
            file=str(self.path),
            card=card,
            iterations=self.step,
            seconds=seconds,
            feature_seconds=examples.feature_seconds,
            map=card.map,
            stopped_early=self.step < self.steps,
            advice=examples.advice,
            last=self.last,
            tested=measured,
        )

    def _card(self, seconds: float) -> ModelCard:
        rate = self.examples.recipe.rate
        return ModelCard(
            name=self.path.stem,
            classes=self.examples.classes,
            shape=self.shape,
            recipe=self.examples.recipe,
            horizons=tuple(step / rate for step in self.ahead),
            trained_on=self.examples.trained_on,
            seconds=round(seconds, 1),
            films=self.examples.films,
            learned=self.examples.learned,
            cut_off=self.cut_off,
        )


def fingerprint(examples: Examples) -> str:
    """Of what is learned from and what is held out: features, targets, classes."""
    stretches = (*examples.train, *(each.whole for each in examples.held))
    arrays = (part for each in stretches for part in (each.features, each.targets))
    return kept.fingerprint((*examples.classes, *arrays))


def _length(shape: HeadShape, loss: str) -> int:
    """Chunks of a training window: IDN looks back on a whole one from its last fifth, or from its very last."""
    return shape.window + shape.window // 4 if shape.kind == "idn" and loss != "last" else shape.window


def _steps(spec: TrainSpec, way: settings.Way, chunks: int) -> int:
    if not way.rounds:
        return spec.iterations
    return max(1, math.ceil(way.rounds * chunks / (way.stride * spec.batch)))


def _optimiser(network: nn.Module, spec: TrainSpec, way: settings.Way) -> torch.optim.Optimizer:
    weights, rate, decay = network.parameters(), spec.learning_rate, spec.decay
    if way.optimiser == "sgd":
        return torch.optim.SGD(weights, rate, MOMENTUM, weight_decay=decay)
    kind = torch.optim.AdamW if way.optimiser == "adamw" else torch.optim.Adam
    return kind(weights, rate, weight_decay=decay)
