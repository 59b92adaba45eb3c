"""Training of a small network on one axis: y = x0 + sigma eps, a loss of |D(y, sigma) - x0|^2 weighted by sigma.

What the network predicts, how its loss is weighted and which noise levels it sees are three settings; EDM, DDPM and
rectified flow are points of them. A training may be killed at any moment and goes on from its last checkpoint.
"""

from __future__ import annotations

import math
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engines.attention.listening import pinned
from engines.core.context import Context
from engines.core.errors import BadInput, WorkFailed
from engines.core.outputs import check_file
from engines.core.spec import to_json
from engines.core.training import checkpoints
from engines.core.training.kept import KIND, between, resumed_words
from engines.core.training.loop import Loop, Schedule, lost
from engines.core.training.standing import remove, sweep_parts
from engines.core.training.state import State
from engines.core.training.threads import threads
from engines.core.words import tr
from engines.generative.data.moments import Moments
from engines.generative.diffusion.axis.denoiser import Preconditioned
from engines.generative.diffusion.axis.noise import SeededNoise
from engines.generative.diffusion.axis.weighting import levels, losses
from engines.generative.training import files
from engines.generative.training.batches import batch
from engines.generative.training.loss_by_level import LossByLevel
from engines.generative.training.setup import LEAST_WARM, WARM_UP, Setup, card, check, prepare
from engines.generative.training.types import FREE, TrainProgress, TrainResult, TrainSpec, name_of

if TYPE_CHECKING:
    from engines.generative.training.setup import Setup
SAMPLES = 16
STEPS = 8
LOWEST, HIGHEST = 0.02, 40.0

KERNEL = "sdpa"
"""Of attention: one for all machines, so that a training that goes on takes the steps it would have taken."""
CUT_OFF = tr("cut off")
TELL_SECONDS = 0.5


def run(spec: TrainSpec, ctx: Context) -> TrainResult:
    """Train, or go on with what `spec.out` holds.

    Raises `UsageError` for settings without sense, `BadInput` for data or a checkpoint that does not fit and where
    another training writes these files, `WorkFailed`
    when the loss is no number any more, `OutOfResources` when the disk is full: the checkpoint before is then whole.
    """
    check(spec)
    with ctx.lease(spec.device, threads=spec.threads) as lease, threads(lease.threads), pinned(KERNEL):
        with files.place(spec.out, name_of(spec)):
            ctx.progress(0, spec.steps, tr("Reading the data"))
            run_ = Run(spec, prepare(spec, ctx), ctx)
            resumed = run_.resume()
            stopped = CUT_OFF if spec.keep else run_.to_the_end()
            return run_.keep(resumed, stopped)


