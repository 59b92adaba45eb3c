"""Shapes as people write and read them."""

from __future__ import annotations

import pytest

from engines.core.errors import UsageError
from engines.inspection.shapes import check_axes, shape_of, shape_text


def test_what_is_written_is_read_again():
    assert shape_text((1, 3, -1, 224)) == "1x3x?x224"
    assert shape_of(shape_text((1, 3, 64, 224))) == shape_of("1, 3,64 ,224") == (1, 3, 64, 224)


@pytest.mark.parametrize("text", ["", "x", "1x", "1x0x3", "1x-1", "1x?", "axb", "1x\u00b2", "1.5x2"])
def test_what_is_no_shape_is_none(text: str):
    assert shape_of(text) == ()


def test_another_number_of_axes_is_told_with_those_of_the_file():
    with pytest.raises(UsageError, match=r"Input 'x' has 2 axes \(1x\?\), not 3"):
        check_axes("x", (1, -1), (1, 2, 3))
    check_axes("x", (1, -1), (7, 8))
