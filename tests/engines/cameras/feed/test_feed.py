"""A feed as its users meet it: states, pausing, stepping, seeking, looping, speed, tiles, readers and its end."""

from __future__ import annotations

import gc
import threading
from threading import Event

import numpy as np
import psutil
import pytest

from engines.cameras.feed.running import Feed
from engines.cameras.types import FeedState, FileSource, FolderSource, SceneSource, TiledSource
from engines.core.errors import UsageError
from engines.core.frames import End, Frame, Gap, GapReason, Size
from engines.core.slots import Latest, Lossless
from tests.engines.cameras.films import (
    all_items,
    frames_of,
    gaps_of,
    next_frame,
    next_item,
    number_in,
)

SMALL = SceneSource(cameras=4, size=Size(160, 90), fps=200.0)


def is_in(state: FeedState):
    return lambda status: status.state is state


def test_a_file_goes_through_its_states(video, run):
    feed = Feed("f", FileSource(str(video(frames=10)), speed=0.0))
    assert feed.status().state is FeedState.CLOSED
    running = run(feed)
    status = running.until(is_in(FeedState.ENDED))
    assert status.frames == 10
    assert status.message == ""
    assert status.position == pytest.approx(9 / 25, abs=2e-3)
    running.stop()
    states = [s.state for s in running.history]
    assert list(dict.fromkeys(states)) == [FeedState.OPENING, FeedState.PLAYING, FeedState.ENDED, FeedState.CLOSED]


def test_pause_step_and_step_back(video, run):
    feed = Feed("f", FileSource(str(video(frames=30))))
    feed.pause()
    slot = feed.subscribe(Lossless())
    running = run(feed)
    running.until(is_in(FeedState.PAUSED))
    assert number_in(next_frame(slot).image) == 0
    for frames, expected, jumps in (
        (1, 1, False),
        (1, 2, False),
        (5, 7, True),
        (-1, 6, True),
        (-4, 2, True),
        (-9, 0, True),
    ):
        feed.step(frames)
        item = next_item(slot)
        if jumps:
            assert item == Gap("f", 0, GapReason.SEEK)
            item = next_item(slot)
        assert isinstance(item, Frame)
        assert (number_in(item.image), item.stamp.index) == (expected, expected)
    assert running.until(is_in(FeedState.PAUSED)).position == 0.0


def test_steps_asked_for_at_once_add_up(video, run):
    feed = Feed("f", FileSource(str(video(frames=30))))
    feed.pause()
    feed.step(2)
    feed.step(3)
    slot = feed.subscribe(Lossless())
    running = run(feed)
    running.until(lambda s: s.state is FeedState.PAUSED and s.frames >= 1)
    feed.seek(0.0)
    feed.step()
    feed.step()
    feed.step()
    running.until(lambda s: s.position == pytest.approx(3 / 25, abs=2e-3))
    assert slot.dropped == 0


def test_seek_while_paused_and_while_playing(video, run, clock):
    feed = Feed("f", FileSource(str(video(frames=50))), clock=clock)
    feed.pause()
    slot = feed.subscribe(Lossless())
    running = run(feed)
    next_frame(slot)
    feed.seek(30 / 25)
    assert next_item(slot) == Gap("f", 0, GapReason.SEEK)
    assert number_in(next_frame(slot).image) == 30
    running.until(is_in(FeedState.PAUSED))
    feed.play()
    assert number_in(next_frame(slot).image) == 31
    feed.seek(10 / 25)
    assert next_item(slot) == Gap("f", 0, GapReason.SEEK)
    assert number_in(next_frame(slot).image) == 10
    assert feed.status().state is FeedState.PLAYING
    feed.seek(999.0)
    assert next_item(slot) == Gap("f", 0, GapReason.SEEK)
    assert number_in(next_frame(slot).image) == 49


def test_pictures_come_when_the_clock_says(video, run, clock):
    feed = Feed("f", FileSource(str(video(frames=20)), speed=2.0), clock=clock)
    slot = feed.subscribe(Lossless())
    run(feed)
    stamps = [next_frame(slot).stamp]
    assert slot.take(0.12) is None, "the second picture came before its time"
    for _ in range(6):
        clock.advance(1 / 50)
        stamps.append(next_frame(slot).stamp)
    feed.set_speed(0.5)
    assert slot.take(0.12) is None
    clock.advance(2 / 25)
    stamps.append(next_frame(slot).stamp)
    np.testing.assert_allclose(np.diff([s.captured_at for s in stamps]), [0.02] * 6 + [0.08], atol=1e-6)
    np.testing.assert_allclose(np.diff([s.media_time for s in stamps]), 0.04, atol=2e-3)


