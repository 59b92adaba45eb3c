"""The live section of the rig's panel: what it says and offers at each moment, and what is drawn over the cameras."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest

from engines.calibration.live.rig_types import PairState, RigSighting, RigTarget
from engines.calibration.types import Sighting
from engines.core.boards import Board
from engines.core.frames import Size, Stamp
from widgets.calibration.rig.live import LiveSection
from widgets.calibration.rig.live_overlays import TARGET, as_given, camera_overlays
from widgets.calibration.rig.live_state import SEVERAL, RigLive, distance_of, rig_title, shared_words
from widgets.sources.choice import SourceChoice
from widgets.viewer.overlays import Caption, Label, Points, Polygon

NAMES = ("front left", "front right", "side left", "side right")
SIZE = Size(1280, 720)
SOURCES = tuple(SourceChoice(f"head/{name}", f"Head \u00b7 {name}") for name in NAMES)
BOARD_AT = ((100.0, 100.0), (500.0, 110.0), (490.0, 400.0), (110.0, 390.0))
THERE = ((300.0, 200.0), (700.0, 200.0), (700.0, 500.0), (300.0, 500.0))
LACKING = "front left and side right share 3 views, 8 are needed: hold the board where both see it"


def sighting(number: int, **values: object) -> Sighting:
    return Sighting(Stamp(f"head/{NAMES[number]}", 7, 0.0, 0.0), SIZE, **{"found": False, **values})  # type: ignore[arg-type]


def seen(**values: object) -> RigSighting:
    """A moment in which two cameras see the board, and a pair lacks views."""
    cameras = [sighting(number) for number in range(4)]
    for number in (0, 3):
        cameras[number] = sighting(number, found=True, ids=(0, 1), corners=BOARD_AT[:2], outline=BOARD_AT)
    known = {(0, 3): PairState(0, 3, 3, distance=0.3691, std=0.0004), (0, 2): PairState(0, 2, 9)}
    pairs = tuple(known.get(pair, PairState(*pair, 8)) for pair in combinations(range(4), 2))
    told = RigSighting(
        cameras[0].stamp, tuple(cameras), (0, 1, 2, 3), pairs, LACKING, (0, 3),
        RigTarget((0, 3), (THERE, THERE), "Move to the middle, close, facing the camera"), (0,), captured=9,
    )  # fmt: skip
    return replace(told, **values)  # type: ignore[arg-type]


RUNNING = RigLive(
    (SourceChoice("head", rig_title("Head", 4)),), SOURCES, "head", tuple(one.path for one in SOURCES), NAMES,
    running=True, sighting=seen(), rate=21.0, sets=9,
)  # fmt: skip


@pytest.fixture
def section(qtbot) -> LiveSection:
    made = LiveSection()
    qtbot.addWidget(made)
    return made


def test_without_sources_it_says_what_to_add(section: LiveSection) -> None:
    section.show_state(RigLive())
    assert section.none.text().startswith("Add a tiled source, or two cameras")
    assert not section.finder.isVisibleTo(section)
    one = RigLive(sources=SOURCES[:1], chosen=("head/front left",))
    section.show_state(one)
    assert section.none.text().startswith("Choose the cameras")
    assert not section.finder.isEnabled()
    section.show_state(replace(one, sources=SOURCES * 3, chosen=tuple(one.path for one in SOURCES * 3)))
    assert "8 cameras at the most" in section.none.text()


def test_sources_are_chosen_one_by_one(section: LiveSection) -> None:
    heard: list[object] = []
    section.sources.chosen.connect(heard.append)
    section.show_state(replace(RUNNING, rig=SEVERAL, chosen=("head/front left", "head/side left"), running=False))
    section.sources.toggles["head/side right"].click()
    assert heard == [("head/front left", "head/side left", "head/side right")]
    section.show_state(RUNNING)
    assert not section.sources.isVisibleTo(section)
    assert section.rig.currentText() == "Head \u00b7 4 cameras"


def test_guidance_and_a_row_a_pair_are_shown_while_it_looks(section: LiveSection) -> None:
    section.show_state(RUNNING)
    assert section.guidance.text() == LACKING
    assert section.where.text() == "Seen by front left: move to the middle, close, facing the camera"
    assert section.more.text() == "9 sets captured, 21 looks per second"
    section.show_state(replace(RUNNING, sets=0, rate=0.0, board="7 \u00d7 5 ChArUco"))
    assert section.more.text() == "No set captured yet, looking for 7 \u00d7 5 ChArUco"
    assert section.pairs.rows[2] == ("front left \u2013 side right", "3 of 8", "369.1 \u00b1 0.4 mm")
    assert section.pairs.rows[1] == ("front left \u2013 side left", "9", "\u2013")
    assert section.pairs.shown.strong == {(2, 1)}
    assert section.capture.isEnabled()
    section.show_state(replace(RUNNING, sighting=None, problem="The source is reconnecting"))
    assert section.guidance.text() == "The source is reconnecting"
    assert not section.capture.isEnabled()


def test_another_board_and_mirrored_pictures_are_one_click_away(section: LiveSection) -> None:
    heard: list[object] = []
    section.boardWanted.connect(heard.append)
    section.flipWanted.connect(lambda: heard.append("flip"))
    other = "chessboard:8x6:25mm"
    section.show_state(replace(RUNNING, sighting=seen(cameras=(sighting(0, fitting=other), *seen().cameras[1:]))))
    section.use.click()
    mirrored = tuple(sighting(number, mirrored=number > 1) for number in range(4))
    section.show_state(replace(RUNNING, sighting=seen(cameras=mirrored)))
    assert not section.use.isVisibleTo(section)
    section.flip.click()
    assert heard == [Board.parse(other), "flip"]
    some = (sighting(0, found=True, outline=BOARD_AT), *mirrored[1:])
    section.show_state(replace(RUNNING, sighting=seen(cameras=some)))
    assert not section.flip.isVisibleTo(section), "one camera sees it the right way round"


def test_distances_have_the_digits_that_their_deviation_leaves() -> None:
    told = [(0.3691234, 0.00004), (0.3691234, 0.0004), (0.3691234, 0.004), (0.3691234, None), (None, None)]
    words = [distance_of(PairState(0, 1, 8, distance=distance, std=std)) for distance, std in told]
    assert words == ["369.12 \u00b1 0.04 mm", "369.1 \u00b1 0.4 mm", "369 \u00b1 4 mm", "369 mm", "\u2013"]
    assert [shared_words(PairState(0, 1, 3)), shared_words(PairState(0, 1, 8))] == ["3 of 8", "8"]
    assert shared_words(PairState(0, 1, 0, apart=True)) == "apart"


def test_the_board_the_place_and_what_is_lacking_are_drawn_over_the_cameras_of_the_pair() -> None:
    drawn = camera_overlays(seen(), 0, NAMES)
    assert [one.points for one in drawn if isinstance(one, Polygon)] == [THERE, BOARD_AT]
    assert [one.text for one in drawn if isinstance(one, Label | Caption)] == [TARGET, "3 of 8 views with side right"]
    assert [one.points for one in drawn if isinstance(one, Points)] == [BOARD_AT[:2]]
    assert camera_overlays(seen(), 1, NAMES) == []
    lens = seen(asked=(1,), target=RigTarget((1,), (THERE,), ""))
    assert Caption("This camera's lens needs another view", "bottom-left", "warn") in camera_overlays(lens, 1, NAMES)


def test_what_was_seen_in_flipped_pictures_is_drawn_on_the_given_ones() -> None:
    cells = (0,) * 48
    cameras = tuple(replace(one, coverage=cells) for one in seen().cameras)
    turned = as_given(seen(cameras=cameras))
    assert turned.cameras[0].outline[0] == (1279 - BOARD_AT[0][0], BOARD_AT[0][1])
    assert turned.target is not None
    assert turned.target.outline(3)[1] == (1279 - THERE[1][0], THERE[1][1])
    assert turned.cameras[1] == cameras[1]
