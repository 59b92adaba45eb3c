"""Charts that can be read: values on both axes at every size, no word over another; and the check finds what is not."""

from __future__ import annotations

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter

from widgets.charts.band import BandPlot, Mark
from widgets.charts.drawn import DrawnChart, label
from widgets.charts.plot import Plot, Series
from widgets.kit.ink import contrast, readable_on
from widgets.kit.theme import DARK, LOOK
from workbench.tour.charts import unread
from workbench.tour.ink import painted
from workbench.tour.written import written


@pytest.fixture(autouse=True)
def _look(qapp) -> None:
    if LOOK.now is not DARK or not qapp.styleSheet():
        LOOK.apply(qapp, DARK)


def faults(chart: DrawnChart) -> list[str]:
    """Axes without values, and words that are cut or stand on others."""
    chart.show()
    return [*unread(chart), *written(chart)]


SIZES = ((160, 120), (300, 84), (220, 300), (900, 500))
"""From the least that a chart gets in the window."""


@st.composite
def ends(draw):
    low = draw(st.floats(1e-3, 1e5))
    return low, low * draw(st.floats(1.05, 1e5))


@given(ends(), ends(), st.booleans(), st.booleans(), st.sampled_from(SIZES))
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_range_has_values_on_both_axes_at_every_size(qtbot, x, y, log_x, log_y, size):
    chart = Plot("Loss", "Step", "Loss, nats", log_x=log_x, log_y=log_y)
    qtbot.addWidget(chart)
    chart.set_series([Series("training", x, y), Series("held out", x, y[::-1], markers=True, place=1)])
    chart.resize(*size)
    assert faults(chart) == []


def test_shares_and_marks_are_read_too(qtbot):
    chart = BandPlot("Threshold", "Threshold", "Share", log_y=True, shares=True)
    qtbot.addWidget(chart)
    chart.show_lines([Series("missed", (0.1, 0.9), (1e-4, 0.98))])
    chart.set_uprights([Mark(0.88, "one in 1,000")])
    for size in SIZES:
        chart.resize(*size)
        assert faults(chart) == []
    assert {"Threshold", "Share", "one in 1,000"} <= {one.words for one in painted(chart)}


class Bad(DrawnChart):
    """An axis with one value and no title."""

    def axes(self):
        return (("Loss", QRectF(0, 0, 40, 200)),)

    def table(self):
        return []

    def _draw(self, painter: QPainter) -> None:
        label(painter, QRectF(4, 4, 30, 16), "1", LOOK.now.color("text"))
        label(painter, QRectF(80, 40, 90, 16), "Step", LOOK.now.color("text"))


def test_an_axis_without_values_and_title_is_found(qtbot):
    chart = Bad("Bad")
    qtbot.addWidget(chart)
    chart.resize(200, 200)
    assert [fault.partition(": ")[2] for fault in faults(chart)] == [
        "1 values on the axis 'Loss'",
        "the axis 'Loss' does not say so",
    ]


def test_contrast_is_that_of_the_guidelines_and_one_of_black_and_white_is_readable():
    assert contrast(QColor("black"), QColor("white")) == pytest.approx(21)
    assert contrast(QColor("#777777"), QColor("white")) == pytest.approx(4.478, abs=1e-3)
    grounds = [QColor.fromHsv(hue, 200, value) for hue in range(0, 360, 24) for value in range(0, 256, 15)]
    least = min(contrast(readable_on(ground), ground) for ground in grounds)
    assert 4.5 <= least < math.sqrt(21) + 0.2
