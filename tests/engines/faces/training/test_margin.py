"""The margin softmax: its closed forms, that it falls everywhere, and gradients at the ends."""

from __future__ import annotations

import math

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from engines.core.errors import UsageError
from engines.faces.training.margin import MarginSoftmax, margin_cosine, unit
from engines.faces.training.margin_choices import CHOICES, choice, margins_of

MARGINS = [(1, 0, 0), (1, 0.5, 0), (1, 0, 0.35), (1.35, 0, 0), (2, 0, 0), (4, 0, 0), (1, -0.4, 0), (0.9, 0.4, 0.15)]


def batch(dtype: torch.dtype = torch.float64, classes: int = 5, dim: int = 8) -> tuple[Tensor, Tensor, Tensor]:
    made = torch.Generator().manual_seed(0)
    features = torch.randn(12, dim, generator=made, dtype=torch.float64).to(dtype)
    return features, torch.randint(classes, (12,), generator=made), torch.randn(classes, dim, generator=made).to(dtype)


def test_closed_forms() -> None:
    c = torch.linspace(-1, 1, 20_001, dtype=torch.float64)
    s = ((1 - c) * (1 + c)).sqrt()
    for m in (0.2, 0.5, 1.2):
        before_pi = c >= math.cos(math.pi - m)
        arc = torch.where(before_pi, c * math.cos(m) - s * math.sin(m), -(c * math.cos(m) - s * math.sin(m)) - 2)
        torch.testing.assert_close(margin_cosine(c, 1, m), arc, rtol=0, atol=1e-12)
    torch.testing.assert_close(margin_cosine(c), c, rtol=0, atol=1e-12)
    torch.testing.assert_close(margin_cosine(c, 1, 0, 0.35), c - 0.35, rtol=0, atol=1e-12)
    k = (c < 0).double()
    torch.testing.assert_close(margin_cosine(c, 2), (1 - 2 * k) * (2 * c**2 - 1) - 2 * k, rtol=0, atol=1e-12)
    quarter = (4 * c.acos() / math.pi).floor()
    four = (-1) ** quarter * (8 * c**4 - 8 * c**2 + 1) - 2 * quarter
    inner = (4 * c.acos() / math.pi % 1 - 0.5).abs() < 0.499
    torch.testing.assert_close(margin_cosine(c, 4)[inner], four[inner], rtol=0, atol=1e-12)


@given(st.floats(0.5, 5), st.floats(-1, 1.5), st.floats(-0.5, 0.5))
def test_falls_with_the_angle_without_a_jump(m1: float, m2: float, m3: float) -> None:
    theta = torch.linspace(0, math.pi, 4001, dtype=torch.float64)
    psi = margin_cosine(theta.cos(), m1, m2, m3)
    assert (psi.diff() < 1e-12).all()
    assert psi.diff().abs().max() < 1.01 * m1 * math.pi / 4000


@pytest.mark.parametrize("margins", MARGINS)
def test_gradient_is_right(margins: tuple[float, float, float]) -> None:
    c = torch.linspace(-0.98, 0.98, 40, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: margin_cosine(x, *margins), c)
    features, labels, centres = batch()
    loss = MarginSoftmax(8, 5, margins, 8.0).double()
    loss.centres.data = centres
    features.requires_grad_()
    assert torch.autograd.gradcheck(
        lambda x, w: F.cross_entropy(loss.logits(x, labels, w), labels), (features, centres.requires_grad_())
    )


@pytest.mark.parametrize("margins", MARGINS)
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_finite_at_the_ends(margins: tuple[float, float, float], dtype: torch.dtype) -> None:
    c = torch.tensor([-1, -0.9999, 0, 0.9999, 1, 1.001, -1.001], dtype=dtype, requires_grad=True)
    psi = margin_cosine(c, *margins)
    (slope,) = torch.autograd.grad((64 * psi).sum(), c)
    assert torch.isfinite(psi).all()
    assert torch.isfinite(slope).all()
    assert (slope >= 0).all()
    assert torch.autograd.grad(margin_cosine(c, *margins)[2], c)[0].isfinite().all()


