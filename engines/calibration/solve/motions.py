"""Rigid motions in numbers: many at once, composed, inverted, moved by small steps.

A motion takes points x to R x + t. A small step (turn w, shift v) takes it to exp(w) R, t + v, so that derivatives need
no chart: the turn is left of the rotation, in the coordinates that the motion leads to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_SMALL = 1e-8


@dataclass(frozen=True, slots=True)
class Motions:
    """turns: N x 3 x 3 rotations; shifts: N x 3 metres."""

    turns: Floats
    shifts: Floats

    @classmethod
    def of(cls, poses: Floats) -> Motions:
        """From N x 6 rotation vectors and shifts."""
        poses = np.asarray(poses, dtype=np.float64).reshape(-1, 6)
        return cls(exponential(poses[:, :3]), poses[:, 3:].copy())

    @classmethod
    def still(cls, count: int) -> Motions:
        return cls(np.repeat(np.eye(3)[None], count, axis=0), np.zeros((count, 3)))

    @classmethod
    def joined(cls, parts: Sequence[Motions]) -> Motions:
        """All motions of the parts, one after the other."""
        return cls(np.concatenate([one.turns for one in parts]), np.concatenate([one.shifts for one in parts]))

    @property
    def poses(self) -> Floats:
        """N x 6 rotation vectors and shifts."""
        return np.concatenate([logarithm(self.turns), self.shifts], axis=1)

    @property
    def inverse(self) -> Motions:
        back = self.turns.mT
        return Motions(back, -np.einsum("nij,nj->ni", back, self.shifts))

    def __len__(self) -> int:
        return len(self.shifts)

    def __getitem__(self, which: int | slice | NDArray[np.int64] | Sequence[int]) -> Motions:
        """Some of them; a single number gives one."""
        which = [which] if isinstance(which, int) else which
        return Motions(self.turns[which], self.shifts[which])

    def after(self, first: Motions) -> Motions:
        """`first`, then this; one of them may be a single motion."""
        return Motions(self.turns @ first.turns, np.einsum("...ij,...j->...i", self.turns, first.shifts) + self.shifts)

    def moved(self, steps: Floats) -> Motions:
        """By N x 6 small steps."""
        return Motions(exponential(steps[:, :3]) @ self.turns, self.shifts + steps[:, 3:])

    def apply(self, points: Floats) -> Floats:
        """M x 3 points under each motion, N x M x 3; N x M x 3 points under their own one."""
        return np.asarray(points @ self.turns.mT + self.shifts[:, None, :])


def cross_matrices(vectors: Floats) -> Floats:
    """N x 3 to the N x 3 x 3 matrices of the cross product with them."""
    x, y, z = vectors.T
    zero = np.zeros_like(x)
    return np.stack([zero, -z, y, z, zero, -x, -y, x, zero], axis=1).reshape(-1, 3, 3)


def exponential(vectors: Floats) -> Floats:
    """Rotation vectors N x 3 to rotations N x 3 x 3 (Rodrigues)."""
    angle = np.linalg.norm(vectors, axis=1)
    small = angle < _SMALL
    safe = np.where(small, 1.0, angle)
    first = np.where(small, 1.0, np.sin(safe) / safe)[:, None, None]
    second = np.where(small, 0.5, (1 - np.cos(safe)) / safe**2)[:, None, None]
    across = cross_matrices(vectors)
    return np.asarray(np.eye(3) + first * across + second * (across @ across))


def logarithm(turns: Floats) -> Floats:
    """Rotations N x 3 x 3 to rotation vectors N x 3."""
    return np.array([np.asarray(cv2.Rodrigues(turn)[0]).ravel() for turn in turns], dtype=np.float64).reshape(-1, 3)
