"""Guidance on D: the closed forms, and that no evaluation is paid for where it does not act."""

from __future__ import annotations

import math

import pytest
import torch

from engines.core.errors import UsageError
from engines.generative.diffusion.axis.guidance import automatic, by_classifier, classifier_free
from engines.generative.diffusion.distributions.analytic import digits_mixture
from engines.generative.diffusion.sampling.job import prepare
from engines.generative.diffusion.sampling.plan import Opener, guided
from engines.generative.diffusion.types import Guidance, SampleSpec

LEVEL = torch.tensor(1.3, dtype=torch.float64)


@pytest.fixture
def y() -> torch.Tensor:
    return torch.randn(3, 1, 8, 8, dtype=torch.float64, generator=torch.Generator().manual_seed(0))


def _model():
    known = digits_mixture()
    labels = torch.tensor([1, 5, 7])
    nothing = torch.full((3,), 10)
    calls: list[int] = []

    def counted(denoise):
        def call(y, sigma):
            calls.append(len(y))
            return denoise(y, sigma)

        return call

    return known, counted(known.denoise(labels)), counted(known.denoise(torch.cat([labels, nothing]))), calls


def test_one_evaluation_of_twice_the_batch_gives_the_formula(y) -> None:
    known, conditional, both, calls = _model()
    got = classifier_free(conditional, both, 2.5)(y, LEVEL)
    with_class, without = conditional(y, LEVEL), known.denoise()(y, LEVEL)
    assert calls == [6, 3]
    assert torch.allclose(got, without + 2.5 * (with_class - without), atol=1e-12)
    assert torch.allclose(classifier_free(conditional, both, 0.0)(y, LEVEL), without, atol=1e-12)


def test_weight_one_is_the_conditional_model_at_no_cost(y) -> None:
    _, conditional, both, calls = _model()
    assert torch.equal(classifier_free(conditional, both, 1.0)(y, LEVEL), conditional(y, LEVEL))
    assert calls == [3, 3]


@pytest.mark.parametrize(("interval", "paid"), [((0.5, 2.0), 6), ((2.0, 9.0), 3), ((0.1, 1.0), 3), (None, 6)])
def test_outside_the_interval_the_second_evaluation_is_not_paid(y, interval, paid) -> None:
    _, conditional, both, calls = _model()
    classifier_free(conditional, both, 2.0, interval)(y, LEVEL)
    assert calls == [paid]


def test_a_weaker_model_is_left_behind_and_not_asked_outside_the_interval(y) -> None:
    known = digits_mixture()
    strong, asked = known.denoise(), []

    def weak(y, sigma):
        asked.append(float(sigma))
        return 0.5 * y

    got = automatic(strong, weak, 3.0)(y, LEVEL)
    assert torch.allclose(got, 0.5 * y + 3 * (strong(y, LEVEL) - 0.5 * y), atol=1e-12)
    assert torch.equal(automatic(strong, weak, 3.0, (5.0, 9.0))(y, LEVEL), strong(y, LEVEL))
    assert asked == [float(LEVEL)]


def test_a_perfect_classifier_at_weight_one_turns_the_model_into_that_of_the_class(y) -> None:
    """Bayes: D_c = D + sigma^2 grad log p(c | y), and log p(c | y) = log p(y | c) - log p(y) + constant."""
    known = digits_mixture()
    labels = torch.tensor([1, 5, 7])

    def log_probability(y, sigma):
        return known.log_density(y, sigma, labels) - known.log_density(y, sigma)

    got = by_classifier(known.denoise(), log_probability, 1.0)(y, LEVEL)
    assert torch.allclose(got, known.denoise(labels)(y, LEVEL), atol=1e-9)
    assert not torch.allclose(got, known.denoise()(y, LEVEL), atol=1e-2)
    far = torch.tensor(math.inf, dtype=torch.float64)
    assert torch.equal(by_classifier(known.denoise(), log_probability, 1.0)(y, far), known.denoise()(y, far))


def test_a_classifier_guides_in_the_middle_of_sampling_without_gradients(y) -> None:
    known = digits_mixture()
    labels = torch.tensor([1, 5, 7])
    with torch.no_grad():
        guided_by = by_classifier(known.denoise(), lambda y, s: known.log_density(y, s, labels), 1.0)
        assert not guided_by(y, LEVEL).requires_grad


@pytest.mark.parametrize("make", [classifier_free, automatic])
@pytest.mark.parametrize("weight", [math.nan, math.inf])
def test_a_weight_that_is_no_number_is_refused(make, weight) -> None:
    with pytest.raises(UsageError, match="guidance weight"):
        make(lambda y, s: y, lambda y, s: y, weight)
    with pytest.raises(UsageError, match="empty"):
        make(lambda y, s: y, lambda y, s: y, 2.0, (3.0, 1.0))


def test_a_run_guides_each_sample_to_its_own_class(y) -> None:
    spec = SampleSpec(
        "analytic:digits", seeds=(0, 1, 2), classes=(1, 5, 7), guidance=Guidance(2.5), precision="float64"
    )
    ready = prepare(Opener(precision="float64"), spec)
    known = digits_mixture()
    with_class, without = known.denoise(torch.tensor([5, 7]))(y[1:], LEVEL), known.denoise()(y[1:], LEVEL)
    assert torch.allclose(guided(ready, [1, 2])(y[1:], LEVEL), without + 2.5 * (with_class - without), atol=1e-12)
