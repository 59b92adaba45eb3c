"""The effective field: its spread in closed form, its share of the whole field, and the look at one frame."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from engines.core.errors import UsageError
from engines.core.frames import Stamp
from engines.core.networks.preprocessing import Preprocessing
from engines.inspection.field.gradient import side_of, slope_of
from engines.inspection.field.looking import look
from engines.inspection.looks import LookSpec, Seen
from engines.inspection.running.network import Network
from tests.engines.inspection.field.nets import Net


def boxes(count: int) -> tuple[Net, str]:
    """3x3 windows of equal weights, one on another."""
    side = 2 * count + 1
    net, at = Net(1, 1, side, side), "x"
    for _ in range(count):
        at = net.conv(at, 3, out=1)
    return net, at


def slope(count: int) -> np.ndarray:
    net, layer = boxes(count)
    network = Network(net.model).double()
    _value, found = slope_of(network, [torch.ones(net.shape, dtype=torch.float64)], layer, (0, 0), 0)
    return found


@pytest.mark.parametrize("count", [1, 5, 10, 20])
def test_stacked_boxes_spread_by_the_root_of_two_thirds_a_layer(count: int) -> None:
    rows = slope(count).sum(1) / slope(count).sum()
    place = np.arange(rows.size) - count
    assert math.sqrt((rows * place**2).sum()) == pytest.approx(math.sqrt(2 * count / 3), abs=1e-12)


@pytest.mark.parametrize(("count", "ratio"), [(5, 0.755), (10, 0.557), (20, 0.394)])
def test_the_effective_side_is_a_falling_share_of_the_field(count: int, ratio: float) -> None:
    assert side_of(slope(count)) / (2 * count + 1) == pytest.approx(ratio, abs=0.0006)


def seen_by(net: Net, layer: str = "") -> Seen:
    high, wide = net.shape[2:]
    picture = np.zeros((high, wide, 3), np.uint8)
    return Seen(Stamp("feed", 0, 0.0, 0.0), layer, (), picture, Preprocessing((high, wide)).place(high, wide), "", 0.0)


def test_a_look_has_the_unit_s_value_box_holes_and_gradient() -> None:
    net = Net(1, 1, 12, 10)
    layer = net.conv("x", 3, d=3, out=2)
    net.weights["w0"][1] *= 2
    network, frame = Network(net.model), torch.arange(120.0).reshape(1, 1, 12, 10)
    found = look(network, (frame,), seen_by(net), LookSpec(layer=layer, channel=1, unit=(1, 2)))
    assert (found.unit, found.grid, found.exact, found.seen_pixels) == ((1, 2), (6, 4), (1, 2, 8, 9), 9 / 49)
    assert found.value == 2 * float(frame[0, 0, 1:8:3, 2:9:3].sum())
    assert found.effective is not None
    assert np.argwhere(found.effective == 1).tolist() == [[r, c] for r in (1, 4, 7) for c in (2, 5, 8)]
    assert (found.effective.sum(), found.side, found.whole) == (9, 3, False)


def test_the_middle_is_looked_at_and_the_gradient_left_out_when_asked() -> None:
    net = Net(1, 1, 8, 8)
    layer = net.conv("x", 3)
    with torch.no_grad():
        found = look(Network(net.model), (torch.ones(net.shape),), seen_by(net, layer), LookSpec(effective=False))
    assert (found.unit, found.effective, found.side, found.value) == ((3, 3), None, 0, 9)


def test_pictures_of_another_size_have_fields_of_their_own() -> None:
    net = Net(1, 1, 8, 8)
    layer = net.conv("x", 3, p=1)
    network, spec = Network(net.model), LookSpec(layer=layer)
    sizes = [(8, 8), (12, 10), (8, 8)]
    looks = [look(network, (torch.ones(1, 1, *size),), seen_by(net), spec) for size in sizes]
    assert [found.grid for found in looks] == sizes
    assert [found.exact for found in looks] == [(3, 3, 6, 6), (5, 4, 8, 7), (3, 3, 6, 6)]


def test_a_channel_too_many_is_said() -> None:
    net = Net(1, 1, 8, 8)
    layer = net.conv("x", 3)
    with pytest.raises(UsageError, match="2 channels"):
        look(Network(net.model), (torch.ones(net.shape),), seen_by(net), LookSpec(layer=layer, channel=2))
