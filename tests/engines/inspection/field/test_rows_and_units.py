"""Rows of the table and what single units see: centres, whole fields, tokens, operators that nobody can follow."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engines.core.errors import BadInput, UsageError
from engines.inspection.field.exact import receptive_field, seen, sight_of
from engines.inspection.field.gradient import check
from engines.inspection.types import Kind
from tests.engines.inspection.field.nets import Net


def test_a_dilated_window_without_padding_is_centred_on_pixel_4() -> None:
    net = Net(1, 1, 16, 20)
    layer = net.conv("x", 3, d=4)
    row = receptive_field(net.model)[layer]
    assert (row.size, row.stride, row.start) == ((9, 9), (1, 1), (0, 0))
    rows, columns = seen(net.model, layer, (0, 0))
    assert [int(np.flatnonzero(mask).mean()) for mask in (rows, columns)] == [4, 4]
    assert np.flatnonzero(rows).tolist() == [0, 4, 8]


def test_a_field_cut_by_the_border_keeps_its_size_and_is_told_to_be_whole() -> None:
    net = Net(1, 1, 12, 40)
    layer = net.conv(net.conv("x", 9, 2, 4), 9, 2, 4)
    row = receptive_field(net.model, layers=[layer])[layer]
    assert (row.size, row.stride, row.start, row.whole) == ((25, 25), (4, 4), (-12, -12), False)
    rows, columns = seen(net.model, layer)
    assert (rows.sum(), columns.sum()) == (12, 25)
    assert seen(net.model, layer, (0, 0))[1].sum() == 13


def test_upsampled_units_have_fields_by_their_phase() -> None:
    net = Net(1, 1, 12, 12)
    layer = net.up(net.conv("x", 3, 2, 1), 3, 2)
    row = receptive_field(net.model)[layer]
    assert row.stride == (1, 1)
    assert row.size == (5, 5)
    assert receptive_field(net.model)[net.nodes[0].name].size == (3, 3)


def gated() -> Net:
    """A map times its own mean, as squeeze and excitation."""
    net = Net(1, 2, 6, 6)
    body = net.conv("x", 3, 1, 1, name="body")
    told = {"axes": (2, 3), "mode": "average"}
    mean = net.add_node(Kind.ADAPTIVE_POOL, [body], lambda x: x.mean((2, 3), keepdim=True), told=told, name="mean")
    net.add_node(Kind.ARITHMETIC, [body, mean], lambda a, b: a * b, name="gate")
    return net


def test_a_gate_by_the_mean_sees_everything_and_names_the_node() -> None:
    rows = receptive_field(gated().model)
    assert (rows["body"].whole, rows["body"].size) == (False, (3, 3))
    assert (rows["gate"].whole, rows["gate"].size, rows["gate"].stride) == (True, (6, 6), (0, 0))
    assert "'mean'" in rows["gate"].note
    assert rows["gate"].exact
    assert check(gated().model, "gate", (0, 5)).agrees


def tokens() -> Net:
    """Patches, a class token before them, and one layer in which they attend to one another."""
    net = Net(1, 3, 8, 12)
    at = net.conv("x", 4, 4, out=4, name="patches")
    at = net.add_node(Kind.RESHAPE, [at], lambda x: x.flatten(2))
    at = net.add_node(Kind.TRANSPOSE, [at], lambda x: x.transpose(1, 2), told={"order": (0, 2, 1)})
    at = net.concat(net.weight(1, 1, 4), at, axis=1, name="class")
    net.add_node(Kind.NORM, [at], lambda x: x - x.mean(-1, keepdim=True), told={"axes": (2,)}, name="norm")
    at = net.add_node(Kind.RESHAPE, ["norm"], lambda x: x.reshape(1, 7, 2, 2))
    at = net.add_node(Kind.TRANSPOSE, [at], lambda x: x.transpose(1, 2), told={"order": (0, 2, 1, 3)})

    def run(q, k, v):
        return torch.nn.functional.scaled_dot_product_attention(q, k, v)

    at = net.add_node(Kind.ATTENTION, [at, at, at], run, told={"causal": False}, name="attention")
    at = net.add_node(Kind.TRANSPOSE, [at], lambda x: x.transpose(1, 2), told={"order": (0, 2, 1, 3)})
    at = net.add_node(Kind.RESHAPE, [at], lambda x: x.reshape(1, 7, 4))
    net.add("norm", at, name="sum")
    return net


def test_tokens_are_followed_to_their_patches_and_through_attention() -> None:
    model = tokens().model
    rows = receptive_field(model)
    assert all(row.exact for row in rows.values())
    assert (rows["norm"].size, rows["norm"].stride, rows["norm"].whole) == ((4, 4), (4, 4), False)
    assert (rows["sum"].whole, "'attention'" in rows["sum"].note) == (True, True)
    assert sight_of(model.graph, "sum").grid.rows_and_columns == (2, 3)
    for layer in ("norm", "attention", "sum"):
        assert check(model, layer, (1, 2)).agrees
    high, wide = seen(model, "norm", (1, 2))
    assert (np.flatnonzero(high).tolist(), np.flatnonzero(wide).tolist()) == ([4, 5, 6, 7], [8, 9, 10, 11])


def test_behind_an_unknown_operator_nothing_is_exact_and_it_is_named() -> None:
    net = Net(1, 1, 6, 6)
    at = net.add_node(Kind.UNKNOWN, [net.conv("x", 3, name="before")], lambda x: x.flip(2), name="odd")
    net.conv(at, 1, name="behind")
    rows = receptive_field(net.model)
    assert [row.exact for row in rows.values()] == [True, False, False]
    assert "'odd'" in rows["behind"].note
    with pytest.raises(BadInput, match="odd"):
        check(net.model, "behind")


def test_a_field_of_too_many_parts_is_said_to_be_the_hull_of_them() -> None:
    net, at = Net(1, 1, 160, 160), "x"
    for _ in range(30):
        at = net.concat(net.conv(at, (3, 1), 1, (1, 0)), net.conv(at, (1, 3), 1, (0, 1)))
    rows = list(receptive_field(net.model).values())
    assert rows[4].exact
    assert not rows[-1].exact
    assert "parts" in rows[-1].note
    assert rows[-1].size == (61, 61)


def test_one_and_three_axes() -> None:
    line, volume = Net(1, 2, 30), Net(1, 1, 5, 8, 9)
    at = line.add_node(Kind.CONV, ["x", line.weight(2, 2, 3)], lambda x, w: torch.conv1d(x, w, None, 2),
                       window((3,), (2,)), {"axes": (2,), "channel": 1}, "one")  # fmt: skip
    line.add(at, at, name="two")
    assert receptive_field(line.model)["two"].size == (1, 3)
    assert seen(line.model, "two", (0, 1))[1].nonzero()[0].tolist() == [2, 3, 4]
    volume.add_node(Kind.CONV, ["x", volume.weight(1, 1, 2, 3, 4)], torch.conv3d, window((2, 3, 4), (1, 1, 1)),
                    {"axes": (2, 3, 4), "channel": 1}, "deep")  # fmt: skip
    assert receptive_field(volume.model)["deep"].size == (3, 4)
    assert check(volume.model, "deep", (1, 2)).agrees


def window(kernel: tuple[int, ...], stride: tuple[int, ...]):
    from engines.inspection.types import Window

    return Window(kernel, stride, (1,) * len(kernel), (0,) * len(kernel), (0,) * len(kernel))


def test_what_is_not_there_is_said() -> None:
    net = Net(1, 1, 6, 6)
    net.conv("x", 3, name="body.conv")
    with pytest.raises(UsageError, match=r"no layer 'conv1'"):
        receptive_field(net.model, layers=["conv1"])
    with pytest.raises(UsageError, match="4 x 4"):
        seen(net.model, "body.conv", (4, 0))
    with pytest.raises(BadInput, match="one for inputs of"):
        receptive_field(net.model.graph, (1, 1, 7, 7))


def test_another_input_size_goes_through_the_model() -> None:
    net = Net(1, 1, 6, 6)
    net.conv("x", 3, name="body")
    assert seen(net.model, "body", (7, 7), (1, 1, 10, 12))[1].shape == (12,)
    with pytest.raises(BadInput, match="1x1x2x2"):
        receptive_field(net.model, (1, 1, 2, 2))


def test_pictures_too_large_to_be_followed_pixel_by_pixel_are_refused() -> None:
    net = Net(1, 1, 100_000, 8)
    net.conv("x", 3)
    with pytest.raises(UsageError, match="16384 pixels a side"):
        receptive_field(net.model)
