"""The jobs behind the studio's plots: curves of error, flows of particles, spectra. Checked against what must hold."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from engines.core.context import PlainContext
from engines.core.errors import BadInput, Cancelled, UsageError
from engines.generative.diffusion.distributions import analytic
from engines.generative.diffusion.studies import error_curves as curves
from engines.generative.diffusion.studies import flow, spectrum
from engines.generative.diffusion.study_types import Curve, CurveSpec, FlowSpec, SpectrumSpec
from engines.generative.diffusion.types import Schedule

SMALL = CurveSpec("analytic:mixture", ("euler", "heun"), (5, 20), False, 8, 3)


def test_curves_fall_and_count_every_evaluation() -> None:
    ctx = PlainContext()
    result = curves.run(SMALL, ctx)
    euler, heun = result.curves
    assert euler.evaluations == (5, 20)
    assert heun.evaluations == (5, 19)
    assert euler.errors[1] < euler.errors[0]
    assert heun.errors[1] < heun.errors[0]
    assert all(value > 0 for value in euler.milliseconds)
    assert isinstance(ctx.events["curve"], Curve)


def test_a_curve_after_a_jump_of_a_gaussian_is_nothing_but_its_last_step() -> None:
    spec = CurveSpec("analytic:gaussian", ("dpm++2m",), (12,), True, 8, 3)
    plain, jumped = curves.run(spec, PlainContext()).curves
    assert (plain.teleport, jumped.teleport, jumped.name) == (False, True, "dpm++2m")
    assert jumped.errors[0] < 0.5 * plain.errors[0]


def test_curves_may_begin_at_infinity() -> None:
    spec = CurveSpec("analytic:mixture", ("euler",), (20,), True, 8, 3, Schedule("flow", sigma_max=0.0))
    plain, jumped = curves.run(spec, PlainContext()).curves
    assert 0 < plain.errors[0] < 1
    assert 0 < jumped.errors[0] < 1


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        (CurveSpec("mnist-unet"), "exact path"),
        (CurveSpec(samplers=("ancestral",)), "no path"),
        (CurveSpec(samplers=("nonesuch",)), "No sampler"),
        (CurveSpec(evaluations=(0,)), "1 to 1000"),
    ],
)
def test_curves_that_cannot_be_are_refused(spec: CurveSpec, says: str) -> None:
    with pytest.raises((BadInput, UsageError), match=says):
        curves.run(spec, PlainContext())


def test_a_flow_holds_paths_field_and_density(tmp_path: Path) -> None:
    spec = FlowSpec("analytic:moons", ("ancestral", "flow", "heun"), 12, 32, 1, 21, str(tmp_path))
    result = flow.run(spec, PlainContext())
    with np.load(result.file) as kept:
        arrays = {name: kept[name] for name in kept.files}
    assert arrays["heun.paths"].shape == (13, 32, 2)
    assert arrays["heun.paths"].dtype == np.float32
    assert arrays["flow.sigmas"][0] == math.inf
    assert np.allclose(arrays["flow.paths"][0], arrays["heun.paths"][0], rtol=0.05)
    assert arrays["field"].shape == (33, 21, 21, 2)
    assert arrays["density"].shape == (33, 21, 21)
    assert arrays["data"].shape == (2000, 2)
    assert result.nfe == {"ancestral": 12, "flow": 12, "heun": 23}
    assert result.errors["heun"] < 0.5
    assert all(0 < value <= 1 for value in result.straightness.values())


def test_the_density_of_a_flow_is_one_and_moves_with_its_field() -> None:
    """Continuity: along t falling, d density = -div(density field) dt, checked on a fine grid."""
    known, _ = analytic.open("analytic:gaussian")
    axis = torch.linspace(-6, 6, 161, dtype=torch.float64)
    cell = float(axis[1] - axis[0])
    times = torch.tensor([0.5, 0.501], dtype=torch.float64)
    points = torch.stack(torch.meshgrid(axis, axis, indexing="xy"), -1).reshape(-1, 2)
    density = [flow._log_density(known, points, float(t / (1 - t))).exp().reshape(161, 161) for t in times]
    assert float(density[0].sum()) * cell**2 == pytest.approx(1, abs=1e-6)
    field = flow.velocity(known, points, float(times[0] / (1 - times[0]))).reshape(161, 161, 2)
    stream = density[0][..., None] * field
    along = (
        torch.gradient(stream[..., 0], spacing=cell, dim=1)[0] + torch.gradient(stream[..., 1], spacing=cell, dim=0)[0]
    )
    change = (density[1] - density[0]) / 0.001
    assert float((change - along).abs().max()) < 0.02 * float(along.abs().max())


def test_a_flow_is_for_points_and_can_be_left() -> None:
    with pytest.raises(BadInput, match="not points"):
        flow.run(FlowSpec("analytic:digits"), PlainContext())
    with pytest.raises(BadInput, match="not a 2-D model"):
        flow.run(FlowSpec("mnist-unet"), PlainContext())
    with pytest.raises(UsageError, match="particle"):
        flow.run(FlowSpec(particles=0), PlainContext())
    ctx = PlainContext()
    ctx.cancelled.set()
    with pytest.raises(Cancelled):
        flow.run(FlowSpec("analytic:moons", particles=4), ctx)


def test_white_noise_has_a_flat_spectrum_and_a_wave_one_line() -> None:
    noise = torch.randn(200, 2, 16, 16, generator=torch.Generator().manual_seed(0))
    frequencies, power = spectrum.radial_power(3 * noise)
    assert torch.allclose(power, torch.full_like(power, 9.0), rtol=0.1)
    assert float(frequencies.max()) <= 0.54
    wave = torch.cos(2 * math.pi * torch.arange(32) * 4 / 32).expand(1, 1, 32, 32)
    frequencies, power = spectrum.radial_power(wave)
    assert float(frequencies[power.argmax()]) == pytest.approx(4 / 32, abs=0.02)
    assert float(power.max() / power.sum()) == pytest.approx(1, abs=1e-6)


def test_digits_have_most_power_in_coarse_shapes() -> None:
    result = spectrum.run(SpectrumSpec("analytic:digits", 64), PlainContext())
    assert list(result.power) == sorted(result.power, reverse=True)
    with pytest.raises(BadInput, match="not pictures"):
        spectrum.run(SpectrumSpec("analytic:moons"), PlainContext())
