"""The page that compares two rigs: what it says and draws follows from the comparison."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engines.calibration.rig.comparison import compare
from engines.calibration.rig.places import pairs_of
from engines.calibration.rig.types import RigResult
from tests.engines.calibration.formats.some_rigs import RIGS
from widgets.calibration.rig.pages.compare import RigComparePage, about_words, state_words
from widgets.calibration.rig.pages.compare_view import RigCompareView
from widgets.calibration.rig.pages.state import Page, PagesView

STD = {"fx": 0.5, "fy": 0.5, "cx": 0.5, "cy": 0.5}


def stated(result: RigResult) -> RigResult:
    """With deviations, so that differences are judged."""
    cameras = tuple(replace(one, std=dict(STD), distortion_std=(0.01,) * 5) for one in result.cameras)
    pairs = tuple(replace(one, distance_std=1e-4, angle_std=0.01) for one in pairs_of(cameras))
    return replace(result, cameras=cameras, pairs=pairs)


def lens_moved(result: RigResult) -> RigResult:
    one, other, third = result.cameras
    inner = replace(other.intrinsics, fx=other.intrinsics.fx + 10)
    return replace(result, cameras=(one, replace(other, intrinsics=inner), third))


FIRST = stated(RIGS["brown"])
TOLD = compare(FIRST, lens_moved(FIRST))


@pytest.fixture
def page(qtbot) -> RigComparePage:
    page = RigComparePage()
    qtbot.addWidget(page)
    page.resize(1180, 720)
    page.show()
    return page


def show(page: RigComparePage, view: RigCompareView) -> None:
    page.show_state(PagesView(Page.COMPARE, compare=view))


def test_nothing_chosen_offers_to_choose(page: RigComparePage) -> None:
    show(page, RigCompareView())
    assert page.empty.isVisible()
    assert not page.files.isVisible()


def test_figures_and_findings_are_those_of_the_comparison(page: RigComparePage) -> None:
    show(page, RigCompareView("", "/x/june.json", TOLD))
    assert page.state.text() == "3 cameras, 1 difference"
    assert page.files.second.name.text() == "june.json"
    assert [row[0] for row in page.cameras.rows] == ["cam 0", "cam 1", "cam 2"]
    assert page.cameras.rows[1][1:] == (
        "0.00",
        "0.000",
        f"{np.median(TOLD.cameras[1].lens.difference):.2f}",
        "14.1",
    )
    assert page.cameras.shown.strong == {(1, 4)}
    assert page.pairs.rows[0][0] == "cam 0 \u2013 cam 1"
    assert page.pairs.rows[0][1:] == ("0.00", "0.0")
    assert page.pairs.shown.told[0, 1].startswith(
        "412.43 mm in the first, 412.43 mm in the second. The angle differs by"
    )
    assert page.space.result is FIRST


def test_a_row_of_the_table_opens_its_lens(page: RigComparePage) -> None:
    show(page, RigCompareView("", "/x/june.json", TOLD))
    assert page.charts.currentWidget() is page.space
    page.cameras.rowUsed.emit(1)
    assert page.charts.currentWidget() is page.map
    assert page.map.heat.value(1279, 0) == pytest.approx(TOLD.cameras[1].lens.difference[47])
    page.lens.set_value("0")
    page.lens.chosen.emit("0")
    assert page.map.heat is None
    assert page.map.nothing == "The lens of cam 0 is the same in both"


def test_what_cannot_be_compared_is_said_in_its_place(page: RigComparePage) -> None:
    show(page, RigCompareView("", "/x/june.json", TOLD))
    show(page, RigCompareView("", "/x/june.json", None, "These cannot be set side by side"))
    assert page.space.nothing == "These cannot be set side by side"
    assert page.space.result is None
    assert not page.cameras.isVisible()
    assert not page.export.isEnabled()


def test_words_say_what_the_two_were_laid_onto_each_other_by() -> None:
    assert about_words(compare(FIRST, FIRST, "cam 2")).endswith("dashed, is laid onto the first by cam 2 alone.")
    bare = replace(FIRST, pairs=(), cameras=tuple(replace(one, std={}, distortion_std=()) for one in FIRST.cameras))
    assert state_words(compare(bare, bare)) == "3 cameras, not judged"
    assert state_words(compare(FIRST, FIRST)) == "3 cameras, no difference"
