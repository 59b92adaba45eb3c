"""A person's own calibration: from looks at nine known points to a map from irises and head to the screen.

Nine points do not say much, so ridge regression is the measure: its penalty is chosen, and every error told, on points
left out one at a time. A small network on top of it is trained with the RLE loss (`rle`), which also learns how sure it
is; it is kept only where it errs less than ridge on the points left out.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from engines.core.context import Context
from engines.core.errors import BadInput, WorkFailed
from engines.core.outputs import check_file
from engines.core.words import tr
from engines.faces.gaze.screen_model import CALIBRATION, SCALES, TERMS, ScreenModel, degrees_apart, terms
from engines.faces.study_types import GazeFit, GazeFitSpec
from engines.faces.training.rle import FLOOR, RLE, positive
from engines.faces.vectors import Floats

PENALTIES = (0.01, 0.1, 1.0, 10.0, 100.0)
UNITS, STEPS, RATE, DECAY = 8, 250, 0.02, 0.05
LEAST_POINTS = 5
SQUARES = 0.1
"""How much rarer products are expected to matter than the features themselves, as a factor on them."""


@dataclass(frozen=True, slots=True)
class Looks:
    """n looks. features: n x 10; targets: n x 2, over the screen's width; point: n, which of the points was shown."""

    features: Floats
    targets: Floats
    point: NDArray[np.intp]

    def take(self, which: NDArray[np.bool_]) -> Looks:
        return Looks(self.features[which], self.targets[which], self.point[which])


def run(spec: GazeFitSpec, ctx: Context) -> GazeFit:
    """Fit, measure and, where `out` is given, write the calibration. Raises `BadInput` for too few or broken looks."""
    started = time.monotonic()
    if spec.out:
        check_file(spec.out, CALIBRATION)
    looks, points = _looks(spec)
    folds = [(looks.take(looks.point != one), looks.take(looks.point == one)) for one in range(len(points))]
    by_ridge, by_network = np.zeros_like(looks.targets), np.zeros_like(looks.targets)
    for one, (rest, held) in enumerate(folds):
        ctx.check()
        ctx.progress(one, len(folds) + 1, tr("Leaving out point {one} of {count}", one=one + 1, count=len(folds)))
        model = ridge(rest, spec)
        places = looks.point == one
        by_ridge[places] = model.points(held.features)[0]
        by_network[places] = network(rest, model, spec.seed, ctx).points(held.features)[0]
    ctx.progress(len(folds), len(folds) + 1, tr("All points"))
    found = ridge(looks, spec)
    truth = looks.targets * spec.screen[0]
    wrong_ridge, wrong_network = (float(_degrees(seen, truth, spec).mean()) for seen in (by_ridge, by_network))
    better = wrong_network < wrong_ridge
    seen = by_network if better else by_ridge
    if better:
        found = network(looks, found, spec.seed, ctx)
    found = _sure(found, seen, truth, looks)
    result = _result(spec, found, looks, points, seen, wrong_ridge, better, time.monotonic() - started)
    if spec.out:
        found.save(spec.out, result)
    return result


def ridge(looks: Looks, spec: GazeFitSpec) -> ScreenModel:
    """Ridge regression whose penalty errs least on points left out of these looks."""
    ways = [(_left_out(looks, penalty, spec), penalty) for penalty in PENALTIES]
    linear, middle = _solve(looks, min(ways)[1])
    none = np.zeros((0, 0))
    return ScreenModel(spec.screen, spec.screen_mm, spec.distance_mm, middle, linear, 1.0, none, none)


def network(looks: Looks, base: ScreenModel, seed: int, ctx: Context) -> ScreenModel:
    """`base` with a small network on top, trained with the RLE loss; the last layer begins at nothing."""
    torch.manual_seed(seed)
    seen = _with_one(terms(looks.features, base.middle)) * _weights()
    inputs = torch.tensor(seen, dtype=torch.float32)
    left = torch.tensor((looks.targets - base.points(looks.features)[0] / base.screen[0]), dtype=torch.float32)
    unit = float(left.std().clamp_min(1e-4))
    net, loss = _Residual(inputs.shape[1], UNITS), RLE(2, base="laplace", layers=2, hidden=8)
    plan = torch.optim.AdamW([*net.parameters(), *loss.parameters()], lr=RATE, weight_decay=DECAY)
    for step in range(STEPS):
        if step % 50 == 0:
            ctx.check()
        mu, sigma = net(inputs)
        value = loss(mu, sigma, left / unit)
        if not torch.isfinite(value):
            raise WorkFailed(tr("The calibration did not converge"), hint=tr("Calibrate again, with the head still"))
        plan.zero_grad()
        value.backward()
        plan.step()
    spread = float(loss.spread(4000, seed).mean())
    return replace(base, hidden=net.first_numbers(_weights()), last=net.last_numbers(unit), spread=spread)


