"""Following tensors through a graph: all that a node rests on, and all that rests on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engines.inspection.types import Graph

Neighbours = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Links:
    """Direct neighbours of every node; graph inputs and outputs are "input:x" and "output:y"."""

    before: Neighbours
    after: Neighbours

    def back(self, names: Iterable[str]) -> frozenset[str]:
        """All that these rest on, without themselves."""
        return _reached(self.before, names)

    def forward(self, names: Iterable[str]) -> frozenset[str]:
        """All that rests on these, without themselves."""
        return _reached(self.after, names)


def links(graph: Graph) -> Links:
    """Who reads what whom gives."""
    made = {name: f"input:{name}" for name in graph.inputs}
    for node in graph.nodes:
        made.update(dict.fromkeys(filter(None, node.outputs), node.name))
    before = {
        node.name: tuple(dict.fromkeys(made[each] for each in node.inputs if each in made)) for node in graph.nodes
    }
    before |= {f"output:{name}": (made[name],) for name in graph.outputs if name in made}
    after: dict[str, list[str]] = {}
    for name, sources in before.items():
        for source in sources:
            after.setdefault(source, []).append(name)
    return Links(before, {name: tuple(targets) for name, targets in after.items()})


def _reached(neighbours: Neighbours, names: Iterable[str]) -> frozenset[str]:
    start = set(names)
    seen, waiting = set[str](), list(start)
    while waiting:
        for name in neighbours.get(waiting.pop(), ()):
            if name not in seen:
                seen.add(name)
                waiting.append(name)
    return frozenset(seen - start)
