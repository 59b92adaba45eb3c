"""What every tensor of a graph sees of the picture, carried from node to node.

Beside the exact sets of pixels (`pixels.py`) goes the reach on axes without ends, which gives size, stride and start of
a field whatever the borders cut off, and where the tensor's units lie on the picture.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np

from engines.core.errors import UsageError
from engines.core.words import tr
from engines.inspection.field.axes import PIXEL, Along, Reach
from engines.inspection.field.pixels import Group, Terms, along, itself, ranked, reduced, reshaped, same_elements, union
from engines.inspection.types import Shape

MOST = 16384
Extent = Reach | str | None
"""str: all of the input, by the node of this name. None: neighbours do not lie evenly."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Where units lie: the tensor's axis for each spatial axis of the input, None for one that is gone; the same one
    for tokens, `extra` of them before the grid's. sizes: 0 where an axis cannot be told apart into the grid."""

    axes: tuple[int | None, ...]
    sizes: tuple[int, ...]
    extra: int = 0

    @property
    def merged(self) -> bool:
        """Tokens: several spatial axes lie on one of the tensor's."""
        there = [axis for axis in self.axes if axis is not None]
        return len(set(there)) < len(there)

    @property
    def rows_and_columns(self) -> tuple[int, int]:
        """Of the map; 1 where it has no such axis."""
        sizes = [max(size, 1) for size in self.sizes]
        return (1, *sizes)[-2], sizes[-1]


@dataclass(frozen=True, slots=True)
class Sight:
    """What a tensor's units see of a picture of these sizes. note: why it is not exact, "" while it is."""

    shape: Shape
    terms: Terms
    reach: tuple[Extent, ...]
    grid: Grid
    picture: Shape
    note: str = ""

    def at(self, unit: Sequence[int]) -> Terms:
        """Of the unit at this place of the grid, all channels together: bits of each spatial axis, (1, ..., bytes)."""
        terms = self.terms
        for axis, index in self.places(unit).items():
            terms = tuple(
                tuple(np.take(bits, [index], axis) if bits.shape[axis] > 1 else bits for bits in term) for term in terms
            )
        return reduced(terms, range(len(self.shape)))

    def places(self, unit: Sequence[int]) -> dict[int, int]:
        """Index on each axis that the grid lies on; axes that cannot be told apart are left out."""
        found: dict[int, int] = {}
        for axis, size, index in zip(self.grid.axes, self.grid.sizes, unit, strict=True):
            if axis is not None and size:
                found[axis] = found.get(axis, 0) * size + index
        return {axis: index + (self.grid.extra if self.grid.merged else 0) for axis, index in found.items()}

    def because(self, note: str) -> Sight:
        """No longer exact, unless it was not before."""
        return replace(self, note=self.note or note)


def picture(shape: Shape, axes: Sequence[int]) -> Sight:
    """The input itself. Raises `UsageError` for one of more pixels a side than are followed one by one."""
    grid = Grid(tuple(axes), tuple(shape[axis] for axis in axes))
    if max(grid.sizes, default=0) > MOST:
        raise UsageError(
            tr("Fields are followed in pictures of at most {most} pixels a side", most=MOST),
            hint=tr("Tell a smaller input"),
        )
    return Sight(shape, itself(shape, axes), (PIXEL,) * len(axes), grid, grid.sizes)


def everywhere(sight: Sight, axes: Sequence[int], by: str) -> Sight:
    """All units of these axes see the same: softmax, norms and means over them."""
    reach = tuple(
        by if axis is not None and axis in axes and sight.shape[axis] > 1 else was
        for axis, was in zip(sight.grid.axes, sight.reach, strict=True)
    )
    return replace(sight, terms=reduced(sight.terms, axes), reach=reach)


def moved(sight: Sight, steps: dict[int, Along], after: Shape, by: str) -> Sight:
    """Along axes that stay where they are: windows, pads, resizing. after: the shape behind it."""
    terms, reach = sight.terms, list(sight.reach)
    for axis, step in steps.items():
        reads = step.inside(sight.shape[axis], after[axis])
        if sight.shape[axis] != after[axis] or not np.array_equal(reads, np.arange(after[axis])[:, None]):
            terms = along(terms, axis, reads)
        for at, own in enumerate(sight.grid.axes):
            if own == axis:
                reach[at] = _moved(reach[at], step, sight.grid, axis, by)
    return replace(sight, shape=after, terms=terms, reach=tuple(reach), grid=_grid_moved(sight, steps, after))


def _moved(reach: Extent, step: Along, grid: Grid, axis: int, by: str) -> Extent:
    if not isinstance(reach, Reach):
        return reach
    if step.whole:
        return by
    return reach.moved(step) if _apart(grid, axis) else reach if step.rate == 1 else None


def _apart(grid: Grid, axis: int) -> bool:
    """The axis is one spatial axis and nothing else."""
    return grid.axes.count(axis) == 1 and grid.sizes[grid.axes.index(axis)] > 0


def _grid_moved(sight: Sight, steps: dict[int, Along], after: Shape) -> Grid:
    grid = sight.grid
    if grid.merged:
        return _tokens_moved(sight, steps, after)
    sizes = tuple(
        after[axis] if axis is not None and axis in steps and size else size
        for axis, size in zip(grid.axes, grid.sizes, strict=True)
    )
    return replace(grid, sizes=sizes)


