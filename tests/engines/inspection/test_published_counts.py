"""Published networks: multiply-adds by their papers' own tables, parameters by what their files store."""

import math

import onnx
import pytest

from engines.core.store.fetching import load_path
from engines.inspection.counting import count
from engines.inspection.opening.lite0 import graph_path
from engines.inspection.opening.opener import open_model
from engines.inspection.types import Counts


def yunet() -> int:
    """Yu et al., 2023, at 640 x 640: 1 x 1 then 3 x 3 of each channel, and four heads at three scales."""
    pairs = [(16, 16, 320), (16, 16, 160), (16, 32, 160), (32, 32, 160), (32, 64, 160)]
    pairs += [(64, 64, side) for side in (80, 80, 40, 40, 20, 20, 20, 40, 80)]
    pairs += [(64, out, side) for out in (1, 4, 1, 10) for side in (80, 40, 20)]
    return 16 * 3 * 9 * 320**2 + sum((into * out + out * 9) * side**2 for into, out, side in pairs)


def sface() -> int:
    """MobileFaceNet-like, 112 x 112: 3 x 3 of each channel, then 1 x 1; embedding of 128."""
    rows = [(32, 64, 112, 112), (64, 128, 56, 56), (128, 128, 56, 56), (128, 256, 28, 28), (256, 256, 28, 28)]
    rows += [(256, 512, 14, 14), *[(512, 512, 14, 14)] * 5, (512, 1024, 7, 7), (1024, 1024, 7, 7)]
    body = sum((into * 9 + into * out) * deep * wide for into, out, deep, wide in rows)
    return 32 * 3 * 9 * 112**2 + body + 128 * 1024 * 7 * 7


def lite0() -> int:
    """Tan and Le, 2019 without squeeze and excitation. Google publishes 407 M, of a profiler that counts norms and
    activations too; d-li14's reproduction in torch has .385 G as here."""
    rows = [
        (3, 1, 1, 32, 16, 1), (3, 2, 6, 16, 24, 2), (5, 2, 6, 24, 40, 2), (3, 2, 6, 40, 80, 3), (5, 1, 6, 80, 112, 3),
        (5, 2, 6, 112, 192, 4), (3, 1, 6, 192, 320, 1),
    ]  # fmt: skip
    side, total = 112, 32 * 3 * 9 * 112**2
    for kernel, stride, wider, into, out, times in rows:
        for turn in range(times):
            inner, step = into * wider, stride if turn == 0 else 1
            total += into * inner * side**2 if wider > 1 else 0
            side //= step
            total += (inner * kernel**2 + inner * out) * side**2
            into = out
    return total + 320 * 1280 * 7 * 7 + 1280 * 1000


CASES = {"yunet": (yunet, 53_112), "sface": (sface, 9_667_074), "efficientnet-lite0": (lite0, 4_694_026)}


@pytest.mark.parametrize("name", CASES)
def test_counts_of_published_networks(name, weights):
    weights(name)
    by_hand, parameters = CASES[name]
    path = load_path(name)
    made = onnx.load(graph_path(path) if name == "efficientnet-lite0" else path)
    stored = sum(math.prod(one.dims) for one in made.graph.initializer if one.data_type == onnx.TensorProto.FLOAT)
    counts: Counts = count(open_model(name).graph)
    assert counts.multiply_adds == by_hand()
    assert counts.parameters == counts.parameters_shared_once == stored == parameters
    assert counts.uncounted == ()


def test_lite0_is_near_what_is_published(weights):
    weights("efficientnet-lite0")
    counts = count(open_model("efficientnet-lite0").graph)
    assert counts.parameters == pytest.approx(4.65e6, rel=0.01)
    assert counts.multiply_adds == pytest.approx(0.385e9, rel=0.001)
