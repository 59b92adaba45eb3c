"""The board's evaluate page: every figure of the state is on it, rows are chosen, and nothing is made up."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QScrollArea

from engines.actions.study_types import EvaluateSpec, Evaluation
from tests.widgets.actions.board_views import ACTIONS, CLASSES, TWO, bare, evaluate_view, evaluation
from widgets.actions.board.evaluate_curves import DASHED, STILL, MeasuredPlot, ends_of, share_ends
from widgets.actions.board.evaluate_page import ASKED, BUSY, READY, EvaluatePage
from widgets.actions.board.evaluate_words import HEADERS, TIPS, model_row, nearest, share, size_words, start_ap
from widgets.charts.band import ShareAxis
from widgets.charts.big_figures import UNKNOWN
from widgets.charts.class_colors import class_words
from widgets.charts.plot import Series
from widgets.kit.work_state import Busy

EMPTY = EvaluateSpec((), "")


@pytest.fixture
def page(qtbot):
    made = EvaluatePage()
    qtbot.addWidget(made)
    made.resize(1000, 700)
    with qtbot.waitExposed(made):
        made.show()
    return made


def told(page, name: str) -> list:
    heard: list = []
    getattr(page, name).connect(lambda *value: heard.append(value[0] if value else None))
    return heard


def points(one: Series) -> list[tuple[float, float]]:
    return list(zip(one.x, one.y, strict=True))


def test_with_nothing_it_asks_for_models_and_then_for_the_measuring(page, qtbot):
    models, wanted = told(page, "modelsWanted"), told(page, "evaluateWanted")
    page.show_state(evaluate_view(results=(), spec=EMPTY))
    assert page.empty.isVisible()
    assert page.empty.words.text() == ASKED
    qtbot.mouseClick(page.empty.button, Qt.MouseButton.LeftButton)
    assert (len(models), len(wanted)) == (1, 0)
    page.show_state(evaluate_view(results=()))
    assert page.empty.words.text() == READY
    qtbot.mouseClick(page.empty.button, Qt.MouseButton.LeftButton)
    assert (len(models), len(wanted)) == (1, 1)


def test_while_it_measures_there_is_progress_and_no_button(page, qtbot):
    cancelled = told(page.progress, "cancelled")
    page.show_state(evaluate_view(results=(), busy=Busy("Evaluating", 1, 3, 8.0)))
    assert page.empty.words.text() == BUSY
    assert not page.empty.button.isVisible()
    assert page.progress.words.text() == "Evaluating, 8 s left"
    qtbot.mouseClick(page.progress.cancel, Qt.MouseButton.LeftButton)
    assert len(cancelled) == 1
    page.show_state(evaluate_view(busy=Busy()))
    assert page.results.isVisible()
    assert not page.start.isEnabled()


def test_every_model_has_a_row_with_all_its_figures(page):
    page.show_state(evaluate_view())
    first = TWO[0]
    assert len(HEADERS) == len(TIPS)
    assert page.results.table.rows[0] == (
        "TRN both",
        share(first.map),
        share(first.mcap),
        share(sum(value for _, value in first.starts) / len(first.starts)),
        "85.0 %",
        "94.4 %",
        "96.8 %",
        "9.8 %",
        "97.2 %",
    )
    assert [row[0] for row in page.results.table.rows] == ["TRN both", "GRU pose"]
    assert page.results.table.marked == 0


def test_the_selected_model_is_shown_in_full(page):
    page.show_state(evaluate_view(selected=1))
    shown, one = page.results, TWO[1]
    assert shown.name.text() == "GRU pose"
    assert shown.measured.text() == "180 labelled frames · 6 actions"
    assert shown.notes.text() == one.notes[0]
    values = {stat.label: stat.value for stat in shown.figures.stats}
    assert values[f"mAP of {len(one.averaged)} actions"] == f"{100 * one.map:.1f}"
    assert values["mcAP, calibrated"] == f"{100 * one.mcap:.1f}"
    assert values["Segments"] == f"{100 * (one.segment_map or 0):.1f}"
    assert values["Chance"] == "9.8"
    assert shown.confusion.seconds == one.confusion
    assert shown.bars.strong == 1


def test_all_models_are_on_every_curve_and_the_selected_one_is_strong(page):
    page.show_state(evaluate_view(selected=1))
    shown = page.results
    for plot, wanted in (
        (shown.starts, [one.starts for one in TWO]),
        (shown.segments, [one.segments for one in TWO]),
        (shown.deciles, [tuple((0.05 + 0.1 * at, v) for at, v in enumerate(one.deciles)) for one in TWO]),
    ):
        assert [one.name for one in plot.series] == ["TRN both", "GRU pose"]
        assert [one.strong for one in plot.series] == [False, True]
        for line, pairs in zip(plot.series, wanted, strict=True):
            assert points(line) == [pytest.approx(pair) for pair in pairs]
    assert [(row.name, row.values) for row in shown.bars.rows] == [
        (class_words(name), (TWO[0].ap[name], TWO[1].ap[name])) for name in ACTIONS
    ]
    assert shown.bars.models == ("TRN both", "GRU pose")


def test_anticipation_stands_beside_the_current_class_going_on(page):
    page.show_state(evaluate_view())
    still, first, second = page.results.ahead.series
    assert (still.name, still.style) == (STILL, DASHED)
    assert points(still) == list(TWO[0].ahead_still)
    assert points(first) == list(TWO[0].ahead)
    assert DASHED not in (first.style, second.style), "dashes are kept for the comparison"


def test_a_row_is_chosen_by_a_click_and_by_keys_and_moves_nothing_by_itself(page, qtbot):
    page.show_state(evaluate_view())
    chosen, table = told(page.results, "modelSelected"), page.results.table
    at = table.visualRect(table.model().index(1, 0)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert chosen == [1]
    assert page.results.name.text() == "TRN both"
    page.show_state(evaluate_view(selected=1))
    assert page.results.name.text() == "GRU pose"
    assert table.currentIndex().row() == 1
    assert chosen == [1], "showing is not choosing"
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_Up)
    assert chosen == [1, 0]


def test_one_can_go_back_before_the_choice_is_answered(page, qtbot):
    page.show_state(evaluate_view())
    chosen, table = told(page.results, "modelSelected"), page.results.table
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_Down)
    qtbot.keyClick(table, Qt.Key.Key_Up)
    assert chosen == [1, 0]


def test_a_row_that_is_not_there_shows_the_last(page):
    page.show_state(evaluate_view(selected=7))
    assert page.results.name.text() == "GRU pose"


def test_what_was_not_measured_says_so_everywhere(page):
    page.show_state(evaluate_view(results=(bare(),)))
    shown = page.results
    assert shown.table.rows[0] == ("scores", "50.0 %", *["–"] * 7)
    assert shown.table.model().data(shown.table.model().index(0, 4), Qt.ItemDataRole.ToolTipRole) == "Not measured"
    assert {stat.value for stat in shown.figures.stats[1:]} == {UNKNOWN}
    for plot in (shown.ahead, shown.starts, shown.segments, shown.deciles, shown.trade.shares):
        assert plot.series == ()
        assert "not measured" in plot._nothing or "says nothing" in plot._nothing
    assert not shown.trade.slider.isVisible()
    assert all("does not occur" in shown.bars.tip_at(place) for place in middles(shown.bars))
    page.grab()


def middles(bars) -> list:
    high = bars._row_height()
    return [QPoint(9, round(bars._top() + (at + 0.5) * high)).toPointF() for at in range(len(bars.rows))]


def test_one_measured_model_beside_an_unmeasured_one(page):
    page.show_state(evaluate_view(results=(bare(), *TWO), selected=0))
    shown = page.results
    assert [one.name for one in shown.starts.series] == ["TRN both", "GRU pose"]
    assert [one.place for one in shown.starts.series] == [1, 2], "a model keeps its colour"
    page.show_state(evaluate_view(results=(bare(), *TWO), selected=2))
    assert shown.trade.slider.isVisible()


@pytest.mark.parametrize("many", [1, 22])
def test_few_and_many_classes_with_long_names(page, many):
    names = tuple(f"{'quite a long name of an action ' * 3}{number}" for number in range(many))
    results = (evaluation("m" * 120, 1.0, names), evaluation("n" * 120, 0.9, names))
    page.show_state(evaluate_view(results=results))
    shown = page.results
    assert len(shown.bars.rows) == many
    assert len(shown.confusion.seconds) == many + 1
    assert shown.measured.text().endswith("1 action" if many == 1 else "22 actions")
    page.grab()
    assert page.minimumSizeHint().width() <= 420
    assert not shown.table.isColumnHidden(5), "a long name leaves room for the figures"
    assert all(len(one.name) <= 41 for one in shown.starts.series)


def test_two_columns_where_there_is_room_else_one_and_it_scrolls(page, qapp):
    page.show_state(evaluate_view())
    cards = page.results.cards
    tops = [card.mapTo(cards, QPoint()).y() for card, _ in cards._cards]
    assert cards.columns == 2
    assert tops[0] == tops[1]
    page.resize(760, 560)
    for _ in range(4):
        qapp.processEvents()
    assert cards.columns == 1
    tops = [card.mapTo(cards, QPoint()).y() for card, _ in cards._cards]
    assert tops == sorted(set(tops))
    area = page.findChild(QScrollArea)
    assert area is not None
    assert area.verticalScrollBar().maximum() > 0
    for card, _ in cards._cards:
        assert card.height() >= card.layout().minimumSize().height()


def test_equal_results_are_not_drawn_again(page, monkeypatch):
    page.show_state(evaluate_view())
    monkeypatch.setattr(page.results, "_show_all", lambda *_: pytest.fail("drawn again"))
    page.show_state(evaluate_view(results=(evaluation(), evaluation("GRU pose", 0.93))))
    page.show_state(evaluate_view(busy=Busy()))


def test_a_class_that_a_model_does_not_know_has_no_bar(page):
    fewer = evaluation("small", 0.9, ACTIONS[:3])
    page.show_state(evaluate_view(results=(TWO[0], fewer)))
    assert page.results.bars.rows[-1].values == (TWO[0].ap[ACTIONS[-1]], None)


def test_the_cross_hair_goes_from_one_measured_point_to_the_next(qtbot):
    plot = MeasuredPlot("Ahead", "Seconds ahead", "mAP", shares=True)
    qtbot.addWidget(plot)
    plot.resize(400, 216)
    plot.show_curves([Series("a", (0.5, 1.0, 2.0), (0.9, 0.8, 0.7)), Series("b", (0.5, 2.0), (0.6, 0.5), place=1)])
    plot._move_cross(1.3)
    assert plot.cross == 1.0
    assert plot.reading(1.0)[1] == "a: 80 %"
    plot._move_cross(1.6)
    assert plot.cross == 2.0
    assert plot.reading(2.0) == ["Seconds ahead 2", "a: 70 %", "b: 50 %"]
    plot._move_cross(None)
    assert plot.cross is None


def test_a_gap_in_a_curve_is_left_out(page):
    holes = replace(TWO[0], deciles=(None, 0.9, math.nan, 0.8, *[0.7] * 6))
    page.show_state(evaluate_view(results=(holes,)))
    (line,) = page.results.deciles.series
    assert list(line.x) == pytest.approx([0.15, *[0.35 + 0.1 * at for at in range(7)]])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=9))
def test_every_share_lies_within_its_axis(values):
    low, high = share_ends(values)
    assert low <= min(values) <= max(values) < high
    assert low == 0 or min(values) - low < 0.2


@given(st.lists(st.floats(0, 60), min_size=1, max_size=9))
def test_every_point_lies_within_its_axis(values):
    low, high = ends_of(values)
    assert low < min(values)
    assert max(values) < high


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.floats(0, 1))
def test_nearest_is_the_nearest(values, wanted):
    assert abs(values[nearest(values, wanted)] - wanted) == min(abs(value - wanted) for value in values)


def test_words_of_what_was_measured_on():
    some = {**dict.fromkeys(ACTIONS, None), ACTIONS[0]: 0.5}
    assert size_words(replace(TWO[0], ap=some, frames=1)) == "1 labelled frame · 1 of 6 actions"
    nothing = Evaluation("x", CLASSES, 3, math.nan, math.nan, {}, {})
    assert start_ap(nothing) is None
    assert model_row(nothing) == ("x", *["–"] * 8)


@given(st.floats(0, 0.9))
def test_a_tick_of_shares_is_where_its_words_say(low):
    for value, words in ShareAxis(low, 1.02).ticks():
        assert float(words.removesuffix(" %")) == pytest.approx(100 * value, abs=1e-6)
