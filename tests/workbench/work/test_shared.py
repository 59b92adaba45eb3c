"""Arrays through shared memory arrive as they were, whatever their sizes, and leave nothing behind."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.work import shared
from workbench.work.shared import SMALL, Inlet, Outlet, Packed, Ring


@pytest.fixture
def ring():
    made = Ring.create(1 << 20)
    yield made
    made.close()


def linked(size: int) -> tuple[Outlet, Inlet, Ring]:
    """Both ends of one ring, as two processes would have them."""
    ring = Ring.create(size)
    outlet, inlet = Outlet(lambda _: None), Inlet()
    outlet.use(ring)
    inlet.use(Ring.attach(ring.name, size))
    return outlet, inlet, ring


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 400_000), st.booleans()), min_size=1, max_size=30), st.integers(0, 2**32 - 1))
def test_arrays_of_any_size_arrive_in_order_however_late_the_ring_is_freed(
    plan: list[tuple[int, bool]], seed: int
) -> None:
    outlet, inlet, ring = linked(1 << 20)
    rng = np.random.default_rng(seed)
    under_way: list[tuple[Packed, np.ndarray]] = []
    try:
        for length, read_now in plan:
            array = rng.integers(0, 255, length, dtype=np.uint8)
            under_way.append((outlet.pack(array), array))
            while read_now and under_way:
                packed, sent = under_way.pop(0)
                assert np.array_equal(inlet.unpack(packed), sent)
                outlet.free(packed.end, ring.name)
        for packed, sent in under_way:
            assert np.array_equal(inlet.unpack(packed), sent)
    finally:
        outlet.use(None)
        inlet.use(None)


def test_a_large_array_goes_through_the_ring_and_a_small_one_does_not() -> None:
    outlet, inlet, _ = linked(1 << 20)
    large, small = outlet.pack(np.zeros(SMALL, np.uint8)), outlet.pack(np.zeros(SMALL - 1, np.uint8))
    assert (len(large.spans), large.loose, small.spans) == (1, (), ())
    assert len(large.data) < 1000
    outlet.use(None)
    inlet.use(None)


def test_what_is_received_stays_when_the_ring_is_written_again() -> None:
    outlet, inlet, ring = linked(1 << 18)
    kept = []
    for value in range(20):
        packed = outlet.pack(np.full(100_000, value, np.uint8))
        assert packed.spans
        kept.append(inlet.unpack(packed))
        outlet.free(packed.end, ring.name)
    assert [set(array.tolist()) for array in kept] == [{value} for value in range(20)]
    outlet.use(None)
    inlet.use(None)


def test_a_full_ring_sends_through_the_pipe_instead() -> None:
    outlet, inlet, _ = linked(1 << 18)
    packed = [outlet.pack(np.full(100_000, value, np.uint8)) for value in range(4)]
    assert [bool(one.spans) for one in packed] == [True, True, False, False]
    assert [int(inlet.unpack(one)[-1]) for one in packed] == [0, 1, 2, 3]
    outlet.use(None)
    inlet.use(None)


def test_a_value_beyond_half_the_ring_asks_for_more_room() -> None:
    asked: list[int] = []
    outlet = Outlet(asked.append)
    assert outlet.pack(np.zeros(9 << 20, np.uint8)).loose
    assert asked == [32 << 20]


def test_read_only_arrays_stay_read_only() -> None:
    outlet, inlet, _ = linked(1 << 20)
    array = np.zeros(100_000, np.uint8)
    assert inlet.unpack(outlet.pack(array)).flags.writeable
    array.flags.writeable = False
    assert not inlet.unpack(outlet.pack(array)).flags.writeable
    outlet.use(None)
    inlet.use(None)


def test_a_ring_never_lends_what_is_not_free(ring: Ring) -> None:
    first = ring.reserve(600_000)
    end = ring.head
    assert first == 0
    assert ring.reserve(600_000) is None
    ring.free(end)
    assert ring.reserve(600_000) == 0


def test_no_room_in_the_system_is_an_error_here_and_not_a_crash_later(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int, offset: int, length: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shared.os, "posix_fallocate", full)
    with pytest.raises(OSError, match="No space"):
        Ring.create(1 << 20)
