"""Comparison grids and their curves, a training that is watched, and the plots that all of them share."""

from __future__ import annotations

import csv
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFontMetricsF, QImage
from PySide6.QtWidgets import QApplication

from engines.generative.diffusion.study_types import Cell, CompareResult, CompareSpec, Curve, CurveResult
from engines.generative.diffusion.types import SampleSpec
from engines.generative.training.types import TrainProgress, TrainSpec
from widgets.charts.axes import Axis, figure
from widgets.charts.plot import Plot, Series
from widgets.generative.state import Busy, CompareView, DiffusionView, Page, TrainView
from widgets.generative.studio.compare_grid import GridCell
from widgets.generative.studio.curves import drawn
from widgets.kit.theme import number_font
from workbench.tour.checks import cut
from workbench.tour.written import written

BASE = SampleSpec("analytic:digits", seeds=(0,))
SPEC = CompareSpec(BASE, "sampler", ("euler", "heun", "dpm++2m"), "steps", ("5", "10"))
CURVES = CurveResult(
    "analytic:digits",
    (
        Curve("euler", (5, 10, 20), (0.34, 0.18, 0.09), (1.0, 2.0, 4.0)),
        Curve("dpm++2m", (5, 10, 20), (0.18, 0.1, 0.02), (1.5, 3.0, 6.0)),
        Curve("dpm++2m", (5, 10, 20), (0.06, 0.02, 0.004), (1.6, 3.1, 6.1), teleport=True),
    ),
)


@pytest.fixture
def files(tmp_path):
    """A picture for each cell, each of its own gray."""
    made = {}
    for row in range(2):
        for column in range(3):
            picture = QImage(28, 28, QImage.Format.Format_Grayscale8)
            picture.fill(40 + 30 * (3 * row + column))
            made[row, column] = str(tmp_path / f"{row}-{column}.png")
            picture.save(made[row, column])
    return made


def comparing(**what) -> DiffusionView:
    return DiffusionView(page=Page.COMPARE, compared=CompareView(SPEC, **what))


def finished(files) -> CompareResult:
    errors = {(0, 0): 0.3, (0, 1): 0.5, (0, 2): 0.1, (1, 0): 0.2, (1, 1): 0.05, (1, 2): 0.07}
    cells = tuple(Cell(c, r, BASE, file, 5 * (r + 1), 0.4, errors[r, c]) for (r, c), file in files.items())
    return CompareResult("/x", "/x/compare.png", "sampler", SPEC.x_values, "steps", SPEC.y_values, cells)


def test_cells_appear_where_they_belong_while_the_grid_fills(studio, qtbot, files):
    first = {place: files[place] for place in ((0, 0), (0, 1))}
    studio.show_state(comparing(cells=first, busy=Busy("Cell 3 of 6", 2, 6)))
    grid = studio.page(Page.COMPARE).grid
    assert (grid.filled, studio.page(Page.COMPARE).progress.isVisible()) == (2, True)
    plan = grid.box((1, 2))
    studio.show_state(comparing(cells=files, busy=Busy("Cell 6 of 6", 5, 6)))
    assert grid.box((1, 2)) == plan
    qtbot.waitUntil(lambda: all(grid.files.picture(file) is not None for file in files.values()))
    shot = grid.grab().toImage()
    for (row, column), _file in files.items():
        middle = grid.box((row, column)).center().toPoint()
        assert shot.pixelColor(middle).red() == 40 + 30 * (3 * row + column)


def test_headers_name_the_settings_and_the_title_what_is_fixed(studio, files):
    studio.show_state(comparing(cells=files))
    page = studio.page(Page.COMPARE)
    assert page.grid.name((1, 2)) == "DPM-Solver++ 2M \u00b7 Steps 10"
    assert page.state.text() == "Digits, mixture (exact), Karras, guidance 1, seed 0"


