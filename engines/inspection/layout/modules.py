"""The tree of modules that a graph's nodes are in, with what of it is worth folding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from engines.inspection.types import Graph

MOST = 60
"""Boxes that a graph shows before anybody has opened or closed a module."""


def parent(path: str) -> str:
    """The module that a module is in: "a.b" of "a.b.c", "/a/b" of "/a/b/c"; "" for the whole."""
    return path.rpartition("/" if "/" in path else ".")[0]


def above(path: str) -> Iterator[str]:
    """A module and those around it, the innermost first, without the whole."""
    while path:
        yield path
        path = parent(path)


class ModuleTree:
    """Modules that hold at least two nodes and not all the same ones as a module within them. One without modules
    within it whose nodes do not run in a row, as an activation that is called again and again, is none.

    chains: for each node the modules that can be folded over it, outermost first. sizes: nodes of each module.
    """

    def __init__(self, graph: Graph) -> None:
        counts = Counter(path for node in graph.nodes for path in above(node.module))
        doubled = {parent(path) for path, size in counts.items() if counts.get(parent(path)) == size}
        apart = _called_again(graph, counts)
        self.sizes = {path: size for path, size in counts.items() if size > 1 and path not in doubled | apart}
        by_path: dict[str, tuple[str, ...]] = {}
        for node in graph.nodes:
            if node.module not in by_path:
                by_path[node.module] = tuple(path for path in above(node.module) if path in self.sizes)[::-1]
        self.chains: dict[str, tuple[str, ...]] = {node.name: by_path[node.module] for node in graph.nodes}

    def depth(self) -> dict[str, int]:
        """How many foldable modules lie around each."""
        return {path: place for chain in self.chains.values() for place, path in enumerate(chain)}

    def default_open(self, most: int = MOST) -> frozenset[str]:
        """Modules to open so that about `most` boxes show: the outer ones first, and alike siblings together."""
        parts: Counter[str] = Counter()
        places: dict[str, tuple[int, str, int]] = {}
        for chain in dict.fromkeys(self.chains.values()):
            for depth, path in enumerate(chain):
                places[path] = (depth, chain[depth - 1] if depth else "", self.sizes[path])
        for path, (_depth, around, size) in places.items():
            parts[around] += 1
            parts[path] += size
            parts[around] -= size
        parts[""] += len(self.chains)
        shown, opened = parts[""], set[str]()
        alike: dict[tuple[int, str, int], list[str]] = {}
        for path, place in places.items():
            alike.setdefault(place, []).append(path)
        for (_depth, around, _size), paths in sorted(alike.items(), key=lambda item: (item[0][0], item[0][2])):
            more = sum(parts[path] - 1 for path in paths)
            if (not around or around in opened) and shown + more <= most:
                opened.update(paths)
                shown += more
        return frozenset(opened)

    def around(self, names: Sequence[str]) -> frozenset[str]:
        """Modules that have to be open for these nodes to be seen."""
        return frozenset(path for name in names for path in self.chains.get(name, ()))


def _called_again(graph: Graph, counts: Counter[str]) -> set[str]:
    """Modules without modules in them whose nodes others run between."""
    ends: dict[str, tuple[int, int]] = {}
    for place, node in enumerate(graph.nodes):
        ends[node.module] = ends.get(node.module, (place, place))[0], place
    inner = {parent(path) for path in counts}
    return {path for path, (first, last) in ends.items() if path not in inner and last - first + 1 != counts[path]}
