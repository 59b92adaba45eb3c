"""The page and the panel of the comparison: what they say of a result, and what the user's changes tell."""

import csv
import io
from dataclasses import replace

import pytest

from engines.attention.measuring import costs
from engines.attention.types import Ceiling, CompareResult, CompareSpec, Point
from widgets.attention.compare import words
from widgets.attention.compare.chart import ROOF
from widgets.attention.compare.page import ComparePage
from widgets.attention.compare.words import MEASURES
from widgets.attention.panel.dock import AttentionPanel
from widgets.attention.state import AttentionView, CompareView
from widgets.kit.figures_table import DASH
from widgets.kit.work_state import Busy

SPEC = CompareSpec(("sdpa", "naive"), (64, 128, 256))


def point(kind, length, ms, **more):
    return Point(
        kind, length, ms, 0.9 * ms, 1.2 * ms, 0.5, 1e-7, None, 1e-6 * costs.products(SPEC, length) / ms, **more
    )


RESULT = CompareResult(
    SPEC,
    (
        point("sdpa", 64, 2.0), point("sdpa", 128, 3.0), point("sdpa", 256, 4.0),
        point("naive", 64, 1.0), point("naive", 128, 3.5),
        Point("naive", 256, skipped="it would hold a matrix of 8.0 GiB"),
    ),
    Ceiling(100.0, 10.0), ((64, "naive"), (128, "sdpa")), "A machine",
)  # fmt: skip


@pytest.fixture
def page(qtbot):
    made = ComparePage()
    qtbot.addWidget(made)
    made.resize(860, 520)
    made.show()
    made.show_state(AttentionView(compare=CompareView(SPEC, RESULT)))
    return made


def test_the_page_says_who_is_fastest_and_what_was_left_out(page):
    assert page.title.text() == "SDPA is the fastest exact kind at 2 of 3 lengths"
    assert "it would hold a matrix of 8.0 GiB" in page.remarks.text()
    noted = replace(RESULT, notes=("strips failed and the next kernel was taken",))
    assert words.remarks(noted).splitlines()[1:] == ["strips failed and the next kernel was taken"]
    assert "100 GFLOP/s" in page.machine.text()
    assert page.table.rows == (("SDPA", "2", "3", "4"), ("Naive", "1", "3.5", DASH))
    assert page.table.shown.strong == {(1, 1), (0, 2)}
    assert page.table.shown.told[1, 3] == "Left out: it would hold a matrix of 8.0 GiB"


def test_the_curves_are_the_points_with_the_roof_of_this_machine(page):
    lines = {one.name: one for one in page.chart.series}
    assert (list(lines["Naive"].x), list(lines["Naive"].y)) == ([64, 128], [1.0, 3.5])
    roof = dict(zip(lines[ROOF].x, lines[ROOF].y, strict=True))
    assert roof[256] == pytest.approx(costs.roof_ms(SPEC, 256, RESULT.ceiling))
    assert tuple(sorted(page.chart.rings)) == ((64.0, 1.0), (128.0, 3.0))
    assert not any("(" in line for line in page.chart.reading(128.0) if line.startswith(ROOF))
    (band, *_others) = page.chart.bands
    assert list(band.low) == pytest.approx([1.8, 2.7, 3.6])
    assert list(band.high) == pytest.approx([2.4, 3.6, 4.8])
    page.chart.set_cross(150.0)
    assert page.chart.cross == 128.0, "between two lengths nothing was measured"


def test_no_two_kinds_look_alike_while_there_are_colours(monkeypatch):
    names = [f"kind {number}" for number in range(12)]
    monkeypatch.setattr(words, "TITLES", {name: name for name in names})
    assert words.places(names[:3]) == {"kind 0": 0, "kind 1": 1, "kind 2": 2}
    assert words.places(["kind 0", "kind 8"]) == {"kind 0": 0, "kind 8": 1}
    assert len(set(words.places(names).values())) == 12


def test_each_measure_has_its_curves_or_says_why_not(page, qtbot):
    for button, title in (("Throughput", "GFLOP/s"), ("Memory", "MiB"), ("Error", "float64")):
        measure = next(one for one in MEASURES if one.title == button)
        page.which.set_value(measure.id)
        page.which.chosen.emit(measure.id)
        assert title in page.chart.y_title
        assert page.table.rows[0][1] != DASH
        assert all(low < high for band in page.chart.bands for low, high in zip(band.low, band.high, strict=True))
    page.which.set_value("gradient")
    page.which.chosen.emit("gradient")
    assert page.chart.series == ()
    assert not page.table.isVisibleTo(page)
    assert "With gradients" in words.nothing(RESULT, MEASURES[-1])


def test_the_figures_of_the_chart_are_a_table(page):
    rows = list(csv.DictReader(io.StringIO(page.chart.csv())))
    assert {row["line"] for row in rows} >= {"SDPA", "Naive", ROOF}


def test_a_comparison_under_way_shows_the_one_before_and_says_so(page):
    page.show_state(AttentionView(compare=CompareView(SPEC, RESULT, Busy("SDPA at 64"), earlier=True)))
    assert page.title.text().startswith("Comparing")
    assert page.chart.series
    page.show_state(AttentionView(compare=CompareView(SPEC, None, Busy(), earlier=True)))
    assert (page.there, page.title.text()) == (True, "Comparing")
    assert not page.table.isVisibleTo(page)
    page.show_state(AttentionView())
    assert not page.there


def test_a_kind_in_linear_time_is_not_called_the_fastest_exact_one(monkeypatch):
    monkeypatch.setitem(words.TITLES, "linear", "Linear")
    faster = replace(RESULT, points=(*RESULT.points, replace(RESULT.points[2], kind="linear", ms=1.0)))
    assert words.winners(faster).endswith("at 2 of 3 lengths; Linear is 4 times faster at 256")
    alone = replace(faster, points=tuple(one for one in faster.points if one.kind != "naive"))
    assert words.winners(alone) == "SDPA takes 4 ms at 256; Linear is 4 times faster at 256"
    alike = replace(RESULT.points[2], kind="linear", ms=3.9)
    assert words.winners(replace(RESULT, points=(*RESULT.points, alike))).endswith("at 2 of 3 lengths")


@pytest.fixture
def panel(qtbot):
    made = AttentionPanel()
    qtbot.addWidget(made)
    told = []
    made.compareChanged.connect(told.append)
    return made, told


def test_the_form_tells_the_whole_specification(panel, qtbot):
    made, told = panel
    made.kinds.kinds["naive"].click()
    assert told[-1].kinds == tuple(kind for kind in CompareSpec().kinds if kind != "naive")
    made.request.causal.click()
    made.request.heads.setValue(8)
    made.request.windowed.click()
    made.request.reach.setValue(32)
    assert (told[-1].causal, told[-1].heads, told[-1].window) == (True, 8, 32)
    made.request.windowed.click()
    assert told[-1].window is None


def test_the_ends_of_the_lengths_do_not_pass_one_another(panel):
    made, told = panel
    made.request.last.set_value("64")
    made.request.last.chosen.emit("64")
    assert told[-1].lengths == (64,)
    made.request.first.set_value("1024")
    made.request.first.chosen.emit("1024")
    assert told[-1].lengths == (1024,)


def test_nothing_can_be_compared_without_a_kind(panel):
    made, _told = panel
    made.show_state(AttentionView(compare=CompareView(replace(SPEC, kinds=()))))
    assert not made.start.isEnabled()
    assert made.start.toolTip() == "Choose a kind"
