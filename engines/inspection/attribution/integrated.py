"""Integrated gradients whose sum is checked on every part of the way, and whose worst parts are taken more finely.

Sundararajan, Taly, Yan: Axiomatic Attribution for Deep Networks (ICML 2017). Along the straight line from baseline b to
picture x, the attributions of a part from a to c add up to f(b + c (x - b)) - f(b + a (x - b)), so the error of each
part is known; the part with the largest one is halved until all add up.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch

from engines.core.context import Context
from engines.core.words import tr
from engines.inspection.attribution.asked import AttributeSpec, Completeness
from engines.inspection.attribution.gradients import flowing
from engines.inspection.attribution.subject import Subject

POINTS = 2
"""Gauss-Legendre points on a part."""
TOLERANCE, SPREAD = 1e-3, 5e-3
"""What is left over when all parts are added, and the root of the sum of the squares of what is left over on each, so
that errors do not cancel by luck alone; both relative to the difference."""


@dataclass(slots=True)
class _Part:
    start: float
    end: float
    found: torch.Tensor
    error: float


def integrated(it: Subject, spec: AttributeSpec, ctx: Context) -> tuple[torch.Tensor, Completeness, str]:
    """Attributions of the input's shape, how well they add up, and what is to be said of that."""
    way = _Way(it, it.baseline(spec.baseline))
    count = max(1, min(spec.steps, spec.most_steps) // POINTS)
    parts = [way.part(at / count, (at + 1) / count) for at in range(count)]
    difference = way.at(1.0) - way.at(0.0)
    allowed = TOLERANCE * max(abs(difference), 1e-6 * (abs(way.at(1.0)) + abs(way.at(0.0))))
    while not _add_up(parts, allowed) and way.steps + 2 * POINTS <= spec.most_steps:
        ctx.progress(way.steps, spec.most_steps, tr("Integrated gradients, {steps} steps", steps=way.steps))
        worst = parts.pop(max(range(len(parts)), key=lambda at: abs(parts[at].error)))
        middle = (worst.start + worst.end) / 2
        parts += [way.part(worst.start, middle), way.part(middle, worst.end)]
    found = torch.stack([part.found for part in parts]).sum(0)
    return found, *_told(float(found.sum()), difference, allowed, way.steps)


def _add_up(parts: list[_Part], allowed: float) -> bool:
    errors = [part.error for part in parts]
    return abs(sum(errors)) <= allowed and math.hypot(*errors) <= allowed * SPREAD / TOLERANCE


def _told(total: float, difference: float, allowed: float, steps: int) -> tuple[Completeness, str]:
    off = abs(total - difference)
    holds = off <= allowed
    error = off / max(abs(difference), 1e-30)
    words = tr(
        "After {steps} steps the attributions add up to {total:.4g} instead of {difference:.4g}; allow more steps",
        steps=steps,
        total=total,
        difference=difference,
    )
    return Completeness(total, difference, error, steps, holds), "" if holds else words


class _Way:
    """The line from the baseline to the picture."""

    def __init__(self, it: Subject, baseline: torch.Tensor) -> None:
        from captum.attr import IntegratedGradients

        self._it, self._base, self._captum = it, baseline, IntegratedGradients(it.score)
        self._values: dict[float, float] = {}
        self.steps = 0

    def at(self, share: float) -> float:
        """The target's value at a place of the way."""
        if share not in self._values:
            with torch.no_grad():
                self._values[share] = float(self._it.score(self._point(share))[0])
        return self._values[share]

    def part(self, start: float, end: float) -> _Part:

        first = self._point(start)

        def attribute(_picture: torch.Tensor) -> torch.Tensor:
            found: torch.Tensor = self._captum.attribute(
                self._point(end), first, n_steps=POINTS, internal_batch_size=self._it.chunk
            )
            return found

        found = flowing(attribute, self._it)
        self.steps += POINTS
        return _Part(start, end, found, float(found.sum()) - (self.at(end) - self.at(start)))

    def _point(self, share: float) -> torch.Tensor:
        return self._base + share * (self._it.picture - self._base)
