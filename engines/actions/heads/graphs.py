"""A head's streaming step as one CUDA graph: a chunk costs one launch instead of some hundred.

The step of a small head is many short kernels, and launching them takes longer than running them. The graph reads the
chunk from one place, and the state that it carries stays where it is between replays. On another device the same object
runs the step kernel by kernel.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engines.actions.heads.outputs import HeadOutput

WARM_UP = 3


class GraphStream:
    """A network of `build`, on its device, chunk by chunk; captured at the first step on CUDA. It is put into `eval`.

    batch: streams side by side. Weights changed in place are seen by later steps.
    """

    def __init__(self, network: nn.Module, batch: int = 1) -> None:
        self._network = network.eval()
        like = next(network.parameters())
        self._x = like.new_zeros((batch, int(network.inputs)))  # type: ignore[arg-type]
        self._state: tuple[Tensor, ...] = network.start(batch, like.detach())  # type: ignore[operator]
        self._graph: torch.cuda.CUDAGraph | None = None
        self._output = HeadOutput(self._x)

    @torch.no_grad()
    def step(self, x: Tensor) -> HeadOutput:
        """x (batch, inputs) to logits (batch, C) and ahead (batch, L, C) or None."""
        self._x.copy_(x)
        if not self._x.is_cuda:
            self._once()
        else:
            if self._graph is None:
                self._capture()
            assert self._graph is not None
            self._graph.replay()
        return HeadOutput(*[None if part is None else part.clone() for part in self._output])  # type: ignore[arg-type]

    def reset(self) -> None:
        """Forget what was seen."""
        for part in self._state:
            part.zero_()

    def _once(self) -> None:
        self._output, state = self._network.step(self._x, self._state)  # type: ignore[operator]
        for place, part in zip(self._state, state, strict=True):
            place.copy_(part)

    def _capture(self) -> None:
        before = [part.clone() for part in self._state]
        aside = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        aside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(aside):
            for _ in range(WARM_UP):
                self._once()
        torch.cuda.current_stream().wait_stream(aside)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            self._once()
        for place, part in zip(self._state, before, strict=True):
            place.copy_(part)
        self._graph = graph
