"""The train page: the form says what is asked, the charts what is learned, and the words what came of it."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget

from engines.faces.study_types import HeadProgress, HeadResult, HeadSpec
from engines.faces.training.margin_choices import CHOICES
from widgets.charts.marks import mark
from widgets.faces.state import Busy, FacesView, Page, TrainView
from widgets.faces.studies.train_charts import REST, Scatter, series_of
from widgets.faces.studies.train_page import ASKED, READY, TrainPage
from widgets.faces.studies.train_words import coloured, formula, histogram, state_words
from widgets.kit.card_columns import FlowRow
from widgets.kit.panel import NumberField
from widgets.kit.theme import LIGHT, LOOK

SPEC = HeadSpec("/home/ada/people", "/home/ada/out")
LABELS = tuple(label for label in range(11) for _ in range(12 - label))
PROGRESS = HeadProgress(
    step=40,
    steps=100,
    loss=((20, 9.0), (40, 2.0)),
    accuracy=((0, 0.01), (40, 0.75)),
    points=tuple((math.cos(label + row / 9) / 2, math.sin(label) / 2) for row, label in enumerate(LABELS)),
    labels=LABELS,
    own=tuple(20.0 + row % 30 for row in range(len(LABELS))),
    other=tuple(70.0 + row % 10 for row in range(len(LABELS))),
    classes=tuple(f"Person_{label}" for label in range(11)),
)
RESULT = HeadResult("/out/arcface-frozen.onnx", 0.973, (31.2, 72.9), 11, 400, 12.0, PROGRESS)


def view(**what) -> FacesView:
    return FacesView(page=Page.TRAIN, train=replace(TrainView(SPEC), **what))


@pytest.fixture
def page(qtbot):
    made = TrainPage()
    qtbot.addWidget(made)
    made.resize(1000, 760)
    with qtbot.waitExposed(made):
        made.show()
    return made


def told(page, name: str) -> list:
    heard: list = []
    getattr(page, name).connect(lambda *value: heard.append(value[0] if value else None))
    return heard


def test_with_nothing_it_asks_for_a_folder_and_then_for_the_training(page, qtbot):
    folder, wanted = told(page.form.images.choose, "clicked"), told(page.start, "clicked")
    page.show_state(FacesView(page=Page.TRAIN))
    assert page.empty.isVisible()
    assert page.empty.words.text() == ASKED
    assert not page.start.isEnabled()
    qtbot.mouseClick(page.empty.button, Qt.MouseButton.LeftButton)
    assert (len(folder), len(wanted)) == (1, 0)
    page.show_state(view())
    assert page.empty.words.text() == READY
    assert page.form.images.name.text() == "people"
    qtbot.mouseClick(page.empty.button, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(page.start, Qt.MouseButton.LeftButton)
    assert (len(folder), len(wanted)) == (1, 2)


def test_while_it_trains_the_charts_follow_and_the_form_rests(page, qtbot):
    cancelled = told(page.progress, "cancelled")
    page.show_state(view(busy=Busy(done=3, total=400, note="Reading faces")))
    assert page.charts.isVisible()
    assert page.state.text() == "Reading faces"
    page.show_state(view(busy=Busy(done=40, total=100, note="Training"), progress=PROGRESS))
    assert page.state.text() == "Step 40 of 100 · 75.0 % of 77 held-out faces right"
    assert not page.form.isEnabled()
    assert not page.start.isEnabled()
    assert list(page.charts.loss.series[0].y) == [9.0, 2.0]
    assert list(page.charts.accuracy.series[0].x) == [0.0, 40.0]
    assert sum(len(one.x) for one in page.charts.scatter.series) == len(LABELS)
    qtbot.mouseClick(page.progress.cancel, Qt.MouseButton.LeftButton)
    assert len(cancelled) == 1


def test_a_result_can_be_used_or_trained_again(page, qtbot):
    used, wanted = told(page, "headUsed"), told(page.start, "clicked")
    page.show_state(view(progress=PROGRESS, result=RESULT))
    assert "97.3 % of 77 held-out faces right" in page.state.text()
    assert "own person at 31°, nearest other at 73°" in page.state.text()
    assert page.start.isHidden()
    qtbot.mouseClick(page.use, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(page.again, Qt.MouseButton.LeftButton)
    assert used == ["/out/arcface-frozen.onnx"]
    assert len(wanted) == 1
    page.show_state(view(busy=Busy()))
    assert page.use.isHidden()


def test_a_cancelled_training_says_that_no_recogniser_was_written():
    assert state_words(TrainView(SPEC, progress=PROGRESS)) == "Cancelled at step 40 of 100; no recogniser was saved"


def test_every_field_changes_its_own_setting(page):
    page.show_state(view())
    heard, form = told(page.form, "headChanged"), page.form
    for field, value, name, wanted in (
        (form.scale, 48, "scale", 48),
        (form.steps, 2000, "steps", 2000),
        (form.sample, 12.5, "sample", 0.125),
        (form.batch, 32, "batch", 32),
        (form.rate, 0.2, "rate", 0.2),
        (form.dim, 96, "dim", 96),
        (form.held, 25, "held_out", 0.25),
        (form.seed, 7, "seed", 7),
    ):
        field.setValue(value)
        assert heard.pop() == replace(SPEC, **{name: wanted})
        page.form.show_spec(replace(SPEC, seed=99), page.form._models, busy=False)
        page.form.show_spec(SPEC, page.form._models, busy=False)
        assert not heard, "showing is not asking"
    form.margins[1].setValue(0.3)
    assert heard.pop().margins == (1.0, 0.3, 0.0)
    form.backbone._buttons["small"].click()
    assert heard.pop().backbone == "small"


def test_another_loss_brings_its_own_margins(page):
    heard = told(page.form, "headChanged")
    page.show_state(view(spec=replace(SPEC, margins=(1.0, 0.3, 0.0))))
    page.form.loss.setCurrentIndex(list(CHOICES).index("cosface"))
    page.form.loss.activated.emit(2)
    assert (heard[-1].loss, heard[-1].margins) == ("cosface", None)
    page.show_state(view(spec=heard[-1]))
    assert [field.value() for field in page.form.margins] == [1.0, 0.0, 0.35]


def test_going_back_to_the_customary_margins_is_no_setting(page):
    heard = told(page.form, "headChanged")
    page.show_state(view(spec=replace(SPEC, margins=(1.0, 0.3, 0.0))))
    page.form.margins[1].setValue(0.5)
    assert heard[-1].margins is None


def test_a_frozen_backbone_alone_has_a_recogniser(page):
    models = (("sface", "SFace"), ("dlib", "dlib ResNet"))
    page.show_state(replace(view(), models=models))
    assert page.form.model.isEnabled()
    assert page.form.model.count() == 2
    page.show_state(replace(view(spec=replace(SPEC, backbone="small")), models=models))
    assert not page.form.model.isEnabled()


@given(st.sampled_from(sorted(CHOICES)), st.floats(0.5, 3), st.floats(-1, 1), st.floats(-1, 1), st.floats(0, 3))
def test_the_formula_says_what_is_reckoned(loss, m1, m2, m3, theta):
    """Read as arithmetic, the words give s (cos(m1 theta + m2) - m3)."""
    m1, m2, m3 = (round(value, 2) for value in (m1, m2, m3))
    words = formula(replace(SPEC, loss=loss, margins=(m1, m2, m3)))
    text = words.replace("\u2212", "-").replace("\u03b8", "t").replace("cos t", "cos(t)")
    text = text.replace("(1 + q)", "*(1 + q)").replace(" q", "*q").replace("+*q", "+ q")
    text = text.replace(f"{m1:g} t", f"{m1:g}*t").replace("32 ", "32*", 1)
    q = 0.4
    a, b = (-m2 * q, m3 * (1 + q)) if CHOICES[loss].by_norm else (m2, m3)
    assert eval(text, {"cos": math.cos, "t": theta, "q": q}) == pytest.approx(32 * (math.cos(m1 * theta + a) - b))


def test_the_eight_with_most_points_have_a_colour_and_keep_it():
    assert coloured(LABELS) == tuple(range(8))
    made = series_of(PROGRESS)
    assert [one.name for one in made] == ["3 others", *(f"Person {label}" for label in range(8))]
    assert [one.place for one in made] == [REST, *range(8)]
    later = replace(PROGRESS, step=60, points=tuple((y, x) for x, y in PROGRESS.points))
    assert [(one.name, one.place) for one in series_of(later)] == [(one.name, one.place) for one in made]
    few = replace(PROGRESS, labels=tuple(label % 2 for label in LABELS))
    assert [one.place for one in series_of(few)] == [0, 1]


def test_every_place_has_a_mark_of_its_own():
    outlines = {tuple((e.x, e.y) for e in map(mark(place, 3).elementAt, range(mark(place, 3).elementCount())))
                for place in range(8)}  # fmt: skip
    assert len(outlines) == 8


def test_the_planes_axes_have_one_scale_and_seldom_move(qtbot):
    plane = Scatter()
    qtbot.addWidget(plane)
    plane.resize(500, 400)
    plane.show_points(PROGRESS)
    box = plane._box()
    assert box.width() == box.height()
    assert (plane._x.low, plane._x.high) == (-0.5, 0.5)
    plane.show_points(replace(PROGRESS, points=tuple((x / 5, y / 5) for x, y in PROGRESS.points)))
    assert plane._x.high == 0.5
    plane.show_points(replace(PROGRESS, points=tuple((2 * x, y) for x, y in PROGRESS.points)))
    assert plane._x.high == 1.0
    plane.show_points(replace(PROGRESS, step=5))
    assert plane._x.high == 0.5, "another training"


def test_the_readout_names_the_person(qtbot):
    plane = Scatter()
    qtbot.addWidget(plane)
    plane.resize(500, 500)
    plane.show_points(PROGRESS)
    x, y = PROGRESS.points[LABELS.index(4)]
    assert plane.readout(plane._at(plane._box(), x, y)) == "Person 4"


def test_the_histogram_holds_every_angle_once():
    angles = (0.0, 3.9, 4.0, 99.9, 100.0, 130.0)
    edges, heights = histogram(angles, 0.0, 100.0)
    assert len(edges) == len(heights) + 1 == 26
    assert sum(heights) == pytest.approx(1)
    assert heights[0] == pytest.approx(2 / 6)
    assert heights[-1] == pytest.approx(3 / 6)


def test_the_same_state_is_not_drawn_again(page, monkeypatch):
    page.show_state(view(progress=PROGRESS, busy=Busy()))
    monkeypatch.setattr(page.charts.scatter, "show_points", lambda _progress: pytest.fail("drawn again"))
    monkeypatch.setattr(page.form, "_fill", lambda _spec: pytest.fail("filled again"))
    page.show_state(view(progress=PROGRESS, busy=Busy(done=1)))


def test_fields_go_on_in_the_next_row_where_it_is_narrow(qtbot):
    fields = [NumberField(str(index), 0, 0, 9) for index in range(5)]
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(900, 300)
    row = FlowRow([(field, 1) for field in fields], least=100)
    row.setParent(window)
    with qtbot.waitExposed(window):
        window.show()
    for wide, cells in ((540, 5), (330, 3), (100, 1), (900, 5)):
        row.resize(wide, 200)
        assert row.cells == cells
        row.layout().activate()
        tops = sorted({field.mapTo(row, QPoint()).y() for field in fields})
        assert len(tops) == -(-5 // cells)
        assert max(field.mapTo(row, QPoint(field.width(), 0)).x() for field in fields) <= wide


def test_long_names_do_not_widen_the_page(page):
    names = tuple(f"{'Wolfeschlegelsteinhausen' * 4}_{label}" for label in range(11))
    page.show_state(view(spec=replace(SPEC, images="/" + "x" * 300), progress=replace(PROGRESS, classes=names)))
    assert page.minimumSizeHint().width() <= 420


def test_both_themes_paint(page, qapp):
    page.show_state(view(progress=PROGRESS, result=RESULT))
    dark = page.grab().toImage()
    LOOK.apply(qapp, LIGHT)
    assert page.grab().toImage() != dark
