"""A run's batches as one captured loop: on CUDA, where nobody looks on between the steps.

The loop is captured with the first batch and replayed for every later one of its size: their classes or prompts are
copied into the places that the graph reads. What cannot be captured is drawn step by step, and the run says why.
"""

from __future__ import annotations

from torch import Tensor

from engines.core.training.threads import FAILURES, ran_out
from engines.core.words import tr
from engines.generative.diffusion.axis.noise import SeededNoise
from engines.generative.diffusion.sampling.cuda_graphs import Loop
from engines.generative.diffusion.sampling.initial_states import begin
from engines.generative.diffusion.sampling.plan import Conditions, Plan, conditions
from engines.generative.diffusion.types import ModelInfo, SampleSpec

NOTE = tr("The whole loop was captured as one CUDA graph")


def hindrance(spec: SampleSpec, info: ModelInfo) -> str:
    """Why a run is not captured, "" where it is. No sentence of it is an error: the pictures are the same."""
    if not spec.device.startswith("cuda"):
        return tr("only a CUDA device captures")
    if spec.preview_every or spec.keep_steps:
        return tr("previews and kept steps are asked for")
    if spec.start is not None and spec.start.kind in ("inpaint", "invert"):
        return tr("a run that begins with '{kind}' is drawn step by step", kind=spec.start.kind)
    if spec.guidance.kind == "classifier" and spec.guidance.weight != 0:
        return tr("guidance by a classifier takes gradients on the way")
    if info.kind not in ("network", "file"):
        return tr("only networks of ours are known not to wait for the device")
    return ""


class Captured:
    """Loops of one run by the size of the batch. note: what the user should know."""

    def __init__(self, ready: Plan) -> None:
        self._ready = ready
        self._loops: dict[int, tuple[Loop, Conditions]] = {}
        self.note = NOTE

    def draw(self, indices: range) -> tuple[Tensor, int] | None:
        """(samples (B, ...) of some of the run's seeds as the loop step by step gives them, evaluations each); None
        where the device refuses to capture, which is then not asked again. Raises when memory runs out.
        """
        if self.note != NOTE:
            return None
        noise = SeededNoise([self._ready.spec.seeds[index] for index in indices])
        try:
            loop, y = self._loop(indices, noise)
            return loop(y, noise), loop.evaluations
        except FAILURES as error:
            self._loops.clear()
            if ran_out(error):
                raise
            self.note = tr(
                "Drawn step by step, for the loop cannot be captured: {error}",
                error=str(error).splitlines()[0],
            )
            return None

    def _loop(self, indices: range, noise: SeededNoise) -> tuple[Loop, Tensor]:
        """The loop of a batch of this size, told what these samples are to be, and their state at the beginning."""
        told = conditions(self._ready, indices)
        if len(indices) in self._loops:
            loop, kept = self._loops[len(indices)]
            kept.take(told)
            return loop, begin(self._ready, indices, noise, kept).y
        begun = begin(self._ready, indices, noise, told)
        loop = Loop(begun.denoise, begun.y, begun.sigmas, sampler=self._ready.spec.sampler, **self._ready.options)
        self._loops[len(indices)] = loop, told
        return loop, begun.y