class Run(Loop):
    """One training from its settings to its files."""

    def __init__(self, spec: TrainSpec, setup: Setup, ctx: Context) -> None:
        self.spec, self.setup, self.ctx, self.steps = spec, setup, ctx, spec.steps
        self.smaller = tr(
            "Take a batch of {batch}, a smaller width, or close other programs", batch=max(1, spec.batch // 2)
        )
        self.too_large = tr("A batch of {batch} does not fit into the memory", batch=spec.batch)
        self.state: State[Preconditioned, LossByLevel] = setup.state
        self.schedule = Schedule(spec.steps, spec.rate, WARM_UP, LEAST_WARM)
        self.path = files.checkpoint_path(Path(spec.out), setup.name)
        self.began = self.saved = self.told = time.monotonic()
        self.before, self.cost, self.resumed = 0.0, 0.0, 0
        self.ended: list[int] = []

    def resume(self) -> int:
        """Go on from the checkpoint, if there is one; the step it was at."""
        sweep_parts(self.path)
        if self.spec.anew:
            check_file(self.path, KIND)
        held = None if self.spec.anew else checkpoints.read_checkpoint(self.path)
        if held is None and self.spec.keep:
            raise BadInput(tr("There is no checkpoint of this training"), path=self.path, hint=tr("Train it first"))
        if held is None:
            remove(self.path)
            return 0
        checkpoints.check_same(self.path, held.said["spec"], to_json(self.spec), FREE)
        self.state.restore(held.tensors, held.said)
        self.before = self.state.seconds
        self.ended = list(held.said.get("ended", []))
        if self.state.step == held.said["spec"]["steps"] < self.spec.steps:
            self.ended.append(self.state.step)
        self.resumed = self.state.step
        self.ctx.progress(self.resumed, self.steps, resumed_words(self.resumed, self.steps))
        return self.resumed

    @property
    def step(self) -> int:
        return self.state.step

    def advance(self) -> None:
        """One step."""
        spec, state, device = self.spec, self.state, self.setup.device
        model = state.model
        seen = batch(
            self.setup.data, state.step, spec.batch, spec.seed, drop_class=spec.drop_class, augment=spec.augment
        )
        low, high = self.setup.range
        sigma = levels(spec.batch, spec.mean, spec.std, low, high, seen.generator)
        label = None if seen.label is None else seen.label.to(device)
        each = losses(model, seen.x0.to(device), sigma.to(device), seen.eps.to(device), label, spec.weighting)
        loss = state.curves.add(state.step, sigma, each.detach().cpu())
        if not math.isfinite(loss):
            raise self._lost()
        state.update(each.mean(), self.schedule.at(state.step), spec.ema)

    def now_and_then(self) -> str:
        """Save and tell where it is time for it; the training ends once its minutes are over."""
        now = time.monotonic()
        self.state.seconds = self.before + now - self.began
        if now - self.saved > min(self.spec.save_seconds, between(self.cost, now - self.began)):
            self.save()
        shown = self.spec.sample_every and self.state.step % self.spec.sample_every == 0
        if shown or now - self.told > TELL_SECONDS or self.state.step == self.spec.steps:
            self.tell(bool(shown))
        return "time" if self.spec.minutes and now - self.began > 60 * self.spec.minutes else ""

    def save(self) -> None:
        """Write the checkpoint. Raises `WorkFailed` rather than write weights that are no numbers."""
        if not self.state.is_finite():
            raise self._lost()
        began = time.monotonic()
        said = {"spec": to_json(replace(self.spec, anew=False, keep=False)), "ended": self.ended, **self.state.said()}
        checkpoints.write_checkpoint(self.path, self.state.tensors(), said)
        self.saved = time.monotonic()
        self.cost = self.saved - began

    def _lost(self) -> WorkFailed:
        kept = self.path.exists()
        advice = tr("; the last good checkpoint is kept") if kept else ""
        hint = tr("Try a learning rate of {rate:.1e}{advice}", rate=self.spec.rate / 3, advice=advice)
        return lost(self.step, hint, self.path if kept else None)

    def tell(self, shown: bool) -> None:
        """Say how far it is; with samples of the averaged weights when `shown`."""
        state, spec = self.state, self.spec
        images = samples(state.average, self.setup) if shown else None
        curves = state.curves
        said = TrainProgress(
            state.step,
            spec.steps,
            curves.smoothed,
            self.schedule.at(state.step),
            curves.over_steps(),
            curves.by_level(),
            images,
            self.resumed,
        )
        self.ctx.emit("train", said)
        self.ctx.progress(
            state.step, spec.steps, tr("Step {step}, loss {smoothed:.4f}", step=state.step, smoothed=curves.smoothed)
        )
        self.told = time.monotonic()

    def keep(self, resumed: int, stopped: str) -> TrainResult:
        """Write the weights with their card, and a last checkpoint to go on from."""
        if not self.spec.keep:
            self.save()
        state = self.state
        moments = Moments.of(self.setup.data.images)
        figures = {"loss": state.curves.smoothed, "seconds": round(state.seconds, 1), **self.setup.figures}
        kept = card(self.spec, self.setup, state.step, figures, self.ended)
        kept = replace(kept, cut_off=state.step if self.spec.keep else 0)
        path, _ = files.write_weights(Path(self.spec.out), kept, state.weights(), moments)
        notes = self.setup.data.notes
        return TrainResult(str(path), state.step, state.curves.smoothed, state.seconds, resumed, stopped, notes)


@torch.no_grad()
def samples(model: Preconditioned, setup: Setup) -> NDArray[np.uint8]:
    """(n, H, W[, 3]) uint8 pictures of the weights as they are; classes in turn."""
    from engines.generative.diffusion.axis.schedules import karras
    from engines.generative.diffusion.samplers.named import sample

    classes = len(setup.data.classes)
    label = (torch.arange(SAMPLES) % classes).to(setup.device) if classes else None
    low, high = max(setup.range[0], LOWEST), min(setup.range[1], HIGHEST)
    sigmas = karras(STEPS, low, high)
    like = torch.empty(SAMPLES, *setup.data.shape, device=setup.device)
    start = SeededNoise(range(SAMPLES))(like) * float(sigmas[0])
    return pictures(sample(model.conditioned(label), start, sigmas, sampler="dpm++2m"))


def pictures(x: Tensor, low: float = -1.0, high: float = 1.0) -> NDArray[np.uint8]:
    """Samples (n, C, H, W) as uint8 pictures, (n, H, W) when grey, else (n, H, W, 3) RGB."""
    scaled = ((x.detach().float().cpu() - low) / (high - low) * 255).round().clamp(0, 255).nan_to_num(0)
    images = scaled.permute(0, 2, 3, 1).to(torch.uint8).numpy()
    return images[..., 0] if images.shape[-1] == 1 else images