def test_a_speed_that_cannot_be_is_refused(video):
    feed = Feed("f", FileSource(str(video(frames=2))))
    with pytest.raises(UsageError):
        feed.set_speed(-1.0)
    assert feed.status().speed == 1.0


def test_loop_marks_the_turn_and_can_be_switched_off(video, run):
    feed = Feed("f", FileSource(str(video(frames=5)), loop=True, speed=0.0))
    slot = feed.subscribe(Lossless(3))
    running = run(feed)
    items = [next_item(slot) for _ in range(17)]
    assert [i for i, item in enumerate(items) if isinstance(item, Gap)] == [5, 11]
    assert items[5] == Gap("f", 0, GapReason.LOOP)
    assert [number_in(frame.image) for frame in frames_of(items)] == [*range(5)] * 3
    assert running.feed.status().loop
    feed.set_loop(False)
    items = all_items(slot)
    assert items[-1] == End("f")
    running.until(is_in(FeedState.ENDED))


def test_the_turn_of_a_loop_keeps_the_rhythm(video, run, clock):
    feed = Feed("f", FileSource(str(video(frames=3)), loop=True), clock=clock)
    slot = feed.subscribe(Lossless())
    run(feed)
    stamps = [next_frame(slot).stamp]
    for index in range(1, 6):
        clock.advance(0.04)
        stamps.append(next_frame(slot).stamp)
        if index == 2:
            assert next_item(slot) == Gap("f", 0, GapReason.LOOP)
            assert slot.take(0.15) is None, "the last picture was cut short"
    assert [s.index for s in stamps] == [0, 1, 2, 0, 1, 2]
    np.testing.assert_allclose(np.diff([s.captured_at for s in stamps]), 0.04, atol=1e-6)


def test_play_after_the_end_begins_again(video, run):
    feed = Feed("f", FileSource(str(video(frames=4)), speed=0.0))
    slot = feed.subscribe(Lossless())
    running = run(feed)
    all_items(slot)
    running.until(is_in(FeedState.ENDED))
    feed.play()
    assert [number_in(f.image) for f in frames_of(all_items(slot))] == [0, 1, 2, 3]
    running.until(is_in(FeedState.ENDED))
    feed.step(-1)
    assert number_in(next_frame(slot).image) == 2
    running.until(is_in(FeedState.PAUSED))


def test_tiles_are_views_with_stamps_of_their_own(run):
    feed = Feed("rig", TiledSource(SMALL, 2, 2, ("front left", "", "a/b")))
    feed.pause()
    whole = feed.subscribe(Lossless())
    tiles = {name: feed.subscribe(Lossless(), tile=name) for name in ("front left", "2", "a-b", "4")}
    running = run(feed)
    frame = next_frame(whole)
    assert running.until(is_in(FeedState.PAUSED)).info.tiles == tuple(tiles)
    for number, (name, slot) in enumerate(tiles.items()):
        tile = next_frame(slot)
        row, column = divmod(number, 2)
        assert np.shares_memory(tile.image, frame.image)
        np.testing.assert_array_equal(
            tile.image, frame.image[row * 90 : row * 90 + 90, column * 160 : column * 160 + 160]
        )
        assert tile.stamp.source == f"rig/{name}"
        assert (tile.stamp.index, tile.stamp.captured_at) == (frame.stamp.index, frame.stamp.captured_at)
        assert not tile.image.flags.writeable
    feed.seek(1.0)
    assert next_item(tiles["2"]) == Gap("rig/2", 0, GapReason.SEEK)
    with pytest.raises(UsageError, match="no tile 'middle'"):
        feed.subscribe(tile="middle")
    with pytest.raises(UsageError):
        Feed("x", TiledSource(SMALL, 0, 2))


def test_who_joins_a_paused_feed_sees_its_picture_at_once(run):
    feed = Feed("s", TiledSource(SMALL, 2, 2))
    feed.pause()
    running = run(feed)
    running.until(is_in(FeedState.PAUSED))
    woken = Event()
    slot, tile = feed.subscribe(Latest(), wake=woken.set), feed.subscribe(tile="3")
    assert woken.is_set()
    assert isinstance(shown := slot.take(), Frame)
    assert isinstance(part := tile.take(), Frame)
    assert np.shares_memory(shown.image, part.image)
    feed.step()
    assert next_frame(slot).stamp.index == shown.stamp.index + 1


