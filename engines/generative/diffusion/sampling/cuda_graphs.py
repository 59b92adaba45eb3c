"""A whole sampling loop as one CUDA graph: no launch from Python between its first kernel and its last.

Small networks leave a device idle between kernels; replaying the loop as one graph closes the gaps. A captured loop is
of one model, batch, schedule and sampler, and nobody is asked between its steps: no preview, no cancelling. Noise on
the way is drawn on the CPU as ever and put into place before each replay, so a seed gives what it gives elsewhere.
On another device the same object runs the loop step by step.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from engines.generative.diffusion.axis.denoiser import Denoise
from engines.generative.diffusion.axis.noise import Noise
from engines.generative.diffusion.samplers.named import sample


class Slots:
    """Noise from places that are filled beforehand: the n-th draw of a loop reads the n-th place."""

    def __init__(self) -> None:
        self.places: list[Tensor] = []
        self._next = 0

    def __call__(self, like: Tensor) -> Tensor:
        if self._next == len(self.places):
            self.places.append(torch.randn_like(like))
        place = self.places[self._next]
        self._next += 1
        return place

    def rewind(self) -> None:
        self._next = 0

    def fill(self, noise: Noise) -> None:
        """Fresh numbers in every place, in the order in which they are read."""
        for place in self.places:
            place.copy_(noise(place))
        self.rewind()


class Loop:
    """A loop from a state (B, ...) to the samples; captured when it first runs, on CUDA.

    like: a state of the shape, type and device of those to come. denoise must not wait for the device; the tensors it
    closes over (labels, prompts) are read anew by every run. evaluations: of denoise in one loop.
    """

    def __init__(
        self, denoise: Denoise, like: Tensor, sigmas: Tensor, *, sampler: str = "dpm++2m", **options: Any
    ) -> None:
        self._y = torch.zeros_like(like)
        self._slots = Slots()
        self.evaluations = 0

        def counted(y: Tensor, sigma: Tensor) -> Tensor:
            self.evaluations += 1
            return denoise(y, sigma)

        self._walk: Callable[[], Tensor] = lambda: sample(
            counted, self._y, sigmas, sampler=sampler, noise=self._slots, **options
        )
        self._graph: torch.cuda.CUDAGraph | None = None
        self._done = self._y

    def __call__(self, y: Tensor, noise: Noise = torch.randn_like) -> Tensor:
        """The samples of a state at the first level; noise is drawn from as often as the sampler draws."""
        self._y.copy_(y)
        if not self.evaluations:
            self._warm_up()
        if self._y.is_cuda and self._graph is None:
            self._capture()
        self._slots.fill(noise)
        if self._graph is None:
            return self._run().clone()
        self._graph.replay()
        return self._done.clone()

    def _run(self) -> Tensor:
        self.evaluations = 0
        self._slots.rewind()
        return self._walk()

    def _warm_up(self) -> None:
        """Run once beside: libraries are set up, kernels are chosen, and it is known how much noise a loop draws."""
        if not self._y.is_cuda:
            self._run()
            return
        aside = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        aside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(aside):
            self._run()
        torch.cuda.current_stream().wait_stream(aside)

    def _capture(self) -> None:
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            self._done = self._run()
        self._graph = graph
