"""The live look: what is shown of a layer is what torch computes there, frame by frame."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from engines.core.context import PlainContext
from engines.core.errors import BadInput, UsageError
from engines.core.frames import Frame, Stamp
from engines.core.live import Reset
from engines.core.networks.preprocessing import Preprocessing
from engines.inspection.live import Look
from engines.inspection.looks import LookSpec
from engines.inspection.reading.modules import from_module

SIDE = 32


class Seer(nn.Module):
    """Three maps and a vector."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 8, 3, 2, 1)
        self.bend = nn.ReLU()
        self.second = nn.Conv2d(8, 150, 3, 2, 1)
        self.head = nn.Linear(150 * 64, 5)

    def forward(self, x):
        return self.head(torch.flatten(self.second(self.bend(self.first(x))), 1))


@pytest.fixture(scope="module")
def seer():
    torch.manual_seed(0)
    module = Seer().eval()
    with torch.no_grad():
        module.first.bias[0] = -100.0
        module.first.bias[1] = 100.0
    return module, from_module(module, torch.zeros(1, 3, SIDE, SIDE))


def frame(index=0, high=SIDE, wide=SIDE, value=None):
    picture = np.random.default_rng(index).integers(0, 256, (high, wide, 3), np.uint8)
    return Frame(picture if value is None else np.full_like(picture, value), Stamp("a", index, 0.0, index / 30))


def opened(model, **asked):
    look = Look(model)
    look.open(LookSpec(**asked), PlainContext())
    return look


def given(image):
    return torch.from_numpy(image[..., ::-1].astype(np.float32) / 255).permute(2, 0, 1)[None]


def test_maps_and_statistics_are_torchs_own(seer):
    module, model = seer
    shown = frame()
    found = opened(model, layer="bend").process([shown])
    with torch.no_grad():
        maps = module.bend(module.first(given(shown.image)))[0].numpy()
    np.testing.assert_allclose(found.maps, maps, atol=1e-6)
    assert found.channels == tuple(range(8))
    np.testing.assert_allclose(found.mean, maps.mean((1, 2)), atol=1e-5)
    np.testing.assert_allclose(found.spread, maps.std((1, 2)), atol=1e-5)
    np.testing.assert_allclose(found.low, maps.min((1, 2)), atol=1e-6)
    np.testing.assert_allclose(found.high, maps.max((1, 2)), rtol=1e-6)
    assert (found.zeros[0], found.zeros[1]) == (1, 0)
    counts = np.histogram(maps, found.edges)[0]
    assert found.counts.sum() == maps.size
    assert np.abs(found.counts - counts).sum() <= 4
    assert (found.born, found.saturated, found.seen.shape) == ("", None, (1, 8, 16, 16))
    np.testing.assert_array_equal(found.seen.picture, shown.image)


def test_another_layer_or_order_is_taken_without_opening_again(seer):
    module, model = seer
    look = opened(model, most=4)
    usual = look.process([frame()])
    assert (usual.seen.layer, usual.maps.shape) == ("second", (4, 8, 8))
    assert look.configure(LookSpec(layer="first", sort="mean", most=3))
    by_mean = look.process([frame()])
    assert by_mean.channels == tuple(np.argsort(-by_mean.mean)[:3])
    assert (by_mean.channels[0], len(by_mean.mean)) == (1, 8)
    np.testing.assert_array_equal(by_mean.maps.mean((1, 2)) > 50, [True, False, False])
    assert look.configure(LookSpec(layer="head"))
    strip = look.process([frame()])
    assert strip.maps.shape == (1, 1, 5)
    np.testing.assert_allclose(strip.maps[0, 0], module(given(frame().image)).detach()[0], atol=1e-5)
    assert look.again() is None
    assert look.configure(LookSpec(layer="bend"))
    assert look.again().seen.layer == "bend"
    assert look.again() is None
    assert not look.configure(LookSpec(layer="head", path="another.onnx"))


