"""The watch over a run: cancelling, progress, previews, steps for scrubbing, the path that samples take.

Previews may cost at most a twentieth of a run. Each is paid for beforehand: the next one waits until the run has gone
on for so long that it fits, and none comes sooner than a screen can show it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engines.core.context import Context
from engines.core.words import tr
from engines.generative.diffusion.axis.denoiser import Denoise
from engines.generative.diffusion.models import catalog
from engines.generative.diffusion.sampling.plan import Plan
from engines.generative.diffusion.types import Preview
from engines.generative.runs.steps_file import StepsWriter, to_uint8

AIM = 0.04
PERIOD = 1 / 30
GUESS = 0.001
"""Seconds that the first preview of a run is thought to cost."""
SHOWN = 64


class Watch:
    """Told of every step of every batch. writing: seconds that went into the steps file."""

    def __init__(self, ready: Plan, ctx: Context, writer: StepsWriter | None = None) -> None:
        self.nfe = 0
        self.writing = 0.0
        self.notes: list[str] = []
        self._ready, self._ctx, self._writer = ready, ctx, writer
        self._indices: range = range(0)
        self._done = 0
        self._steps = ready.spec.steps
        self._began = time.perf_counter()
        self._shown_at = -math.inf
        self._previews = 0.0
        self._cost = GUESS
        self._path = Path(ready)
        self._held: list[tuple[int, Tensor, Tensor]] = []
        if writer is not None and (writer.every > 1 or writer.samples < len(ready.spec.seeds)):
            self.notes.append(
                tr(
                    "Of the steps every {every}. of {samples} samples is kept",
                    every=writer.every,
                    samples=writer.samples,
                )
            )

    def begin(self, indices: range, sigmas: Tensor) -> None:
        """A batch sets out, with these levels."""
        self._indices, self._steps, self.nfe = indices, len(sigmas) - 1, 0
        self._offset = len(self._ready.sigmas) - len(sigmas)
        self._path.begin()
        self._held.clear()
        self._say(0)

    def counted(self, denoise: Denoise) -> Denoise:
        """The same denoiser, counted, and stopping when the user asks for an end."""

        def watched(y: Tensor, sigma: Tensor) -> Tensor:
            self._ctx.check()
            self.nfe += 1
            return denoise(y, sigma)

        return watched

    def observe(self, step: int, sigma: float, y: Tensor, denoised: Tensor) -> None:
        """As samplers call it: the state before a step and D there."""
        self._ctx.check()
        self._say(step + 1)
        every = self._ready.spec.preview_every
        if every and step % every == 0:
            self._maybe_show(step, sigma, denoised)
        if self._writer is not None:
            self._keep(step + self._offset, y, denoised)
            self._path.add(sigma, y)

    def end(self, done: Tensor) -> None:
        """A batch is finished."""
        if self._writer is not None:
            for held in self._held:
                self._write(*held)
            self._write(len(self._ready.sigmas) - 1, done, done)
            self._path.add(0.0, done)
            self._path.end()
        self._done += len(self._indices)

    def drawn_at_once(self, indices: range, evaluations: int) -> None:
        """A batch was drawn as a whole, with nobody looking on between its steps."""
        self._ctx.check()
        self._indices, self.nfe = indices, evaluations
        self._say(self._steps)
        self._done += len(indices)

    def again(self, batch: int) -> None:
        """A batch ran out of memory and is taken again in smaller ones."""
        self._say(0, tr("Memory ran out; {batch} samples at a time", batch=batch))

    def preview_share(self, seconds: float) -> float:
        """Part of the run's time that previews took."""
        return self._previews / seconds if seconds > 0 else 0.0

    def path(self) -> tuple[float | None, tuple[float, ...]]:
        """(straightness, curvature) of the paths; (None, ()) where they mean nothing."""
        return self._path.measured()

    def _say(self, step: int, note: str = "") -> None:
        total = len(self._ready.spec.seeds)
        done = self._done + len(self._indices) * step / self._steps
        last = self._indices.stop
        several = (
            tr("samples {start} to {last} of {total}", start=self._indices.start + 1, last=last, total=total)
            if len(self._indices) < total
            else ""
        )
        step_note = tr("Step {step} of {steps}", step=step, steps=self._steps) + (f", {several}" if several else "")
        self._ctx.progress(done * self._steps, total * self._steps, note or step_note)

    def _maybe_show(self, step: int, sigma: float, denoised: Tensor) -> None:
        now = time.perf_counter()
        affordable = self._previews + self._cost <= AIM * (now - self._began)
        if not affordable or now - self._shown_at < PERIOD:
            return
        self._ctx.emit("preview", self._preview(step, sigma, denoised))
        self._shown_at = time.perf_counter()
        self._cost = self._shown_at - now
        self._previews += self._cost

    def _preview(self, step: int, sigma: float, denoised: Tensor) -> Preview:
        shown = denoised[:SHOWN]
        images, points = None, None
        if shown.ndim == 2:
            points = denoised.float().cpu().numpy()
        else:
            images = seen(shown, self._ready)
        return Preview(step + 1, self._steps, sigma, self._indices.start, images, points)

    def _keep(self, step: int, y: Tensor, denoised: Tensor) -> None:
        """Write a step; on another device hold it there until the batch is done, so that no step waits for a copy."""
        assert self._writer is not None
        if not self._writer.wants(step, self._indices.start):
            return
        if y.is_cpu:
            self._write(step, y, denoised)
        else:
            self._held.append((step, y.clone(), denoised.clone()))

    def _write(self, step: int, y: Tensor, denoised: Tensor) -> None:
        assert self._writer is not None
        began = time.perf_counter()
        if self._writer.wants(step, self._indices.start):
            self._writer.add(step, self._indices.start, y.float().cpu().numpy(), denoised.float().cpu().numpy())
        self.writing += time.perf_counter() - began


