"""How what is seen passes through each kind of node. A kind that is not here is one that cannot be followed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from engines.core.words import tr
from engines.inspection.field import pixels
from engines.inspection.field.axes import moves, shifted
from engines.inspection.field.pixels import TooLarge
from engines.inspection.field.sights import (
    Extent,
    Grid,
    Sight,
    everywhere,
    moved,
    reduce_all,
    refolded,
    together,
    turned,
    without,
)  # fmt: skip
from engines.inspection.types import Graph, Kind, Node, Shape

MOST_TERMS = 24


@dataclass(frozen=True, slots=True)
class Case:
    """A node with what its inputs see (None: nothing), and the shape of one of its outputs."""

    node: Node
    graph: Graph
    inputs: tuple[Sight | None, ...]
    after: Shape
    output: int = 0

    @property
    def there(self) -> list[Sight]:
        return [sight for sight in self.inputs if sight is not None]

    @property
    def data(self) -> Sight:
        """The first input; a computed weight or mask on a constant is seen as a whole."""
        return self.inputs[0] if self.inputs and self.inputs[0] is not None else self.there[0]


def passed(case: Case) -> Sight:
    """What an output of a node sees."""
    rule = RULES.get(case.node.kind)
    try:
        found = rule(case) if rule is not None and _known(case) else lost(case)
    except (TooLarge, LookupError, ValueError):
        found = lost(case)
    if not _fits(found):
        found = lost(case)
    if len(found.terms) > MOST_TERMS:
        note = tr(
            "The field of '{node}' has more than {most_terms} parts; what holds them all is shown",
            node=case.node.name,
            most_terms=MOST_TERMS,
        )
        found = replace(found, terms=pixels.hull(found.terms)).because(note)
    return found


def _known(case: Case) -> bool:
    return -1 not in case.after and (case.output == 0 or case.node.kind in SEVERAL)


def _fits(sight: Sight) -> bool:
    return all(
        bits.ndim == len(sight.shape) + 1
        and all(size in (1, own) for size, own in zip(bits.shape, sight.shape, strict=False))
        for term in sight.terms
        for bits in term
    )


def lost(case: Case) -> Sight:
    """Everything that any input sees, and the operator named."""
    why = tr(
        "{op} of '{node}' cannot be followed; all of the input is taken to be seen",
        op=case.node.op,
        node=case.node.name,
    )
    seen = [reduce_all(sight, case.node.name) for sight in case.there]
    terms = pixels.union([term for sight in seen for term in pixels.ranked(_flat(sight), len(case.after))])
    grid = next((sight.grid for sight in case.there if _same_map(sight, case.after)), _no_grid(seen[0]))
    reach = tuple(case.node.name for _ in grid.axes)
    note = next((sight.note for sight in seen if sight.note), why)
    return Sight(case.after, terms, reach, grid, seen[0].picture, note)


def _flat(sight: Sight) -> pixels.Terms:
    return tuple(tuple(bits.reshape(bits.shape[-1]) for bits in term) for term in sight.terms)


def _same_map(sight: Sight, after: Shape) -> bool:
    axes = [axis for axis in sight.grid.axes if axis is not None]
    return len(sight.shape) == len(after) and all(sight.shape[axis] == after[axis] for axis in axes)


def _no_grid(sight: Sight) -> Grid:
    count = len(sight.grid.axes)
    return Grid((None,) * count, (1,) * count)


def _with(case: Case, found: Sight, others: Sequence[Sight | None]) -> Sight:
    """And whatever computed weights see, as a whole."""
    rest = [reduce_all(sight, case.node.name) for sight in others if sight is not None]
    flat = [replace(sight, shape=(), terms=_flat(sight), grid=_no_grid(sight)) for sight in rest]
    return together([found, *flat], case.after, case.node.name) if flat else found


def _move(case: Case) -> Sight:
    """Windows, bins, pads, resizing, folds of space."""
    data, steps = case.data, moves(case.node, case.graph)
    if case.node.kind is Kind.CONV:
        data = _channels(case, data)
    elif case.node.kind is Kind.SPACE_DEPTH:
        others = [axis for axis in range(1, len(data.shape)) if axis not in case.node.attributes["axes"]]
        data = replace(data, terms=pixels.reduced(data.terms, others))
    return _with(case, moved(data, steps, case.after, case.node.name), case.inputs[1:])


def _channels(case: Case, data: Sight) -> Sight:
    """Each group of channels reads its own."""
    told = case.node.attributes
    axis, groups = int(told["channel"]), int(told.get("groups", 1))
    if groups == 1:
        return replace(data, terms=pixels.reduced(data.terms, [axis]))
    each, out = data.shape[axis] // groups, case.after[axis]
    shape = (*data.shape[:axis], out, *data.shape[axis + 1 :])
    if all(bits.shape[axis] == 1 for term in data.terms for bits in term):
        return replace(data, shape=shape)
    first = np.arange(out) // (out // groups) * each
    return replace(data, shape=shape, terms=pixels.along(data.terms, axis, first[:, None] + np.arange(each)))


def _slice(case: Case) -> Sight:
    data, drop = case.data, tuple(case.node.attributes.get("drop", ()))
    sizes = list(case.after)
    for axis in sorted(drop):
        sizes.insert(axis, 1)
    cut = moved(data, moves(case.node, case.graph), tuple(sizes), case.node.name)
    return without(cut, drop, case.after) if drop else cut


def _split(case: Case) -> Sight:
    (axis,) = case.node.attributes["axes"]
    single = len(case.after) < len(case.data.shape)
    before = [case.graph.shape(name) or () for name in case.node.outputs[: case.output]]
    start = case.output if single else sum(shape[axis] for shape in before)
    sizes = (*case.data.shape[:axis], 1 if single else case.after[axis], *case.data.shape[axis + 1 :])
    cut = moved(case.data, {axis: shifted(start)}, sizes, case.node.name)
    return without(cut, (axis,), case.after) if single else cut


def _reduce(case: Case) -> Sight:
    told = case.node.attributes
    axes = tuple(told["axes"]) or tuple(range(len(case.data.shape)))
    found = everywhere(case.data, axes, case.node.name)
    if len(case.after) != len(found.shape):
        return without(found, axes, case.after)
    grid = replace(found.grid, sizes=tuple(
        1 if axis in axes else size for axis, size in zip(found.grid.axes, found.grid.sizes, strict=True)
    ))  # fmt: skip
    return replace(found, shape=case.after, grid=grid)


def _over_axes(case: Case) -> Sight:
    """Softmax and norms."""
    found = everywhere(case.data, tuple(case.node.attributes.get("axes", ())), case.node.name)
    return _with(case, found, case.inputs[1:])


def _elements(case: Case) -> Sight:
    return together(case.there, case.after, case.node.name)


def _turn(case: Case) -> Sight:
    return turned(case.data, tuple(case.node.attributes["order"]), case.after)


def _refold(case: Case) -> Sight:
    return refolded(case.data, case.after)


def _concat(case: Case) -> Sight:
    """Along an axis that is there, or one that is new (stack)."""
    (axis,) = case.node.attributes["axes"]
    shapes = [case.graph.shape(name) or () for name in case.node.inputs if name]
    sights = [sight for name, sight in zip(case.node.inputs, case.inputs, strict=True) if name]
    if any(len(shape) < len(case.after) for shape in shapes):
        shapes = [(*shape[:axis], 1, *shape[axis:]) for shape in shapes]
        sights = [sight and refolded(sight, shape) for sight, shape in zip(sights, shapes, strict=True)]
        case = replace(case, inputs=tuple(sights))
    terms = pixels.joined([sight.terms if sight else () for sight in sights], [shape[axis] for shape in shapes], axis)
    alike = together([_widened(sight, axis, case.after) for sight in case.there], case.after, case.node.name)
    grid, reach = alike.grid, alike.reach
    if axis in grid.axes:
        first = next(at for at, sight in enumerate(sights) if sight is not None)
        grid, reach = _grown(grid, reach, axis, case, sum(shape[axis] for shape in shapes[:first]), sights)
    return replace(alike, shape=case.after, terms=terms, reach=reach, grid=grid)


def _widened(sight: Sight, axis: int, after: Shape) -> Sight:
    """As if it were alone on the whole axis: for its reach and grid."""
    shape = (*sight.shape[:axis], after[axis], *sight.shape[axis + 1 :])
    return replace(sight, shape=shape, terms=())


def _grown(
    grid: Grid, reach: tuple[Extent, ...], axis: int, case: Case, extra: int, sights: Sequence[Sight | None]
) -> tuple[Grid, tuple[Extent, ...]]:
    """A spatial axis that grew: tokens behind a class token stay a grid; rows behind rows do not lie evenly."""
    if grid.merged and len(case.there) == 1:
        return replace(grid, extra=grid.extra + extra), reach
    sizes = tuple(
        (0 if grid.merged else case.after[axis]) if own == axis else size
        for own, size in zip(grid.axes, grid.sizes, strict=True)
    )
    even = tuple(None if own == axis and not isinstance(was, str) else was
                 for own, was in zip(grid.axes, reach, strict=True))  # fmt: skip
    return replace(grid, sizes=sizes), even


def _linear(case: Case) -> Sight:
    data = everywhere(case.data, (len(case.data.shape) - 1,), case.node.name)
    if len(case.after) == len(data.shape):
        data = replace(data, shape=(*data.shape[:-1], case.after[-1]), grid=_off(data.grid, len(data.shape) - 1))
    return _with(case, data, case.inputs[1:])


def _off(grid: Grid, axis: int) -> Grid:
    """An axis that is summed over is no place any more."""
    axes = tuple(None if own == axis else own for own in grid.axes)
    sizes = tuple(1 if own is None else size for own, size in zip(axes, grid.sizes, strict=True))
    return replace(grid, axes=axes, sizes=sizes)


def _matmul(case: Case) -> Sight:
    """Rows of the first with columns of the second, all of the axis between them."""
    first, second = (case.inputs + (None, None))[:2]
    inner = int(case.node.attributes["contracted"])
    if not _plain_product(case, inner):
        raise LookupError(case.node.name)
    parts: list[Sight] = []
    for sight, place in ((first, -1), (second, -2)):
        if sight is not None:
            axis = len(sight.shape) + place
            seen = everywhere(sight, (axis,), case.node.name)
            shape = tuple(1 if at == axis else size for at, size in enumerate(seen.shape))
            parts.append(replace(seen, shape=shape, grid=_off(seen.grid, axis)))
    found = together(parts, case.after, case.node.name)
    rows = together(parts[:1], case.after, case.node.name).grid
    return replace(found, grid=rows) if any(axis is not None for axis in rows.axes) else found


def _plain_product(case: Case, inner: int) -> bool:
    """(..., i, k) times (..., k, j): not another sum, as einsum and transposing products may be."""
    first, second = (case.graph.shape(name) or () for name in case.node.inputs[:2])
    fits = len(first) > 1 < len(second) and first[-1] == second[-2] == inner
    return fits and case.after[-2:] == (first[-2], second[-1]) and not case.node.op.lower().startswith(ODD_PRODUCTS)


def _attention(case: Case) -> Sight:
    """Every query sees itself, and all keys and values."""
    query, others = case.inputs[0], [sight for sight in case.inputs[1:] if sight is not None]
    parts = [] if query is None else [everywhere(query, (len(query.shape) - 1,), case.node.name)]
    for sight in others:
        seen = everywhere(sight, (1, len(sight.shape) - 2, len(sight.shape) - 1), case.node.name)
        parts.append(replace(seen, shape=(seen.shape[0], 1, *(1,) * (len(seen.shape) - 2)), grid=_no_grid(seen)))
    found = together(parts, case.after, case.node.name)
    if query is not None:
        found = replace(found, grid=query.grid)
    if case.node.attributes.get("causal") and others:
        found = found.because(tr("'{node}' is causal; all keys are taken to be seen", node=case.node.name))
    return found


def _gather(case: Case) -> Sight:
    if steps := moves(case.node, case.graph):
        return moved(case.data, steps, case.after, case.node.name)
    axes = tuple(case.node.attributes["axes"])
    data = everywhere(case.data, axes, case.node.name)
    if len(case.after) == len(data.shape):
        return _chosen(case, replace(data, shape=case.after), axes)
    (axis,) = axes
    rank = len(case.after) - len(data.shape) + 1
    terms = tuple(tuple(_opened(bits, axis, rank) for bits in term) for term in data.terms)
    left = _off(data.grid, axis)
    own = tuple(each if each is None or each < axis else each + rank - 1 for each in left.axes)
    return _chosen(case, replace(data, shape=case.after, terms=terms, grid=replace(left, axes=own)), axes)


def _chosen(case: Case, found: Sight, axes: Sequence[int]) -> Sight:
    """Exact only where it does not matter which is chosen."""
    mattered = any(bits.shape[axis] > 1 for term in case.data.terms for bits in term for axis in axes)
    why = tr("'{node}' chooses by index; all of the axis is taken to be seen", node=case.node.name)
    return found.because(why) if mattered else found


def _opened(bits: pixels.Bits, axis: int, rank: int) -> pixels.Bits:
    """An axis of size 1 as so many."""
    return bits.reshape(*bits.shape[:axis], *(1,) * rank, *bits.shape[axis + 1 :])


ODD_PRODUCTS = ("einsum", "gemm")
RULES: Mapping[Kind, Callable[[Case], Sight]] = {
    Kind.CONV: _move,
    Kind.POOL: _move,
    Kind.ADAPTIVE_POOL: _move,
    Kind.PAD: _move,
    Kind.RESIZE: _move,
    Kind.SPACE_DEPTH: _move,
    Kind.SLICE: _slice,
    Kind.SPLIT: _split,
    Kind.REDUCE: _reduce,
    Kind.NORM: _over_axes,
    Kind.SOFTMAX: _over_axes,
    Kind.ADD: _elements,
    Kind.ARITHMETIC: _elements,
    Kind.ACTIVATION: _elements,
    Kind.CAST: _elements,
    Kind.EXPAND: _elements,
    Kind.TRANSPOSE: _turn,
    Kind.RESHAPE: _refold,
    Kind.CONCAT: _concat,
    Kind.LINEAR: _linear,
    Kind.MATMUL: _matmul,
    Kind.ATTENTION: _attention,
    Kind.GATHER: _gather,
}
SEVERAL = (Kind.SPLIT, Kind.POOL)
"""Kinds whose further outputs are followed too: parts, and the places of largest values."""
