"""The page of feature maps: what is lacking, channels by mouse and keys, colours, figures, NaN, vectors, files."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt

from engines.core.pictures.heat import VIRIDIS
from engines.inspection.looks import LookSpec
from engines.inspection.studies import Excited, ExciteResult, ExciteSpec
from tests.widgets.inspection.inspection_looks import SHEET, activations, vector, view_of
from widgets.inspection.activations import words
from widgets.inspection.activations.atlas import atlas_image
from widgets.inspection.activations.charts import thinned
from widgets.inspection.activations.page import ActivationsPage
from widgets.inspection.state import ExciteView, InspectionView, LookView, ModelView, Page


@pytest.fixture
def page(qtbot) -> ActivationsPage:
    made = ActivationsPage()
    qtbot.addWidget(made)
    made.resize(900, 560)
    with qtbot.waitExposed(made):
        made.show()
    return made


def shown(look: object = None, **changes: object) -> InspectionView:
    return view_of(Page.ACTIVATIONS, look, **changes)


@pytest.mark.parametrize(
    ("view", "said", "wanted"),
    [
        (InspectionView(), "Open a model file", "model"),
        (InspectionView(model=ModelView(sheet=replace(SHEET, runs="Weights alone"))), "Weights alone", "model"),
        (InspectionView(model=ModelView(sheet=SHEET)), "Choose what the model looks at", "source"),
        (shown(look=None), "Waiting for the first picture", ""),
        (replace(shown(), look=LookView(source="a")), "Look at", "look"),
    ],
)
def test_what_is_lacking_is_one_sentence_and_one_button(page: ActivationsPage, qtbot, view, said, wanted) -> None:
    page.show_state(view)
    assert not page.there
    assert page.heat.isHidden()
    assert said in page.empty.words.text()
    assert page.empty.button.isVisible() == bool(wanted)
    if wanted:
        with qtbot.waitSignal(page.wanted) as told:
            page.empty.button.click()
        assert told.args == [wanted]
    assert page.sample.isVisible() == (wanted == "source")


def test_a_channel_is_chosen_by_a_click_and_by_keys(page: ActivationsPage, qtbot) -> None:
    page.show_state(shown(activations()))
    with qtbot.waitSignal(page.edited) as told:
        qtbot.mouseClick(page.atlas, Qt.MouseButton.LeftButton, pos=page.atlas.box_of(3).center().toPoint())
    assert told.args == [{"channel": 3}]
    with qtbot.waitSignal(page.edited) as told:
        qtbot.keyClick(page.atlas, Qt.Key.Key_Right)
    assert told.args == [{"channel": 1}]
    assert page.atlas.channel_at(page.atlas.box_of(4).center()) == 4


def test_the_chosen_channel_lies_over_the_picture_and_is_told(page: ActivationsPage) -> None:
    look = activations()
    page.show_state(shown(look, spec=LookSpec(channel=2, unit=(1, 4))))
    assert np.array_equal(page.over.values, np.arange(24).reshape(4, 6) + 2)
    assert (page.over.low, page.over.high, page.over.patch) == (2, 25, 10)
    assert page.about[0].text() == "Channel 2: mean 13.5, spread 6.92"
    assert page.about[1].text() == "From 2 to 25, 0 % zeros"
    assert page.health[0].text() == "1 of 6 channels are dead over 7 pictures"
    assert page.health[1].text() == "17.4 % of values are zero, 25 % at the top"
    assert page.state.text() == "6 channels \u00b7 1\u00d76\u00d74\u00d76 \u00b7 12 ms a picture"


def test_a_click_on_the_picture_chooses_the_unit(page: ActivationsPage, qtbot) -> None:
    page.show_state(shown(activations()))
    with qtbot.waitSignal(page.edited) as told:
        qtbot.mouseClick(page.over, Qt.MouseButton.LeftButton, pos=page.over.box_of(13).center().toPoint())
    assert told.args == [{"unit": (2, 1)}]


def test_colours_are_of_each_map_or_of_all_alike() -> None:
    maps = np.array([[[0, 1], [2, 4]], [[4, 8], [6, 8]]], np.float32)
    own, shared = (atlas_image(maps, (2, 2), 2, scale) for scale in ("own", "shared"))
    assert [level(own, x, y) for y in (0, 1) for x in (0, 1)] == [0, 63, 127, 255]
    assert [level(own, x, y) for y in (0, 1) for x in (2, 3)] == [0, 255, 127, 255]
    assert [level(shared, x, y) for y in (0, 1) for x in (0, 1, 2, 3)] == [0, 31, 127, 255, 63, 127, 191, 255]


def test_what_is_no_number_takes_the_low_end_and_spoils_no_other_map() -> None:
    maps = np.array([[[np.nan, 1], [2, np.inf]], [[0, 1], [2, 4]]], np.float32)
    image = atlas_image(maps, (2, 2), 2, "own")
    assert [level(image, x, y) for y in (0, 1) for x in (0, 1)] == [0, 0, 255, 255]
    assert [level(image, x, y) for y in (0, 1) for x in (2, 3)] == [0, 63, 127, 255]


def level(image, x: int, y: int) -> int:
    """Which of the 256 colours a pixel has."""
    color = image.pixelColor(x, y)
    return int(np.flatnonzero(((color.red(), color.green(), color.blue()) == VIRIDIS).all(axis=1))[0])


def test_where_a_nan_was_born_is_said_and_one_click_away(page: ActivationsPage, qtbot) -> None:
    page.show_state(shown(activations(born="stem.conv")))
    assert page.trouble.isVisible()
    assert "stem.conv" in page.trouble.what.text()
    with qtbot.waitSignal(page.edited) as told:
        page.trouble.retry.click()
    assert told.args == [{"layer": "stem.conv", "channel": 0}]
    page.show_state(shown(activations()))
    assert not page.trouble.isVisible()


def test_a_vector_is_bars_with_a_channel_each(page: ActivationsPage, qtbot) -> None:
    page.show_state(shown(vector(), spec=LookSpec(channel=4)))
    assert page.vector.isVisible()
    assert not page.scale.isVisible()
    assert page.about[0].text() == "Channel 4: 4"
    assert page.vector.table()[3] == ["2", "2"]
    with qtbot.waitSignal(page.edited) as told:
        qtbot.mouseClick(page.vector, Qt.MouseButton.LeftButton, pos=page.vector.rect().center())
    assert told.args == [{"channel": 2}]


def test_of_many_channels_the_extremes_are_kept() -> None:
    values = np.zeros(1000, np.float32)
    values[[3, 777]] = (5, -9)
    values[500] = np.nan
    at, kept, other = thinned(values, values + 1, most=100)
    assert len(at) == 100
    assert (kept[at.index(3.0)], kept[at.index(777.0)], other[at.index(3.0)]) == (5, -9, 6)
    assert 500.0 not in at


def test_the_best_frames_stand_below_and_tell_their_moment(page: ActivationsPage, qtbot) -> None:
    picture = np.zeros((16, 24, 3), np.uint8)
    frames = tuple(Excited(9 * n, 60 + n / 2, 3.0 - n, (0, 0, 8, 8), picture) for n in range(3))
    result = ExciteResult(
        ExciteSpec(clip="/films/a.mp4", layer="stem.relu", channel=3), frames, np.zeros(30, np.float32)
    )
    page.show_state(shown(activations(), excite=ExciteView("a.mp4", result)))
    assert page.strip.isVisible()
    assert page.found.text() == "Frames of a.mp4 that excite channel 3 of stem.relu most"
    assert not page.charts.isVisible(), "a low page keeps its room for the frames"
    page.resize(900, 900)
    assert page.charts.isVisible()
    assert words.frame_words(frames[1]) == "2 at 1:00.5"
    with qtbot.waitSignal(page.momentChosen) as told:
        qtbot.mouseClick(page.strip, Qt.MouseButton.LeftButton, pos=page.strip.box_of(1).center().toPoint())
    assert told.args == [60.5]


def test_a_page_that_grows_shows_the_means_of_the_picture_that_it_has(page: ActivationsPage) -> None:
    page.show_state(shown(activations()))
    assert not page.charts.means.isVisible()
    page.resize(900, 900)
    assert page.charts.means.isVisible()
    assert [list(line.y) for line in page.charts.means.series] == [list(activations().mean)]


def test_the_figures_of_all_channels_are_saved(page: ActivationsPage, tmp_path: Path) -> None:
    page.show_state(shown(activations()))
    page.atlas.save(str(tmp_path / "maps.csv"))
    rows = list(csv.DictReader((tmp_path / "maps.csv").open()))
    assert [row["dead"] for row in rows] == ["0"] * 5 + ["1"]
    assert [row["mean"] for row in rows] == ["11.5", "12.5", "13.5", "14.5", "15.5", "0"]
    page.atlas.save(str(tmp_path / "maps.png"))
    assert (tmp_path / "maps.png").read_bytes().startswith(b"\x89PNG")