def seen(state: Tensor, ready: Plan) -> NDArray[np.uint8]:
    """A state as pictures; latents by the linear guess of their decoder."""
    low, high = ready.model.range
    if ready.model.latents is None:
        return to_uint8(state.float().cpu().numpy(), low, high)
    rgb = ready.model.latents.to_rgb
    mixed = torch.einsum("nchw,cr->nrhw", state.float().cpu(), rgb[:-1]) + rgb[-1][None, :, None, None]
    return to_uint8(mixed.numpy(), 0.0, 1.0)


class Path:
    """How straight samples go, in the coordinates x_t = y / (1 + sigma) of a flow, where noise and data have one size.

    Straightness is |end - begin| over the length of the path, a mean over samples; curvature is the angle in radians
    between two steps. Of samplers without fresh noise: a random path has no direction.
    """

    def __init__(self, ready: Plan) -> None:
        entry = catalog.sampler(ready.spec.sampler)
        churn = ready.spec.options.get("churn", 0.0)
        self._means = entry is not None and (not entry.stochastic or (entry.id == "heun" and not churn))
        self._straight: list[Tensor] = []
        self._angles: list[Tensor] = []
        self.begin()

    def begin(self) -> None:
        self._first: Tensor | None = None
        self._before: Tensor | None = None
        self._step: Tensor | None = None
        self._length: Tensor | float = 0.0
        self._turns: list[Tensor] = []

    def add(self, sigma: float, y: Tensor) -> None:
        if not self._means:
            return
        here = y.flatten(1).double() if sigma == math.inf else y.flatten(1).double() / (1 + sigma)
        if self._before is None:
            self._first = here
        else:
            step = here - self._before
            self._length = self._length + step.norm(dim=1)
            if self._step is not None:
                self._turns.append(torch.nn.functional.cosine_similarity(step, self._step).clamp(-1, 1).acos())
            self._step = step
        self._before = here

    def end(self) -> None:
        if self._first is not None and self._before is not None and isinstance(self._length, Tensor):
            self._straight.append((self._before - self._first).norm(dim=1) / self._length.clamp(min=1e-30))
            self._angles.append(torch.stack(self._turns) if self._turns else torch.empty(0, len(self._first)))

    def measured(self) -> tuple[float | None, tuple[float, ...]]:
        if not self._straight:
            return None, ()
        return float(torch.cat(self._straight).mean()), _means_of(self._angles)


def _means_of(angles: Sequence[Tensor]) -> tuple[float, ...]:
    return tuple(torch.cat(list(angles), 1).mean(1).tolist())
