"""Straightened pictures of a feed: beside the straightener itself, made once a frame, and only while somebody reads."""

from __future__ import annotations

import numpy as np
import pytest

from engines.cameras.feed import views
from engines.cameras.feed.running import Feed
from engines.cameras.types import Child, FeedState, SceneSource, TiledSource
from engines.core.errors import UsageError
from engines.core.frames import Frame, Size
from engines.core.lenses import Intrinsics, Lens
from engines.core.slots import Latest, Lossless
from engines.core.undistortion import Straightener, Undistortion
from tests.engines.cameras.films import next_frame

SIZE = Size(160, 90)
RIG = TiledSource(SceneSource(cameras=4, size=SIZE, fps=200.0), 2, 2, ("left", "right"))
HOW = Undistortion(Lens("brown5", Intrinsics(140.0, 140.0, 79.5, 44.5), (-0.3, 0.1, 0.0, 0.0, 0.0)), SIZE)
NAME = "left undistorted"


@pytest.fixture
def straightened(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for each picture that was straightened."""
    calls: list[int] = []
    plain = Straightener.image

    def counted(self: Straightener, image: np.ndarray) -> np.ndarray:
        calls.append(id(self.maps(SIZE)))
        return plain(self, image)

    monkeypatch.setattr(views.Straightener, "image", counted)
    return calls


def paused(run, child: Child, name: str = NAME) -> Feed:
    feed = Feed("rig", RIG)
    feed.add_child(name, child)
    feed.pause()
    run(feed).until(lambda status: status.state is FeedState.PAUSED)
    return feed


def test_a_child_is_the_straightened_tile_with_a_stamp_of_its_own(run):
    feed = paused(run, Child(HOW, "left"))
    tile, child = next_frame(feed.subscribe(tile="left")), next_frame(feed.subscribe(tile=NAME))
    np.testing.assert_array_equal(child.image, Straightener(HOW).image(tile.image))
    assert child.stamp.source == "rig/left undistorted"
    assert (child.stamp.index, child.stamp.captured_at) == (tile.stamp.index, tile.stamp.captured_at)
    assert not child.image.flags.writeable
    assert tuple(feed.children) == (NAME,)


def test_it_is_made_once_a_frame_for_all_readers_with_maps_made_once(run, straightened):
    feed = Feed("rig", RIG)
    feed.add_child(NAME, Child(HOW, "left"))
    feed.pause()
    slots = [feed.subscribe(Lossless(), tile=NAME), feed.subscribe(Latest(), tile=NAME), feed.subscribe(Lossless())]
    run(feed).until(lambda status: status.state is FeedState.PAUSED)
    assert next_frame(slots[0]).image is next_frame(slots[1]).image
    for _ in range(3):
        feed.step()
        next_frame(slots[0])
        next_frame(slots[2])
    assert len(straightened) == 4
    assert len(set(straightened)) == 1


def test_nobody_reading_costs_nothing(run, straightened):
    feed = Feed("rig", RIG)
    feed.add_child(NAME, Child(HOW, "left"))
    feed.pause()
    left, gone = feed.subscribe(Lossless(), tile="left"), feed.subscribe(tile=NAME)
    feed.unsubscribe(gone)
    run(feed).until(lambda status: status.state is FeedState.PAUSED)
    feed.step()
    assert next_frame(left).stamp.index == 0
    assert next_frame(left).stamp.index == 1
    assert straightened == []


def test_settings_change_under_the_readers_also_while_it_stands(run):
    feed = paused(run, Child(HOW, "left"))
    slot = feed.subscribe(tile=NAME)
    before = next_frame(slot).image
    feed.add_child(NAME, Child(Undistortion(HOW.lens, SIZE, width=80), "left"))
    after = next_frame(slot).image
    assert (before.shape, after.shape) == ((90, 160, 3), (45, 80, 3))


def test_pictures_that_the_lens_does_not_fit_are_not_shown_and_said(run):
    feed = paused(run, Child(Undistortion(HOW.lens, Size(120, 120))))
    slot, whole = feed.subscribe(tile=NAME), feed.subscribe()
    assert isinstance(whole.take(), Frame)
    assert slot.take() is None
    assert "calibrated at 120x120 pixels" in feed.problem(NAME)
    feed.add_child(NAME, Child(HOW))
    assert next_frame(slot).image.shape == (180, 320, 3)
    assert feed.problem(NAME) == ""


def test_names_and_tiles_that_cannot_be_are_refused():
    feed = Feed("rig", RIG)
    for name, child in (("left", Child(HOW)), ("a/b", Child(HOW)), ("", Child(HOW)), ("x", Child(HOW, "middle"))):
        with pytest.raises(UsageError):
            feed.add_child(name, child)
    assert feed.children == {}


def test_who_reads_a_child_that_goes_is_let_go(run):
    feed = paused(run, Child(HOW, "left"))
    slot = feed.subscribe(tile=NAME)
    feed.remove_child(NAME)
    assert slot.closed
    with pytest.raises(UsageError, match="no tile 'left undistorted'"):
        feed.subscribe(tile=NAME)