def test_who_joins_an_ended_feed_sees_the_end(video, run):
    feed = Feed("f", FileSource(str(video(frames=4)), speed=0.0))
    run(feed).until(is_in(FeedState.ENDED))
    items = all_items(feed.subscribe(Lossless()))
    assert [number_in(f.image) for f in frames_of(items)] == [3]
    assert items[-1] == End("f")


def test_the_scene_plays_like_a_camera_and_winds_like_a_file(run):
    feed = Feed("s", SMALL)
    slow = feed.subscribe(Lossless(2))
    running = run(feed)
    status = running.until(lambda s: s.frames > 8)
    assert status.info.live
    assert status.info.seekable
    assert status.info.duration is None
    assert status.info.size == Size(320, 180)
    running.until(lambda s: slow.dropped > 0)
    items = [next_item(slow) for _ in range(3)]
    assert gaps_of(items)
    assert gaps_of(items)[0].why is GapReason.SLOW
    feed.pause()
    feed.unsubscribe(slow)
    assert slow.closed
    running.until(is_in(FeedState.PAUSED))
    feed.seek(2.0)
    running.until(lambda s: s.position == pytest.approx(2.0))


def test_frames_per_second_are_counted(run, clock):
    feed = Feed("s", SceneSource(cameras=1, size=Size(160, 90), fps=20.0), clock=clock)
    slot = feed.subscribe(Lossless())
    run(feed)
    next_frame(slot)
    for _ in range(25):
        clock.advance(0.05)
        next_frame(slot)
    assert feed.status().fps == pytest.approx(20.0, rel=1e-3)
    clock.advance(5.0)
    next_frame(slot)
    clock.advance(0.001)
    assert feed.status().fps < 20.0


def test_a_failed_source_can_be_tried_again(video, tmp_path, run):
    film = video("elsewhere.mp4", 5)
    feed = Feed("f", FileSource(str(tmp_path / "later.mp4"), speed=0.0))
    running = run(feed)
    assert "no such file" in running.until(is_in(FeedState.FAILED)).message
    film.rename(tmp_path / "later.mp4")
    feed.retry()
    assert running.until(is_in(FeedState.ENDED)).frames == 5


def test_stopping_tells_every_reader_and_leaves_no_thread(video, run):
    before = set(threading.enumerate())
    feed = Feed("f", FileSource(str(video(frames=400))))
    slots = [feed.subscribe(), feed.subscribe(Lossless(2))]
    running = run(feed)
    next_frame(slots[0])
    running.stop(0.5)
    assert all(isinstance(all_items(slot)[-1], End) for slot in slots)
    assert feed.status().state is FeedState.CLOSED
    assert set(threading.enumerate()) <= before


def test_a_full_reader_does_not_keep_a_file_from_stopping_or_seeking(video, run):
    feed = Feed("f", FileSource(str(video(frames=100)), speed=0.0))
    stuck = feed.subscribe(Lossless(1))
    newest = feed.subscribe()
    running = run(feed)
    next_frame(newest)
    feed.seek(2.0)
    running.until(lambda s: s.position >= 2.0)
    running.stop(0.5)
    assert stuck.dropped >= 1


def test_a_defect_is_raised_and_said(run, monkeypatch):
    feed = Feed("s", SMALL)
    monkeypatch.setattr("engines.cameras.readers.scene.SceneReader.read", lambda self: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        feed.run()
    assert feed.status().state is FeedState.FAILED


def test_memory_does_not_grow(run):
    feed = Feed("s", TiledSource(SceneSource(cameras=4, size=Size(320, 180), fps=240.0), 2, 2))
    every = feed.subscribe(Lossless(4))
    feed.subscribe(tile="1")
    running = run(feed)
    for _ in range(60):
        next_frame(every)
    gc.collect()
    before = psutil.Process().memory_info().rss
    seen = sum(next_frame(every).image.nbytes for _ in range(300))
    grown = psutil.Process().memory_info().rss - before
    running.stop()
    assert seen > 190e6
    assert grown < 25e6


def test_a_folder_is_played_in_natural_order(pictures, run):
    folder = pictures({"p10.png": 10, "p9.png": 9, "P1.png": 1, "p2.jpg": 2, "notes.txt": None})
    feed = Feed("d", FolderSource(str(folder), fps=200.0, loop=False))
    slot = feed.subscribe(Lossless())
    run(feed)
    assert [number_in(f.image) for f in frames_of(all_items(slot))] == [1, 2, 9, 10]
