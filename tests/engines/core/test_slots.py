"""Slots: what a slow reader sees, and what it costs."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.core.frames import End, FeedItem, Frame, FrameRing, Gap, GapReason, Stamp
from engines.core.slots import MOST_NOTICES, Latest, Lossless, Slot

IMAGE = np.zeros((2, 2, 3), np.uint8)


def _frame(index: int) -> Frame:
    return Frame(IMAGE, Stamp("cam", index, index / 30, index / 30))


def _drain(slot: Slot) -> list[FeedItem]:
    items = []
    while (item := slot.take()) is not None:
        items.append(item)
    return items


def _indices(items: list[FeedItem]) -> list[int]:
    return [item.stamp.index for item in items if isinstance(item, Frame)]


def test_latest_keeps_the_newest_frame_and_counts_the_others() -> None:
    slot = Slot(Latest())
    for index in range(5):
        slot.put(_frame(index))
    assert _indices(_drain(slot)) == [4]
    assert (slot.dropped, slot.taken) == (4, 1)


def test_latest_keeps_a_gap_before_the_frame_that_follows_it() -> None:
    slot = Slot(Latest())
    slot.put(_frame(0))
    slot.put(Gap("cam", 0, GapReason.SEEK))
    slot.put(_frame(9))
    assert _drain(slot) == [Gap("cam", 0, GapReason.SEEK), _frame(9)]


def test_lossless_gives_every_frame_in_order() -> None:
    slot = Slot(Lossless(10))
    for index in range(10):
        slot.put(_frame(index))
    slot.put(End("cam"))
    items = _drain(slot)
    assert _indices(items) == list(range(10))
    assert items[-1] == End("cam")
    assert slot.dropped == 0


def test_lossless_overflow_is_one_gap_that_counts() -> None:
    slot = Slot(Lossless(2))
    for index in range(7):
        slot.put(_frame(index))
    items = _drain(slot)
    assert _indices(items) == [0, 1]
    assert items[-1] == Gap("cam", 5, GapReason.SLOW)
    assert slot.dropped == 5


def test_a_seek_is_not_lost_in_an_overflow() -> None:
    slot = Slot(Lossless(1))
    slot.put(_frame(0))
    slot.put(Gap("cam", 0, GapReason.SEEK))
    slot.put(_frame(1))
    gap = _drain(slot)[-1]
    assert isinstance(gap, Gap)
    assert gap == Gap("cam", 1, GapReason.SEEK | GapReason.SLOW)


def test_a_full_lossless_slot_makes_a_file_wait() -> None:
    slot = Slot(Lossless(1))
    slot.put(_frame(0))
    asked = threading.Event()

    def may_wait() -> bool:
        asked.set()
        return True

    feed = threading.Thread(target=slot.put, args=(_frame(1),), kwargs={"may_wait": may_wait})
    feed.start()
    assert asked.wait(20)
    assert feed.is_alive()
    assert _indices([slot.take(1), slot.take(1)]) == [0, 1]  # type: ignore[list-item]
    feed.join(5)
    assert slot.dropped == 0


@pytest.mark.parametrize("policy", [Latest(), Lossless(1)])
def test_closing_frees_a_waiting_reader_and_a_waiting_feed(policy: Latest | Lossless) -> None:
    slot = Slot(policy)
    slot.put(_frame(0))
    asked = threading.Event()
    feed = threading.Thread(target=slot.put, args=(_frame(1),), kwargs={"may_wait": lambda: not asked.set()})
    feed.start()
    if isinstance(policy, Lossless):
        assert asked.wait(20)
    slot.close()
    feed.join(5)
    assert not feed.is_alive()
    assert slot.take(None) is None
    slot.put(_frame(2))
    assert slot.take() is None


def test_the_reader_is_woken_once_until_it_has_taken_everything() -> None:
    woken: list[int] = []
    slot = Slot(Latest(), wake=lambda: woken.append(1))
    for index in range(100):
        slot.put(_frame(index))
    assert len(woken) == 1
    _drain(slot)
    slot.put(_frame(100))
    assert len(woken) == 2


def test_wake_may_take_from_the_slot() -> None:
    taken: list[FeedItem | None] = []
    slot = Slot(Latest())
    slot._wake = lambda: taken.append(slot.take())
    slot.put(_frame(3))
    assert taken == [_frame(3)]


ITEMS = st.lists(st.sampled_from(["frame", "gap", "end"]), max_size=300)


@given(ITEMS, st.integers(1, 5))
def test_an_unread_slot_never_grows(kinds: list[str], maxsize: int) -> None:
    latest, lossless = Slot(Latest()), Slot(Lossless(maxsize))
    for index, kind in enumerate(kinds):
        item = {"frame": _frame(index), "gap": Gap("cam", 0, GapReason.LOOP), "end": None}[kind]
        if item is not None:
            latest.put(item)
            lossless.put(item)
    assert len(_drain(latest)) <= MOST_NOTICES + 1
    assert len(_drain(lossless)) <= maxsize + 1


@given(ITEMS, st.integers(1, 5))
def test_every_frame_is_taken_or_counted(kinds: list[str], maxsize: int) -> None:
    latest, lossless = Slot(Latest()), Slot(Lossless(maxsize))
    for index, kind in enumerate(kinds):
        item = _frame(index) if kind == "frame" else Gap("cam", 0, GapReason.LOOP)
        for slot in (latest, lossless):
            slot.put(item)
            if kind == "end":
                slot.take()
    for slot in (latest, lossless):
        _drain(slot)
        assert slot.taken + slot.dropped == kinds.count("frame")


def test_frames_are_read_only() -> None:
    frame = Frame(np.zeros((4, 4, 3), np.uint8), Stamp("cam", 0, 0.0, 0.0))
    with pytest.raises(ValueError, match="read-only"):
        frame.image[0, 0, 0] = 1


def test_the_ring_finds_the_picture_a_result_belongs_to_and_forgets_the_oldest() -> None:
    ring = FrameRing(depth=3)
    for index in range(5):
        ring.push(_frame(index))
    assert ring.newest == _frame(4)
    assert ring.find(_frame(2).stamp) == _frame(2)
    assert ring.find(_frame(1).stamp) is None
    assert len(ring.frames) == 3
    ring.clear()
    assert ring.newest is None
