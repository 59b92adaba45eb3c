"""Job: a margin softmax trained over a folder of people, with everything that shows what it does on the way.

The backbone is "frozen" (finished embeddings of a recogniser, projected) or "small" (a network of its own, from aligned
pictures with flips and shifts). Pictures held out decide what is reported; the result is an ONNX recogniser.
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from engines.core.context import Context
from engines.core.errors import UsageError
from engines.core.training import kept
from engines.core.training.loop import Schedule, check_loss, descend
from engines.core.training.threads import threads
from engines.core.words import tr
from engines.faces.study_types import FREE, HeadProgress, HeadResult, HeadSpec
from engines.faces.training import export
from engines.faces.training.batches import Feed
from engines.faces.training.data import HeadData, read
from engines.faces.training.margin import MarginSoftmax, unit
from engines.faces.training.margin_choices import choice, margins_of
from engines.faces.training.networks import MEAN, STD, Projection, SmallFace
from engines.faces.training.partial import PartialSoftmax
from engines.faces.training.places import checkpoint_path, head_path
from engines.faces.training.watch import Angles, Curves, View, angles, progress

BACKBONES = ("frozen", "small")
THREADS = 2
TELL_SECONDS = 0.1
LOOK_SHARE = 8
"""At least so many times longer is trained than looked at."""
MOMENTUM, DECAY, STEEPEST, WARM = 0.9, 5e-4, 5.0, 50


def run(spec: HeadSpec, ctx: Context) -> HeadResult:
    """Train, and write `spec.out`/LOSS-BACKBONE.onnx with its card.

    Raises `UsageError` for settings without sense, `BadInput` for a folder it cannot learn from, `FileMissing`,
    `WorkFailed` when the loss is no number any more, `Cancelled`: then no recogniser is written, and a checkpoint is
    left beside its place, from which the same training goes on.
    """
    check(spec)
    with ctx.lease(threads=THREADS) as lease, threads(lease.threads), export.place(head_path(spec)):
        began = time.monotonic()
        data = read(spec, ctx, lease.threads)
        training = Training(spec, data, ctx)
        training.resume()
        training.to_the_end()
        made = training.keep(training.before + time.monotonic() - began)
        training.sweep()
        return made


def check(spec: HeadSpec) -> None:
    """Raises `UsageError` for settings without sense."""
    margins_of(spec.loss, spec.margins)
    if spec.backbone not in BACKBONES:
        raise UsageError(
            tr("There is no backbone called '{backbone}'", backbone=spec.backbone),
            hint=tr("Choose ") + " or ".join(BACKBONES),
        )
    if not spec.out:
        raise UsageError(tr("Where the recogniser goes is not said"), hint=tr("Name a folder"))
    for value, low, high, words in (
        (spec.scale, 1, 256, tr("The scale")),
        (spec.dim, 8, 1024, tr("The length of an embedding")),
        (spec.steps, 1, 1_000_000, tr("The number of steps")),
        (spec.batch, 2, 4096, tr("The number of faces a step")),
        (spec.rate, 1e-6, 10, tr("The learning rate")),
        (spec.sample, 1e-4, 1, tr("The share of centres")),
        (spec.held_out, 0.01, 0.9, tr("The share held out")),
    ):
        if not low <= value <= high:
            raise UsageError(
                tr("{words} must be {low:g} to {high:g}, not {value:g}", words=words, low=low, high=high, value=value)
            )


class Training(kept.KeptLoop):
    """One training from its data to its files. before: seconds that it was trained before it was cut off."""

    FREE = FREE
    step = 0
    before = 0.0
    smaller = tr("Use fewer faces a step")

    def __init__(self, spec: HeadSpec, data: HeadData, ctx: Context) -> None:
        self.spec, self.data, self.ctx, self.steps = spec, data, ctx, spec.steps
        self.kept, self.learned = checkpoint_path(spec), _fingerprint(data)
        self.feed = Feed(data.inputs, data.labels, data.train, min(spec.batch, len(data.train)), spec.seed)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(spec.seed)
            self.network: Projection | SmallFace = _network(spec, data)
            named = choice(spec.loss)
            margins = margins_of(spec.loss, spec.margins)
            softmax = MarginSoftmax(spec.dim, len(data.people), margins, spec.scale, by_norm=named.by_norm)
        self.centres = PartialSoftmax(softmax, spec.sample, momentum=MOMENTUM, decay=DECAY, seed=spec.seed)
        decay = DECAY if spec.backbone == "small" else 0.0
        self.optimiser = torch.optim.SGD(self.network.parameters(), spec.rate, MOMENTUM, weight_decay=decay)
        self.curves, self.view = Curves(spec.steps), View()
        self.held = torch.from_numpy(data.labels[data.held])
        self.schedule = Schedule(spec.steps, spec.rate, WARM)
        self.made = time.monotonic()
        self.began = self.told = self.spent = 0.0
        self.last: HeadProgress | None = None

    def begin(self) -> None:
        self.tell(at_once=True)
        self.began, self.spent = time.monotonic(), 0.0

    def advance(self) -> None:
        """One step of stochastic gradient descent with momentum."""
        self.centres.rate = self.schedule.at(self.step)
        inputs, labels = self.feed.batch()
        self.network.train()
        loss = self.centres.loss(self.network(inputs), labels)
        value = check_loss(float(loss.detach()), self.step, tr("Use a lower learning rate or scale"))
        pull = self.network.pull if isinstance(self.network, Projection) else None
        descend(self.optimiser, loss, self.centres.rate, STEEPEST, adjust=pull)
        self.centres.step()
        self.step += 1
        self.curves.add(self.step, value)

    def now_and_then(self) -> str:
        """Look at the held-out pictures at the end, and where looking takes a small part of the time."""
        last = self.step == self.spec.steps
        room = LOOK_SHARE * self.spent < time.monotonic() - self.began
        if last or (room and self.step % self.curves.every == 0):
            self.tell(last)
        self.save_now_and_then()
        return ""

    def tensors(self) -> dict[str, Tensor]:
        turned = {} if self.view.last is None else {"view": torch.from_numpy(self.view.last)}
        network, moments = kept.network_tensors(self.network), kept.optimiser_tensors(self.optimiser)
        return network | moments | self.centres.tensors() | self.feed.tensors() | turned

    def said(self) -> dict[str, Any]:
        return {"seconds": self.before + time.monotonic() - self.made, "curves": self.curves.said()}

    def restore(self, tensors: dict[str, Tensor], said: dict[str, Any]) -> None:
        self.network.load_state_dict(kept.under("network", tensors))
        kept.restore_optimiser(self.optimiser, tensors)
        self.centres.restore(tensors)
        self.feed.restore(tensors)
        self.curves.restore(said["curves"])
        self.view.last = tensors["view"].numpy() if "view" in tensors else None
        self.step, self.before = int(said["step"]), float(said["seconds"])

    def tell(self, at_once: bool = False) -> None:
        """Look at the held-out pictures; say how far it is where that was not said just now."""
        began = time.monotonic()
        vectors, seen = self.look()
        self.curves.accuracy.append((self.step, seen.accuracy))
        if at_once or began - self.told > TELL_SECONDS:
            self._say(vectors, seen)
            self.told = time.monotonic()
        self.spent += time.monotonic() - began

    def _say(self, vectors: Tensor, seen: Angles) -> None:
        spec, flat = self.spec, vectors.double().numpy()
        people = self.data.people
        told = progress(self.step, spec.steps, self.curves, self.view, flat, self.held, seen, people)
        self.last = replace(told, resumed=self.resumed)
        self.ctx.emit("head", self.last)
        self.ctx.progress(
            self.step, spec.steps, tr("Training, {accuracy:.1f} % of the held-out right", accuracy=100 * seen.accuracy)
        )

    @torch.no_grad()
    def look(self) -> tuple[Tensor, Angles]:
        """Unit embeddings of the held-out pictures and their angles."""
        self.network.eval()
        vectors = torch.cat([unit(self.network(part)) for part in self.feed.parts(self.data.held)])
        return vectors, angles(vectors @ unit(self.centres.centres).T, self.held)

    def keep(self, seconds: float) -> HeadResult:
        """Write the recogniser and its card."""
        spec, data = self.spec, self.data
        _, seen = self.look()
        result = HeadResult(
            file="",
            accuracy=seen.accuracy,
            separation=(float(seen.own.mean()), float(seen.other.mean())),
            classes=len(data.people),
            images=len(data.labels),
            seconds=seconds,
            last=self.last,
            cut_off=self.cut_off,
        )
        path = head_path(spec)
        export.write(path, self._network_file(), _card(spec, data, result))
        return replace(result, file=str(path))

    def _network_file(self) -> bytes:
        if isinstance(self.network, SmallFace):
            return export.whole(self.network)
        base = self.data.base
        return export.projection(self.network.linear.weight.detach().numpy(), base.name, base.sha256)


def _fingerprint(data: HeadData) -> str:
    return kept.fingerprint((*data.people, data.inputs, data.labels, data.train, data.base.sha256))


def _network(spec: HeadSpec, data: HeadData) -> Projection | SmallFace:
    if spec.backbone == "small":
        return SmallFace(spec.dim)
    return Projection(torch.from_numpy(np.asarray(data.inputs[data.train], np.float32)), spec.dim)


def _named(model: str) -> str:
    """A recogniser's name, or the whole path of its file."""
    return str(Path(model).resolve()) if model.lower().endswith(".onnx") else model


