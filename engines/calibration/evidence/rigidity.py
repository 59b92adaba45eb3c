"""Is the board what it was said to be? The fit is done both ways, with the board held and freed, and compared.

Residuals that follow the corner of the board rather than the view fall when the corners may move; by how much more
than chance gives is an F test of the two nested fits. Where it fails, the standard deviations of the held fit are those
of noise, which the error is not, and the camera that was fitted to a bent board misses the truth by many of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from engines.calibration.compare import MOVED, deviations_apart
from engines.calibration.evidence.usual_shapes import Usual, by_chance, usual_shapes
from engines.calibration.solve.adjustment import Fit, Observation, adjust, free_coordinates
from engines.calibration.solve.fit import aligned, check_counts
from engines.calibration.solve.setup import Setup
from engines.calibration.types import Alternative, Reason, Remedy
from engines.core.errors import WorkFailed
from engines.core.lenses import PINHOLE_NAMES
from engines.core.words import tr

CHANCE = 1e-4
SHARE = 0.05
"""A freed board that takes less than this share of the variance, and moves no parameter, is no reason to doubt."""

LEAST = 6.5e-4
"""Of half the board's size: finders of corners are off by as much themselves, the same way in every view."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The two fits. chance: of so large a gain on a board that is as it was said; share: of the variance that it takes.

    off: of the freed corners from where they were said to be, as a share of half the board's size (root of the mean
    square). moved: the parameter that differs most, and by how many joint deviations. usual: what the shapes that
    prints usually have would change.
    """

    held: Fit
    freed: Fit
    chance: float
    share: float
    moved: tuple[str, float]
    usual: Usual
    off: float

    @property
    def bent(self) -> bool:
        anyhow = self.chance < CHANCE and self.off > LEAST and (self.share > SHARE or self.moved[1] > MOVED)
        return anyhow or self.usual.telling


def compared(fit: Fit, views: Sequence[Observation], setup: Setup) -> Comparison | None:
    """The fit and its other, board held or freed; None where the views cannot carry the other."""
    other = _other(fit, views, setup)
    if other is None:
        return None
    held, freed = (other, fit) if setup.free_board else (fit, other)
    extra, left = freed.parameters - held.parameters, freed.residuals - freed.parameters
    if extra <= 0 or left <= 0:
        return None
    variance = max(freed.squares / left, 1e-300)
    gained = max(held.squares - freed.squares, 0.0) / extra
    share = 1 - variance / max(held.squares / (held.residuals - held.parameters), 1e-300)
    chance = by_chance(extra, left, gained / variance)
    return Comparison(
        held, freed, chance, share, _moved(held, freed), usual_shapes(held, views, setup), _off(freed, views, setup)
    )


def _off(freed: Fit, views: Sequence[Observation], setup: Setup) -> float:
    target = setup.target
    points = aligned(freed.state, views, target).points
    away = []
    for number, board in enumerate(target.boards):
        size = np.abs(board.corners - board.corners.mean(axis=0)).max()
        away.append(np.linalg.norm(points[target.part(number)] - board.corners, axis=1) / size)
    return float(np.sqrt(np.mean(np.concatenate(away) ** 2)))


def findings(both: Comparison, setup: Setup) -> Iterator[Reason]:
    """What the comparison says against the held board, or what freeing it changed."""
    name, times = both.moved
    if setup.free_board and both.bent and times > MOVED:
        words = tr(
            "Freeing the board moved {name} by {times:.1f} joint deviations "
            "and the RMS from {before:.3f} to {after:.3f} px",
            name=name,
            times=times,
            before=both.held.rms,
            after=both.freed.rms,
        )
        yield Reason("freed-board", 0, words)
    elif both.bent and not setup.free_board:
        moves = tr("it moves {name} by {times:.1f} joint deviations", name=name, times=times) if times > MOVED else ""
        yield _bent(setup, moves)


def findings_alone(held: Fit, views: Sequence[Observation], setup: Setup) -> Iterator[Reason]:
    """What can be said against a held board where the views cannot carry a free one."""
    if usual_shapes(held, views, setup).telling:
        yield _bent(setup, "")


def _bent(setup: Setup, moves: str) -> Reason:
    """What is held of the camera may be what is wrong: then no board helps."""
    found = (
        tr(
            "The residuals follow the corner of the board, not the view: it is bent, its print is off, "
            "or what is held ({fix}) is wrong",
            fix=", ".join(setup.fix),
        )
        if setup.fix
        else tr("The residuals follow the corner of the board, not the view: it is bent or its print is off")
    )
    advice = tr("free the board's shape; the deviations do not cover this")
    return Reason("bent-board", 1, "; ".join(filter(None, (found, moves, advice))), Remedy("free_board"))


def other(both: Comparison, free_board: bool) -> Alternative:
    """The fit that was not asked for. free_board: whether the one that was asked for freed the board."""
    fit = both.held if free_board else both.freed
    std = {name: float(value) for name, value in zip(PINHOLE_NAMES, fit.std, strict=False)}
    return Alternative(not free_board, fit.state.lens.intrinsics, std, fit.rms)


def _other(fit: Fit, views: Sequence[Observation], setup: Setup) -> Fit | None:
    other = replace(setup, free_board=not setup.free_board)
    try:
        check_counts(views, other)
        free = free_coordinates(other.target, views) if other.free_board else None
        start = fit.state if other.free_board else replace(fit.state, points=other.target.corners)
        found = adjust(start, views, free, basis=other.freedom.basis)
    except (WorkFailed, np.linalg.LinAlgError):
        return None
    return found if found.converged and np.isfinite(found.state.camera).all() else None


def _moved(held: Fit, freed: Fit) -> tuple[str, float]:
    pairs = zip(held.state.camera, freed.state.camera, held.std, freed.std, strict=True)
    times = {name: deviations_apart(*pair) or 0.0 for name, pair in zip(PINHOLE_NAMES, pairs, strict=False)}
    most = max(times, key=lambda name: times[name])
    return most, times[most]
