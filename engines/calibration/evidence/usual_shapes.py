"""The few ways in which printed boards are off: longer one way, askew, bowed along either side, twisted.

To free every corner takes a hundred unknowns, among which a print that is half a percent taller can hide in the noise;
five unknowns show it. They are added to the linearised fit, the poses gone, and an F test tells whether chance would.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from engines.calibration.evidence.linear import Linear, linearised, rest_of
from engines.calibration.solve.adjustment import Fit, Floats, Observation
from engines.calibration.solve.setup import Setup
from engines.calibration.targets.target import Target

CHANCE = 1e-3
LEAST = 1.3e-3
"""Of half the board's size: finders of corners are off by as much, so a smaller shape is no bent board."""


@dataclass(frozen=True, slots=True)
class Usual:
    """chance: of so much gain on a flat true board. moved: the most by which a parameter of fx, fy, cx, cy would move,
    in its own new deviations. size: of the largest shape, as a share of half the board's."""

    chance: float
    moved: float
    size: float

    @property
    def telling(self) -> bool:
        return self.chance < CHANCE and self.moved > 1 and self.size > LEAST


def usual_shapes(held: Fit, views: Sequence[Observation], setup: Setup) -> Usual:
    """What the usual shapes would change in a fit that held the board."""
    modes, basis = _modes(setup.target), setup.freedom.basis
    parts = zip(linearised(held.state, views), views, held.state.poses, strict=True)
    whole = np.concatenate([_common(one, view, pose, modes, basis) for one, view, pose in parts])
    lengths = np.linalg.norm(whole, axis=0)
    common = whole[:, 1:] / np.where(lengths[1:] > 0, lengths[1:], 1.0)
    step = np.linalg.lstsq(common, -whole[:, 0], rcond=None)[0]
    squares = float(np.sum((whole[:, 0] + common @ step) ** 2))
    extra = int((lengths[1 + basis.shape[1] :] > 0).sum())
    left = held.residuals - held.parameters - extra
    if extra <= 0 or left <= 0:
        return Usual(1.0, 0.0, 0.0)
    variance = max(squares / left, 1e-300)
    chance = by_chance(extra, left, (held.squares - squares) / extra / variance)
    shapes = np.divide(step, lengths[1:], out=np.zeros_like(step), where=lengths[1:] > 0)[basis.shape[1] :]
    moved = _most_moved(common, step, variance, basis[:4] / lengths[1 : 1 + basis.shape[1]])
    return Usual(chance, moved, float(np.abs(shapes).max()))


def _most_moved(common: Floats, step: Floats, variance: float, ways: Floats) -> float:
    """Of the four parameters that the `ways` (4 x F) lead to, the largest move in deviations."""
    cameras = ways.shape[1]
    covariance = variance * np.linalg.pinv(common.T @ common)[:cameras, :cameras]
    deviations = np.sqrt(np.maximum(np.einsum("if,fg,ig->i", ways, covariance, ways), 1e-300))
    moves = np.abs(ways @ step[:cameras])
    return float((moves / deviations)[ways.any(axis=1)].max(initial=0.0))


def by_chance(extra: int, left: int, ratio: float) -> float:
    """How often chance gives an F of `ratio` or more, with `extra` and `left` degrees of freedom."""
    from scipy.special import fdtrc

    return float(fdtrc(extra, left, max(ratio, 0.0)))


def _common(one: Linear, view: Observation, pose: Floats, modes: Floats, basis: Floats) -> Floats:
    """Error, and derivatives by camera and shapes, of one view when its pose follows; 2N rows."""
    by_point = (one.by_pose[:, 3:] @ cv2.Rodrigues(pose[:3])[0]).reshape(len(view.ids), 2, 3)
    by_shape = (by_point @ modes[view.ids]).reshape(len(one.error), -1)
    return rest_of(np.column_stack([one.error, one.by_camera @ basis, by_shape]), one.by_pose)


def _modes(target: Target) -> Floats:
    """How each of the M corners moves in each shape, M x 3 x 5 for each board's own; sizes are those of the board."""
    modes = np.zeros((len(target.corners), 3, 5 * len(target.boards)))
    for number, board in enumerate(target.boards):
        flat = board.corners[:, :2] - board.corners[:, :2].mean(axis=0)
        size = np.abs(flat).max()
        x, y = (flat / size).T
        here = modes[target.part(number), :, 5 * number : 5 * number + 5]
        here[:, 1, 0], here[:, 0, 1] = y, y
        here[:, 2, 2], here[:, 2, 3], here[:, 2, 4] = x**2, y**2, x * y
        here *= size
    return modes
