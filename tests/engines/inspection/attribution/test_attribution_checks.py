"""Maps that ignore the weights are flagged, curves are those of a score that is known, and bad settings are refused."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch
from torch import nn

from engines.core.context import PlainContext
from engines.core.errors import Cancelled, UsageError
from engines.core.networks.preprocessing import Preprocessing
from engines.core.spec import from_json, to_json
from engines.inspection.attribution import methods
from engines.inspection.attribution.asked import METHODS, AttributeSpec
from engines.inspection.attribution.job import check, explain
from engines.inspection.attribution.methods import WAYS, Made
from engines.inspection.attribution.sanity import alike, ssim
from engines.inspection.attribution.subject import Subject
from engines.inspection.reading.modules import from_module

SIDE = 16
PICTURE = cv2.GaussianBlur(np.random.default_rng(1).integers(0, 256, (40, 60, 3), np.uint8), (0, 0), 2)
SPEC = AttributeSpec(preprocessing=Preprocessing((SIDE, SIDE)))


class Fixed(nn.Module):
    """A network that takes one picture at a time: its batch of one is written into it."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.body = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1), nn.ReLU())
        self.head = nn.Linear(8 * SIDE * SIDE // 4, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.body(x).reshape(1, 8 * SIDE * SIDE // 4))


class Free(Fixed):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.body(x).flatten(1))


