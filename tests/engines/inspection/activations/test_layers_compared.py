"""Models layer by layer: what is equal to the bit, which layer differs first, and by how much."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch

from engines.core.context import PlainContext
from engines.core.errors import BadInput, Cancelled, UsageError
from engines.core.networks.preprocessing import Preprocessing
from engines.inspection.activations.comparing import ALONE, SAME, compare, run
from engines.inspection.opening.opener import open_model
from engines.inspection.studies import CompareSpec
from engines.inspection.types import OpenSpec
from tests.engines.inspection.activations.chains import LAYERS, weights_of, write_chain


def compared(first, second="", **asked):
    return run(CompareSpec(OpenSpec(str(first)), OpenSpec(str(second)), **asked), PlainContext())


@pytest.mark.parametrize("layer", [0, 1, 2])
def test_one_weight_that_changed_is_found_in_its_layer(tmp_path, layer):
    weights = weights_of()
    weights[layer][1, 2, 1, 1] += 0.5
    first = write_chain(tmp_path / "a.onnx", weights_of())
    found = compared(first, write_chain(tmp_path / "b.onnx", weights))
    assert found.first_differing == f"conv{layer}"
    assert [row.name for row in found.layers] == list(LAYERS)
    errors = [row.error for row in found.layers]
    assert errors[: 2 * layer] == [0.0] * (2 * layer)
    assert min(errors[2 * layer :]) > 1e-4
    noise = torch.rand(1, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    if layer == 0:
        a, b = (torch.conv2d(noise, torch.from_numpy(one[0]), padding=1) for one in (weights_of(), weights))
        row = found.layers[0]
        assert row.error == pytest.approx(float((a - b).norm() / a.norm()), rel=1e-5)
        assert row.largest == pytest.approx(float((a - b).abs().max()), rel=1e-5)
        assert row.cosine == pytest.approx(float(torch.cosine_similarity(a.ravel(), b.ravel(), 0)), rel=1e-5)


def test_rounded_weights_differ_by_their_rounding(tmp_path):
    rounded = [torch.from_numpy(one).bfloat16().float().numpy() for one in weights_of()]
    files = write_chain(tmp_path / "a.onnx", weights_of()), write_chain(tmp_path / "b.onnx", rounded)
    found = compared(*files)
    assert found.first_differing == "conv0"
    assert 2.0**-12 < found.layers[0].error < 2.0**-8
    assert compared(*files, tolerance=0.1).first_differing == ""


def test_what_is_the_same_is_said(tmp_path):
    first, second = (write_chain(tmp_path / name, weights_of()) for name in ("a.onnx", "b.onnx"))
    twice, alone = compared(first, second), compared(first)
    assert (twice.first_differing, twice.warnings, alone.warnings) == ("", (SAME,), (ALONE,))
    assert {(row.error, row.largest, row.cosine) for row in twice.layers} == {(0.0, 0.0, 1.0)}


def test_layers_of_other_names_are_matched_by_place_or_told_apart(tmp_path):
    first = write_chain(tmp_path / "a.onnx", weights_of())
    renamed = compared(first, write_chain(tmp_path / "b.onnx", weights_of(), prefix="net."))
    assert [row.other_name for row in renamed.layers] == [f"net.{name}" for name in LAYERS]
    assert {row.error for row in renamed.layers} == {0.0}
    assert "by place" in renamed.warnings[0]
    wider = weights_of()
    wider[2] = np.concatenate([wider[2], wider[2]])
    found = compared(first, write_chain(tmp_path / "c.onnx", wider, prefix="net."))
    assert {(row.error, row.note) for row in found.layers} == {
        (None, "in the first only"),
        (None, "in the second only"),
    }
    assert "shapes do not agree" in found.warnings[0]
    named = compared(first, write_chain(tmp_path / "d.onnx", wider))
    assert [row.error for row in named.layers] == [0.0] * 4 + [None] * 2
    assert named.layers[4].note == "1x4x16x16 and 1x8x16x16"


def test_one_model_on_two_pictures(tmp_path):
    model = write_chain(tmp_path / "a.onnx", weights_of())
    picture = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)
    other = picture.copy()
    other[..., 0] = 0
    files = [str(tmp_path / name) for name in ("a.png", "b.png")]
    for file, image in zip(files, (picture, other), strict=True):
        cv2.imwrite(file, image)
    found = compared(model, picture=files[0], other=files[1])
    assert (found.first_differing, found.warnings) == ("conv0", ())
    blue = weights_of()[0][:, 2:]
    away = torch.conv2d(
        torch.from_numpy(picture[None, None, ..., 0] / np.float32(255)), torch.from_numpy(blue), padding=1
    )
    assert found.layers[0].largest == pytest.approx(float(away.abs().max()), rel=1e-5)


def test_how_models_get_a_picture(tmp_path):
    model = open_model(write_chain(tmp_path / "a.onnx", weights_of()))
    cv2.imwrite(str(tmp_path / "a.png"), np.full((16, 16, 3), 100, np.uint8))
    known = replace(model, sheet=replace(model.sheet, preprocessing=Preprocessing((16, 16), "BGR")))
    other = replace(model, sheet=replace(model.sheet, preprocessing=Preprocessing((16, 16), "BGR", (127.5,))))
    spec = CompareSpec(picture=str(tmp_path / "a.png"))
    for pair in ((model, known), (known, model)):
        found = compare(*pair, spec, PlainContext())
        assert (found.first_differing, found.warnings) == ("", ())
    found = compare(known, other, spec, PlainContext())
    assert found.first_differing == "conv0"
    assert found.warnings[0].endswith("16x16, BGR, 0 to 1; 16x16, BGR, -0.5 to 0.5")
    with pytest.raises(UsageError, match="not said"):
        compare(model, model, CompareSpec(other=spec.picture), PlainContext())


def test_numbers_that_are_not_finite_differ(tmp_path):
    weights = weights_of()
    weights[1][0, 0, 0, 0] = np.nan
    found = compared(write_chain(tmp_path / "a.onnx", weights_of()), write_chain(tmp_path / "b.onnx", weights))
    assert found.first_differing == "conv1"
    assert (found.layers[2].error, found.layers[2].note) == (np.inf, "not finite")


def test_models_of_other_inputs_and_an_end_that_is_asked_for(tmp_path):
    first = write_chain(tmp_path / "a.onnx", weights_of())
    with pytest.raises(BadInput, match="1x3x16x16 and 1x3x20x20"):
        compared(first, write_chain(tmp_path / "b.onnx", weights_of(), side=20))
    ctx = PlainContext()
    ctx.cancelled.set()
    with pytest.raises(Cancelled):
        run(CompareSpec(OpenSpec(str(first))), ctx)


@pytest.mark.parametrize("tolerance", [float("nan"), float("inf"), -0.1])
def test_a_tolerance_that_makes_no_sense_is_refused(tolerance, tmp_path):
    with pytest.raises(UsageError, match="makes no sense"):
        compared(write_chain(tmp_path / "a.onnx", weights_of()), tmp_path / "a.onnx", tolerance=tolerance)