def test_a_cell_is_marked_read_out_and_used(studio, qtbot, files):
    studio.show_state(comparing(result=finished(files)))
    page = studio.page(Page.COMPARE)
    assert not page.use.isEnabled()
    at = page.grid.box((0, 1)).center().toPoint()
    qtbot.mouseClick(page.grid, Qt.MouseButton.LeftButton, pos=at)
    assert page.details.text() == "Heun (EDM) \u00b7 Steps 5 \u00b7 error 0.5 \u00b7 5 evaluations \u00b7 0.4 s"
    qtbot.keyClick(page.grid, Qt.Key.Key_Right)
    with qtbot.waitSignal(page.grid.used) as heard:
        page.use.click()
    assert heard.args == [0, 2]
    with qtbot.waitSignal(page.grid.used) as heard:
        qtbot.mouseDClick(page.grid, Qt.MouseButton.LeftButton, pos=at)
    assert heard.args == [0, 1]


def test_the_lowest_error_of_each_row_is_set_off(studio, files):
    studio.show_state(comparing(result=finished(files)))
    assert studio.page(Page.COMPARE).grid.best() == {0: 2, 1: 1}


def test_curves_stand_under_the_grid_with_a_colour_a_sampler_and_a_dash_for_teleport(studio, qtbot, files):
    studio.show_state(comparing(result=finished(files), curves=CURVES))
    panel = studio.page(Page.COMPARE).curves
    assert panel.isVisible()
    names = [(one.name, one.place, one.style) for one in panel.plot.series]
    assert names == [("Euler (DDIM)", 0, 0), ("DPM-Solver++ 2M", 1, 0), ("DPM-Solver++ 2M, teleport", 1, 1)]
    assert "Digits" in panel.title.text()
    assert [one.x for one in drawn(CURVES.curves, "milliseconds")][0] == (1.0, 2.0, 4.0)


def test_curves_alone_are_shown_and_can_be_asked_for(studio, files):
    studio.show_state(DiffusionView(page=Page.COMPARE, compared=CompareView(curves_busy=Busy("Heun", 1, 4))))
    assert studio.page(Page.COMPARE).curves.isVisible()
    assert not studio.page(Page.COMPARE).grid.isVisible()
    assert studio.page(Page.COMPARE).curves.progress.isVisible()
    assert not studio.page(Page.COMPARE).ask.isVisible()
    studio.show_state(comparing(cells=files))
    assert studio.page(Page.COMPARE).ask.isVisible()


def test_in_a_narrow_window_grid_or_curves_are_chosen(studio, qtbot, files):
    studio.show_state(comparing(result=finished(files), curves=CURVES))
    studio.resize(600, 500)
    page = studio.page(Page.COMPARE)
    qtbot.waitUntil(lambda: page.grid.isVisible() and not page.curves.isVisible())
    page.which.set_value("curves")
    page.which.chosen.emit("curves")
    assert page.curves.isVisible()
    assert not page.grid.isVisible()


def test_a_grid_without_room_scrolls_to_the_cell_that_is_gone_to_and_elides_no_figure(studio, qtbot, files):
    studio.show_state(comparing(result=finished(files)))
    studio.resize(240, 240)
    grid = studio.page(Page.COMPARE).grid
    assert cut(grid) + written(grid) == []

    def seen(place) -> bool:
        return grid.parentWidget().rect().contains(grid.room_of(place).translated(grid.pos()).toRect())

    assert not seen((1, 2))
    for key in (Qt.Key.Key_Right, *[Qt.Key.Key_Right] * 2, Qt.Key.Key_Down):
        qtbot.keyClick(grid, key)
    assert grid.selected == (1, 2)
    assert seen((1, 2))


@pytest.fixture
def plot(qtbot):
    made = Plot("Error", "Evaluations", "Error", log_x=True, log_y=True)
    qtbot.addWidget(made)
    made.resize(420, 260)
    made.set_series(drawn(CURVES.curves, "evaluations"))
    return made


def test_equal_ratios_are_equal_ways_on_a_logarithmic_axis(plot):
    box = plot._box()
    places = [plot._at(box, x, 0.1).x() for x in (5, 10, 20)]
    assert places[1] - places[0] == pytest.approx(places[2] - places[1])
    assert plot._at(box, 5, 0.34).y() < plot._at(box, 5, 0.02).y()


def test_the_readout_names_the_nearest_figure(plot):
    at = plot._at(plot._box(), 10, 0.02)
    assert plot.readout(at + QPointF(3, 3)) == "DPM-Solver++ 2M, teleport: 0.02 at 10"
    assert plot.readout(QPointF(-500, -500)) == ""


