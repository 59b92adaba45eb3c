"""Small networks as graphs, made node by node: torch functions with what they do in the graph's terms beside them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional as F

from engines.inspection.opening.model import Model, Operator
from engines.inspection.types import Format, Given, Graph, Kind, ModelSheet, Node, Tensor, Window

Sizes = int | tuple[int, int]


def operator(node: Node, _model: Model) -> Operator:
    return node.call["run"]


def pair(size: Sizes) -> tuple[int, int]:
    return (size, size) if isinstance(size, int) else size


class Net:
    """Methods take names of nodes and give the name of the new one; shapes are torch's own."""

    def __init__(self, *shape: int) -> None:
        self.shape, self.nodes = shape, list[Node]()
        self.tensors = {"x": Tensor("x", shape, "float32")}
        self.weights: dict[str, torch.Tensor] = {}

    def conv(self, at: str, k: Sizes, s: Sizes = 1, p: Sizes = 0, d: Sizes = 1, out: int = 2, groups: int = 1,
             name: str = "") -> str:  # fmt: skip
        k, s, p, d = pair(k), pair(s), pair(p), pair(d)
        weight = self.weight(out, self.tensors[at].shape[1] // groups, *k)

        def run(x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
            return F.conv2d(x, w, None, s, p, d, groups)

        told = {"axes": (2, 3), "groups": groups, "channel": 1}
        return self.add_node(Kind.CONV, [at, weight], run, Window(k, s, d, p, p), told, name)

    def up(self, at: str, k: Sizes, s: Sizes = 1, p: Sizes = 0, d: Sizes = 1, out: int = 2) -> str:
        k, s, p, d = pair(k), pair(s), pair(p), pair(d)
        weight = self.weight(self.tensors[at].shape[1], out, *k)

        def run(x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
            return F.conv_transpose2d(x, w, None, s, p, 0, 1, d)

        return self.add_node(Kind.CONV, [at, weight], run, Window(k, s, d, p, p, True), {"axes": (2, 3), "channel": 1})

    def pool(self, at: str, k: int, s: int, p: int = 0, ceil: bool = False, name: str = "") -> str:
        def run(x: torch.Tensor) -> torch.Tensor:
            return F.max_pool2d(x, k, s, p, ceil_mode=ceil)

        window = Window(pair(k), pair(s), (1, 1), pair(p), pair(p))
        return self.add_node(Kind.POOL, [at], run, window, {"axes": (2, 3), "mode": "max"}, name)

    def add(self, *at: str, name: str = "") -> str:
        return self.add_node(Kind.ADD, list(at), lambda a, b: a + b, name=name)

    def concat(self, *at: str, axis: int = 1, name: str = "") -> str:
        return self.add_node(Kind.CONCAT, list(at), lambda *x: torch.cat(x, axis), None, {"axes": (axis,)}, name)

    def split(self, at: str, axis: int, count: int) -> list[str]:
        names = [f"{at}:{part}" for part in range(count)]
        for name, part in zip(
            names, torch.empty(self.tensors[at].shape, device="meta").chunk(count, axis), strict=True
        ):
            self.tensors[name] = Tensor(name, tuple(part.shape), "float32")
        call = {"run": lambda x: x.chunk(count, axis)}
        self.nodes.append(
            Node(f"{at}.split", Kind.SPLIT, "split", (at,), tuple(names), "", None, {"axes": (axis,)}, call)
        )
        return names

    def add_node(self, kind: Kind, inputs: list[str], run: Callable[..., Any], window: Window | None = None,
                 told: dict[str, Any] | None = None, name: str = "") -> str:  # fmt: skip
        name = name or f"{kind}{len(self.nodes)}"
        shape = run(*(torch.empty(self.tensors[each].shape, device="meta") for each in inputs)).shape
        self.tensors[name] = Tensor(name, tuple(shape), "float32")
        self.nodes.append(Node(name, kind, str(kind), tuple(inputs), (name,), "", window, told or {}, {"run": run}))
        return name

    def weight(self, *shape: int) -> str:
        name = f"w{len(self.weights)}"
        self.weights[name] = torch.ones(shape)
        self.tensors[name] = Tensor(name, shape, "float32", stored=True)
        return name

    @property
    def model(self) -> Model:
        graph = Graph(tuple(self.nodes), self.tensors, ("x",), (self.nodes[-1].name,))
        given = (Given("x", self.shape, picture=True),)
        sheet = ModelSheet("", "net", Format.MODULE, 0, graph=graph, given=given)
        return Model(sheet, self.weights, f"{__name__}:operator")