@pytest.mark.parametrize("loss", CHOICES)
@pytest.mark.parametrize("dtype", [torch.float16, torch.float32])
def test_a_face_on_its_centre_or_opposite_it_has_a_finite_gradient(loss: str, dtype: torch.dtype) -> None:
    centres = torch.eye(4, dtype=dtype)
    features = torch.cat([centres, -centres, 100 * centres, 0 * centres[:1]]).requires_grad_()
    labels = torch.tensor([0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0])
    softmax = MarginSoftmax(4, 4, CHOICES[loss].margins, 64.0, by_norm=CHOICES[loss].by_norm)
    softmax.centres.data = centres.clone()
    value = softmax(features, labels)
    value.backward()
    assert torch.isfinite(value)
    assert features.grad is not None
    assert torch.isfinite(features.grad).all()
    assert softmax.centres.grad is not None
    assert torch.isfinite(softmax.centres.grad).all()


def test_the_slope_without_a_margin_is_one_at_the_ends_too() -> None:
    c = torch.tensor([-1.0, 0.3, 1.0], requires_grad=True)
    (slope,) = torch.autograd.grad(margin_cosine(c, 1, 0, 0.35).sum(), c)
    torch.testing.assert_close(slope, torch.ones(3))


def test_inputs_are_not_modified() -> None:
    features, labels, centres = batch()
    loss = MarginSoftmax(8, 5, (1.35, 0.5, 0.2)).double()
    kept = features.clone(), labels.clone(), centres.clone()
    loss.logits(features, labels, centres)
    for now, before in zip((features, labels, centres), kept, strict=True):
        assert torch.equal(now, before)
    c = torch.linspace(-1, 1, 9)
    before = c.clone()
    margin_cosine(c, 2, 0.5)
    assert torch.equal(c, before)


def test_plain_softmax_is_cross_entropy_of_cosines() -> None:
    features, labels, centres = batch()
    loss = MarginSoftmax(8, 5, (1, 0, 0), 16.0).double()
    loss.centres.data = centres
    plain = F.cross_entropy(16 * F.cosine_similarity(features[:, None], centres[None], dim=-1), labels)
    torch.testing.assert_close(loss(features, labels), plain, rtol=1e-12, atol=1e-12)


def test_only_the_true_logit_bears_the_margin() -> None:
    features, labels, centres = batch()
    loss = MarginSoftmax(8, 5, (1.0, 0.5, 0.1), 30.0).double()
    loss.centres.data = centres
    cosine, logits = loss.cosines(features), loss.logits(features, labels)
    true = F.one_hot(labels, 5).bool()
    torch.testing.assert_close(logits[~true], 30 * cosine[~true], rtol=1e-12, atol=0)
    wanted = 30 * ((cosine[true].acos() + 0.5).cos() - 0.1)
    torch.testing.assert_close(logits[true], wanted, rtol=1e-11, atol=1e-11)


def test_adaface_follows_the_length() -> None:
    features, labels, centres = batch()
    loss = MarginSoftmax(8, 5, (1.0, 0.4, 0.4), 64.0, by_norm=True).double()
    loss.centres.data = centres
    lengths = features.norm(dim=1)
    q = ((lengths - lengths.mean()) / (lengths.std(correction=0) + 1e-3) / 3).clamp(-1, 1)
    logits = loss.logits(features, labels).gather(1, labels[:, None])[:, 0]
    theta = loss.cosines(features).gather(1, labels[:, None])[:, 0].acos()
    within = (theta - 0.4 * q > 0) & (theta - 0.4 * q < math.pi)
    wanted = 64 * ((theta - 0.4 * q).cos() - 0.4 * (1 + q))
    torch.testing.assert_close(logits[within], wanted[within], rtol=1e-9, atol=1e-9)
    kept = loss.norm_mean.clone()
    loss.eval()(features * 9, labels)
    assert torch.equal(loss.norm_mean, kept), "averages follow in training alone"


def test_a_larger_scale_does_not_overflow_half() -> None:
    features, labels, centres = batch(torch.float16)
    loss = MarginSoftmax(8, 5, (1, 0.5, 0), 1000.0)
    loss.centres.data = centres
    assert torch.isfinite(loss(60_000 * unit(features).half(), labels))


def test_choices() -> None:
    assert margins_of("arcface", None) == (1.0, 0.5, 0.0)
    assert margins_of("arcface", (2, 0, 0)) == (2, 0, 0)
    with pytest.raises(UsageError, match="triplet"):
        choice("triplet")
    with pytest.raises(UsageError, match="out of range"):
        margins_of("arcface", (0, 0, 0))
    with pytest.raises(UsageError, match="two classes"):
        MarginSoftmax(4, 1)
