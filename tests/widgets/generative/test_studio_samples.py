"""Samples as they form, their steps, and the strip of earlier runs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QPushButton

from engines.generative.diffusion.study_types import SpectrumResult
from engines.generative.diffusion.types import ModelInfo, SampleResult, SampleSpec
from widgets.generative.state import Busy, DiffusionView, Page, Pictures, Run, RunState, StepPictures, Trouble
from widgets.generative.studio.images import Arrangement, extent_of, polygon
from widgets.generative.studio.samples import SPECTRUM
from widgets.kit.panel import FOLDS

SIGMAS = (80.0, 10.0, 1.0, 0.1, 0.0)
MODEL = ModelInfo("mnist-unet", "MNIST digits", "network", (1, 28, 28), classes=("zero", "one"))
SPEC = SampleSpec("mnist-unet", steps=4, seeds=(3, 4, 5, 6, 7, 8), classes=(0, 1))
RESULT = SampleResult("/runs/a", (), 1.25, 4, SIGMAS, 6, SPEC.seeds, notes=("Something to know.",))
DONE = Run("a", "MNIST digits", SPEC, RunState.DONE, RESULT)


def gray(count: int, value: int) -> np.ndarray:
    return np.full((count, 28, 28), value, np.uint8)


def a_step(step: int, value: int = 90) -> StepPictures:
    forms = {name: gray(6, value + n) for n, name in enumerate(("y", "denoised", "eps", "difference"))}
    return StepPictures("a", step, 4, SIGMAS[step], **forms)


@pytest.fixture(autouse=True)
def _folded():
    FOLDS.state.pop(SPECTRUM, None)
    yield
    FOLDS.state.pop(SPECTRUM, None)


@pytest.fixture
def view():
    pictures = Pictures("a", gray(6, 200), final=True)
    return DiffusionView(models=(MODEL,), model=MODEL, runs=(DONE,), shown="a", pictures=pictures, selected=1)


def shade(studio, index: int) -> int:
    """Gray value in the middle of a sample, as it stands on the screen."""
    grid = studio.page(Page.SAMPLES).grid
    left, top, wide, high = grid.arrangement().cell(index)
    return grid.grab().toImage().pixelColor(left + wide // 2, top + high // 2).red()


@pytest.mark.parametrize(("count", "room"), [(1, (300, 300)), (7, (900, 300)), (16, (640, 480)), (100, (500, 700))])
def test_a_grid_shows_every_sample_whole_and_knows_what_is_where(count, room):
    plan = Arrangement.of(count, (28, 28), room, 6, 12)
    assert plan.wide == plan.high
    assert plan.wide % 28 == 0
    for index in range(count):
        left, top, wide, high = plan.cell(index)
        assert left >= 12
        assert top >= 12
        assert left + wide <= room[0] - 12
        assert top + high <= room[1] - 12
        assert plan.at(left, top) == plan.at(left + wide - 1, top + high - 1) == index
        assert plan.at(left - 1, top) == -1


def test_small_pictures_stay_crisp(studio, view):
    board = np.indices((28, 28)).sum(0) % 2 * 255
    studio.show_state(replace(view, pictures=Pictures("a", np.stack([board] * 6).astype(np.uint8))))
    grid = studio.page(Page.SAMPLES).grid
    left, top, wide, _high = grid.arrangement().cell(0)
    shot = grid.grab().toImage()
    values = {shot.pixelColor(left + x, top + 1).red() for x in range(wide)}
    assert values == {0, 255}


def test_a_click_a_double_click_and_the_keys_pick_samples(studio, qtbot, view):
    studio.show_state(view)
    grid = studio.page(Page.SAMPLES).grid
    left, top, wide, high = grid.arrangement().cell(4)
    middle = QPoint(left + wide // 2, top + high // 2)
    with qtbot.waitSignal(grid.chosen) as heard:
        qtbot.mouseClick(grid, Qt.MouseButton.LeftButton, pos=middle)
    assert heard.args == [4]
    with qtbot.waitSignal(grid.chosen) as heard:
        qtbot.keyClick(grid, Qt.Key.Key_Right)
    assert heard.args == [2]
    with qtbot.waitSignal(grid.chosen) as heard:
        qtbot.mouseClick(grid, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    assert heard.args == [-1]
    qtbot.mouseDClick(grid, Qt.MouseButton.LeftButton, pos=middle)
    assert grid.large
    assert grid.arrangement().wide > wide
    qtbot.keyClick(grid, Qt.Key.Key_Escape)
    assert not grid.large


def test_the_caption_says_what_is_marked_and_what_it_cost(studio, view):
    studio.show_state(view)
    page = studio.page(Page.SAMPLES)
    assert page.chosen.text() == "2 of 6 \u00b7 seed 4 \u00b7 class one"
    assert page.caption.text() == "MNIST digits \u00b7 DPM-Solver++ 2M \u00b7 4 steps \u00b7 Karras"
    assert page.cost.text() == "4 evaluations \u00b7 1.2 s"
    studio.show_state(replace(view, selected=-1))
    assert page.chosen.text() == "seeds 3 to 8"


def test_cells_do_not_move_while_samples_arrive_and_other_runs_leave_nothing_behind(studio, view):
    live = replace(DONE, id="job-1", state=RunState.RUNNING, result=None, busy=Busy("Step 1 of 4", 1, 4))
    running = replace(view, runs=(live,), shown="job-1", pictures=Pictures())
    studio.show_state(running)
    grid = studio.page(Page.SAMPLES).grid
    plan = grid.arrangement()
    assert grid.filled == 0
    studio.show_state(replace(running, pictures=Pictures("job-1", gray(2, 50), first=0)))
    studio.show_state(replace(running, pictures=Pictures("job-1", gray(2, 120), first=2)))
    assert (shade(studio, 0), shade(studio, 2), grid.filled) == (50, 120, 4)
    studio.show_state(replace(view, pictures=Pictures()))  # the same run under its own name, its files not read yet
    assert (shade(studio, 0), grid.arrangement()) == (50, plan)
    other = replace(DONE, id="b", spec=replace(SPEC, steps=9))
    studio.show_state(replace(view, runs=(other, DONE), shown="b", pictures=Pictures()))
    assert grid.filled == 0


def test_a_running_run_has_progress_and_cancel_in_place_of_the_steps(studio, qtbot, view):
    live = replace(DONE, state=RunState.RUNNING, result=None, busy=Busy("Step 2 of 4", 2, 4, 3.0))
    studio.show_state(replace(view, runs=(live,)))
    page = studio.page(Page.SAMPLES)
    assert page.progress.isVisible()
    assert not page.scrubber.isVisible()
    with qtbot.waitSignal(page.history.wanted) as heard:
        page.progress.cancel.click()
    assert heard.args == ["cancel", "a"]


def test_the_slider_asks_for_steps_and_its_end_for_the_result(studio, qtbot, view):
    studio.show_state(view)
    scrubber = studio.page(Page.SAMPLES).scrubber
    slider = scrubber.slider
    assert (slider.value(), slider.maximum()) == (4, 4)
    for value, asked in ((1, 1), (4, -1)):
        with qtbot.waitSignal(scrubber.stepWanted) as heard:
            slider.setValue(value)
        assert heard.args == [asked]


def test_a_step_is_shown_in_each_of_its_four_forms(studio, view):
    studio.show_state(replace(view, step=a_step(2)))
    page = studio.page(Page.SAMPLES)
    assert page.scrubber.slider.value() == 2
    assert page.scrubber.words.text() == "Step 3 of 4   \u03c3 1"
    seen = []
    for button in page.scrubber.form.findChildren(QPushButton):
        button.click()
        seen.append(shade(studio, 3))
    assert seen == [90, 91, 92, 93]
    studio.show_state(view)
    assert shade(studio, 3) == 200
    assert page.scrubber.slider.value() == 4


def test_where_only_some_steps_were_kept_the_slider_has_those(studio, qtbot, view):
    kept = {name: gray(4, 60) for name in ("y", "denoised", "eps", "difference")}
    studio.show_state(replace(view, step=StepPictures("a", 2, 2, 0.0, y=gray(4, 200))))
    page = studio.page(Page.SAMPLES)
    assert (page.scrubber.slider.value(), page.scrubber.slider.maximum()) == (2, 2)
    assert page.grid.filled == 6
    studio.show_state(replace(view, step=StepPictures("a", 1, 2, 0.7, **kept)))
    assert page.scrubber.words.text() == "Step 2 of 2   \u03c3 0.7"
    assert page.grid.filled == 4
    with qtbot.waitSignal(page.scrubber.stepWanted) as heard:
        page.scrubber.slider.setValue(2)
    assert heard.args == [-1]
    studio.show_state(replace(view, step=StepPictures("a", 2, 2, 0.0, y=gray(4, 200))))
    assert page.grid.filled == 6


def test_an_older_answer_does_not_take_the_slider_back(studio, qtbot, view):
    studio.show_state(replace(view, step=a_step(1)))
    scrubber = studio.page(Page.SAMPLES).scrubber
    scrubber.slider.setValue(2)
    scrubber.slider.setValue(3)
    studio.show_state(replace(view, step=a_step(2)))
    assert scrubber.slider.value() == 3
    studio.show_state(replace(view, step=a_step(3)))
    studio.show_state(replace(view, step=a_step(0)))
    assert scrubber.slider.value() == 0


def test_playing_waits_for_each_step_and_ends_at_the_result(studio, qtbot, view):
    studio.show_state(view)
    scrubber = studio.page(Page.SAMPLES).scrubber
    asked: list[int] = []
    scrubber.stepWanted.connect(asked.append)
    scrubber.stepWanted.connect(lambda step: studio.show_state(replace(view, step=a_step(step) if step >= 0 else None)))
    scrubber.play.click()
    qtbot.waitUntil(lambda: not scrubber.playing, timeout=20_000)
    assert asked == [0, 1, 2, 3, -1]


def test_playing_stops_when_it_cannot_be_seen(studio, view):
    studio.show_state(view)
    studio.page(Page.SAMPLES).scrubber.play.click()
    assert studio.page(Page.SAMPLES).scrubber.playing
    studio.hide()
    assert not studio.page(Page.SAMPLES).scrubber.playing


def test_the_spectrum_is_asked_for_once_and_has_the_noise_level_across(studio, qtbot, view):
    studio.show_state(replace(view, step=a_step(1)))
    page = studio.page(Page.SAMPLES)
    asked: list[str] = []
    page.spectrumWanted.connect(asked.append)
    page.scrubber.spectrum.click()
    studio.show_state(replace(view, step=a_step(1)))
    assert asked == [SPEC.model]
    spectrum = SpectrumResult((0.05, 0.1, 0.5), (300.0, 40.0, 0.5))
    studio.show_state(replace(view, step=a_step(1), spectrum=spectrum))
    assert page.spectrum.isVisible()
    assert page.spectrum.level == pytest.approx(100.0)


def test_points_are_drawn_where_they_are_and_picked(studio, qtbot, view):
    points = np.array([[0.0, 0.0], [0.5, 0.5], [-0.5, 0.2]], np.float32)
    studio.show_state(replace(view, pictures=Pictures("a", points=points)))
    plane = studio.page(Page.SAMPLES).points
    assert plane.isVisible()
    middle = plane.rect().center() - QPoint(0, 10)
    with qtbot.waitSignal(plane.chosen) as heard:
        qtbot.mouseClick(plane, Qt.MouseButton.LeftButton, pos=middle)
    assert heard.args == [0]


def test_points_become_a_polygon_through_its_memory():
    where = np.random.default_rng(0).normal(size=(257, 2))
    made = polygon(where)
    assert [(made[n].x(), made[n].y()) for n in (0, 100, 256)] == [tuple(where[n]) for n in (0, 100, 256)]
    assert polygon(np.empty((0, 2))).isEmpty()
    assert extent_of(np.array([[np.nan, 1.0], [1.9, -0.3]], np.float32)) >= 1.9


def test_the_strip_shows_runs_with_what_state_they_are_in(studio, qtbot, view, tmp_path):
    picture = QImage(40, 40, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.red)
    picture.save(str(tmp_path / "t.png"))
    runs = (
        replace(DONE, id="w", state=RunState.QUEUED, result=None),
        replace(DONE, id="f", state=RunState.FAILED, result=None, note="Out of memory"),
        replace(DONE, thumbnail=str(tmp_path / "t.png")),
    )
    studio.show_state(replace(view, runs=runs))
    strip = studio.page(Page.SAMPLES).history
    qtbot.waitUntil(lambda: strip.files.picture(str(tmp_path / "t.png")) is not None)
    box = strip.visualRect(strip.model().index(2, 0))
    assert strip.viewport().grab().toImage().pixelColor(box.left() + 35, box.center().y()).name() == "#ff0000"
    tips = [strip.model().index(row, 0).data(Qt.ItemDataRole.ToolTipRole) for row in range(3)]
    assert "Waiting" in tips[0]
    assert "Out of memory" in tips[1]
    assert "Something to know." in tips[2]
    with qtbot.waitSignal(strip.wanted) as heard:
        qtbot.mouseClick(
            strip.viewport(), Qt.MouseButton.LeftButton, pos=strip.visualRect(strip.model().index(1)).center()
        )
    assert heard.args == ["show", "f"]


def test_the_menu_of_a_run_offers_what_can_be_done_with_it(studio, qtbot, view):
    studio.show_state(view)
    strip = studio.page(Page.SAMPLES).history
    words = [action.text() for action in strip.menu(DONE).actions() if action.text()]
    assert words == ["Show", "Use settings", "Run again", "Export", "Reveal", "Delete"]
    live = replace(DONE, state=RunState.QUEUED, result=None)
    menu = strip.menu(live)
    with qtbot.waitSignal(strip.wanted) as heard:
        next(action for action in menu.actions() if action.text() == "Cancel run").trigger()
    assert heard.args == ["cancel", "a"]
    with qtbot.waitSignal(strip.wanted) as heard:
        qtbot.keyClick(strip, Qt.Key.Key_Delete)
    assert heard.args == ["delete", "a"]


@pytest.mark.parametrize("act", ["use", "again", "reveal", "delete"])
def test_a_button_below_the_samples_wants_something_of_the_run_that_is_shown(studio, qtbot, view, act):
    studio.show_state(view)
    page = studio.page(Page.SAMPLES)
    with qtbot.waitSignal(page.history.wanted) as heard:
        page.buttons[act].click()
    assert heard.args == [act, "a"]


def test_a_run_of_the_strip_is_shown_before_it_is_exported(studio, view):
    studio.show_state(view)
    page = studio.page(Page.SAMPLES)
    asked: list[tuple[str, str]] = []
    page.history.wanted.connect(lambda *wanted: asked.append(wanted))
    exports = next(action for action in page.history.menu(DONE).actions() if action.text() == "Export").menu()
    exports.actions()[0].trigger()
    page.export.menu().actions()[0].trigger()
    assert asked == [("show", "a"), ("grid", "a"), ("grid", "a")]


def test_a_failed_run_says_so_in_the_middle_and_can_be_tried_in_halves(studio, qtbot, view):
    failed = replace(DONE, state=RunState.FAILED, result=None)
    trouble = Trouble("9 GB are needed, 6 GB are free.", "Out of memory", retry=SPEC)
    studio.show_state(replace(view, runs=(failed,), pictures=Pictures(), trouble=trouble))
    page = studio.page(Page.SAMPLES)
    assert studio.trouble.isVisible()
    with qtbot.waitSignal(studio.trouble.retryWanted) as heard:
        studio.trouble.retry.click()
    assert heard.args == [SPEC]
    assert not page.scrubber.isVisible()
