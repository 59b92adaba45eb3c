"""Regression that learns how its errors are spread: residual log-likelihood estimation (RLE; Li et al., 2021).

A network gives mu and sigma; the density of the standardised residual z = (x - mu) / sigma is a base Q (Laplace or
Gaussian) times a learned residual R, and the loss is -log Q(z) - log R(z) + log sigma, summed over axes. At test time
mu alone is used. Serves keypoints (B, K, D) and gaze (B, 2) alike.

The paper lets R be any flow and drops the normaliser of Q R. Here R = P / Q with P the density that a RealNVP f gives
whose base is Q itself, P(z) = Q(f(z) - f(0)) |det df/dz|: the product integrates to 1 exactly, R is 1 while f is the
identity (as it begins), and z = 0 always is the image of Q's centre, so that f cannot carry away what mu has to say.
"""

from __future__ import annotations

import math
from typing import Literal, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engines.core.errors import UsageError
from engines.core.words import tr

Base = Literal["laplace", "gaussian"]
STEEPEST = 2.0
"""Most natural logarithms by which one coupling stretches an axis."""
FLOOR = 1e-4


def positive(raw: Tensor) -> Tensor:
    """A sigma from an unbounded output of a network: softplus, never below 1e-4."""
    return F.softplus(raw) + FLOOR


def base_log_density(z: Tensor, base: Base) -> Tensor:
    """log Q of z (..., D), summed over axes: unit scale (Laplace) or unit variance (Gaussian), independent axes."""
    if base == "laplace":
        return -(z.abs() + math.log(2)).sum(-1)
    return -(0.5 * z.square() + 0.5 * math.log(2 * math.pi)).sum(-1)


class Coupling(nn.Module):
    """One affine coupling of a RealNVP (Dinh et al., 2017): axes that `kept` marks stay and steer the others."""

    kept: Tensor

    def __init__(self, kept: Tensor, hidden: int) -> None:
        super().__init__()
        dim = len(kept)
        self.register_buffer("kept", kept)
        last = nn.Linear(hidden, 2 * dim)
        self.steer = nn.Sequential(nn.Linear(dim, hidden), nn.Tanh(), nn.Linear(hidden, hidden), nn.Tanh(), last)
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)

    def _by(self, z: Tensor) -> tuple[Tensor, Tensor]:
        stretch, shift = self.steer(z * self.kept).chunk(2, -1)
        moved = 1 - self.kept
        return STEEPEST * torch.tanh(stretch / STEEPEST) * moved, shift * moved

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """The moved z and log |det|, (..., D) -> (..., D), (...)."""
        stretch, shift = self._by(z)
        return z * stretch.exp() + shift, stretch.sum(-1)

    def inverse(self, z: Tensor) -> Tensor:
        stretch, shift = self._by(z)
        return (z - shift) * (-stretch).exp()


class RealNVP(nn.Module):
    """Couplings that keep every other axis in turn; the identity until it is trained. At least two axes."""

    def __init__(self, dim: int, layers: int = 6, hidden: int = 32) -> None:
        super().__init__()
        if dim < 2:
            raise UsageError(tr("A coupling flow needs two axes or more, not {dim}", dim=dim))
        even = torch.arange(dim) % 2 == 0
        masks = [even if layer % 2 == 0 else ~even for layer in range(layers)]
        self.couplings = nn.ModuleList(Coupling(mask.float(), hidden) for mask in masks)

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """To the base's space: f(z) and log |det df/dz|."""
        volume = z.new_zeros(z.shape[:-1])
        for coupling in self.couplings:
            z, more = coupling(z)
            volume = volume + more
        return z, volume

    def inverse(self, z: Tensor) -> Tensor:
        for coupling in reversed([*self.couplings]):
            z = cast(Coupling, coupling).inverse(z)
        return z


class RLE(nn.Module):
    """The loss and what it has learned. dim: axes of one point. layers 0: the plain Laplace or Gaussian likelihood."""

    def __init__(self, dim: int = 2, *, base: Base = "laplace", layers: int = 6, hidden: int = 32) -> None:
        super().__init__()
        if base not in ("laplace", "gaussian"):
            raise UsageError(tr('No such base density: "{base}"', base=base), hint=tr('"laplace" or "gaussian"'))
        self.dim, self.base = dim, base
        self.flow = RealNVP(dim, layers, hidden) if layers else None

    def log_density_standard(self, z: Tensor) -> Tensor:
        """log Q R at standardised residuals z (..., D) -> (...)."""
        if self.flow is None:
            return base_log_density(z, self.base)
        place, volume = self.flow(z)
        centre, _ = self.flow(z.new_zeros(1, self.dim))
        found: Tensor = base_log_density(place - centre[0], self.base) + volume
        return found

    def log_density(self, mu: Tensor, sigma: Tensor, x: Tensor) -> Tensor:
        """log density of x given mu and sigma, each (..., D), in units of 1 / (unit of x)^D -> (...)."""
        mu, sigma, x = (tensor if tensor.dtype == torch.float64 else tensor.float() for tensor in (mu, sigma, x))
        return self.log_density_standard((x - mu) / sigma) - sigma.log().sum(-1)

    def forward(self, mu: Tensor, sigma: Tensor, target: Tensor, visible: Tensor | None = None) -> Tensor:
        """The mean loss a point. mu, sigma > 0, target: (..., D); visible: (...), weights, 0 where there is no target.

        Targets of weight 0 may be anything, NaN too. Nothing visible gives 0.
        """
        if mu.shape[-1] != self.dim or mu.shape != target.shape or mu.shape != sigma.shape:
            told = tr(
                "{mu}, {sigma} and {target}",
                mu=tuple(mu.shape),
                sigma=tuple(sigma.shape),
                target=tuple(target.shape),
            )
            raise UsageError(tr("mu, sigma and target must be (..., {dim}) alike, not {told}", dim=self.dim, told=told))
        if visible is None:
            return -self.log_density(mu, sigma, target).mean()
        seen = (visible > 0).unsqueeze(-1)
        loss = -self.log_density(mu, sigma, torch.where(seen, target, mu.detach()))
        weight = visible.to(loss.dtype)
        return torch.where(visible > 0, loss * weight, 0.0).sum() / weight.sum().clamp_min(torch.finfo(loss.dtype).tiny)

    @torch.no_grad()
    def sample(self, count: int, generator: torch.Generator | None = None) -> Tensor:
        """Standardised residuals from the learned density, (count, D)."""
        like = next(self.parameters(), torch.zeros(1))
        noise = torch.rand(count, self.dim, generator=generator, dtype=torch.float64)
        drawn = _quantile(noise, self.base).to(like)
        if self.flow is None:
            return drawn
        centre, _ = self.flow(drawn.new_zeros(1, self.dim))
        return self.flow.inverse(drawn + centre)

    def spread(self, count: int = 20_000, seed: int = 0) -> Tensor:
        """Standard deviation of the standardised residual along each axis, (D,); times sigma it is the prediction's."""
        return self.sample(count, torch.Generator().manual_seed(seed)).std(0)


def _quantile(share: Tensor, base: Base) -> Tensor:
    share = share.clamp(1e-12, 1 - 1e-12)
    if base == "gaussian":
        normal: Tensor = torch.special.ndtri(share)
        return normal
    centred = share - 0.5
    drawn: Tensor = -centred.sign() * torch.log1p(-2 * centred.abs())
    return drawn
