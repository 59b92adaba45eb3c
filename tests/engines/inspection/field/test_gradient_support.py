"""The exact field of every unit is the support of its gradient, on random graphs and at the borders."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from engines.inspection.field.exact import field_of, sight_of
from engines.inspection.field.gradient import support
from engines.inspection.types import Kind, Window
from tests.engines.inspection.field.nets import Net

sizes = st.integers(1, 3)


@st.composite
def nets(draw) -> Net:
    """Up to five nodes on a small picture, each from any node before it."""
    net = Net(1, 2, draw(st.integers(7, 10)), draw(st.integers(7, 10)))
    for _ in range(draw(st.integers(2, 5))):
        _grow(net, draw)
    return net


def _grow(net: Net, draw) -> None:
    names = ["x", *(node.name for node in net.nodes)]
    at = draw(st.sampled_from(names[-3:]))
    high, wide = net.tensors[at].shape[2:]
    kernel, dilation, pad = (draw(sizes), draw(sizes)), draw(st.integers(1, 2)), draw(st.integers(0, 1))
    fits = all(size + 2 * pad >= dilation * (k - 1) + 1 for size, k in zip((high, wide), kernel, strict=True))
    alike = [name for name in names if name != at and net.tensors[name].shape == net.tensors[at].shape]
    match draw(st.sampled_from(["conv", "conv", "pool", "up", "add", "concat"])):
        case "conv" if fits:
            net.conv(at, kernel, (draw(sizes), draw(sizes)), pad, dilation)
        case "pool" if min(high, wide) >= 2:
            net.pool(at, 2, draw(st.integers(1, 2)), 1, draw(st.booleans()))
        case "up" if max(high, wide) <= 12:
            net.up(at, kernel, draw(st.integers(1, 3)), 0, dilation)
        case "add" if alike:
            net.add(at, draw(st.sampled_from(alike)))
        case "concat" if alike:
            net.conv(net.concat(at, draw(st.sampled_from(alike))), 1)
        case _:
            net.conv(at, 1)


def agree(net: Net, units: Sequence[tuple[int, int]] = ()) -> None:
    """units: () for all."""
    model, layer = net.model, net.nodes[-1].name
    sight = sight_of(model.graph, layer)
    rows, columns = sight.grid.rows_and_columns
    for unit in units or product(range(rows), range(columns)):
        field = field_of(sight, unit)
        assert not field.note
        assert np.array_equal(field.pixels, support(model, layer, unit)), unit


@settings(max_examples=50, derandomize=True, deadline=None, database=None)
@given(nets(), st.data())
def test_units_see_what_their_gradient_says(net: Net, data: st.DataObject) -> None:
    rows, columns = (size - 1 for size in net.tensors[net.nodes[-1].name].shape[2:])
    corners = [(0, 0), (0, columns), (rows, 0), (rows, columns)]
    inner = [(data.draw(st.integers(0, rows)), data.draw(st.integers(0, columns))) for _ in range(3)]
    agree(net, [*corners, *inner])


def crossed() -> Net:
    """Branches whose union is no rectangle, and a hole in the middle of one."""
    net = Net(1, 1, 9, 8)
    cross = net.concat(net.conv("x", (1, 3), 1, (0, 1)), net.conv("x", (3, 1), 1, (1, 0)))
    net.add(net.conv(cross, 1), net.conv("x", 2, 1, 2, 4))
    return net


def grouped() -> Net:
    """Channels of other fields, kept apart by groups and taken apart again."""
    net = Net(1, 2, 7, 7)
    both = net.concat(net.conv("x", 3, 1, 1), net.conv("x", 1))
    apart = net.conv(both, 3, 1, 1, out=4, groups=4)
    told = {"axes": (1,), "starts": (2,), "steps": (1,)}
    net.add_node(Kind.SLICE, [apart], lambda x: x[:, 2:], told=told)
    return net


def resized(mode: str, corners: str) -> Net:
    net = Net(1, 1, 6, 5)
    align = {} if mode == "nearest" else {"align_corners": corners == "align"}
    torch_mode = {"linear": "bilinear", "cubic": "bicubic"}.get(mode, mode)
    told = {"axes": (2, 3), "mode": mode, "corners": corners}
    net.add_node(Kind.RESIZE, ["x"], lambda x: F.interpolate(x, (9, 4), mode=torch_mode, **align), told=told)
    return net


def padded(mode: str) -> Net:
    net = Net(1, 1, 6, 5)
    told = {"before": (0, 0, 1, 2), "after": (0, 0, 1, 1), "mode": mode}
    at = net.add_node(Kind.PAD, ["x"], lambda x: F.pad(x, (2, 1, 1, 1), mode), told=told)
    net.conv(at, 3)
    return net


def binned() -> Net:
    """Adaptive pooling into bins of other sizes, then broadcast over the map."""
    net = Net(1, 1, 7, 6)
    told = {"axes": (2, 3), "mode": "max"}
    at = net.add_node(Kind.ADAPTIVE_POOL, ["x"], lambda x: F.adaptive_max_pool2d(x, (3, 4)), told=told)
    rows = net.add_node(Kind.REDUCE, [at], lambda x: x.mean(3, keepdim=True), told={"axes": (3,), "keep": True})
    net.add(at, rows)
    return net


def folded() -> Net:
    """Space to depth by slices, and back by a pixel shuffle."""
    net = Net(1, 1, 8, 6)

    def part(row: int, column: int) -> str:
        told = {"axes": (2, 3), "starts": (row, column), "steps": (2, 2)}
        return net.add_node(Kind.SLICE, ["x"], lambda x: x[:, :, row::2, column::2], told=told)

    deep = net.conv(net.concat(*(part(row, column) for row in (0, 1) for column in (0, 1))), 3, 1, 1, out=4)
    told = {"axes": (2, 3), "block": 2, "to": "space"}
    net.add_node(Kind.SPACE_DEPTH, [deep], lambda x: F.pixel_shuffle(x, 2), told=told)
    return net


def windows() -> Net:
    """Tokens in windows of 2 x 2 that see one another, laid out again as a map."""
    net = Net(1, 2, 4, 6)
    at = net.conv("x", 2, 1, (1, 0), out=2)
    at = net.add_node(Kind.SLICE, [at], lambda x: x[:, :, :4], told={"axes": (2,), "starts": (0,), "steps": (1,)})
    at = net.conv(at, (1, 2), 1, (0, 1))
    at = net.add_node(Kind.RESHAPE, [at], lambda x: x.reshape(1, 2, 2, 2, 3, 2))
    at = net.add_node(Kind.TRANSPOSE, [at], lambda x: x.permute(0, 2, 4, 3, 5, 1), told={"order": (0, 2, 4, 3, 5, 1)})
    at = net.add_node(Kind.RESHAPE, [at], lambda x: x.reshape(6, 4, 2))
    at = net.add_node(Kind.SOFTMAX, [at], lambda x: x.softmax(1), told={"axes": (1,)})
    at = net.add_node(Kind.RESHAPE, [at], lambda x: x.reshape(1, 2, 3, 2, 2, 2))
    at = net.add_node(Kind.TRANSPOSE, [at], lambda x: x.permute(0, 5, 1, 3, 2, 4), told={"order": (0, 5, 1, 3, 2, 4)})
    net.add_node(Kind.RESHAPE, [at], lambda x: x.reshape(1, 2, 4, 6))
    return net


def last_channels() -> Net:
    """Height and width in the middle."""
    net = Net(1, 6, 7, 2)
    wide = Window((2, 3), (2, 1), (1, 2), (0, 1), (1, 1))
    weight = net.weight(2, 2, 2, 3)

    def run(x, w):
        return F.conv2d(F.pad(x.movedim(-1, 1), (1, 1, 0, 1)), w, None, (2, 1), 0, (1, 2)).movedim(1, -1)

    net.add_node(Kind.CONV, ["x", weight], run, wide, {"axes": (1, 2), "channel": 3})
    return net


def unshuffled() -> Net:
    """Space to depth, and channels split into parts of other fields."""
    net = Net(1, 1, 8, 6)
    told = {"axes": (2, 3), "block": 2, "to": "depth"}
    deep = net.add_node(Kind.SPACE_DEPTH, ["x"], lambda x: F.pixel_unshuffle(x, 2), told=told)
    both = net.concat(net.conv(deep, 3, 1, 1), net.conv(deep, 1))
    first, second = net.split(both, 1, 2)
    net.add(net.conv(first, 1), net.conv(second, (1, 3), 1, (0, 1)))
    return net


def turned() -> Net:
    """Rolled round along the rows, then turned about."""
    net = Net(1, 1, 6, 7)
    told = {"axes": (2, 3), "shifts": (2, -1)}
    at = net.add_node(Kind.GATHER, [net.conv("x", 2)], lambda x: x.roll((2, -1), (2, 3)), told=told)
    net.add_node(Kind.GATHER, [at], lambda x: x.flip(3), told={"axes": (3,), "shifts": None})
    return net


def multiplied() -> Net:
    """Rows of one map by columns of another, and a mean that vanishes."""
    net = Net(1, 1, 4, 4)
    turned = net.add_node(Kind.TRANSPOSE, [net.conv("x", 1)], lambda x: x.mT, told={"order": (0, 1, 3, 2)})
    at = net.add_node(Kind.MATMUL, [net.conv("x", 3, 1, 1), turned], torch.matmul, told={"contracted": 4})
    net.add_node(Kind.REDUCE, [at], lambda x: x.mean(1), told={"axes": (1,), "keep": False})
    return net


def stacked() -> Net:
    """Maps of other fields along an axis that is new, and one of them taken out of it again."""
    net = Net(1, 1, 6, 5)
    parts = [net.conv("x", 3, 1, 1), net.conv("x", 1)]
    both = net.add_node(Kind.CONCAT, parts, lambda *maps: torch.stack(maps, 1), told={"axes": (1,), "new": True})
    told = {"axes": (1,), "starts": (1,), "steps": (1,), "drop": (1,)}
    one = net.add_node(Kind.SLICE, [both], lambda x: x[:, 1], told=told)
    rows = net.add_node(Kind.CONCAT, [one, one], lambda *maps: torch.stack(maps, -1), told={"axes": (4,), "new": True})
    net.add_node(Kind.REDUCE, [rows], lambda x: x.mean(-1), told={"axes": (4,), "keep": False})
    return net


OTHERS = {
    "stack": stacked(),
    "cross": crossed(), "groups": grouped(), "bins": binned(), "folds": folded(), "windows": windows(),
    "NHWC": last_channels(), "depth": unshuffled(), "product": multiplied(), "turns": turned(),
    "reflect": padded("reflect"), "replicate": padded("replicate"),
    "constant": padded("constant"), "circular": padded("circular"),
    **{f"{mode} {corners}": resized(mode, corners) for mode, corners in (
        ("nearest", "asymmetric"), ("linear", "half"), ("linear", "align"), ("cubic", "half"), ("cubic", "align"))},
}  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
def test_every_unit_of_other_kinds_too(name: str) -> None:
    agree(OTHERS[name])
