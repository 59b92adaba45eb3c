"""What attention in linear time keeps between the steps of a stream: a state whose size never grows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from torch import Tensor

from engines.attention.linear.recurrence import State

Run: TypeAlias = Callable[[Tensor, Tensor, Tensor, State | None], tuple[Tensor, State]]


class Steps:
    """run: (q, k, v, state) -> (output, state). state: after the last step, None before the first."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self.state: State | None = None

    def step(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """The outputs of n more tokens, (B, H, n, e), of q and k (B, H, n, d) and v (B, H, n, e)."""
        out, self.state = self._run(q, k, v, self.state)
        return out

    def reset(self) -> None:
        """Forget all tokens."""
        self.state = None
