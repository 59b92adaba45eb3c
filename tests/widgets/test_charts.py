"""Bars that are clicked, marked and switched off; figures and drawings that are saved."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage

from widgets.charts import Bar, BarChart, Line, LineChart

BARS = [Bar(f"left{n:02d}.jpg", 0.05 + 0.01 * n, n != 2) for n in range(6)]


@pytest.fixture
def chart(qtbot):
    made = BarChart("Error per view", "View", "RMS", "px")
    qtbot.addWidget(made)
    made.resize(420, 220)
    made.set_bars(BARS)
    with qtbot.waitExposed(made):
        made.show()
    return made


def spot(chart: BarChart, x: float, y: float):
    box = chart.plot.getPlotItem().getViewBox()
    return chart.plot.mapFromScene(box.mapViewToScene(QPointF(x, y)))


def test_a_click_on_a_bar_tells_its_index(chart, qtbot):
    with qtbot.waitSignal(chart.clicked) as heard:
        qtbot.mouseClick(chart.plot.viewport(), Qt.MouseButton.LeftButton, pos=spot(chart, 4, 0.02))
    assert heard.args == [4]


def test_a_place_beside_the_bars_is_none(chart):
    assert chart.bar_at(QPointF(-0.6, 0.01)) == -1
    assert chart.bar_at(QPointF(5.2, 0.01)) == 5
    assert chart.bar_at(QPointF(6.0, 0.01)) == -1


def test_the_readout_has_name_value_unit_and_whether_it_is_used(chart):
    assert chart.readout(QPointF(1, 0)) == "left01.jpg\n0.06 px"
    assert chart.readout(QPointF(2, 0)).endswith("left out")


def test_selecting_and_switching_off_change_the_drawing(chart):
    plain = chart.grab().toImage()
    chart.set_selected(1)
    marked = chart.grab().toImage()
    chart.set_bars([Bar(bar.name, bar.value, False) for bar in BARS])
    assert plain != marked
    assert marked != chart.grab().toImage()


def test_double_click_brings_the_whole_back(chart, qtbot):
    box = chart.plot.getPlotItem().getViewBox()
    whole = box.viewRange()
    box.setRange(xRange=(2, 3), padding=0)
    qtbot.mouseDClick(chart.plot.viewport(), Qt.MouseButton.LeftButton, pos=spot(chart, 2.5, 0.02))
    assert np.allclose(box.viewRange()[0], whole[0])


def test_arrow_keys_go_from_bar_to_bar(chart, qtbot):
    chart.set_selected(2)
    with qtbot.waitSignal(chart.clicked) as heard:
        qtbot.keyClick(chart, Qt.Key.Key_Right)
    assert heard.args == [3]


def test_figures_and_drawings_are_saved(chart, tmp_path):
    chart.save(str(tmp_path / "a.csv"))
    rows = list(csv.reader((tmp_path / "a.csv").open(encoding="utf-8")))
    assert rows[0] == ["View", "RMS (px)", "used"]
    assert rows[3] == ["left02.jpg", "0.07", "no"]
    chart.save(str(tmp_path / "a.png"))
    assert QImage(str(tmp_path / "a.png")).width() == 2 * chart.plot.width()
    chart.save(str(tmp_path / "a.svg"))
    assert "<svg" in (tmp_path / "a.svg").read_text(encoding="utf-8")


def test_lines_are_read_at_the_nearest_point(qtbot):
    chart = LineChart("Loss", "Step", "Loss")
    qtbot.addWidget(chart)
    chart.set_lines([Line("train", [0, 1, 2], [3.0, 2.0, 1.0]), Line("held out", [0, 1, 2], [3.0, 2.5, 2.0])])
    assert chart.readout(QPointF(1.2, 0)) == "train 2  at 1\nheld out 2.5  at 1"
    assert chart.table()[-1] == ["held out", "2", "2"]
