"""The evaluate page: what is evaluated goes out, figures with their intervals come in."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QLabel

from engines.faces.study_types import EvaluateSpec, OpenSetSpec
from tests.widgets.faces.face_views import EVALUATE, EVALUATION, FAR, LONG, OPEN_SET
from widgets.faces.state import Busy, FacesView, Page
from widgets.faces.studies.evaluate_page import EvaluatePage
from widgets.faces.studies.evaluate_results import curve_ends
from widgets.faces.studies.evaluate_words import fit_words, power
from workbench.tour.checks import disordered


@pytest.fixture
def page(qtbot):
    made = EvaluatePage()
    qtbot.addWidget(made)
    made.resize(1000, 760)
    with qtbot.waitExposed(made):
        made.show()
    made.show_state(EVALUATE)
    return made


def shown(**what) -> FacesView:
    return replace(EVALUATE, evaluate=replace(EVALUATE.evaluate, **what))


def choose(page, id: str) -> None:
    page.which.set_value(id)
    page.which.chosen.emit(id)


def test_figures_stand_with_their_intervals(page):
    assert page.title.text() == "Evaluation of SFace"
    assert "2,951 pictures of 1,265 people" in page.state.text()
    assert "2 pictures without a face" in page.state.text()
    told = [[label.text() for label in row] for row in page.verification.stats._rows]
    assert told[0] == ["Accuracy, pooled", "98.70", "%", ""]
    assert told[2] == ["Mean of folds", "98.84", "%", "± 1.70"]
    assert page.verification.table.rows[1] == ("10⁻³", "99.10 %", "98.6–99.4 %", "97.80 %")


def test_the_roc_has_its_band_and_is_read_under_the_cross(page):
    roc = page.verification.roc
    assert roc.series[0].x == FAR
    assert roc.bands[0].low == EVALUATION.roc.low
    assert roc.log_x
    assert roc.reading(1e-3)[1] == "TAR over all pairs: 97.5 % (96.5–98 %)"
    roc.grab()


def test_a_band_down_to_nothing_does_not_flatten_the_curve(page):
    """With few people a bootstrap reaches down to 0 where the line is still at 95 %."""
    roc = replace(EVALUATION.roc, low=(0.0, *EVALUATION.roc.low[1:]))
    low, high = curve_ends(roc)
    assert low == pytest.approx(0.9, abs=0.01)
    assert high > 1
    page.show_state(shown(result=replace(EVALUATION, roc=roc)))
    plot = page.verification.roc
    assert plot._held(plot._box(), 1e-6, 0.0).y() == pytest.approx(plot._box().bottom())
    assert curve_ends(replace(roc, low=(), high=()))[0] == pytest.approx(0.95, abs=0.01)


def test_a_curve_without_a_band_is_drawn_too(page):
    bare = replace(EVALUATION, roc=replace(EVALUATION.roc, low=(), high=()))
    page.show_state(shown(result=bare))
    assert page.verification.roc.bands == ()
    page.grab()


def test_without_pairs_it_says_why_there_is_no_accuracy(page):
    none = dict.fromkeys(("accuracy", "accuracy_std", "accuracy_interval", "accuracy_mean"))
    page.show_state(shown(result=replace(EVALUATION, **none)))
    assert page.verification.no_pairs.isVisible()
    assert not page.verification.stats.isVisible()


def test_the_open_set_tells_what_a_chosen_rate_really_did(page):
    choose(page, "open")
    pane = page.open_set
    assert pane.table.rows[0] == ("10 %", "98.40 %", "97.5–99.0 %", "0.410")
    assert [row[3] for row in pane.chosen.rows] == ["fits", "too many", "too few"]
    assert "26 % of the strangers" in pane.fixed.text()
    assert "290 people enrolled, 1,951 probes, 640 strangers" in pane.sizes.text()


def test_an_open_set_curve_without_a_band_gets_the_intervals_as_bars(page):
    bare = replace(OPEN_SET, curve=replace(OPEN_SET.curve, low=(), high=()))
    page.show_state(shown(open_set=bare))
    choose(page, "open")
    bars = {bar.low[0]: bar.high[0] for bar in page.open_set.curve.bands}
    assert bars == dict(OPEN_SET.tpir_interval.values())
    for bar, key in zip(page.open_set.curve.bands, OPEN_SET.tpir_interval, strict=True):
        assert bar.x[0] < float(key) < bar.x[1]
    page.grab()


def test_fit_is_whether_the_interval_covers_the_rate():
    assert [fit_words(0.01, ends) for ends in ((0.005, 0.02), (0.02, 0.03), (0.0, 0.005))] == [
        "fits", "too many", "too few",
    ]  # fmt: skip
    assert [power(key) for key in ("1e-1", "1e-4", "0.001")] == ["10⁻¹", "10⁻⁴", "10⁻³"]


def test_files_without_a_face_are_named(page):
    choose(page, "missed")
    assert page.missed.list.model().stringList() == ["nobody_0001.jpg", f"{LONG}_0002.jpg"]
    page.show_state(shown(result=replace(EVALUATION, missed=())))
    assert not page.missed.list.isVisible()


def test_the_form_says_what_the_user_wants(page, qtbot):
    form, spec, open_spec = page.form, EVALUATE.evaluate.spec, EVALUATE.evaluate.open_spec
    with qtbot.waitSignal(page.form.evaluateChanged) as heard:
        form.pairs.clear.click()
    assert heard.args == [replace(spec, pairs="")]
    with qtbot.waitSignal(page.form.openSetChanged) as heard:
        form.enrol.setValue(3)
    assert heard.args == [replace(open_spec, enrol=3)]
    with qtbot.waitSignal(page.form.evaluateChanged) as heard, qtbot.waitSignal(page.form.openSetChanged) as other:
        form.flip.click()
    assert (heard.args[0].flip, other.args[0].flip) == (True, True)
    assert page.start.isEnabled()
    assert page.save.isEnabled()


def test_a_folder_and_a_pair_list_can_be_dropped(page, qtbot):
    spec, open_spec = EVALUATE.evaluate.spec, EVALUATE.evaluate.open_spec
    with qtbot.waitSignal(page.form.evaluateChanged) as heard, qtbot.waitSignal(page.form.openSetChanged) as other:
        page.form.take("/data/other")
    assert (heard.args, other.args) == (
        [replace(spec, images="/data/other")],
        [replace(open_spec, images="/data/other")],
    )
    with qtbot.waitSignal(page.form.evaluateChanged) as heard, qtbot.assertNotEmitted(page.form.openSetChanged):
        page.form.take("/data/pairs.TSV")
    assert heard.args == [replace(spec, images="/data/other", pairs="/data/pairs.TSV")]


def test_a_state_that_is_shown_is_not_said(page, qtbot):
    spec, open_spec = EvaluateSpec("/other", flip=True), OpenSetSpec("/other", enrol=3, choose="best", flip=True)
    with qtbot.assertNotEmitted(page.form.evaluateChanged), qtbot.assertNotEmitted(page.form.openSetChanged):
        page.show_state(shown(spec=spec, open_spec=open_spec))
    form = page.form
    assert (form.flip.isChecked(), form.enrol.whole(), form.which.value()) == (True, 3, "best")
    assert form.images.name.text() == "other"
    assert form.pairs.name.text() == "none"


def test_an_equal_state_touches_nothing(page, monkeypatch):
    touched = []
    for plot in (page.verification.roc, page.verification.histogram, page.open_set.curve):
        monkeypatch.setattr(plot, "show_lines", lambda *_lines: touched.append(1))
    page.show_state(shown())
    assert not touched


def test_while_it_runs_results_stay_and_it_can_be_cancelled(page, qtbot):
    page.show_state(shown(busy=Busy("Finding faces", 120, 2951)))
    assert page.progress.isVisible()
    assert page.verification.table.rows
    assert not page.start.isEnabled()
    assert not page.form.isEnabled()
    with qtbot.waitSignal(page.progress.cancelled):
        page.progress.cancel.click()


def test_before_anything_a_folder_is_asked_for_and_then_the_work(page, qtbot):
    page.show_state(FacesView(page=Page.EVALUATE))
    assert not page.save.isEnabled()
    with qtbot.waitSignal(page.form.images.choose.clicked):
        page.empty.button.click()
    page.show_state(shown(result=None, open_set=None))
    assert page.empty.button.text() == "Evaluate"
    with qtbot.waitSignal(page.start.clicked):
        page.empty.button.click()


def test_a_result_may_carry_its_open_set(page):
    page.show_state(shown(result=replace(EVALUATION, open_set=OPEN_SET), open_set=None))
    choose(page, "open")
    assert page.open_set.table.rows


@pytest.mark.parametrize("wide", [480, 640, 1000])
@pytest.mark.parametrize("which", ["verification", "open", "missed"])
def test_nothing_is_cut_or_lies_over_another(page, wide, which):
    page.resize(wide, 600)
    assert page.width() == wide
    choose(page, which)
    for _level in range(8):
        QApplication.sendPostedEvents()
    labels = [one for one in page.findChildren(QLabel) if one.isVisible() and one.text()]
    places = [one.rect().translated(one.mapTo(page, QPoint(0, 0))) for one in labels]
    assert all(place.left() >= 0 and place.right() <= page.width() for place in places)
    assert not any(a.intersects(b) for n, a in enumerate(places) for b in places[n + 1 :])


@pytest.mark.parametrize("wide", [1000, 480])
def test_tab_reads_figures_and_plots_as_they_lie(page, qapp, wide):
    page.resize(wide, 760)
    qapp.processEvents()
    plots, figures = page.verification.roc, page.verification.table
    assert (figures.mapTo(page, QPoint(0, 0)).y() < plots.mapTo(page, QPoint(0, 0)).y()) == (wide < 700)
    assert disordered(page) == []