def _tokens_moved(sight: Sight, steps: dict[int, Along], after: Shape) -> Grid:
    """Tokens stay a grid where those before it alone are cut off."""
    grid, axis = sight.grid, next(axis for axis in sight.grid.axes if axis is not None)
    if axis not in steps:
        return grid
    first = int(steps[axis].inside(sight.shape[axis], after[axis])[0, 0])
    if steps[axis].rate == 1 and 0 <= first <= grid.extra and after[axis] >= grid.extra - first + math.prod(grid.sizes):
        return replace(grid, extra=grid.extra - first)
    return replace(grid, sizes=(0,) * len(grid.sizes), extra=0)


def without(sight: Sight, axes: Sequence[int], after: Shape) -> Sight:
    """Axes of size 1 that vanish."""
    kept = [axis for axis in range(len(sight.shape)) if axis not in axes]
    terms = tuple(tuple(bits.squeeze(tuple(axes)) for bits in term) for term in sight.terms)
    grid = sight.grid
    own = tuple(None if axis is None or axis in axes else kept.index(axis) for axis in grid.axes)
    sizes = tuple(1 if axis is None else size for axis, size in zip(own, grid.sizes, strict=True))
    return replace(sight, shape=after, terms=terms, grid=replace(grid, axes=own, sizes=sizes))


def turned(sight: Sight, order: Sequence[int], after: Shape) -> Sight:
    """Axes in another order."""
    terms = tuple(tuple(bits.transpose(*order, len(order)) for bits in term) for term in sight.terms)
    axes = tuple(None if axis is None else list(order).index(axis) for axis in sight.grid.axes)
    return replace(sight, shape=after, terms=terms, grid=replace(sight.grid, axes=axes))


def refolded(sight: Sight, after: Shape) -> Sight:
    """Reshaped. Raises `TooLarge`."""
    groups = same_elements(sight.shape, after)
    grid = _grid_folded(sight.grid, sight.shape, after, groups)
    return replace(sight, shape=after, terms=reshaped(sight.terms, sight.shape, after), grid=grid)


def _grid_folded(grid: Grid, before: Shape, after: Shape, groups: Sequence[Group]) -> Grid:
    axes: list[int | None] = []
    sizes: list[int] = []
    for at, axis in enumerate(grid.axes):
        group = next((group for group in groups if axis in group[0]), ([], []))
        mine = [each for each in group[0] if before[each] > 1]
        its = [each for each in group[1] if after[each] > 1] or group[1][:1]
        own, size = _place(grid, at, mine, its, after)
        axes.append(own)
        sizes.append(size)
    return Grid(tuple(axes), tuple(sizes), grid.extra)


def _place(grid: Grid, at: int, mine: Sequence[int], its: Sequence[int], after: Shape) -> tuple[int | None, int]:
    """Axis and size of one spatial axis behind a reshape; size 0 where it is mixed with others."""
    axis, size = grid.axes[at], grid.sizes[at]
    if axis is None or not its:
        return None, 1
    if grid.merged and not grid.extra and [after[each] for each in its] == [each for each in grid.sizes if each > 1]:
        return its[[place for place, each in enumerate(grid.sizes) if each > 1].index(at)] if size > 1 else None, size
    if len(its) == 1 and len(mine) <= 1:
        return its[0], size
    whole = [each for each in grid.axes if each in mine]
    if len(its) == 1 and whole == list(mine):
        return its[0], size
    return its[0], 0


def together(sights: Sequence[Sight], after: Shape, by: str) -> Sight:
    """Element by element, with broadcasting: each unit sees what any of its inputs sees."""
    lifted = [_lifted(sight, after, by) for sight in sights]
    terms = union([term for sight in lifted for term in sight.terms])
    first = max(lifted, key=lambda sight: math.prod(sight.grid.sizes))
    reach = tuple(_joined([(sight.grid, sight.reach[at]) for sight in lifted], at) for at in range(len(first.reach)))
    note = next((sight.note for sight in lifted if sight.note), "")
    return replace(first, shape=after, terms=terms, reach=reach, note=note)


def _joined(parts: Sequence[tuple[Grid, Extent]], at: int) -> Extent:
    """Of one spatial axis."""
    words = [reach for _grid, reach in parts if isinstance(reach, str)]
    if words:
        return words[0]
    lie = {grid.axes[at] for grid, _reach in parts}
    if len(lie) > 1:
        return None

    def both(one: Reach | None, other: Reach | None) -> Reach | None:
        return one.joined(other) if one is not None and other is not None else None

    return reduce(both, [reach for _grid, reach in parts if not isinstance(reach, str)])


def _lifted(sight: Sight, after: Shape, by: str) -> Sight:
    """As many axes as the result; what does not fit it is seen as a whole and said."""
    lift = len(after) - len(sight.shape)
    if lift < 0:
        sight, lift = without(reduce_all(sight, by), range(-lift), sight.shape[-lift:]), 0
    shape = (1,) * lift + sight.shape
    axes = tuple(None if axis is None else axis + lift for axis in sight.grid.axes)
    grid = replace(sight.grid, axes=axes)
    found = replace(sight, shape=shape, terms=ranked(sight.terms, len(after)), grid=grid)
    odd = [axis for axis, size in enumerate(shape) if size not in (1, after[axis])]
    return everywhere(found, odd, by).because(tr("{by} changes axes that cannot be followed", by=by)) if odd else found


def reduce_all(sight: Sight, by: str) -> Sight:
    """Everything sees everything that is seen."""
    return everywhere(sight, range(len(sight.shape)), by)
