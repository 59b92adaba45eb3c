"""The pages of a result: what they say follows from its figures, and what they draw stands where the figures say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engines.calibration.compare import compare
from engines.calibration.shape import shapes
from engines.calibration.types import ModelRow, ModelsResult
from engines.core.lenses import Intrinsics, Lens
from tests.widgets.calibration.pages.told_result import CAMERA, SIZE, bent_board, shown, told
from widgets.calibration.pages import shape, uncertainty
from widgets.calibration.pages.bending import displacement, grid_lines
from widgets.calibration.pages.compare import ComparePage, difference_words
from widgets.calibration.pages.lens import LensPage
from widgets.calibration.pages.models import ModelsPage
from widgets.calibration.pages.shape import ShapePage
from widgets.calibration.pages.state import CompareView, ModelsView, Page
from widgets.calibration.pages.uncertainty import UncertaintyPage
from widgets.kit.labels import ElidedLabel


@pytest.fixture
def made(qtbot):
    def make(kind):
        page = kind()
        qtbot.addWidget(page)
        page.resize(1100, 700)
        page.show()
        return page

    return make


def test_a_map_tells_the_middle_and_the_edge_and_its_lines_lie_where_the_value_is(made) -> None:
    page = made(UncertaintyPage)
    page.show_state(shown(Page.UNCERTAINTY, told()))
    heat = page.map.heat
    centre = heat.extent.center()
    assert heat.value(centre.x(), centre.y()) == pytest.approx(0.05, abs=0.003)
    assert page.words.text().startswith("A point 0.5 m away is known to 0.05")
    assert 0.1 in heat.levels
    lines = page.map.contour_lines(0.1)
    assert len(lines) > 20
    assert [heat.value(one.x1(), one.y1()) for one in lines] == pytest.approx([0.1] * len(lines), abs=1e-9)
    page.distance.set_value("1")
    page.distance.chosen.emit("1")
    assert "far away" in page.words.text()


def test_places_without_a_ray_are_left_out(made) -> None:
    first = told().uncertainty[0]
    heat = uncertainty.heat_of(replace(first, sigma=(-1.0, *first.sigma[1:])), told())
    assert np.isnan(heat.values[0, 0])
    assert np.nanmin(heat.values) > 0
    assert uncertainty.known_words(heat, 0.5).endswith("beyond the lens model.")
    page = made(UncertaintyPage)
    page.show_state(shown(Page.UNCERTAINTY, replace(told(), uncertainty=())))
    assert not page.there
    assert page.empty.button.text() == "Calibrate again"


def test_a_bent_and_tall_board_is_told_in_millimetres_and_percent(made) -> None:
    (one,) = shapes(told())
    assert one.bow == pytest.approx(0.4 * 1.0, rel=1e-6)
    assert one.taller == pytest.approx(0.003, rel=1e-3)
    assert shape.shape_words(one) == "Bowed by 0.4 mm, 0.3 % taller than printed."
    heat = shape.heat_of(one)
    x, y = heat.dots[2]
    assert heat.value(x, y) == pytest.approx(one.heights[2], abs=0.02)
    assert heat.value(*heat.dots[0]) == pytest.approx(-bent_board()[0, 2] * 1000, abs=1e-6)
    page = made(ShapePage)
    page.show_state(shown(Page.SHAPE, told()))
    assert page.table.rows[3][0] == "cy"
    assert page.table.rows[3][3] == "7.1"
    assert "cy by 7.1 joint deviations" in page.verdict.text()


def test_a_board_as_printed_offers_to_be_freed(made, qtbot) -> None:
    page = made(ShapePage)
    page.show_state(shown(Page.SHAPE, replace(told(), free_board=False, board_points=())))
    with qtbot.waitSignal(page.freeWanted):
        page.rigid.button.click()
    assert [row[1] for row in page.table.rows][3] == "246.00", "the other solution is the freed one now"


def test_models_are_told_side_by_side_and_one_is_taken(made, qtbot) -> None:
    result = told()
    rows = (
        ModelRow("brown5", result),
        ModelRow("rational8", replace(result, model="rational8", distortion=(0.0,) * 8, loo_rms_px=0.11)),
        ModelRow("fisheye4", None, "The fit does not settle"),
    )
    models = ModelsResult(rows, "rational8", "Rational explains the corners, Brown does not.", 2.0)
    page = made(ModelsPage)
    page.show_state(shown(Page.MODELS, result, models=ModelsView(models)))
    assert page.recommended.text() == f"{models.words}."
    assert page.table.marked == 1
    assert page.table.rows[0][4] == "530.00 \u00b1 0.50"
    assert "does not settle" in page.problems.text()
    assert page.bars.x_of(0.13) > page.bars.x_of(0.11) > page.bars.room().left()
    with qtbot.waitSignal(page.useWanted) as used:
        page.use.click()
    assert used.args == ["rational8"]


def test_two_calibrations_differ_where_the_map_says(made) -> None:
    first, second = told(), replace(told(), intrinsics=replace(CAMERA, fx=540.0), std={})
    found = compare(first, second)
    page = made(ComparePage)
    page.show_state(shown(Page.COMPARE, first, compare=CompareView("", "/b.yaml", found)))
    assert page.map.heat.values.shape == (found.rows, found.columns)
    assert page.table.rows[0][:3] == ("fx", "530.00", "540.00")
    assert "How certain" in difference_words(replace(found, parameters=found.parameters[:4]))
    assert "px at most" in page.words.text()


def test_a_lens_without_distortion_leaves_lines_straight() -> None:
    pinhole = Lens("brown5", CAMERA, (0.0,) * 5)
    for line in grid_lines(pinhole, SIZE):
        known = np.isfinite(line.seen).all(axis=1)
        assert line.seen[known] == pytest.approx(line.straight[known], abs=1e-6)
    moved = displacement(Lens("brown5", Intrinsics(500.0, 500.0, 320.0, 240.0), (-0.2, 0.0, 0.0, 0.0, 0.0)), SIZE)
    radius = 0.3 * 500
    bent = radius * (1 - 0.2 * 0.3**2)
    assert np.interp(bent, moved.radius, moved.radial) == pytest.approx(bent - radius, abs=0.05)
    assert np.nanmax(moved.tangential) < 1e-6


def test_the_lens_tells_its_angles_and_its_focal_length_in_millimetres(made) -> None:
    page = made(LensPage)
    page.show_state(shown(Page.LENS, told()))
    assert page.words.text().startswith("Barrel")
    page.sensor.setValue(6.4)
    texts = [label.text() for label in page.stats.findChildren(ElidedLabel)]
    assert "5.30" in texts, "530 px of 640 on 6.4 mm"


@pytest.mark.parametrize(
    ("kind", "page"), [(UncertaintyPage, Page.UNCERTAINTY), (ShapePage, Page.SHAPE), (LensPage, Page.LENS)]
)
def test_nothing_solved_yet_offers_to_begin(kind, page: Page, made) -> None:
    one = made(kind)
    one.show_state(shown(page))
    assert not one.there
    assert one.empty.button.text() == "Add pictures"
