"""The board's train page: every figure of the training and of its result, and what is said where there is none."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from engines.actions.study_types import TrainProgress
from tests.widgets.actions.board_views import ACTIONS, CLIPS, SPEC, card, evaluation, progress, result, train_view
from widgets.actions.board.train_charts import NO_EXAMPLE
from widgets.actions.board.train_page import ASKED, READY, TrainPage
from widgets.actions.board.train_words import best_of, head_words, phase_of, title_words
from widgets.charts.big_figures import UNKNOWN
from widgets.charts.class_colors import class_words
from widgets.kit.work_state import Busy

NO_HELD = replace(SPEC, held_out=0.0)


@pytest.fixture
def page(qtbot):
    made = TrainPage()
    qtbot.addWidget(made)
    made.resize(1000, 700)
    with qtbot.waitExposed(made):
        made.show()
    return made


def told(page, name: str) -> list:
    heard: list = []
    getattr(page, name).connect(lambda *value: heard.append(value[0] if value else None))
    return heard


def test_with_nothing_labelled_it_leads_to_teach_and_then_trains(page, qtbot):
    chosen, wanted = told(page, "teachWanted"), told(page, "trainWanted")
    page.show_state(train_view(clips=(), spec=replace(SPEC, clips=())))
    assert page.empty.isVisible()
    assert page.empty.words.text() == ASKED
    qtbot.mouseClick(page.empty.button, Qt.MouseButton.LeftButton)
    assert (len(chosen), len(wanted)) == (1, 0)
    page.show_state(train_view())
    assert page.empty.words.text() == READY
    qtbot.mouseClick(page.empty.button, Qt.MouseButton.LeftButton)
    assert (len(chosen), len(wanted)) == (1, 1)
    page.show_state(train_view(clips=(replace(CLIPS[0], chosen=False),), spec=replace(SPEC, clips=())))
    assert page.empty.words.text() == ASKED


def test_while_it_runs_the_curves_are_those_of_the_state(page, qtbot):
    cancelled, now = told(page.progress, "cancelled"), progress(200)
    page.show_state(train_view(busy=Busy("Training", 200, 300, 12.0), progress=now))
    training, held = page.charts.loss.series
    assert list(zip(training.x, training.y, strict=True)) == list(now.loss)
    assert list(zip(held.x, held.y, strict=True)) == list(now.held_loss)
    (mean,) = page.charts.map.series
    assert list(zip(mean.x, mean.y, strict=True)) == list(now.map)
    assert page.progress.words.text() == "Iteration 200 of 300, 12 s left"
    assert not page.watch.isVisible()
    assert not page.again.isVisible()
    qtbot.mouseClick(page.progress.cancel, Qt.MouseButton.LeftButton)
    assert len(cancelled) == 1


def test_the_best_precision_is_marked_where_it_was_reached(page):
    now = progress(260)
    best = max(now.map, key=lambda pair: pair[1])
    assert best[0] < 260
    page.show_state(train_view(busy=Busy(), progress=now))
    (mark,) = page.charts.map.uprights
    assert mark.x == best[0]
    assert f"{100 * best[1]:.1f} %" in mark.words
    assert f"best {100 * best[1]:.1f} % at iteration {best[0]}" in page.state.text()
    assert best_of(replace(now, best=40)) == now.map[1]


def test_every_class_has_a_bar_and_one_without_an_example_says_so(page):
    now = progress()
    page.show_state(train_view(busy=Busy(), progress=now))
    bars = page.charts.bars
    assert [(row.name, row.values) for row in bars.rows] == [(class_words(name), (now.ap[name],)) for name in ACTIONS]
    assert NO_EXAMPLE in bars.accessibleDescription()
    assert f"{class_words(ACTIONS[0])} 99.0 %" in bars.accessibleDescription()


def test_the_phases_are_told_apart():
    busy = Busy("Describing exercise.avi", 120, 371)
    described = "Describing exercise.avi, 120 of 371"
    for now, at, words in (
        (None, busy, described),
        (TrainProgress("features", 0, 300), busy, described),
        (TrainProgress("features", 0, 300), Busy(), "Describing frames"),
        (TrainProgress("training", 120, 300), busy, "Iteration 120 of 300"),
        (TrainProgress("saving", 300, 300), Busy("Training, loss 0.1", 300, 300), "Saving the model"),
        (TrainProgress("saving", 300, 300), Busy("Testing on v7", 3, 210), "Testing on v7, 3 of 210"),
    ):
        shown = phase_of(at, now)
        assert shown is not None
        assert shown.note == words
    waiting = Busy("x", waiting=True)
    assert phase_of(waiting, progress()) is waiting
    assert phase_of(None, progress()) is None


def test_with_nothing_held_out_the_loss_has_the_room_and_the_page_says_so(page):
    page.show_state(train_view(spec=NO_HELD, busy=Busy(), progress=progress(held=False)))
    charts = page.charts
    assert not charts.map.isVisible()
    assert not charts.bars.isVisible()
    assert charts.nothing.isVisible()
    alone = charts.loss.height()
    page.show_state(train_view(busy=Busy(), progress=progress()))
    assert charts.map.isVisible()
    assert charts.bars.isVisible()
    assert not charts.nothing.isVisible()
    page.layout().activate()
    assert charts.loss.height() < alone


def test_the_result_says_every_figure_and_names_its_file(page, qtbot):
    done = result(advice=("Only 3 segments of arms_out", "A second weak thing"))
    page.show_state(train_view(progress=progress(260), result=done))
    shown = page.card
    assert shown.isVisible()
    assert [(stat.value, stat.unit) for stat in shown.figures.stats] == [
        ("97.4", "%"), ("260", ""), ("38", "s"), ("417,000", ""),
    ]  # fmt: skip
    assert "stopped early" in shown.figures.stats[1].label
    assert "last 20 %" in shown.measured.text()
    assert shown.file.accessibleName().startswith(
        "exercise.safetensors · 6 actions · 10 decisions a second, looks 2 s ahead"
    )
    assert shown.file.toolTip() == done.file
    assert [line.words.text() for line in shown.advice] == list(done.advice)
    watched, evaluated, wanted = told(page, "watchWanted"), told(page, "evaluateItWanted"), told(page, "trainWanted")
    for button in (page.watch, page.evaluate, page.again):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert (watched, evaluated, len(wanted)) == ([done.file], [done.file], 1)


def test_a_result_without_a_measure_does_not_make_one_up(page):
    done = result(map=None, stopped_early=False)
    page.show_state(train_view(spec=NO_HELD, progress=progress(held=False), result=done))
    assert page.card.figures.stats[0].value == UNKNOWN
    assert "not measured" in page.card.measured.text()
    assert page.card.figures.stats[1].label == "Iterations"


def test_a_benchmark_is_measured_on_its_test_videos(page):
    tested = evaluation("trn", 0.8)
    done = result(tested=tested)
    page.show_state(train_view(spec=replace(SPEC, folder="/data/THUMOS14"), progress=progress(260), result=done))
    assert page.card.figures.stats[0].label == "mAP, test films"
    assert page.card.measured.text() == "Measured on the test films of THUMOS14: 180 chunks."
    assert [row.values for row in page.charts.bars.rows] == [(tested.ap[name],) for name in ACTIONS]
    assert page.charts.bars_title.text().endswith("test films")
    page.show_state(train_view(busy=Busy(), progress=progress()))
    assert page.charts.bars.rows[0].values == (progress().ap[ACTIONS[0]],)


def test_advice_goes_with_its_result(page, qapp):
    page.show_state(train_view(result=result(advice=("one", "two"))))
    page.show_state(train_view(result=result(file="/other", advice=("three",))))
    assert [line.words.text() for line in page.card.advice] == ["three"]
    page.show_state(train_view(busy=Busy(), progress=progress(40)))
    assert not page.card.isVisible()


def test_the_title_is_of_the_trained_model_whatever_the_form_says_now():
    view = train_view(result=result()).train
    other = replace(SPEC, model="gru", features="pose")
    assert title_words(view) == "TRN on appearance and motion"
    assert title_words(replace(view, spec=other)) == "TRN on appearance and motion"
    assert title_words(replace(view, spec=other, busy=Busy())) == "GRU on body pose"
    folder = replace(SPEC, folder="/data/THUMOS14", settings="miniroad")
    assert head_words(folder) == "MiniROAD on THUMOS14, settings of miniroad"


def test_what_was_held_out_stays_on_the_page_when_the_form_changes(page):
    page.show_state(train_view(spec=NO_HELD, progress=progress(260), result=result()))
    assert page.charts.map.isVisible()


def test_a_stopped_training_says_that_nothing_was_kept(page):
    page.show_state(train_view(progress=progress(120)))
    assert page.state.text() == "Cancelled at iteration 120 of 300; no model was saved"
    assert page.again.isVisible()
    assert not page.watch.isVisible()


def test_the_same_progress_is_not_drawn_again(page, monkeypatch):
    now = progress()
    page.show_state(train_view(busy=Busy("", 1, 9), progress=now))
    monkeypatch.setattr(page.charts.loss, "show_lines", lambda *_: pytest.fail("drawn again"))
    page.show_state(train_view(busy=Busy("", 2, 9), progress=now))


def corner(page, part) -> tuple[int, int]:
    at = part.mapTo(page.charts, part.rect().topLeft())
    return at.x(), at.y()


@pytest.mark.parametrize(("wide", "bars_beside", "plots_beside"), [(1000, 1, 0), (650, 0, 1), (460, 0, 0)])
def test_what_stands_beside_what_follows_the_room(page, qapp, wide, bars_beside, plots_beside):
    page.show_state(train_view(busy=Busy(), progress=progress()))
    page.resize(wide, 560)
    for _ in range(3):
        qapp.processEvents()
    charts = page.charts
    loss, mean, bars = (corner(page, part) for part in (charts.loss, charts.map, charts.bars))
    assert (bars[0] > loss[0] + charts.loss.width() - 1) == bool(bars_beside)
    assert (mean[0] > loss[0] + charts.loss.width() - 1) == bool(plots_beside)
    if not bars_beside:
        assert bars[1] > max(loss[1] + charts.loss.height(), mean[1] + charts.map.height()) - 1


def test_long_names_and_many_classes_do_not_widen_the_page(page):
    many = tuple(f"{'a very long name of an action ' * 4}{number}" for number in range(22))
    done = result(card=card(many), file="/" + "x" * 300 + ".safetensors")
    page.show_state(train_view(progress=progress(actions=many), result=done))
    assert len(page.charts.bars.rows) == 22
    assert page.minimumSizeHint().width() <= 420
    page.show_state(train_view(busy=Busy(), progress=progress(actions=("wave",))))
    assert [row.name for row in page.charts.bars.rows] == ["wave"]