class Brightness(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.mean((1, 2, 3)).reshape(1, 1, 1).repeat(1, 1, 2)


def edges(it: Subject, _spec: AttributeSpec, _ctx: object) -> Made:
    """A detector of edges: pretty, and blind to the model."""
    return Made(cv2.Laplacian(cv2.cvtColor(it.seen, cv2.COLOR_BGR2GRAY), cv2.CV_32F).astype(np.float32))


def test_a_method_that_ignores_the_weights_is_flagged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(WAYS, "edges", edges)
    model = from_module(Free(), torch.zeros(1, 3, SIDE, SIDE))
    before = {name: value.clone() for name, value in model.weights.items()}
    spec = replace(SPEC, methods=("edges", "gradient", "integrated-gradients", "grad-cam"), sanity=True, stages=2)
    found = {one.method: one.sanity for one in explain(model, PICTURE, spec, PlainContext()).explained}
    verdicts = {method: sanity.verdict for method, sanity in found.items() if sanity is not None}
    assert verdicts.pop("edges") == "ignores"
    assert set(verdicts.values()) <= {"depends", "partly"}
    assert len(verdicts) == 3
    edge, gradient = found["edges"], found["gradient"]
    assert edge is not None
    assert [(stage.share, stage.rank, stage.ssim) for stage in edge.stages] == [
        (0.5, pytest.approx(1.0), pytest.approx(1.0)),
        (1.0, pytest.approx(1.0), pytest.approx(1.0)),
    ]
    assert gradient is not None
    assert gradient.stages[0].rank != gradient.stages[1].rank
    assert all(torch.equal(before[name], model.weights[name]) for name in before)


def test_likeness_of_maps() -> None:
    random = np.random.default_rng(2)
    one, other = random.random((32, 32)), random.random((32, 32))
    assert alike(one, -(one**3)) == (pytest.approx(1.0), pytest.approx(1.0, abs=0.6))
    assert abs(alike(one, other)[0]) < 0.1
    assert alike(one, np.zeros((32, 32)))[0] == 0
    flat, brighter = np.full((32, 32), 0.2), np.full((32, 32), 0.6)
    assert ssim(one, one) == pytest.approx(1)
    assert ssim(flat, brighter) == pytest.approx((2 * 0.2 * 0.6 + 1e-4) / (0.2**2 + 0.6**2 + 1e-4))


def test_curves_of_a_score_that_is_known() -> None:
    """The score is the mean of all pixels: deletion by brightness falls by just those that are gone."""
    model = from_module(Brightness(), torch.zeros(1, 3, SIDE, SIDE))
    spec = replace(SPEC, methods=("gradient-x-input",), target="mean", curves=True, points=8)
    result = explain(model, PICTURE, spec, PlainContext())
    found, floor = result.explained[0].curve, result.random
    assert found is not None
    assert floor is not None
    seen = result.seen[..., ::-1].astype(np.float64).mean(2) / 255
    order = np.argsort(-seen.ravel(), kind="stable")
    left = [seen.mean() - seen.ravel()[order[: round(part * SIDE * SIDE)]].sum() / SIDE**2 for part in found.share]
    np.testing.assert_allclose(found.deletion, left, atol=1e-5)
    assert found.insertion[-1] == pytest.approx(seen.mean(), rel=1e-5)
    assert found.deletion_area == pytest.approx(np.trapezoid(left, found.share), rel=1e-5)
    assert found.deletion_area < floor.deletion_area
    assert found.insertion_area > floor.insertion_area


def test_a_network_that_takes_no_batches_gives_the_same() -> None:
    spec = replace(SPEC, methods=tuple(one.id for one in METHODS), curves=True, points=6)
    free, fixed = (explain(from_module(kind(), torch.zeros(1, 3, SIDE, SIDE)), PICTURE, spec, PlainContext())
                   for kind in (Free, Fixed))  # fmt: skip
    assert [one.method for one in free.explained] == list(spec.methods)
    for one, other in zip(free.explained, fixed.explained, strict=True):
        np.testing.assert_allclose(one.map, other.map, atol=1e-5)
        assert one.curve is not None
        assert other.curve is not None
        np.testing.assert_allclose(one.curve.deletion, other.curve.deletion, atol=1e-5)


def test_a_method_that_cannot_be_done_is_left_out_of_several_and_named() -> None:
    model = from_module(nn.Sequential(nn.Flatten(), nn.Linear(3 * SIDE * SIDE, 3)), torch.zeros(1, 3, SIDE, SIDE))
    result = explain(model, PICTURE, replace(SPEC, methods=("gradient", "grad-cam")), PlainContext())
    assert [one.method for one in result.explained] == ["gradient"]
    assert "Grad-CAM is left out" in result.notes[-1]
    with pytest.raises(UsageError, match="no convolution"):
        explain(model, PICTURE, replace(SPEC, methods=("grad-cam",)), PlainContext())


def test_what_is_guessed_is_said() -> None:
    class Pair(nn.Module):
        def forward(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
            return (x * y).flatten(1)

    size = torch.zeros(1, 3, SIDE, SIDE)
    notes = explain(
        from_module(Pair(), size, size.clone()), PICTURE, AttributeSpec(methods=("gradient",)), PlainContext()
    ).notes
    assert "taken as RGB from 0 to 1" in notes[0]
    assert "first of 2 picture inputs" in notes[0]
    known = explain(from_module(Brightness(), size), PICTURE, replace(SPEC, methods=("gradient",)), PlainContext())
    assert known.notes == ()


def test_settings_that_make_no_sense_are_refused() -> None:
    for wrong in ({"methods": ("magic",)}, {"methods": ()}, {"steps": 0}, {"points": 0}, {"patch": -1}, {"stages": 0}):
        with pytest.raises(UsageError):
            check(replace(SPEC, **wrong))
    assert from_json(AttributeSpec, to_json(SPEC)) == SPEC
    assert set(methods.WAYS) == {one.id for one in METHODS}


def test_it_stops_when_it_is_told_to() -> None:
    ctx = PlainContext()
    ctx.cancelled.set()
    with pytest.raises(Cancelled):
        explain(from_module(Free(), torch.zeros(1, 3, SIDE, SIDE)), PICTURE, SPEC, ctx)


def test_a_map_is_not_blamed_where_shuffling_changes_no_weight() -> None:
    even = Free()
    for weight in even.parameters():
        nn.init.constant_(weight, 0.1)
    spec = replace(SPEC, methods=("gradient-x-input",), sanity=True, stages=1)
    found = explain(from_module(even, torch.zeros(1, 3, SIDE, SIDE)), PICTURE, spec, PlainContext()).explained[0].sanity
    assert found is not None
    assert (found.verdict, "no weights that shuffling changes" in found.words) == ("unknown", True)
