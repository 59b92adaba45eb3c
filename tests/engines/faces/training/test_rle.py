"""RLE: a true density, the plain likelihoods it begins as, and what it learns of skewed errors."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from engines.core.errors import UsageError
from engines.faces.training.rle import RLE, Base, positive

BASES: tuple[Base, ...] = ("laplace", "gaussian")


def grid(reach: float, count: int) -> tuple[Tensor, float]:
    """Midpoints of count x count cells over [-reach, reach]^2 and the area of one."""
    step = 2 * reach / count
    line = -reach + step * (torch.arange(count, dtype=torch.float64) + 0.5)
    return torch.cartesian_prod(line, line), step * step


def skewed(count: int, seed: int = 0) -> Tensor:
    """Independent errors of median 0 and mean far from it, (count, 2)."""
    made = torch.Generator().manual_seed(seed)
    return (0.8 * torch.randn(count, 2, generator=made, dtype=torch.float64)).exp() - 1


def shaken(rle: RLE, seed: int = 3) -> RLE:
    made = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for weights in rle.parameters():
            weights.add_(0.08 * torch.randn(weights.shape, generator=made, dtype=weights.dtype))
    return rle


def learnt(errors: Tensor, base: Base, steps: int) -> tuple[RLE, Tensor, Tensor]:
    """A constant mu and sigma and the flow fitted to errors about 0."""
    torch.manual_seed(0)
    rle = RLE(base=base, layers=6, hidden=16).double()
    mu = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    raw = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.Adam([mu, raw, *rle.parameters()], lr=1e-2)
    for step in range(steps):
        part = errors[torch.arange(step * 256, step * 256 + 256) % len(errors)]
        loss = rle(mu.expand_as(part), positive(raw).expand_as(part), part)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return rle, mu.detach(), positive(raw).detach()


@pytest.fixture(scope="module")
def fitted() -> tuple[RLE, Tensor, Tensor]:
    return learnt(skewed(20_000), "laplace", 300)


@pytest.mark.parametrize("base", BASES)
def test_the_density_integrates_to_one(base: Base) -> None:
    rle = shaken(RLE(base=base, layers=4, hidden=16).double())
    points, area = grid(40.0, 640)
    mu, spread = torch.tensor([0.3, -0.2], dtype=torch.float64), torch.tensor([0.8, 2.0], dtype=torch.float64)
    with torch.no_grad():
        mass = rle.log_density(mu.expand_as(points), spread.expand_as(points), points).exp().sum() * area
    assert float(mass) == pytest.approx(1, abs=5e-3)


def test_the_density_integrates_to_one_after_training(fitted: tuple[RLE, Tensor, Tensor]) -> None:
    rle, mu, sigma = fitted
    points, area = grid(20.0, 400)
    with torch.no_grad():
        mass = rle.log_density(mu.expand_as(points), sigma.expand_as(points), points).exp().sum() * area
    assert float(mass) == pytest.approx(1, abs=5e-3)


@pytest.mark.parametrize("layers", [0, 6])
def test_the_identity_flow_is_the_plain_likelihood(layers: int) -> None:
    torch.manual_seed(0)
    mu, x = torch.randn(5, 4, 2, dtype=torch.float64), torch.randn(5, 4, 2, dtype=torch.float64)
    sigma = positive(torch.randn(5, 4, 2, dtype=torch.float64))
    for base, known in (
        ("laplace", torch.distributions.Laplace(mu, sigma)),
        ("gaussian", torch.distributions.Normal(mu, sigma)),
    ):
        ours = RLE(base=base, layers=layers).double()(mu, sigma, x)  # type: ignore[arg-type]
        torch.testing.assert_close(ours, -known.log_prob(x).sum(-1).mean(), rtol=1e-13, atol=1e-13)


def test_the_flow_is_undone_and_its_volume_is_the_jacobians() -> None:
    flow = shaken(RLE(dim=3).double()).flow
    assert flow is not None
    z = torch.randn(7, 3, dtype=torch.float64)
    place, volume = flow(z)
    torch.testing.assert_close(flow.inverse(place), z, rtol=1e-10, atol=1e-10)
    for row, told in zip(z, volume, strict=True):
        jacobian = torch.autograd.functional.jacobian(lambda one: flow(one)[0], row)
        torch.testing.assert_close(torch.linalg.slogdet(jacobian).logabsdet, told, rtol=1e-10, atol=1e-10)


def test_skewed_errors_are_told_better_than_by_least_squares(fitted: tuple[RLE, Tensor, Tensor]) -> None:
    rle, mu, sigma = fitted
    fresh = skewed(20_000, seed=9)
    truth = -torch.distributions.LogNormal(0.0, 0.8).log_prob(fresh + 1).sum(-1).mean()
    with torch.no_grad():
        ours = float(rle(mu.expand_as(fresh), sigma.expand_as(fresh), fresh))
    mean, std = skewed(20_000).mean(0), skewed(20_000).std(0)
    squares = float(-torch.distributions.Normal(mean, std).log_prob(fresh).sum(-1).mean())
    assert ours - float(truth) < 0.25 * (squares - float(truth))
    assert mu.abs().max() < 0.4 * mean.abs().min(), "mu is the centre (the median), which the mean misses"


def test_samples_follow_the_learned_density(fitted: tuple[RLE, Tensor, Tensor]) -> None:
    rle, _, _ = fitted
    points, area = grid(20.0, 400)
    with torch.no_grad():
        weight = rle.log_density_standard(points).exp() * area
        mean = (weight[:, None] * points).sum(0)
        std = ((weight[:, None] * (points - mean).square()).sum(0)).sqrt()
    drawn = rle.sample(100_000, torch.Generator().manual_seed(0))
    torch.testing.assert_close(drawn.mean(0), mean, atol=0.05, rtol=0)
    torch.testing.assert_close(drawn.std(0), std, rtol=0.05, atol=0)
    torch.testing.assert_close(rle.spread(), std, rtol=0.1, atol=0)


def test_gradients_are_right_and_finite() -> None:
    torch.manual_seed(1)
    rle = shaken(RLE().double())
    mu, sigma, x = (torch.rand(3, 5, 2, dtype=torch.float64) + 0.2 for _ in range(3))
    inputs = (mu.requires_grad_(), sigma.requires_grad_(), x.requires_grad_())
    assert torch.autograd.gradcheck(rle, inputs)
    for scale in (1e-4, 1e6):
        far = rle.float()(mu.float(), (sigma * scale).float(), (x * 1e3).float())
        grads = torch.autograd.grad(far, [*inputs, *rle.parameters()], allow_unused=True)
        assert all(torch.isfinite(grad).all() for grad in grads if grad is not None)


def test_what_is_not_visible_does_not_count() -> None:
    torch.manual_seed(2)
    rle = RLE()
    mu = torch.randn(4, 3, 2, requires_grad=True)
    sigma, x = torch.full((4, 3, 2), 0.7), torch.randn(4, 3, 2)
    visible = torch.tensor([[1.0, 0.0, 1.0]]).expand(4, 3)
    x[:, 1] = math.nan
    loss = rle(mu, sigma, x, visible)
    torch.testing.assert_close(loss, rle(mu[:, ::2], sigma[:, ::2], x[:, ::2]))
    (grad,) = torch.autograd.grad(loss, mu)
    assert torch.isfinite(grad).all()
    assert not grad[:, 1].any()
    assert float(rle(mu, sigma, x, torch.zeros(4, 3)).detach()) == 0


def test_half_precision_is_reckoned_in_single() -> None:
    rle = RLE()
    mu, sigma, x = torch.zeros(2, 2).half(), torch.full((2, 2), 1e-3).half(), torch.full((2, 2), 900.0).half()
    assert torch.isfinite(rle(mu, sigma, x))


def test_refused() -> None:
    with pytest.raises(UsageError, match="two axes"):
        RLE(dim=1)
    with pytest.raises(UsageError, match="base"):
        RLE(base="cauchy")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="alike"):
        RLE()(torch.zeros(2, 3), torch.ones(2, 3), torch.zeros(2, 3))
