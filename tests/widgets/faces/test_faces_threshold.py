"""The threshold page: the rate goes out, the report comes in, and every figure on it can be read."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel

from engines.faces.gallery.types import GalleryInfo, Person
from engines.faces.types import Accept
from tests.widgets.faces.face_views import CASES, LONG, REPORT, THRESHOLD, above, picture, point
from widgets.faces.accept import AcceptField, rounded, stepped
from widgets.faces.state import Busy, FacesView, Page, PeopleView, ThresholdView
from widgets.faces.studies.threshold_page import ThresholdPage
from widgets.faces.studies.threshold_words import point_at


@pytest.fixture
def page(qtbot):
    made = ThresholdPage()
    qtbot.addWidget(made)
    made.resize(1000, 700)
    with qtbot.waitExposed(made):
        made.show()
    made.show_state(THRESHOLD)
    return made


@pytest.fixture
def field(qtbot):
    made = AcceptField()
    qtbot.addWidget(made)
    made.show()
    return made


def shown(**what) -> FacesView:
    return replace(THRESHOLD, threshold=replace(THRESHOLD.threshold, **what))


def test_a_report_is_told_in_words_and_rows(page):
    assert page.chosen.text() == "Threshold 0.440 names 1 stranger in 100 (95 % interval 0.5–2 %)"
    assert "412 people of this gallery" in page.basis.text()
    assert [row[0] for row in page.table.rows] == [
        "1 in 10", "1 in 100", "1 in 1,000", "1 in 10,000", "1 in 100,000", "1 in 1 million",
    ]  # fmt: skip
    assert page.table.marked == 1
    assert not page.weak.isVisible()


def test_weak_estimates_say_why(page):
    page.show_state(shown(report=replace(REPORT, weak="Only 12 people are enrolled")))
    assert page.weak.isVisible()
    assert page.why.text() == "Only 12 people are enrolled"


def test_without_second_faces_it_says_so(page):
    chosen = replace(point(1e-2), missed=None, missed_interval=None, named_wrong=None)
    page.show_state(shown(report=replace(REPORT, missed=(), chosen=chosen, points=(chosen,))))
    assert "nobody has two faces" in page.cost.text()
    assert [one.name for one in page.charts.curve.series] == ["strangers named"]
    assert page.table.rows[0][2] == "–"


def test_the_crosshair_reads_both_curves_and_the_interval_on_both_charts(page):
    page.charts.curve._move_cross(0.44)
    lines = page.charts.curve.reading(0.44)
    assert lines[0] == "Threshold 0.44"
    share = above(0.44, (0.3, 0.06))
    assert lines[1].startswith("strangers named: ")
    assert float(lines[1].split()[2]) / 100 == pytest.approx(share, rel=0.05)
    assert page.charts.histogram.cross == 0.44
    page.charts.curve._move_cross(None)
    assert page.charts.histogram.cross is None


def test_the_charts_stand_over_the_same_similarities(page):
    page.grab()
    curve, histogram = page.charts.curve, page.charts.histogram
    for x in (0.1, 0.5, 0.8):
        at = [plot._at(plot._box(), x, plot._y.low).x() for plot in (curve, histogram)]
        assert at[0] == pytest.approx(at[1], abs=0.01)


def test_histograms_are_shares_that_add_up(page):
    for one in page.charts.histogram.series:
        assert sum(one.y) / 2 == pytest.approx(1, abs=1e-3)


def test_every_operating_point_is_drawn_and_the_chosen_one_has_words(page):
    marks = page.charts.curve.uprights
    assert sorted(mark.x for mark in marks) == pytest.approx(sorted(one.threshold for one in REPORT.points))
    assert [mark.words for mark in marks if mark.chosen] == ["1 in 100: 0.440"]


def test_an_equal_state_touches_nothing(page, qtbot, monkeypatch):
    monkeypatch.setattr(page.charts, "show_report", lambda _report: pytest.fail("drawn again"))
    monkeypatch.setattr(page.charts, "mark", lambda *_points: pytest.fail("marked again"))
    with qtbot.assertNotEmitted(page.table.model().modelReset), qtbot.assertNotEmitted(page.cases.model().modelReset):
        page.show_state(shown(report=replace(REPORT)))
    assert page.table.marked == 1


def test_the_rate_follows_the_user_at_once_and_is_told_when_they_rest(page, qtbot):
    page.accept.number.setValue(250)
    assert page.chosen.text().startswith("Threshold 0.4")
    assert "1 stranger in 250" in page.chosen.text()
    assert page.table.rows[page.table.marked][0] == "1 in 250"
    page.show_state(THRESHOLD)
    assert page.accept.number.whole() == 250
    with qtbot.waitSignal(page.acceptChanged) as heard:
        pass
    assert heard.args == [Accept(1 / 250)]


@given(st.floats(1e-6, 0.5))
def test_a_rate_between_is_read_off_the_curve(rate):
    """On a normal distribution the threshold read off is where the share above it is the rate."""
    read = point_at(REPORT, rate)
    assert read.rate == pytest.approx(rate)
    assert above(read.threshold, (0.3, 0.06)) == pytest.approx(rate, rel=0.01)
    assert read.strangers_interval[0] < rate < read.strangers_interval[1]


def test_a_double_click_on_an_operating_point_chooses_it(page, qtbot):
    at = page.table.visualRect(page.table.model().index(3, 0)).center()
    with qtbot.waitSignal(page.acceptChanged) as heard:
        qtbot.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=at)
        qtbot.mouseDClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert heard.args[0].rate == pytest.approx(1e-4)


def test_cases_show_both_faces_ask_for_pictures_and_open_by_keyboard(page, qtbot):
    with qtbot.waitSignal(page.cases.thumbs.wanted) as heard:
        page.show_state(shown(report=replace(REPORT, cases=CASES[::-1])))
        page.cases.viewport().repaint()
    assert set(heard.args[0]) <= {"f1", "f9", "f2", "f8"}
    page.show_state(replace(THRESHOLD, thumbs={"f1": picture(50), "f9": picture(200)}))
    shot = page.cases.viewport().grab().toImage()
    assert [shot.pixelColor(QPoint(x, 32)).red() for x in (30, 85)] == [50, 200]
    page.cases.setCurrentIndex(page.cases.model().index(1))
    with qtbot.waitSignal(page.cases.caseOpened) as opened:
        qtbot.keyClick(page.cases, Qt.Key.Key_Return)
    assert opened.args == ["f2"]
    assert LONG in page.cases.model().index(1).data()


def test_the_self_check_tells_misnamed_from_unnamed_and_counts_both(page):
    unnamed = replace(CASES[0], similarity=0.3)
    alone = replace(CASES[0], own_similarity=0.0)
    page.show_state(shown(report=replace(REPORT, cases=(*CASES, alone, unnamed))))
    assert page._found.text() == "Self-check: 3 faces misnamed, 1 face unnamed"
    said = [page.cases.model().index(row).data() for row in range(4)]
    assert said[0] == "Ada, would be named Grace, similarity 0.610, to its own 0.220"
    assert said[2].endswith("no other face of its own")
    assert "would go unnamed" in said[3]


def test_where_a_person_is_resembled_their_portrait_is_shown(page, qtbot):
    grace = Person("grace", "Grace", 3, "f77", 0.0, 0.0)
    view = shown(report=replace(REPORT, cases=(replace(CASES[0], nearest="grace"),)))
    page.show_state(replace(view, people=PeopleView(people=(grace,)), thumbs={"f77": picture(210)}))
    assert page.cases.viewport().grab().toImage().pixelColor(QPoint(85, 32)).red() == 210


def test_before_a_check_there_is_one_button_for_what_comes_first(page, qtbot):
    empty = FacesView(page=Page.THRESHOLD)
    page.show_state(empty)
    with qtbot.waitSignal(page.firstWanted) as heard:
        page.empty.button.click()
    assert heard.args == ["enrol"]
    for locked, first in ((True, "unlock"), (False, "check")):
        page.show_state(replace(empty, people=PeopleView(GalleryInfo("/g", people=3, locked=locked))))
        with qtbot.waitSignal(page.firstWanted) as heard:
            page.empty.button.click()
        assert heard.args == [first]


def test_the_first_check_shows_its_progress_and_a_later_one_moves_nothing(page):
    page.show_state(FacesView(threshold=ThresholdView(busy=Busy("Comparing", 1, 4))))
    assert page.progress.isVisible()
    page.show_state(THRESHOLD)
    page.grab()
    before = page.charts.geometry()
    page.show_state(shown(busy=Busy("Comparing", 1, 4)))
    page.grab()
    assert page.charts.geometry() == before
    assert page.basis.text().startswith("Checking again")
    assert not page.check.isEnabled()


def test_in_a_narrow_window_curve_or_figures_are_chosen(page, qtbot):
    page.resize(620, 520)
    qtbot.waitUntil(lambda: page.charts.isVisible() and not page.table.isVisible())
    page._which.set_value("figures")
    page._which.chosen.emit("figures")
    assert page.table.isVisible()
    assert not page.charts.isVisible()


@pytest.mark.parametrize("wide", [520, 700, 1000])
def test_nothing_is_cut_or_lies_over_another(page, wide):
    page.resize(wide, 560)
    assert page.width() == wide
    page.grab()
    labels = [one for one in page.findChildren(QLabel) if one.isVisible() and one.text()]
    places = [one.rect().translated(one.mapTo(page, QPoint(0, 0))) for one in labels]
    assert all(page.rect().contains(place) for place in places)
    assert not any(a.intersects(b) for n, a in enumerate(places) for b in places[n + 1 :])
    assert page.accept.number.geometry().right() <= page.accept.width()


@pytest.mark.parametrize("many", [10, 37, 100, 12_345, 1_000_000])
def test_exact_rates_can_be_typed(field, qtbot, many):
    field.number.setValue(20)
    with qtbot.waitSignal(field.acceptChanged) as heard:
        field.number.setValue(many)
    assert heard.args == [Accept(1 / many)]
    assert abs(np.log10(many) - 1 - field.slider.value() / 20) <= 0.5 / 20


def test_the_slider_is_logarithmic_and_goes_by_keyboard(field, qtbot):
    assert (field.slider.minimum(), field.slider.maximum()) == (0, 100)
    with qtbot.waitSignal(field.acceptChanged) as heard:
        qtbot.keyClick(field.slider, Qt.Key.Key_PageUp)
    assert heard.args[0].rate == pytest.approx(1e-3)
    assert field.number.whole() == 1000
    field.number.setFocus()
    with qtbot.waitSignal(field.acceptChanged) as heard:
        qtbot.keyClick(field.number, Qt.Key.Key_Up)
    assert heard.args[0].rate == pytest.approx(1 / 2000)


def test_a_rate_that_is_shown_is_not_said(field, qtbot):
    with qtbot.assertNotEmitted(field.acceptChanged, wait=250), qtbot.assertNotEmitted(field.acceptMoved):
        field.set_accept(Accept(1 / 12_345))
    assert field.number.whole() == 12_345
    assert field.accept == Accept(1 / 12_345)


@given(st.integers(10, 1_000_000))
def test_steps_go_up_and_down_the_same_stairs(many):
    up = stepped(many, 1)
    assert up > many or many == 1_000_000
    assert str(up).rstrip("0") in ("1", "2", "5")
    assert stepped(up, -1) <= many
    assert rounded(many) == pytest.approx(many, rel=0.05)


def test_no_figure_of_the_number_is_cut_where_it_is_narrow(field):
    field.set_accept(Accept(1e-6))
    for width in (520, 286, 230):
        field.resize(width, 120)
        assert field.number.width() >= field.number.sizeHint().width()
        assert field.number.geometry().right() < width
        assert field.words.wordWrap() == (width < 300)