def _card(spec: HeadSpec, data: HeadData, result: HeadResult) -> dict[str, Any]:
    small = spec.backbone == "small"
    named = choice(spec.loss)
    fed: dict[str, Any] = {"order": "RGB", "mean": MEAN, "std": STD}
    of: dict[str, Any] = {"of": _named(spec.model), "of_sha256": data.base.sha256}
    return {
        "name": f"{spec.loss}-{spec.backbone}",
        "title": (
            tr("{loss}, small network", loss=named.title)
            if small
            else tr("{loss} on {recogniser}", loss=named.title, recogniser=data.base.title)
        ),
        "dim": spec.dim,
        "size": 112,
        **(fed if small else of),
        "licence": tr("Trained on your own pictures") + ("" if small else f"; {data.base.title}: {data.base.licence}"),
        "trained_on": {"people": result.classes, "images": result.images, "held_out": len(data.held)},
        "loss": {
            "name": spec.loss,
            "margins": margins_of(spec.loss, spec.margins),
            "scale": spec.scale,
            "sample": spec.sample,
        },
        "steps": spec.steps,
        **({"cut_off": result.cut_off} if result.cut_off else {}),
        "batch": spec.batch,
        "rate": spec.rate,
        "seed": spec.seed,
        "accuracy": round(result.accuracy, 5),
        "separation_degrees": [round(angle, 2) for angle in result.separation],
    }
