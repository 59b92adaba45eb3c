"""The diffusion panel in every state: its words, what can be pressed, what fits into a narrow dock, what goes out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
)

from engines.generative.diffusion.types import SampleSpec, Schedule, Start
from engines.generative.training.types import TrainSpec
from tests.widgets.generative.diffusion_views import EXACT, LONG, QUEUE, READY, STATES, TROUBLE, UNET, of
from widgets.generative.panel import words
from widgets.generative.panel.dock import DiffusionPanel
from widgets.generative.panel.schedule_curve import ScheduleCurve
from widgets.generative.state import Busy, CompareView, Mode, TrainView
from widgets.kit.panel import FOLDS

NARROW = 320
HEADLINES = {
    "nothing": ("Choose a model", False),
    "looking": ("Looking at the model", False),
    "ready": ("MNIST digits, U-Net \u00b7 20 steps of DPM-Solver++ 2M", True),
    "busy": ("1 running, 2 waiting", True),
    "cancelling": ("1 running", True),
    "failed": ("Sampling failed", True),
    "unknown": ("Say what the model predicts", False),
    "text": ("Stable Diffusion 1.5 \u00b7 20 steps of DPM-Solver++ 2M", True),
    "inpaint": ("Choose a mask", False),
    "heun": ("MNIST digits, U-Net \u00b7 20 steps of Heun (EDM)", True),
    "compare": ("3 \u00d7 3 = 9 runs", True),
    "exact": ("3 \u00d7 3 = 9 runs", True),
    "train": ("U-Net of width 32 on MNIST, 5,000 steps", True),
}


@pytest.fixture
def panel(qtbot) -> Iterator[DiffusionPanel]:
    FOLDS.state.clear()
    made = DiffusionPanel()
    qtbot.addWidget(made)
    made.resize(NARROW, 900)
    made.show()
    yield made
    FOLDS.state.clear()


@pytest.mark.parametrize("name", list(STATES))
def test_every_state_has_its_words_and_fits(panel: DiffusionPanel, name: str) -> None:
    view = STATES[name]
    for form in panel.all_forms():
        form.set_folded(False)
    panel.show_state(view)
    headline, ready = HEADLINES[name]
    assert panel.state == headline
    assert panel.start.isEnabled() == ready
    assert panel.start.text() == {"sample": "Sample", "compare": "Compare", "train": "Train"}[view.mode]
    assert panel.progress.isVisible() == (name in ("busy", "cancelling"))
    assert panel.trouble.isVisible() == (name == "failed")
    assert panel.body.parentWidget().minimumSizeHint().width() <= NARROW - 10, "the body is wider than a narrow dock"


def test_showing_tells_nothing(panel: DiffusionPanel) -> None:
    told: list[str] = []
    for name in ("specChanged", "compareChanged", "trainChanged"):
        getattr(panel, name).connect(lambda *_args, name=name: told.append(name))
    for view in (*STATES.values(), *reversed(STATES.values())):
        panel.show_state(view)
    assert told == []


def test_every_control_says_what_it_is(panel: DiffusionPanel) -> None:
    kinds = (QAbstractButton, QComboBox, QAbstractSpinBox, QListWidget, QPlainTextEdit, ScheduleCurve, QLineEdit)
    for view in STATES.values():
        panel.show_state(view)
        for kind in kinds:
            for control in panel.findChildren(kind):
                inside = isinstance(control.parent(), QAbstractSpinBox)
                if control.objectName().startswith("qt_") or inside:
                    continue
                assert control.accessibleName(), f"{control} has no name"
                assert control.toolTip(), f"{control.accessibleName()} has no tooltip"


def test_all_that_can_be_changed_is_reached_by_tab(panel: DiffusionPanel) -> None:
    panel.show_state(READY)
    reached = set()
    control = panel.nextInFocusChain()
    while control is not panel:
        if control.isVisibleTo(panel) and control.focusPolicy() & Qt.FocusPolicy.TabFocus:
            reached.add(control)
        control = control.nextInFocusChain()
    for form in panel.forms[Mode.SAMPLE]:
        for bound in form.controls.values():
            assert bound in reached or not bound.isVisibleTo(panel)
    assert {panel.start, panel.sampler.sampler, panel.schedule.curve, panel.samples.dice} <= reached


def test_a_run_can_be_queued_and_cancelled_while_another_runs(panel: DiffusionPanel, qtbot) -> None:
    panel.show_state(STATES["busy"])
    assert panel.progress.words.text() == "step 7 of 20, 4 s left"
    assert panel.cancel_all.isVisible()
    for button, signal in (
        (panel.start, panel.start.clicked),
        (panel.progress.cancel, panel.progress.cancelled),
        (panel.cancel_all, panel.cancel_all.clicked),
    ):
        with qtbot.waitSignal(signal):
            button.click()
    panel.show_state(replace(READY, runs=QUEUE[2:]))
    assert not panel.cancel_all.isVisible()
    panel.show_state(STATES["cancelling"])
    assert not panel.progress.cancel.isEnabled()
    assert panel.progress.words.text() == "Cancelling"


def test_each_mode_shows_its_own_work(panel: DiffusionPanel) -> None:
    busy = Busy("cell 3 of 9", 3, 9)
    panel.show_state(replace(READY, mode=Mode.COMPARE, compared=CompareView(busy=busy)))
    assert panel.progress.words.text() == "cell 3 of 9"
    training = TrainView(busy=Busy("step 100", 100, 5000, 200.0))
    panel.show_state(replace(READY, mode=Mode.TRAIN, training=training))
    assert panel.progress.words.text() == "step 100, 3 min left"
    panel.show_state(replace(READY, training=training))
    assert not panel.progress.isVisible()


def test_what_went_wrong_offers_a_lighter_run(panel: DiffusionPanel, qtbot) -> None:
    panel.show_state(STATES["failed"])
    assert panel.trouble.what.text() == TROUBLE.what
    assert panel.trouble.hint.text() == TROUBLE.hint
    assert panel.trouble.retry.text() == "Retry, 2 at a time"
    for button, signal in (
        (panel.trouble.retry, panel.trouble.retryWanted),
        (panel.trouble.log, panel.trouble.logWanted),
        (panel.trouble.close_button, panel.trouble.dismissed),
    ):
        with qtbot.waitSignal(signal):
            button.click()
    panel.show_state(replace(READY, trouble=replace(TROUBLE, retry=None)))
    assert not panel.trouble.retry.isVisible()


def test_modes_and_models_are_asked_for_not_taken(panel: DiffusionPanel, qtbot) -> None:
    panel.show_state(STATES["unknown"])
    with qtbot.waitSignal(panel.mode.chosen) as mode:
        next(button for button in panel.mode.findChildren(QPushButton) if button.text() == "Train").click()
    assert mode.args == ["train"]
    field = panel.model.model
    with qtbot.waitSignal(field.chosen) as model:
        field.set_value(EXACT[0].name)
        field.activated.emit(field.currentIndex())
    assert model.args == [EXACT[0].name]
    assert panel.model.prediction.isVisible()
    with qtbot.waitSignal(panel.model.prediction.chosen) as prediction:
        panel.model.prediction.set_value("v")
        panel.model.prediction.activated.emit(panel.model.prediction.currentIndex())
    assert prediction.args == ["v"]
    panel.show_state(READY)
    assert not panel.model.prediction.isVisible()


def test_models_stand_under_their_kind(panel: DiffusionPanel) -> None:
    panel.show_state(READY)
    field = panel.model.model
    rows = [(field.itemText(row), field.itemData(row)) for row in range(field.count())]
    assert rows[:2] == [("Trained networks", None), (UNET.title, UNET.name)]
    assert [text for text, id in rows if id is None] == [
        "Trained networks",
        "Known distributions",
        "Opened files",
        "Opened folders",
    ]
    assert field.value() == UNET.name
    panel.show_state(replace(READY, model=None, looking=True, spec=SampleSpec("/x/new.safetensors")))
    assert field.currentText() == "new.safetensors"


def test_a_long_name_ends_in_an_ellipsis_and_is_whole_in_the_list(panel: DiffusionPanel) -> None:
    panel.show_state(of(LONG))
    assert panel.model.model.currentText() == LONG.title
    assert panel.model.model.width() < NARROW
    assert panel.model.model.fontMetrics().horizontalAdvance(LONG.title) > panel.model.model.width()


def test_a_half_typed_number_survives_the_news_of_a_run(panel: DiffusionPanel, qtbot) -> None:
    panel.show_state(READY)
    line = panel.sampler.steps.lineEdit()
    line.selectAll()
    qtbot.keyClicks(line, "4")
    panel.show_state(replace(READY, runs=QUEUE))
    qtbot.keyClicks(line, "0")
    with qtbot.waitSignal(panel.specChanged) as told:
        qtbot.keyClick(panel.sampler.steps, Qt.Key.Key_Return)
    assert told.args[0].steps == 40


def test_dropped_files_go_out_as_paths(panel: DiffusionPanel, qtbot) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/pictures/ä b.png"), QUrl("https://example.org/x.png")])
    event = QDropEvent(
        QPointF(9, 9), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    with qtbot.waitSignal(panel.dropped) as dropped:
        panel.dropEvent(event)
    assert dropped.args == [["/pictures/ä b.png"]]


def test_why_nothing_can_be_started() -> None:
    assert words.problem(READY) == ""
    low = replace(READY, spec=replace(READY.spec, schedule=Schedule(sigma_min=5.0, sigma_max=1.0)))
    assert words.problem(low)
    grid = replace(low, mode=Mode.COMPARE, compare=replace(low.compare, base=low.spec))
    assert words.problem(grid) == words.problem(low)
    alone = replace(READY, spec=replace(READY.spec, seeds=(1,), start=Start("between")))
    assert "between seeds" in words.problem(alone)
    assert words.problem(replace(READY, mode=Mode.TRAIN, train=TrainSpec("", "")))
    nothing = replace(READY, mode=Mode.COMPARE, compare=replace(READY.compare, x_values=()))
    assert words.problem(nothing)


def test_figures_in_words() -> None:
    assert words.estimate_words(READY) == "about 45 MB, 3 s"
    assert words.memory(9.13e9) == "9.1 GB"
    assert [words.duration(value) for value in (0.2, 89, 240, 9000)] == ["1 s", "89 s", "4 min", "2.5 h"]
    assert words.facts(UNET) == "1 \u00d7 28 \u00d7 28, 1.93\u00a0M parameters, predicts EDM's F"
    assert words.facts(EXACT[0]) == "points in the plane, exact denoiser"


def test_a_grid_costs_what_its_cells_take() -> None:
    grid = replace(READY, mode=Mode.COMPARE, estimate_seconds=4.0)
    one = replace(grid, compare=replace(grid.compare, x_values=("euler",), y_values=("20",)))
    assert words.grid_estimate(one) == "about 4 s"
    twice = replace(one, compare=replace(one.compare, x_values=("heun",)))
    assert words.grid_estimate(twice) == "about 8 s"
    both = replace(one, compare=replace(one.compare, x_values=("euler", "heun"), y_values=("10", "20")))
    assert words.grid_estimate(both) == "about 18 s"
