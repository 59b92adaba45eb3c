"""Inputs of any model: shapes that are told, open axes, channels last, what is no picture, and what nobody knows."""

import pytest
import torch

from engines.core.errors import BadInput, UsageError
from engines.core.networks.preprocessing import Preprocessing
from engines.inspection.opening.model import Model
from engines.inspection.pictures import preprocessing_of
from engines.inspection.running.fitting import fitting_of
from engines.inspection.running.inputs import given_inputs, input_shapes
from engines.inspection.types import Format, Given, ModelSheet


def model(*given: Given) -> Model:
    return Model(ModelSheet("", "m", Format.MODULE, 0, given=given))


def test_the_picture_goes_in_first_and_the_rest_follow_its_batch():
    several = model(Given("t", (-1,), "int64", value=7), Given("x", (-1, 3, -1, -1), "float16", True))
    picture = torch.rand(2, 3, 5, 6)
    time, seen = given_inputs(several, picture)
    assert time.tolist() == [7, 7]
    assert time.dtype == torch.int64
    assert torch.equal(seen, picture)


def test_noise_is_seeded_and_told_shapes_fill_open_axes():
    one = model(Given("x", (1, -1, -1, 3), "float32", True))
    first, again = (given_inputs(one, shapes=[(1, 4, 6, 3)])[0] for _ in range(2))
    assert first.shape == (1, 4, 6, 3)
    assert torch.equal(first, again)
    assert not torch.equal(first, given_inputs(one, shapes=[(1, 4, 6, 3)], seed=1)[0])


@pytest.mark.parametrize("shape", [None, (1, 3, -1, -1)])
def test_a_size_that_nobody_knows_is_asked_for(shape):
    with pytest.raises(BadInput, match="size of input 'x'") as refused:
        input_shapes(model(Given("x", shape, picture=True)))
    assert "Shape of x" in refused.value.hint


def test_a_picture_of_another_size_is_refused_by_both_sizes():
    with pytest.raises(BadInput, match="1x3x8x8 and the picture 1x3x8x9"):
        given_inputs(model(Given("x", (1, 3, 8, 8), picture=True)), torch.rand(1, 3, 8, 9))


def test_pictures_are_fitted_into_the_inputs_own_axes():
    last = preprocessing_of(model(Given("x", (1, 20, 30, 1), picture=True)).sheet)
    assert (last.size, last.axes, last.colours) == ((20, 30), "NHWC", "grey")
    first = preprocessing_of(model(Given("x", (1, 3, -1, 50), picture=True)).sheet)
    assert (first.size, first.axes, first.colours) == ((224, 50), "NCHW", "RGB")


def test_what_is_known_of_a_model_is_kept_in_the_size_that_was_told():
    known = Preprocessing((64, 64), "BGR", (1.0,), (2.0,))
    sheet = ModelSheet("", "m", Format.ONNX, 0, given=(Given("x", (1, 3, 64, 64), picture=True),), preprocessing=known)
    assert preprocessing_of(sheet) == known
    assert preprocessing_of(sheet, [(1, 3, 32, 48)]) == Preprocessing((32, 48), "BGR", (1.0,), (2.0,))


def test_an_input_of_text_is_refused():
    with pytest.raises(BadInput, match="takes string"):
        given_inputs(model(Given("words", (1,), "string")))


@pytest.mark.parametrize("shape", [(1, 3, 10**6, 10**6), (1, 3, 1 << 40, 8)])
def test_an_input_larger_than_what_is_run_is_refused_before_it_is_made(shape: tuple[int, ...]):
    huge = model(Given("x", shape, picture=True))
    for made in (given_inputs, fitting_of):
        with pytest.raises(UsageError, match="larger than what is run"):
            made(huge)
