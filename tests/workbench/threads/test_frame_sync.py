"""Sets of frames are of one moment, and what was lost in between is told once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.core.frames import End, Gap, GapReason
from engines.core.live import Reset
from engines.core.slots import Latest, Lossless, Slot
from tests.workbench.fakes import picture
from workbench.threads.frame_sync import FrameSync


def slots(count: int, policy: Latest | Lossless = Lossless()) -> list[Slot]:
    return [Slot(policy) for _ in range(count)]


def indices(frames: list) -> list[int]:
    return [frame.stamp.index for frame in frames]


def test_tiles_come_as_a_set_of_one_index() -> None:
    left, right = pair = slots(2, Latest())
    moments = FrameSync(pair)
    left.put(picture(4, "feed/left"))
    assert moments.take(0.0) is None
    right.put(picture(4, "feed/right"))
    assert indices(moments.take(0.0) or []) == [4, 4]
    assert moments.take(0.0) is None


def test_a_tile_that_is_behind_is_waited_for() -> None:
    left, right = pair = slots(2, Latest())
    moments = FrameSync(pair)
    right.put(picture(4, "feed/right"))
    left.put(picture(5, "feed/left"))
    assert moments.take(0.0) is None
    right.put(picture(5, "feed/right"))
    assert indices(moments.take(0.0) or []) == [5, 5]


def test_a_jump_back_does_not_wait_for_the_old_time() -> None:
    left, right = pair = slots(2, Latest())
    moments = FrameSync(pair)
    for slot, name in zip(pair, ("left", "right"), strict=True):
        slot.put(picture(500, f"feed/{name}"))
    assert indices(moments.take(0.0) or []) == [500, 500]
    right.put(Gap("feed", 0, GapReason.SEEK))
    right.put(picture(10, "feed/right"))
    assert moments.take(0.0) is None
    left.put(Gap("feed", 0, GapReason.SEEK))
    left.put(picture(10, "feed/left"))
    assert indices(moments.take(0.0) or []) == [10, 10]
    assert moments.resets() == [Reset.SEEK]
    assert moments.resets() == []


def test_different_feeds_give_their_newest() -> None:
    one, two = pair = slots(2, Latest())
    moments = FrameSync(pair)
    one.put(picture(7, "door"))
    two.put(picture(90, "yard"))
    assert indices(moments.take(0.0) or []) == [7, 90]
    two.put(picture(91, "yard"))
    assert indices(moments.take(0.0) or []) == [7, 91]


@pytest.mark.parametrize(
    ("why", "resets"),
    [
        (GapReason.SEEK, [Reset.SEEK]),
        (GapReason.LOOP, [Reset.LOOP]),
        (GapReason.SLOW | GapReason.DAMAGED, [Reset.GAP]),
        (GapReason.SEEK | GapReason.SLOW, [Reset.SEEK, Reset.GAP]),
    ],
)
def test_gaps_become_resets(why: GapReason, resets: list[Reset]) -> None:
    (slot,) = one = slots(1, Latest())
    moments = FrameSync(one)
    slot.put(Gap("feed", 3, why))
    slot.put(picture(1))
    assert moments.take(0.0) is not None
    assert moments.resets() == resets


def test_the_end_keeps_the_last_picture_and_a_closed_slot_is_noticed() -> None:
    (slot,) = one = slots(1)
    moments = FrameSync(one)
    slot.put(picture(1))
    slot.put(End("feed"))
    assert indices(moments.take(0.0) or []) == [1]
    assert not moments.closed
    slot.close()
    assert moments.closed


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(1, 3)), max_size=60))
def test_whatever_the_order_a_set_of_tiles_is_of_one_moment_and_time_goes_on(plan: list[tuple[int, int]]) -> None:
    three = slots(3, Latest())
    moments, at, last = FrameSync(three), [0, 0, 0], -1
    for tile, steps in plan:
        for _ in range(steps):
            three[tile].put(picture(at[tile], f"feed/{tile}"))
            at[tile] += 1
        frames = moments.take(0.0)
        if frames is not None:
            assert len({frame.stamp.index for frame in frames}) == 1
            assert frames[0].stamp.index > last
            last = frames[0].stamp.index
