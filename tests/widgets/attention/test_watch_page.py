"""Watching the tiled algorithm: steps by button, key and clock, what is told of each, and what is drawn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt

from engines.attention.watching.back_tiling import back_trace
from engines.attention.watching.tiling import Trace, made_up, trace
from widgets.attention.state import AttentionView, Page, WatchView
from widgets.attention.watch.page import WatchPage
from widgets.attention.watch.picture import Places, TilePicture
from widgets.attention.watch.scene import scene_of
from widgets.attention.watch.words import BACK_DONE, BEGIN, DONE, step_words
from workbench.tour.checks import cut
from workbench.tour.written import written


def traced(causal: bool = False, window: int | None = None) -> Trace:
    return trace(*made_up(16, 6, 1), 4, 4, causal, window)


@pytest.fixture
def page(qtbot) -> WatchPage:
    made = WatchPage()
    qtbot.addWidget(made)
    made.resize(900, 520)
    with qtbot.waitExposed(made):
        made.show()
    made.show_state(AttentionView(Page.WATCH, watch=WatchView(trace=traced(), title="Made up")))
    return made


def test_every_way_of_stepping_leads_to_the_same_places(page: WatchPage, qtbot) -> None:
    assert (page.bar.place, page.bar.last, page.words.text()) == (0, 16, BEGIN)
    page.bar.forward.click()
    qtbot.keyClick(page, Qt.Key.Key_Right)
    assert page.bar.place == 2
    assert page.picture.scene.work == (page.trace.steps[1].rows, page.trace.steps[1].keys)
    page.bar.back.click()
    assert page.words.text() == step_words(page.trace, 0)
    qtbot.keyClick(page, Qt.Key.Key_End)
    assert page.words.text().endswith(DONE)
    assert page.picture.accessibleDescription() == page.words.text()


def test_it_plays_to_the_end_and_stops_where_nobody_sees_it(page: WatchPage, qtbot) -> None:
    page.bar.set_speed(4.0)
    page.bar.go(14)
    page.bar.start()
    qtbot.waitUntil(lambda: page.bar.place == 16 and not page.bar.playing, timeout=20_000)
    page.begin()
    assert (page.bar.playing, page.bar.place) == (True, 0)
    assert page.hasFocus()
    page.hide()
    assert not page.bar.playing


def test_another_trace_begins_anew_and_the_same_one_does_not(page: WatchPage) -> None:
    view = AttentionView(Page.WATCH, watch=WatchView(trace=page.trace, title="Made up"))
    page.bar.go(7)
    page.show_state(view)
    assert page.bar.place == 7
    page.show_state(replace(view, watch=WatchView(trace=traced(causal=True), title="Layer 1", of_network=True)))
    assert page.bar.place == 0
    assert page.made_up.isVisible()


def test_words_tell_the_row_whose_maximum_rises_most_and_by_how_much_it_is_scaled() -> None:
    shown = traced()
    for at in range(1, 4):
        before, step = shown.steps[at - 1], shown.steps[at]
        told, risen = step_words(shown, at), step.maximum[:4] > before.maximum[:4]
        if not risen.any():
            assert "no maximum rises" in told
            continue
        row = int(step.factor[:4].argmin())
        assert f"row {row + 1} rises" in told
        assert f"{np.exp(before.maximum[row] - step.maximum[row]):.3g}" in told


def test_words_say_why_a_tile_is_skipped() -> None:
    causal, near = traced(causal=True), traced(window=3)
    assert "come after these queries" in step_words(causal, 1)
    assert "outside the window" in step_words(near, 2)


def test_the_backward_pass_fills_the_gradients_of_what_its_tiles_have_touched(page: WatchPage) -> None:
    forward = traced(causal=True)
    back = back_trace(forward, made_up(16, 6, 2)[2])
    page.show_state(AttentionView(Page.WATCH, watch=WatchView(trace=back, title="Made up")))
    page.bar.go(6)
    scene, sums = page.picture.scene, back.steps[5].sums
    assert [block.title for block in scene.below] == ["dK", "dV"]
    assert np.array_equal(np.isnan(scene.below[0].values[:, 0]), np.arange(16) >= 8)
    assert np.array_equal(scene.right.values, sums.q)
    assert np.array_equal(scene.below[1].values[:8], sums.v[:8])
    assert "come after" in step_words(back, 4)
    assert step_words(back, 7).endswith("which are finished with it.")
    page.bar.go(16)
    assert page.words.text().endswith(BACK_DONE)
    assert np.array_equal(scene_of(back, 15).right.values, back.steps[-1].sums.q)


def test_the_picture_has_a_tip_for_every_score_and_figures_for_every_row(page: WatchPage) -> None:
    page.bar.go(1)
    places = Places.of(page.picture.scene, page.picture.width(), page.picture.height())
    summed, later = (places.tile((2, 3), (key, key + 1)).center() for key in (1, 9))
    assert page.picture.tip_at(summed).startswith("Query 3, key 2: score")
    assert "not summed yet" in page.picture.tip_at(later)
    assert page.picture.tip_at(QPointF(-5, -5)) == ""
    table = page.picture.table()
    assert len(table) == 17
    assert table[1][1] == f"{page.trace.steps[0].maximum[0]:.6g}"
    image = page.picture.grab().toImage()
    assert image.pixelColor(summed.toPoint()) != image.pixelColor(later.toPoint())


@pytest.mark.parametrize("backward", [False, True])
def test_as_small_as_it_may_be_no_word_lies_over_another(qtbot, backward: bool) -> None:
    picture, forward = TilePicture(), traced(causal=True)
    qtbot.addWidget(picture)
    picture.show_scene(scene_of(back_trace(forward, made_up(16, 6, 2)[2]) if backward else forward, 6))
    picture.resize(picture.minimumSizeHint())
    picture.show()
    assert cut(picture) + written(picture) == []
