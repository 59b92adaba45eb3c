"""Looks and sheets made by hand, with values that a test can work out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engines.core.frames import Stamp
from engines.core.networks.preprocessing import Placement
from engines.inspection.looks import ActivationLook, AttentionLook, LookSpec, Seen
from engines.inspection.types import Format, Given, Graph, Kind, ModelSheet, Node, OpenSpec, Tensor
from widgets.inspection.state import InspectionView, LookView, ModelView, Page
from widgets.sources.choice import SourceChoice

SPEC = OpenSpec("net.onnx")
NODES = (
    Node("stem.conv", Kind.CONV, "Conv", ("x",), ("a",)),
    Node("stem.relu", Kind.ACTIVATION, "Relu", ("a",), ("b",)),
    Node("shape", Kind.CONSTANT, "Shape", (), ("c",)),
)
TENSORS = {
    name: Tensor(name, shape) for name, shape in (("x", (1, 3, 32, 48)), ("a", (1, 6, 4, 6)), ("b", (1, 6, 4, 6)))
}
GRAPH = Graph(NODES, TENSORS, ("x",), ("b",))
SHEET = ModelSheet("net.onnx", "net", Format.ONNX, 9, graph=GRAPH, given=(Given("x", (1, 3, 32, 48), picture=True),))
SOURCES = (SourceChoice("usb1", "Camera 1"), SourceChoice("file1", "Film"))


def seen(layer: str = "stem.relu", shape: tuple[int, ...] = (1, 6, 4, 6)) -> Seen:
    picture = np.full((32, 48, 3), 90, np.uint8)
    return Seen(Stamp("usb1", 0, 0.0, 0.0), layer, shape, picture, Placement(1, 1, 0, 0), "Stretched", 12.0)


def activations(**changes: object) -> ActivationLook:
    """Six channels of 4 x 6, channel n from n to n + 23; the last is dead and shown first."""
    maps = np.arange(24, dtype=np.float32).reshape(1, 4, 6) + np.arange(6, dtype=np.float32)[:, None, None]
    maps[5] = 0
    flat = maps.reshape(6, -1)
    order = (5, 0, 1, 2, 3, 4)
    counts, edges = np.histogram(maps, 8)
    look = ActivationLook(
        seen(), maps[list(order)], order, flat.mean(1), flat.std(1), flat.min(1), flat.max(1), (flat == 0).mean(1),
        np.array([False] * 5 + [True]), 0.25, 7, counts.astype(np.int64), edges.astype(np.float32),
    )  # fmt: skip
    return replace(look, **changes)


def vector(size: int = 5) -> ActivationLook:
    """A layer that is a vector of 0, 1, 2 and so on."""
    values = np.arange(size, dtype=np.float32)
    nothing = np.zeros(size, np.float32)
    return ActivationLook(
        seen("fc", (1, size)), values.reshape(1, 1, size), tuple(range(size)), values, nothing, values, values, nothing,
        np.zeros(size, np.bool_), None, 1, np.ones(4, np.int64), np.linspace(0, 4, 5, dtype=np.float32),
    )  # fmt: skip


def attention(**changes: object) -> AttentionLook:
    """Two heads of 2 x 3 patches and a class token; the second head takes all from its last patch."""
    heads = np.full((2, 2, 3), 1 / 7, np.float32)
    heads[1] = 0
    heads[1, 1, 2] = 1
    look = AttentionLook(
        seen("b.0", (2, 7, 7)), ("b.0", "b.1"), (2, 3), 1, (1, 0), "row", heads.mean(0), heads,
        np.array([np.log(7), 0], np.float32),
    )  # fmt: skip
    return replace(look, **changes)


def view_of(page: Page, look: object = None, spec: LookSpec | None = None, **changes: object) -> InspectionView:
    """A model is open, Camera 1 is looked at."""
    asked = spec or LookSpec(view=page)  # type: ignore[arg-type]
    made = InspectionView(page, ModelView(SPEC, SHEET), LookView(asked, "usb1", SOURCES, True, look, rate=12.0))  # type: ignore[arg-type]
    return replace(made, **changes)
