"""Layered drawings of graphs, top to bottom (Sugiyama, Tagawa and Toda 1981), by fast-sugiyama.

Crossings and columns are fast-sugiyama's; it knows one size of box and can be very slow at choosing layers, so layers
are chosen before (`ranking`) and lines are drawn after. Where it fails, boxes stand in order of the mean of their
neighbours, and the result says so.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from engines.core.context import Context, PlainContext
from engines.core.words import tr
from engines.inspection.layout.lines import Lines, drawn
from engines.inspection.layout.packing import Column, Passing, components, packed
from engines.inspection.layout.plain import plain
from engines.inspection.layout.ranking import Pair, Ranked, rank

T = TypeVar("T")
NARROW = 0.12
"""Width of an edge that passes a layer, in boxes."""
PASSED = 2000
"""Layers that all edges may pass in sum, and three for each box more."""
STACK = 256 << 20
"""Bytes of stack: the library walks down a graph as deep as it is."""
SMALL = 3000
"""Edges up to which neighbours are swapped too, which costs time and saves crossings."""
TALKATIVE = ("rust-sugiyama", "connected_components")
"""Loggers of fast-sugiyama, which tell each step of each drawing."""
PLAIN = tr("Drawn by a plain layout: fast-sugiyama failed ({why})")


@dataclass(frozen=True, slots=True)
class Boxes:
    """Size of every box, and the least room between two: across and between layers."""

    width: float = 184.0
    height: float = 44.0
    across: float = 24.0
    down: float = 40.0


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """x, y: left top corner of each box, (n,) float32. layers: (n,) int32, 0 at the top. lines: points of every edge,
    in the order the edges were given. note: "" or what the drawing is less than."""

    x: NDArray[np.float32]
    y: NDArray[np.float32]
    layers: NDArray[np.int32]
    lines: Lines
    width: float
    height: float
    boxes: Boxes
    note: str = ""


def place(count: int, edges: Sequence[Pair], boxes: Boxes = Boxes(), ctx: Context | None = None) -> Placed:
    """Place `count` boxes, numbered from 0, joined by edges from source to target; any number of parts, loops, doubles.

    The same graph is always drawn the same. Raises `Cancelled`.
    """
    ctx = ctx or PlainContext()
    ctx.progress(0, 3, tr("Choosing layers"))
    simple = sorted({edge for edge in edges if edge[0] != edge[1]})
    ranked = rank(count, simple, PASSED + 3 * count)
    ctx.check()
    ctx.progress(1, 3, tr("Placing boxes"))
    middles, passing, note = _columns(ranked, boxes.width + boxes.across)
    ctx.check()
    ctx.progress(2, 3, tr("Drawing lines"))
    size, room = (boxes.width, boxes.height), (boxes.across, boxes.down)
    ranked, middles, passing = packed(ranked, middles, passing, size, room)
    layers = np.array(ranked.ranks, np.int32)
    x = (middles - boxes.width / 2).astype(np.float32)
    y = (layers * (boxes.height + boxes.down)).astype(np.float32)
    lines = drawn(edges, ranked, middles, passing, (*size, *room))
    right, bottom = (float(lines.points[:, axis].max(initial=0.0)) for axis in (0, 1))
    width = max(float(x.max(initial=-boxes.width)) + boxes.width, right)
    height = max(float(y.max(initial=-boxes.height)) + boxes.height, bottom)
    return Placed(x, y, layers, lines, width, height, boxes, note)


def _columns(ranked: Ranked, apart: float) -> tuple[Column, Passing, str]:
    try:
        return *_deep(lambda: _sugiyama(ranked, apart)), ""
    except BaseException as error:  # a panic of the library is no Exception
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        return *plain(ranked, apart), PLAIN.format(why=str(error).partition("\n")[0] or type(error).__name__)


def _sugiyama(ranked: Ranked, apart: float) -> tuple[Column, Passing]:
    """Each part by itself: only then are the numbers of the library's places on layers told from those of boxes."""
    middles, passing = np.zeros(len(ranked.ranks)), {edge: tuple[float, ...]() for edge in ranked.down}
    edges = (*ranked.down, *ranked.ties)
    parts: dict[int, list[Pair]] = {}
    numbers = components(len(middles), edges).tolist()
    for edge in edges:
        parts.setdefault(numbers[edge[0]], []).append(edge)
    for group in parts.values():
        boxes = sorted({box for edge in group for box in edge})
        number = {box: place for place, box in enumerate(boxes)}
        at, steps = _part([(number[source], number[target]) for source, target in group], apart)
        middles[boxes] = [at[place] for place in range(len(boxes))]
        for (source, target), places in _passing(at, steps, len(boxes)).items():
            passing[boxes[source], boxes[target]] = places
    return middles, passing


def _part(edges: Sequence[Pair], apart: float) -> tuple[Mapping[int, float], Sequence[Pair]]:
    """x of the boxes and places, and the edges from one to the next."""
    import fast_sugiyama

    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    layouts: Any = fast_sugiyama.from_edges(
        edges,
        vertex_spacing=apart,
        dummy_vertices=True,
        dummy_size=NARROW,
        ranking_type="up",
        transpose=len(edges) < SMALL,
        check_layout=False,
    )
    ((positions, _width, _height, steps),) = layouts
    return {place: where[0] for place, where in positions}, steps


def _passing(at: Mapping[int, float], edges: Sequence[Pair], count: int) -> Passing:
    """Edges that pass layers, by following their places from one to the next."""
    onward = {source: target for source, target in edges if source >= count}
    found = {}
    for source, target in edges:
        if source < count <= target:
            places = []
            while target >= count:
                places.append(at[target])
                target = onward[target]
            found[source, target] = tuple(places)
    return found


def _deep(work: Callable[[], T]) -> T:
    """What `work` gives, on a thread with room for deep recursion in native code."""
    done: list[T] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            done.append(work())
        except BaseException as error:
            failed.append(error)

    before = threading.stack_size(STACK)
    try:
        thread = threading.Thread(target=run, name="layout")
        thread.start()
    finally:
        threading.stack_size(before)
    thread.join()
    if failed:
        raise failed[0]
    return done[0]