def test_figures_and_drawings_of_a_plot_are_saved(plot, tmp_path):
    plot.save(str(tmp_path / "a.csv"))
    rows = list(csv.reader((tmp_path / "a.csv").open(encoding="utf-8")))
    assert rows[0] == ["line", "Evaluations", "Error"]
    assert rows[-1] == ["DPM-Solver++ 2M, teleport", "20", "0.004"]
    plot.save(str(tmp_path / "a.png"))
    assert QImage(str(tmp_path / "a.png")).width() == 2 * plot.width()
    plot.save(str(tmp_path / "a.svg"))
    assert "<svg" in (tmp_path / "a.svg").read_text(encoding="utf-8")


def test_what_a_logarithm_cannot_show_is_left_out(plot):
    plot.set_series([Series("x", (1, 2, 3), (0.0, math.nan, 1.0))])
    assert not plot.grab().isNull()
    assert plot._nearest(plot._at(plot._box(), 3, 1.0)) is not None


@given(st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=20), st.booleans(), st.integers(2, 9))
def test_ticks_lie_within_an_axis_that_holds_all_values(values, log, most):
    axis = Axis.over(values, log)
    for value in values:
        if value > 1e-300 or not log:
            assert -1e-9 <= axis.share(value) <= 1 + 1e-9
    ticks = axis.ticks(most)
    assert len(ticks) <= 3 * most + 4
    assert all(-1e-6 <= axis.share(value) <= 1 + 1e-3 for value, _words in ticks)


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.0, "0"), (0.02, "0.02"), (1.3444, "1.34"), (2500.0, "2500"), (1e-5, "10\u207b\u2075"), (math.inf, "\u221e")],
)
def test_figures_are_written_for_people(value, words):
    assert figure(value) == words


def training(step=500, **what) -> DiffusionView:
    losses = np.stack([np.arange(1, 6) * 100, 1 / np.arange(1, 6)], 1).astype(np.float32)
    levels = np.stack([np.linspace(-4, 3, 8), np.linspace(0.4, 0.1, 8)], 1).astype(np.float32)
    images = np.full((9, 28, 28), 130, np.uint8)
    progress = TrainProgress(step, 5000, 0.213, 1e-3, losses, levels, images)
    return DiffusionView(
        page=Page.TRAINING, training=TrainView("MNIST, U-Net", TrainSpec("mnist", ""), progress, **what)
    )


def test_a_training_shows_its_losses_samples_and_how_far_it_is(studio, qtbot):
    studio.show_state(training(busy=Busy("Step 500 of 5,000", 500, 5000, 240.0)))
    page = studio.page(Page.TRAINING)
    assert page.state.text() == "Step 500 of 5,000 \u00b7 loss 0.213 \u00b7 rate 0.001"
    assert page.progress.words.text().endswith("4 min left")
    assert page.grid.filled == 9
    assert page.loss.series[0].x == [100, 200, 300, 400, 500]
    assert len(page.levels.series[0].y) == 8
    assert not page.use.isVisible()
    with qtbot.waitSignal(page.progress.cancelled):
        page.progress.cancel.click()


def test_trained_weights_can_be_sampled_from(studio):
    studio.show_state(training(file="/w/mine.safetensors", stopped="stopped by the user"))
    assert studio.page(Page.TRAINING).state.text().endswith("stopped by the user")
    assert studio.page(Page.TRAINING).use.isVisible()


def test_a_new_training_begins_with_an_empty_page_of_its_own(studio):
    studio.show_state(training())
    studio.show_state(DiffusionView(page=Page.TRAINING, training=TrainView("Digits", busy=Busy(waiting=True))))
    page = studio.page(Page.TRAINING)
    assert page.grid.filled == 0
    assert page.loss.series == ()
    assert page.progress.words.text() == "Waiting for its turn"


def test_a_narrow_cell_has_its_figure_in_whole(qapp: QApplication) -> None:
    metrics, cell = QFontMetricsF(number_font(11)), GridCell(nfe=10)
    assert [cell.figure(room, metrics) for room in (200, 30)] == ["10 eval.", "10"]
