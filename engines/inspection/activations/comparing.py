"""Job: two models, or one on two pictures, layer by layer: which layer is the first that differs, and by how much."""

from __future__ import annotations

import filecmp
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from engines.core.context import Context
from engines.core.errors import BadInput, UsageError
from engines.core.networks.preprocessing import Preprocessing
from engines.core.pictures.reading import read_picture
from engines.core.training.threads import threads
from engines.core.words import tr
from engines.inspection.activations.pairs import Pair, pairs_of
from engines.inspection.opening.model import Model
from engines.inspection.opening.opener import open_spec
from engines.inspection.running.fitting import fitting_of
from engines.inspection.running.inputs import given_inputs
from engines.inspection.running.network import Network
from engines.inspection.shapes import shape_text
from engines.inspection.studies import CompareResult, CompareSpec, LayerDifference
from engines.inspection.types import OpenSpec

MOST = 1 << 29
"""Bytes of one model's activations that are held at once; the models run again for the next ones."""
THREADS = 2
SAME = tr("Both files are the same, byte for byte")
ALONE = tr("The same model on the same input: nothing can differ")


@dataclass(frozen=True, slots=True)
class Side:
    """A model and what it is given. words: how a picture was fitted."""

    network: Network
    inputs: tuple[Tensor, ...]
    words: str = ""


def run(spec: CompareSpec, ctx: Context) -> CompareResult:
    """Raises `BadInput` for models that take different inputs, and for pictures that cannot be read."""
    with ctx.lease(threads=THREADS) as lease, threads(lease.threads):
        ctx.progress(0, 0, tr("Opening the models"))
        first = open_spec(spec.first)
        ctx.check()
        second = open_spec(spec.second) if spec.second.path else first
        ctx.check()
        return compare(first, second, spec, ctx)


def compare(first: Model, second: Model, spec: CompareSpec, ctx: Context) -> CompareResult:
    """The same with models that are open. A model of which nobody knows how pictures go in gets them as the other."""
    if spec.other and not spec.picture:
        raise UsageError(tr("Of two pictures the first is not said"), hint=tr("Name both"))
    if not 0 <= spec.tolerance < math.inf:
        raise UsageError(
            tr("A tolerance of {tolerance} makes no sense", tolerance=spec.tolerance),
            hint="Give a relative error such as 0.001",
        )
    network = Network(first)
    beside = network if second is first else Network(second)
    ways = first.sheet.preprocessing, second.sheet.preprocessing
    one = _side(network, spec, spec.first, spec.picture, ways[0] or ways[1])
    two = _side(beside, spec, spec.second, spec.other or spec.picture, ways[1] or ways[0])
    _check_inputs(one, two)
    pairs, words = pairs_of(first.graph, second.graph)
    rows = tuple(_rows(one, two, pairs, ctx))
    above = (row.name for row in rows if row.error is not None and not row.error <= spec.tolerance)
    told = (_same(spec, first is second), _other_way(spec, one, two), words)
    return CompareResult(spec, rows, next(above, ""), tuple(filter(None, told)))


def difference(pair: Pair, a: Tensor, b: Tensor) -> LayerDifference:
    """Of two values of a layer. Norms are taken in float64; a layer with numbers that are not finite in one alone
    differs by infinity."""
    if a.shape != b.shape:
        return _told(pair, tr("{first} and {second}", first=_size(a), second=_size(b)))
    a, b = a.detach().double().flatten(), b.detach().double().flatten()
    if torch.equal(a, b):
        return LayerDifference(pair.name, pair.other, pair.type, 0.0, 0.0, 1.0, pair.note)
    apart = a - b
    finite = bool(torch.isfinite(apart).all())
    if not finite:
        note = "; ".join(filter(None, (pair.note, tr("not finite"))))
        return LayerDifference(pair.name, pair.other, pair.type, float("inf"), float("inf"), None, note)
    length, other = float(a.norm()), float(b.norm())
    error = float(apart.norm()) / length if length else float("inf")
    cosine = float(a @ b) / (length * other) if length and other else 0.0
    return LayerDifference(pair.name, pair.other, pair.type, error, float(apart.abs().max()), cosine, pair.note)


def _side(network: Network, spec: CompareSpec, opened: OpenSpec, picture: str, known: Preprocessing | None) -> Side:
    """known: how pictures go into this model, else into the other."""
    shapes = opened.shapes or spec.first.shapes
    if not picture:
        return Side(network, given_inputs(network.model, None, shapes, seed=spec.seed))
    fitted = fitting_of(network.model, shapes, spec.preprocessing or known).fit(read_picture(picture))
    return Side(network, fitted.inputs, fitted.words)


def _other_way(spec: CompareSpec, one: Side, two: Side) -> str:
    """Models that get one picture in two ways differ before their first layer."""
    if spec.other not in ("", spec.picture) or one.words == two.words:
        return ""
    return tr("Each model gets the picture in its own way: {first}; {second}", first=one.words, second=two.words)


def _check_inputs(one: Side, two: Side) -> None:
    first, second = ([tuple(data.shape) for data in side.inputs] for side in (one, two))
    if first != second:
        told = [", ".join(shape_text(shape) for shape in side) for side in (first, second)]
        hint = tr("Give both the same shape, where they take any")
        raise BadInput(
            tr("These models take different inputs, {first} and {second}", first=told[0], second=told[1]), hint=hint
        )


def _rows(one: Side, two: Side, pairs: Sequence[Pair], ctx: Context) -> Iterator[LayerDifference]:
    """As many layers at once as there is memory for."""
    done = 0
    for part in _parts(one.network, pairs):
        ctx.check()
        ctx.progress(done, len(pairs), tr("Comparing layers"))
        both = [pair for pair in part if pair.name and pair.other]
        with torch.inference_mode():
            a = one.network.values(one.inputs, [pair.name for pair in both])
            ctx.check()
            b = two.network.values(two.inputs, [pair.other for pair in both])
        for pair in part:
            alike = pair.name and pair.other
            yield difference(pair, a.pop(pair.name), b.pop(pair.other)) if alike else _told(pair, "")
        done += len(part)


def _parts(network: Network, pairs: Sequence[Pair]) -> Iterator[list[Pair]]:
    part: list[Pair] = []
    held = 0
    for pair in pairs:
        shape = network.graph.shape(network.layer(pair.name).node.output) if pair.name else ()
        size = 4 * torch.Size(abs(axis) for axis in shape or ()).numel()
        if part and held + size > MOST:
            yield part
            part, held = [], 0
        part.append(pair)
        held += size
    yield part


def _told(pair: Pair, why: str) -> LayerDifference:
    note = "; ".join(filter(None, (pair.note, why)))
    return LayerDifference(pair.name, pair.other, pair.type, None, None, None, note)


def _size(data: Tensor) -> str:
    return shape_text(data.shape, scalar=tr("a number"))


def _same(spec: CompareSpec, alone: bool) -> str:
    """What is known before anything ran."""
    if alone:
        return ALONE if not spec.other or spec.other == spec.picture else ""
    one, two = (Path(opened.path).expanduser() for opened in (spec.first, spec.second))
    alike = one.is_file() and two.is_file() and filecmp.cmp(one, two, shallow=False)
    return SAME if alike else ""
