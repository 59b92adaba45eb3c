"""Frames of a clip that excite a channel most."""

from __future__ import annotations

import numpy as np
import pytest

from engines.core.context import PlainContext
from engines.core.errors import BadInput, Cancelled, UsageError
from engines.core.video.film import Film
from engines.inspection.activations.exciting import run, strongest
from engines.inspection.studies import ExciteSpec
from engines.inspection.types import OpenSpec
from tests.engines.cameras.films import write_video
from tests.engines.inspection.activations.chains import weights_of, write_chain


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A clip, and a model whose channel 0 of conv0 is the brightness of green at its unit."""
    folder = tmp_path_factory.mktemp("exciting")
    weights = weights_of()
    weights[0][0] = 0
    weights[0][0, 1, 1, 1] = 1
    model = write_chain(folder / "a.onnx", weights, 32)
    return OpenSpec(str(model)), str(write_video(folder / "a.mp4", 30))


def test_the_strongest_frames_are_found_apart_from_one_another(files):
    model, clip = files
    found = run(ExciteSpec(model, clip, "conv0", 0, (5, 7), most=3, apart=4), PlainContext())
    with Film.open(clip) as film:
        pictures = [frame.image for frame in film.frames()]
    high, wide = pictures[0].shape[:2]
    rows, columns = slice(5 * high // 32, 6 * high // 32), slice(7 * wide // 32, 8 * wide // 32)
    green = np.array([picture[rows, columns, 1].mean() / 255 for picture in pictures])
    np.testing.assert_allclose(found.values, green, atol=1 / 250)
    numbers = [one.frame for one in found.frames]
    assert numbers == [int(np.arange(30)[at]) for at in strongest(found.values, np.arange(30), 3, 4)]
    assert numbers[0] == int(found.values.argmax())
    assert min(abs(a - b) for a in numbers for b in numbers if a != b) >= 4
    assert [one.value for one in found.frames] == sorted((one.value for one in found.frames), reverse=True)
    first = found.frames[0]
    assert first.seconds == pytest.approx(first.frame / 25, abs=2e-3)
    assert (first.box, first.picture.shape) == ((4, 6, 7, 9), (32, 32, 3))
    assert first.value == pytest.approx(first.picture[5, 7, 1] / 255, abs=1e-6)


def test_without_a_unit_it_is_the_largest_of_the_map(files):
    model, clip = files
    found = run(ExciteSpec(model, clip, "conv0", most=1), PlainContext())
    (one,) = found.frames
    top, left, bottom, right = one.box
    assert one.value == pytest.approx(one.picture[..., 1].max() / 255, abs=1e-6)
    assert one.picture[top:bottom, left:right, 1].max() == one.picture[..., 1].max()
    assert found.values.shape == (30,)


def test_numbers_that_are_none_are_no_strongest():
    values = np.array([1, np.nan, 3, 2, 3], np.float32)
    assert strongest(values, np.array([0, 1, 2, 3, 9]), 9, 2) == [2, 4, 0]


def test_what_cannot_be_watched_is_said(files):
    model, clip = files
    for asked, says in (
        ({"channel": 4}, "no channel 4"),
        ({"unit": (32, 0)}, "no unit"),
        ({"layer": "no"}, "no layer"),
    ):
        with pytest.raises(UsageError, match=says):
            run(ExciteSpec(model, clip, **({"layer": "conv0"} | asked)), PlainContext())
    with pytest.raises(BadInput):
        run(ExciteSpec(model, model.path), PlainContext())
    ctx = PlainContext()
    ctx.cancelled.set()
    with pytest.raises(Cancelled):
        run(ExciteSpec(model, clip), ctx)