class _Residual(nn.Module):
    """Tanh units over the terms; mu begins at nothing, sigma at one."""

    def __init__(self, inputs: int, units: int) -> None:
        super().__init__()
        self.first, self.last = nn.Linear(inputs, units, bias=False), nn.Linear(units, 4)
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)
        nn.init.constant_(self.last.bias[2:], float(np.log(np.expm1(1.0))))

    def forward(self, inputs: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        mu, raw = self.last(torch.tanh(self.first(inputs))).chunk(2, -1)
        return mu, positive(raw)

    def first_numbers(self, weights: Floats) -> Floats:
        """15 x units, for terms that are not weighted."""
        numbers = self.first.weight.detach().double().numpy().T
        return np.asarray(numbers * weights[:, None])

    def last_numbers(self, unit: float) -> Floats:
        """units + 1 x 4: shift over the screen's width, raw sigmas in units of `unit`."""
        weight, bias = self.last.weight.detach().double().numpy(), self.last.bias.detach().double().numpy()
        numbers = np.vstack([weight.T, bias])
        numbers[:, :2] *= unit
        return numbers


def _looks(spec: GazeFitSpec) -> tuple[Looks, Floats]:
    if not spec.samples:
        raise BadInput(tr("There are no looks to calibrate from"), hint=tr("Look at the nine points first"))
    if any(len(sample.features) != len(SCALES) for sample in spec.samples):
        raise BadInput(tr("A look has {count} features", count=len(SCALES)), hint=tr("Calibrate again"))
    features = np.array([sample.features for sample in spec.samples], np.float64)
    targets = np.array([sample.target for sample in spec.samples], np.float64)
    if min(*spec.screen, *spec.screen_mm, spec.distance_mm) <= 0:
        raise BadInput(
            tr("The screen needs a size in pixels and in millimetres, and a distance"), hint=tr("All above 0")
        )
    whole = np.isfinite(features).all(axis=1) & np.isfinite(targets).all(axis=1)
    points, index = np.unique(targets[whole], axis=0, return_inverse=True)
    if len(points) < LEAST_POINTS:
        raise BadInput(
            tr("Only {count} points were looked at", count=len(points)),
            hint=tr("At least {least_points} of nine are needed", least_points=LEAST_POINTS),
        )
    return Looks(features[whole], targets[whole] / spec.screen[0], index.reshape(-1)), points


def _solve(looks: Looks, penalty: float) -> tuple[Floats, Floats]:
    """Linear map (15 x 2) and the middle it is about. Every point counts alike, however many looks it has."""
    middle = looks.features.mean(axis=0)
    seen = terms(looks.features, middle) * _weights()[:-1]
    share = 1 / np.bincount(looks.point)[looks.point]
    share = share / share.sum() * len(np.unique(looks.point))
    centre, goal = share @ seen / share.sum(), share @ looks.targets / share.sum()
    away, left = (seen - centre) * share[:, None], looks.targets - goal
    linear = np.linalg.solve(away.T @ (seen - centre) + penalty * np.eye(TERMS), away.T @ left)
    return np.vstack([linear * _weights()[:-1, None], goal - centre @ linear]), middle


def _left_out(looks: Looks, penalty: float, spec: GazeFitSpec) -> float:
    """Mean angle on points left out one at a time."""
    return float(np.mean(list(_errors(looks, penalty, spec))))


def _errors(looks: Looks, penalty: float, spec: GazeFitSpec) -> Iterator[float]:
    for one in np.unique(looks.point):
        rest, held = looks.take(looks.point != one), looks.take(looks.point == one)
        _, again = np.unique(rest.point, return_inverse=True)
        linear, middle = _solve(Looks(rest.features, rest.targets, again), penalty)
        seen = _with_one(terms(held.features, middle)) @ linear
        yield float(_degrees(seen * spec.screen[0], held.targets * spec.screen[0], spec).mean())


def _sure(model: ScreenModel, seen: Floats, truth: Floats, looks: Looks) -> ScreenModel:
    """The model whose deviations, over all looks, are those found on points left out."""
    rms = float(np.sqrt(((seen - truth) ** 2).mean()))
    if not model.hidden.size:
        return replace(model, std=rms)
    said = float(np.sqrt((model.points(looks.features)[1] ** 2).mean()))
    return replace(model, std=rms, spread=model.spread * rms / max(said, FLOOR))


def _result(
    spec: GazeFitSpec, model: ScreenModel, looks: Looks, points: Floats, seen: Floats, ridge_error: float,
    better: bool, seconds: float,
) -> GazeFit:  # fmt: skip
    wrong = _degrees(seen, looks.targets * spec.screen[0], spec)
    by_point = [wrong[looks.point == one].mean() for one in range(len(points))]
    places = [tuple(seen[looks.point == one].mean(axis=0)) for one in range(len(points))]
    std = np.mean([model.point(tuple(row))[1] for row in looks.features])
    return GazeFit(
        file=spec.out,
        error=float(np.mean(wrong)),
        by_point=tuple(map(float, by_point)),
        std=float(std),
        points=tuple((float(x), float(y)) for x, y in points),
        predicted=tuple((float(x), float(y)) for x, y in places),
        seconds=seconds,
        method="network" if better else "ridge",
        ridge=ridge_error,
        note=_note(float(np.mean(wrong)), looks, points, spec),
    )


def _note(error: float, looks: Looks, points: Floats, spec: GazeFitSpec) -> str:
    guess = np.broadcast_to(points.mean(axis=0), points.shape)
    blind = float(_degrees(guess, points, spec).mean())
    if error > 0.7 * blind:
        return tr("Hardly better than a guess at the middle: more light on the face, eyes in the picture's middle")
    fewest = int(np.bincount(looks.point).min())
    return tr("A point was seen only {fewest} times", fewest=fewest) if fewest < 5 else ""


def _degrees(seen: Floats, truth: Floats, spec: GazeFitSpec) -> Floats:
    return degrees_apart(seen, truth, spec.screen, spec.screen_mm, spec.distance_mm)


def _weights() -> Floats:
    """What each term (and the constant) is multiplied with before it is penalised."""
    return np.concatenate([np.ones(len(SCALES)), np.full(TERMS - len(SCALES), SQUARES), [1.0]])


def _with_one(values: Floats) -> Floats:
    return np.column_stack([values, np.ones(len(values))])
