"""The threshold: curves, sentence, slider and marker say the same, and the hand is not fought by what comes back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from engines.actions.study_types import TradeOff
from tests.widgets.actions.board_views import THRESHOLDS, trade_off
from widgets.actions.board.evaluate_trade import HANDLE, TradePanel
from widgets.actions.board.evaluate_words import delay_words, threshold_words

TRADE = TradeOff((0.25, 0.5, 0.75), (0.5, 0.924, 1.0), (1.0, 0.881, 0.0), (6.0, 0.43, 0.0), (0.1, 0.304, None))


@pytest.fixture
def panel(qtbot):
    made = TradePanel()
    qtbot.addWidget(made)
    made.resize(480, 560)
    with qtbot.waitExposed(made):
        made.show()
    made.show_trade(trade_off(), 0.5)
    if (rows := made.layout()) is not None:
        rows.activate()
    return made


def told(panel) -> list[float]:
    heard: list[float] = []
    panel.thresholdChanged.connect(heard.append)
    return heard


def place(plot, threshold: float) -> QPoint:
    left, _ = plot.span(threshold, threshold)
    return QPoint(round(left), round(plot._box().center().y()))


def drag(plot, threshold: float) -> None:
    """Move with the button down."""
    at = place(plot, threshold).toPointF()
    button, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    move = QMouseEvent(
        QMouseEvent.Type.MouseMove, at, plot.mapToGlobal(at), none, button, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(plot, move)


def test_the_sentence_says_every_figure_at_the_threshold():
    assert threshold_words(TRADE, 1) == (
        "At 0.50: 92 % of events right, 88 % found, 0.4 false alarms a minute, 0.30 s late"
    )
    assert threshold_words(TRADE, 2) == "At 0.75: no event is called, 0 % found, no false alarm"
    assert threshold_words(replace(TRADE, false_alarms=(1.0, 1.0, 1.0)), 0).endswith(
        "1.0 false alarm a minute, 0.10 s late"
    )


def test_a_delay_is_late_early_or_on_time():
    assert [delay_words(value) for value in (0.3, -0.12, 0.001, None, float("nan"))] == [
        "0.30 s late", "0.12 s early", "on time", "", "",
    ]  # fmt: skip


def test_the_curves_are_those_of_the_trade_off(panel):
    trade = trade_off()
    right, found = panel.shares.series
    assert (list(right.x), list(right.y)) == (list(THRESHOLDS), list(trade.precision))
    assert list(found.y) == list(trade.recall)
    assert list(panel.alarms.series[0].y) == list(trade.false_alarms)
    assert list(panel.delay.series[0].y) == [value for value in trade.delay if value is not None]


def test_the_threshold_of_the_state_is_marked_on_every_curve_and_says_nothing(panel):
    heard = told(panel)
    panel.show_trade(trade_off(), 0.8)
    assert panel.threshold == 0.8
    assert [plot.uprights[0].x for plot in panel.plots] == [0.8] * 3
    assert panel.slider.value() == THRESHOLDS.index(0.8)
    assert panel.words.text() == threshold_words(trade_off(), THRESHOLDS.index(0.8))
    panel.show_trade(trade_off(), 0.813)
    assert panel.threshold == 0.8
    assert heard == []


def test_the_handle_of_the_slider_stands_under_the_marker(panel):
    margins = panel._foot.contentsMargins()
    first, last = panel.shares.span(THRESHOLDS[0], THRESHOLDS[-1])
    assert margins.left() + HANDLE == pytest.approx(first, abs=1)
    assert panel.shares.width() - margins.right() - HANDLE == pytest.approx(last, abs=1)


@pytest.mark.parametrize("which", [0, 1, 2])
def test_dragging_on_any_curve_moves_all_at_once_and_tells_each_step_once(panel, qtbot, which):
    heard, plot = told(panel), panel.plots[which]
    qtbot.mousePress(plot, Qt.MouseButton.LeftButton, pos=place(plot, 0.3))
    assert panel.threshold == 0.3
    drag(plot, 0.401)
    drag(plot, 0.398)
    drag(plot, 0.6)
    assert panel.words.text().startswith("At 0.60")
    assert panel.slider.value() == THRESHOLDS.index(0.6)
    qtbot.mouseRelease(plot, Qt.MouseButton.LeftButton, pos=place(plot, 0.6))
    assert heard == [0.3, 0.4, 0.6]
    drag(plot, 0.9)
    assert heard == [0.3, 0.4, 0.6], "the button is up"


def test_what_is_read_off_was_measured(panel):
    at = place(panel.shares, 0.72).toPointF()
    none = Qt.MouseButton.NoButton
    move = QMouseEvent(
        QMouseEvent.Type.MouseMove, at, panel.shares.mapToGlobal(at), none, none, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(panel.shares, move)
    assert [plot.cross for plot in panel.plots] == [0.7] * 3
    alarms = trade_off().false_alarms[THRESHOLDS.index(0.7)]
    assert panel.alarms.reading(0.7)[1] == f"false alarms a minute: {alarms:.3g}"


def test_beyond_the_ends_the_last_threshold_is_taken(panel, qtbot):
    heard = told(panel)
    qtbot.mousePress(panel.shares, Qt.MouseButton.LeftButton, pos=QPoint(panel.shares.width() - 1, 80))
    drag(panel.shares, 0.0)
    qtbot.mouseRelease(panel.shares, Qt.MouseButton.LeftButton)
    assert heard == [0.95, 0.05]


def test_the_slider_and_the_keyboard_move_the_marker(panel, qtbot):
    heard = told(panel)
    panel.slider.setFocus()
    qtbot.keyClick(panel.slider, Qt.Key.Key_Right)
    qtbot.keyClick(panel.slider, Qt.Key.Key_Right)
    assert heard == [0.55, 0.6]
    assert panel.shares.uprights[0].x == 0.6


def test_a_late_answer_does_not_pull_the_marker_back(panel, qtbot):
    qtbot.mousePress(panel.shares, Qt.MouseButton.LeftButton, pos=place(panel.shares, 0.3))
    drag(panel.shares, 0.7)
    panel.show_trade(trade_off(), 0.3)
    assert panel.threshold == 0.7
    qtbot.mouseRelease(panel.shares, Qt.MouseButton.LeftButton)
    panel.show_trade(trade_off(), 0.3)
    assert panel.threshold == 0.7, "the hand has just gone"
    panel.show_trade(trade_off(), 0.7)
    qtbot.waitUntil(lambda: not panel._rest.isActive())
    assert panel.threshold == 0.7


def test_a_refused_threshold_goes_back_once_the_hand_is_off(panel, qtbot):
    panel.slider.setValue(THRESHOLDS.index(0.7))
    panel.show_trade(trade_off(), 0.4)
    qtbot.waitUntil(lambda: panel.threshold == 0.4)
    assert panel.slider.value() == THRESHOLDS.index(0.4)


def test_while_the_button_is_held_the_hand_counts_however_long(panel, qtbot):
    qtbot.mousePress(panel.shares, Qt.MouseButton.LeftButton, pos=place(panel.shares, 0.3))
    panel.show_trade(trade_off(), 0.9)
    panel._settle()
    assert panel.threshold == 0.3
    qtbot.mouseRelease(panel.shares, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.threshold == 0.9)


def test_another_model_brings_its_own_curves_at_the_same_threshold(panel):
    panel.show_trade(TRADE, 0.5)
    assert panel.slider.maximum() == 2
    assert panel.words.text() == threshold_words(TRADE, 1)
    panel.show_trade(None, 0.5)
    assert panel.threshold is None
    assert not panel.slider.isVisible()
    panel.show_trade(TRADE, 0.75)
    assert panel.threshold == 0.75
    assert panel.slider.isVisible()


def test_a_trade_off_in_which_nothing_is_found_has_no_delay(panel):
    panel.show_trade(replace(TRADE, delay=(None, None, None)), 0.25)
    assert not panel.delay.isVisible()
    panel.show_trade(TradeOff((), (), (), (), ()), 0.5)
    assert panel.threshold is None


def test_the_same_state_repaints_nothing(panel, qapp, monkeypatch):
    qapp.processEvents()
    for plot in panel.plots:
        monkeypatch.setattr(plot, "show_lines", lambda *_: pytest.fail("drawn again"))
        monkeypatch.setattr(plot, "set_uprights", lambda *_: pytest.fail("marked again"))
    panel.show_trade(trade_off(), 0.5)
