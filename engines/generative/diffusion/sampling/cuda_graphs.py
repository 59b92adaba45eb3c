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

WARM_UP = 3


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

    like: a state of the shape, type and device of those to come. denoise must not wait for the device, and the tensors
    it closes over (labels, prompts) must stay the same.
    """

    def __init__(
        self, denoise: Denoise, like: Tensor, sigmas: Tensor, *, sampler: str = "dpm++2m", **options: Any
    ) -> None:
        self._y = torch.zeros_like(like)
        self._slots = Slots()
        self._run: Callable[[], Tensor] = lambda: sample(
            denoise, self._y, sigmas, sampler=sampler, noise=self._slots, **options
        )
        self._graph: torch.cuda.CUDAGraph | None = None
        self._done = self._y

    def __call__(self, y: Tensor, noise: Noise = torch.randn_like) -> Tensor:
        """The samples of a state at the first level; noise is drawn from as often as the sampler draws."""
        self._y.copy_(y)
        if not self._slots.places:
            self._once()
        self._slots.fill(noise)
        if not self._y.is_cuda:
            return self._run().clone()
        if self._graph is None:
            self._capture()
            self._y.copy_(y)
        assert self._graph is not None
        self._graph.replay()
        return self._done.clone()

    def _once(self) -> None:
        """Find out how much noise a loop draws."""
        self._run()
        self._slots.rewind()

    def _capture(self) -> None:
        aside = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        aside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(aside):
            for _ in range(WARM_UP):
                self._run()
                self._slots.rewind()
        torch.cuda.current_stream().wait_stream(aside)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            self._done = self._run()
        self._slots.rewind()
        self._graph = graph
