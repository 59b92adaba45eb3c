"""Sizes of receptive fields as published, whatever the picture's size cuts off (Araujo et al. 2019; torchvision's)."""

from __future__ import annotations

import pytest

from engines.inspection.field.exact import receptive_field
from tests.engines.inspection.field.nets import Net
from tests.engines.inspection.field.published import inception_v3, mobilenet_v1, resnet, vgg16

FIFTY, HUNDRED, EIGHTEEN = (3, 4, 6, 3), (3, 4, 23, 3), (2, 2, 2, 2)
TABLE = [
    (vgg16(224), {"pool5": 212}),
    (resnet(224, FIFTY, stride_first=True), {"block1": 35, "block2": 99, "block3": 291, "block4": 483}),
    (resnet(224, FIFTY), {"block4": 427}),
    (resnet(224, EIGHTEEN, bottleneck=False), {"block4": 435}),
    (resnet(224, HUNDRED, stride_first=True), {"block4": 1027}),
    (inception_v3(299), {"last": 1311}),
    (mobilenet_v1(224), {"last": 315}),
]


@pytest.mark.parametrize(("net", "published"), TABLE)
def test_sizes_are_the_published_ones(net: Net, published: dict[str, int]) -> None:
    rows = receptive_field(net.model, layers=tuple(published))
    assert {name: row.size for name, row in rows.items()} == {name: (size, size) for name, size in published.items()}
    assert all(row.exact for row in rows.values())