def test_channels_are_found_where_axes_were_turned_round():
    torch.manual_seed(0)
    module = nn.Conv2d(3, 6, 3)
    turned = from_module(Turned(module), torch.zeros(1, 3, SIDE, SIDE))
    look = opened(turned, layer=turned.graph.nodes[-1].name)
    found = look.process([frame()])
    np.testing.assert_allclose(found.maps, module(given(frame().image)).detach()[0].sigmoid(), atol=1e-6)
    assert found.seen.shape == (1, 30, 30, 6)


class Turned(nn.Module):
    def __init__(self, module):
        super().__init__()
        self.module = module

    def forward(self, x):
        return self.module(x).permute(0, 2, 3, 1).sigmoid()


def test_only_what_never_changes_is_dead(seer):
    _, model = seer
    look = opened(model, layer="bend")
    flat = look.process([frame(1, value=0)])
    assert flat.dead[0]
    assert not look.process([frame(2)]).dead[1:].any()
    assert look.configure(LookSpec(layer="bend", sort="zeros"))
    assert look.process([frame(2)]).frames == 2
    look.reset(Reset.SEEK)
    assert look.process([frame(3)]).frames == 1
    assert look.configure(LookSpec(layer="head"))
    assert not look.process([frame(3)]).dead.any()
    assert not look.process([frame(3)]).dead.any()
    again = look.process([Frame(np.array(frame(3).image), Stamp("a", 4, 0.0, 0.0))])
    assert (again.dead.all(), again.frames) == (True, 2)


def test_what_is_at_the_end_of_its_function_is_counted():
    torch.manual_seed(0)
    module = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU6()).eval()
    with torch.no_grad():
        module[0].weight *= 100
    shown = frame()
    found = opened(from_module(module, torch.zeros(1, 3, SIDE, SIDE)), layer="1").process([shown])
    share = float((module(given(shown.image)) == 6).float().mean())
    assert 0.1 < share < 0.9
    assert found.saturated == pytest.approx(share, abs=1e-3)


class Bursting(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second, self.bend = nn.Conv2d(3, 4, 3), nn.Conv2d(4, 4, 3), nn.ReLU()

    def forward(self, x):
        x = self.first(x)
        masked = torch.where(x > 1e6, x, -math.inf)
        return self.bend(self.second(torch.log(x)) + torch.softmax(masked.clamp(min=-9), 1)[..., 1:-1, 1:-1])


@pytest.mark.parametrize(("broken", "born"), [(False, "log"), (True, "second")])
def test_the_layer_that_makes_the_first_nan_is_named(broken, born):
    torch.manual_seed(0)
    module = Bursting()
    with torch.no_grad():
        if broken:
            module.first.bias += 100.0
            module.second.weight[0, 0, 0, 0] = math.nan
    look = opened(from_module(module, torch.zeros(1, 3, SIDE, SIDE)), layer="bend")
    assert look.process([frame()]).born == born
    assert look.configure(LookSpec(layer="first"))
    assert look.process([frame()]).born == ""


def test_how_a_picture_was_fitted_is_said(seer):
    _, model = seer
    look = opened(model)
    seen = look.process([frame(0, 48, 64)]).seen
    assert seen.fitted == "64x48 stretched to 32x32, RGB, 0 to 1 (assumed)"
    assert seen.picture.shape == (SIDE, SIDE, 3)
    assert seen.placed.to_picture(16, 16) == (32, 24)
    way = Preprocessing((9, 9), "BGR", (127.5,), (127.5,), fit="letterbox")
    assert look.configure(LookSpec(preprocessing=way))
    seen = look.process([frame(0, 48, 64)]).seen
    assert seen.fitted == "64x48 whole within 32x32, BGR, -1 to 1"
    assert (seen.picture[:4] == 114).all()
    known = replace(model, sheet=replace(model.sheet, preprocessing=replace(way, mean=(1, 2, 3), fit="crop")))
    assert opened(known).process([frame()]).seen.fitted == "32x32, BGR, mean 1 2 3, sd 127.5"


def test_what_cannot_be_looked_at_is_said(seer):
    _, model = seer
    with pytest.raises(UsageError, match="second"):
        opened(model, layer="secon")
    numbers = from_module(nn.Linear(4, 3), torch.zeros(1, 4))
    with pytest.raises(BadInput, match="no pictures"):
        opened(numbers)
