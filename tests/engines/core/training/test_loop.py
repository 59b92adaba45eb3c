"""The loop of every training: how it ends, what it keeps, and the rate that it learns at."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch
from torch import nn

from engines.core.context import PlainContext
from engines.core.errors import Cancelled, OutOfResources, WorkFailed
from engines.core.training.loop import EarlyStop, Loop, Schedule, check_loss, descend


class Counting(Loop):
    """Counts its steps; fails, is cancelled or ends by itself at a step."""

    step = 0
    steps = 10
    smaller = "Take less"

    def __init__(self, *, enough: int = 99, cancel: int = 99, error: Exception | None = None) -> None:
        self.ctx: PlainContext = PlainContext()
        self.enough, self.cancel, self.error = enough, cancel, error
        self.saved: list[int] = []

    def advance(self) -> None:
        if self.error is not None:
            raise self.error
        self.step += 1

    def now_and_then(self) -> str:
        if self.step == self.cancel:
            self.ctx.cancelled.set()
        return "enough" if self.step == self.enough else ""

    def save(self) -> None:
        self.saved.append(self.step)


def test_it_ends_with_the_last_step_or_says_why_before() -> None:
    whole, short = Counting(), Counting(enough=3)
    assert (whole.to_the_end(), whole.step) == ("", 10)
    assert (short.to_the_end(), short.step) == ("enough", 3)
    assert (short.to_the_end(), short.step) == ("", 10)
    assert whole.saved == short.saved == []


def test_cancelled_it_keeps_what_it_learned() -> None:
    training = Counting(cancel=4)
    with pytest.raises(Cancelled):
        training.to_the_end()
    assert training.saved == [4]


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("CUDA out of memory")])
def test_too_little_memory_is_said_with_advice(error: Exception) -> None:
    with pytest.raises(OutOfResources) as told:
        Counting(error=error).to_the_end()
    assert told.value.hint == "Take less"


def test_another_error_stays_what_it_is() -> None:
    with pytest.raises(RuntimeError, match="shapes differ"):
        Counting(error=RuntimeError("shapes differ")).to_the_end()


@pytest.mark.parametrize("warm", [20, 50, 100])
def test_the_rate_warms_up_and_falls_to_nothing(warm: int) -> None:
    schedule = Schedule(1000, 0.5, warm)
    rates = [schedule.at(step) for step in range(1001)]
    assert max(rates) == rates[warm] == 0.5
    assert rates[0] == pytest.approx(0.5 / warm)
    assert all(one < two for one, two in pairwise(rates[:warm]))
    assert all(one > two for one, two in pairwise(rates[warm:]))
    assert rates[1000] == pytest.approx(0.0)
    assert Schedule(1000, 0.5, warm, fall=False).at(999) == 0.5


def test_a_short_training_warms_up_for_a_tenth_at_most() -> None:
    assert Schedule(30, 1.0, 20).at(3) == 1.0
    assert Schedule(5, 1.0, 20).at(0) == 1.0
    assert Schedule(5, 1.0, 20, least=1).at(1) == 1.0


def test_a_step_goes_down_a_gradient_that_is_adjusted_first_and_then_clipped() -> None:
    weight = nn.Parameter(torch.zeros(2))
    optimiser = torch.optim.SGD([weight], lr=9.0)

    def double() -> None:
        assert weight.grad is not None
        weight.grad *= 2

    descend(optimiser, (weight * torch.tensor([3.0, 4.0])).sum(), 0.5, clip=1.0, adjust=double)
    assert weight.tolist() == pytest.approx([-0.3, -0.4])
    descend(optimiser, (weight * torch.tensor([3.0, 4.0])).sum(), 0.1)
    assert weight.tolist() == pytest.approx([-0.6, -0.8])


def test_a_loss_that_is_no_number_ends_with_advice() -> None:
    assert check_loss(1.5, 3, "") == 1.5
    with pytest.raises(WorkFailed, match="step 3") as told:
        check_loss(float("nan"), 3, "Learn slower")
    assert told.value.hint == "Learn slower"


def test_the_best_weights_are_kept_until_patience_is_over() -> None:
    network = nn.Linear(1, 1, bias=False)
    held: EarlyStop[float] = EarlyStop(float.__gt__, patience=2)
    stale = []
    for value in (1.0, 3.0, 2.0, 3.0, 1.0):
        nn.init.constant_(network.weight, value)
        held.add(value, network)
        stale.append(held.stale)
    assert stale == [False, False, False, True, True]
    assert (held.best, float(held.weights["weight"])) == (3.0, 3.0)
