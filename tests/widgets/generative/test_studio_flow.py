"""Particles on their way: places at any moment, one common time, a clock that runs only while it is seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt

from engines.core.errors import BadInput
from engines.generative.diffusion.study_types import FlowResult, FlowSpec
from engines.generative.diffusion.types import ModelInfo
from widgets.generative.state import Busy, DiffusionView, FlowView, Page
from widgets.generative.studio.flow_data import read_flow, sigma_of, time_of
from widgets.generative.studio.flow_picture import Backdrop
from workbench.tour.checks import cut, disordered
from workbench.tour.written import written

SPIRALS = ModelInfo("analytic:spirals", "Two spirals", "analytic", (2,), exact=True)
SPEC = FlowSpec(samplers=("euler", "flow"), steps=10, particles=32)
MEANS = 1.5 * np.array([[np.cos(a), np.sin(a)] for a in np.arange(0, 2 * np.pi, np.pi / 4)])


def denoised(y, sigma, width=0.1):
    """The exact denoiser of eight Gaussians on a ring, (n, 2) at a noise level."""
    away = y[:, None, :] - MEANS
    weight = -(away**2).sum(-1) / (2 * (sigma**2 + width**2))
    weight = np.exp(weight - weight.max(1, keepdims=True))
    weight /= weight.sum(1, keepdims=True)
    nearest = MEANS + away * width**2 / (sigma**2 + width**2)
    return (weight[..., None] * nearest).sum(1)


def euler(sigmas, noise):
    """(K + 1, n, 2) in the coordinates of a flow."""
    y = noise * sigmas[0]
    path = [y / (1 + sigmas[0])]
    for sigma, lower in zip(sigmas[:-1], sigmas[1:], strict=True):
        y = lower / sigma * y + (1 - lower / sigma) * denoised(y, sigma)
        path.append(y / (1 + lower))
    return np.stack(path).astype(np.float32)


def write_flow(file, particles=32, steps=10, side=15) -> FlowResult:
    noise = np.random.default_rng(0).normal(size=(particles, 2))
    karras = np.append(np.linspace(80 ** (1 / 7), 0.002 ** (1 / 7), steps) ** 7, 0)
    straight = np.linspace(0.999, 0, steps + 1)
    runs = {"euler": karras, "flow": straight / (1 - straight)}
    levels = np.linspace(0.98, 0.02, 12)
    axis = np.linspace(-3, 3, side)
    grid = np.stack(np.meshgrid(axis, axis), -1).reshape(-1, 2)
    field, density = [], []
    for t in levels:
        y, sigma = grid / (1 - t), t / (1 - t)
        x0 = denoised(y, sigma)
        field.append((x0 - (y - x0) / sigma).reshape(side, side, 2))
        power = -((y[:, None] - MEANS) ** 2).sum(-1) / (2 * (sigma**2 + 0.01))
        density.append(np.exp(power).sum(1).reshape(side, side))
    arrays = {f"{name}.sigmas": sigmas for name, sigmas in runs.items()}
    arrays |= {f"{name}.paths": euler(sigmas, noise) for name, sigmas in runs.items()}
    data = MEANS[np.arange(200) % 8] + 0.1 * np.random.default_rng(1).normal(size=(200, 2))
    sigma = levels / (1 - levels)
    np.savez(file, levels=sigma, field=np.array(field), density=np.array(density), axis=axis, data=data, **arrays)
    return FlowResult(
        str(file), tuple(runs), {"euler": 0.91, "flow": 0.95}, {"euler": 0.02, "flow": 0.01}, {"euler": 10, "flow": 10}
    )


@pytest.fixture
def result(tmp_path):
    return write_flow(tmp_path / "flow.npz")


@pytest.fixture
def view(result):
    return DiffusionView(page=Page.FLOW, models=(SPIRALS,), flow=FlowView(SPEC, result))


def test_particles_are_at_their_steps_and_straight_between(result):
    path = read_flow(result.file).paths["euler"]
    for step in (0, 3, 10):
        assert np.allclose(path.at(path.times[step]), path.points[step], atol=1e-6)
    middle = (path.times[2] + path.times[3]) / 2
    assert np.allclose(path.at(middle), (path.points[2] + path.points[3]) / 2, atol=1e-6)
    assert np.array_equal(path.at(1.0), path.points[0])
    assert np.array_equal(path.at(0.0), path.points[-1])


def test_all_samplers_are_at_one_noise_level_at_one_moment():
    sigmas = np.array([np.inf, 80.0, 1.0, 0.0])
    assert np.allclose(time_of(sigmas), [1, 80 / 81, 0.5, 0])
    assert sigma_of(0.5) == pytest.approx(1.0)
    assert sigma_of(1.0) == np.inf


def test_field_and_density_lie_between_their_levels(result):
    flow = read_flow(result.file)
    assert np.all(np.diff(flow.times) > 0)
    middle = (flow.times[4] + flow.times[5]) / 2
    assert np.allclose(flow.field_at(middle), (flow.field[4] + flow.field[5]) / 2, atol=1e-5)
    assert np.allclose(flow.density_at(0.0), flow.density[0])
    assert flow.density.max() == pytest.approx(1.0)


def test_a_file_that_is_no_flow_is_refused(tmp_path):
    (tmp_path / "x.npz").write_bytes(b"no")
    np.savez(tmp_path / "y.npz", levels=np.ones(3))
    for name in ("x.npz", "y.npz", "z.npz"):
        with pytest.raises(BadInput):
            read_flow(str(tmp_path / name))


def test_a_result_plays_from_noise_to_data_and_stops(studio, qtbot, view):
    studio.page(Page.FLOW).set_speed(4.0)
    studio.show_state(view)
    page = studio.page(Page.FLOW)
    assert page.playing
    start = page.cells[0].view.places().copy()
    qtbot.waitUntil(lambda: page.time < 0.9, timeout=20_000)
    assert not np.allclose(page.cells[0].view.places(), start)
    page.set_time(0.01)
    qtbot.waitUntil(lambda: not page.playing, timeout=20_000)
    assert page.time == 0


def test_the_clock_stands_still_where_nobody_sees_it(studio, view):
    studio.show_state(view)
    assert studio.page(Page.FLOW).playing
    studio.show_state(replace(view, page=Page.SAMPLES))
    assert not studio.page(Page.FLOW).playing


def test_particles_end_on_the_data_and_the_slider_shows_any_moment(studio, view):
    studio.show_state(view)
    page = studio.page(Page.FLOW)
    page.play.click()
    page.slider.setValue(page.slider.maximum())
    assert page.time == 0
    drawn = page.cells[0].view
    room, flow = drawn.plot(), read_flow(view.flow.result.file)
    scale = room.width() / (2 * flow.extent)
    rings = (drawn.places() - [room.center().x(), room.center().y()]) / scale
    assert np.abs(np.hypot(rings[:, 0], rings[:, 1]) - 1.5).max() < 0.5
    assert "\u03c3 0" in page.moment.text()


def test_layers_can_be_left_out(studio, qtbot, view):
    studio.show_state(view)
    page = studio.page(Page.FLOW)
    page.play.click()
    page.set_time(0.4)
    before = page.cells[0].view.grab().toImage()
    for button in page.layers.values():
        button.click()
        after = page.cells[0].view.grab().toImage()
        assert after != before, button.text()
        before = after


def test_arrows_point_the_way_particles_go(result):
    flow = read_flow(result.file)
    path, time = flow.paths["euler"], 0.5
    moved = path.at(time - 0.02) - path.at(time)
    near = [np.abs(flow.axis[:, None] - path.at(time)[:, axis]).argmin(0) for axis in (0, 1)]
    field = flow.field_at(time)[near[1], near[0]]
    along = (field * moved).sum(1) / np.linalg.norm(field, axis=1) / np.linalg.norm(moved, axis=1)
    assert np.median(along) > 0.8
    assert not Backdrop().image(flow, time, 120, 1.0).isNull()


def test_choices_change_the_specification_and_run_nothing(studio, qtbot, view):
    studio.show_state(view)
    page = studio.page(Page.FLOW)
    with qtbot.assertNotEmitted(page.run.clicked), qtbot.waitSignal(page.edited) as heard:
        page.cells[1].sampler.setCurrentIndex(page.cells[1].sampler.findData("heun"))
        page.cells[1].sampler.activated.emit(0)
    assert heard.args == [replace(SPEC, samplers=("euler", "heun"))]
    with qtbot.waitSignal(page.edited) as heard:
        page.steps.setValue(25)
    assert heard.args == [replace(SPEC, samplers=("euler", "heun"), steps=25)]
    changed = replace(view, flow=replace(view.flow, spec=replace(SPEC, samplers=("euler", "heun"))))
    studio.show_state(changed)
    assert page.cells[1].view.message
    assert page.changed.isVisible()
    assert page.run.isEnabled()


def test_figures_stand_under_each_picture(studio, view):
    studio.show_state(view)
    assert studio.page(Page.FLOW).cells[1].view.accessibleDescription() == (
        "Evaluations 10, Straightness 0.950, Distance to the data 0.0100"
    )


def test_a_lost_file_is_a_trouble_and_busy_keeps_the_page(studio, view, tmp_path):
    lost = replace(view.flow.result, file=str(tmp_path / "gone.npz"))
    studio.show_state(replace(view, flow=FlowView(SPEC, lost)))
    assert studio.page(Page.FLOW).trouble.title.text() == "The flow cannot be shown"
    studio.show_state(replace(view, flow=FlowView(SPEC, None, Busy("Heun", 1, 4))))
    assert studio.page(Page.FLOW).board.isVisible()
    assert not studio.page(Page.FLOW).run.isEnabled()


def test_space_on_the_slider_and_dragging_seek(studio, qtbot, view):
    studio.show_state(view)
    page = studio.page(Page.FLOW)
    page.play.click()
    qtbot.mouseClick(page.slider, Qt.MouseButton.LeftButton, pos=page.slider.rect().center())
    assert page.time == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize(("size", "columns"), [((1100, 700), 4), ((560, 320), 2), ((300, 320), 1)])
def test_pictures_stand_beside_each_other_as_far_as_all_their_words_are_whole(studio, view, size, columns):
    four = replace(SPEC, samplers=("flow", "euler", "flow", "euler"))
    studio.resize(*size)
    studio.show_state(replace(view, flow=replace(view.flow, spec=four)))
    assert cut(studio) + written(studio) + disordered(studio) == []
    cells = studio.page(Page.FLOW).cells
    assert len({cell.x() for cell in cells}) == columns
    places = [cell.geometry() for cell in cells]
    assert not any(one.intersects(other) for n, one in enumerate(places) for other in places[:n])
