"""The broker lends what there is, in order, and says for whom one waits."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.core.context import Lease
from engines.core.errors import Cancelled, OutOfResources
from workbench.work.broker import Broker, waiting_note


def ask(broker: Broker, owner: str, device: str = "cpu", bytes: int = 0, threads: int = 1):
    granted: list[Lease] = []
    return broker.request(owner, device, bytes, threads, granted.append), granted


def test_a_second_heavy_job_waits_for_the_first(broker: Broker) -> None:
    first, mine = ask(broker, "Train", threads=4)
    second, yours = ask(broker, "Index", threads=4)
    assert (len(mine), len(yours)) == (1, 0)
    assert waiting_note(broker.waiting_for(second)) == "Waiting for Train"
    broker.release(first)
    assert yours == [Lease("cpu", 0, 4)]
    assert broker.waiting_for(second) == []


def test_more_threads_than_there_are_means_all_of_them(broker: Broker) -> None:
    _, granted = ask(broker, "Greedy", threads=64)
    assert granted[0].threads == 4


def test_a_small_job_does_not_overtake_a_waiting_large_one(broker: Broker) -> None:
    first, _ = ask(broker, "A", threads=3)
    _, large = ask(broker, "B", threads=4)
    _, small = ask(broker, "C", threads=1)
    assert (large, small) == ([], [])
    broker.release(first)
    assert (len(large), len(small)) == (1, 0)


def test_one_who_stops_waiting_lets_the_next_pass(broker: Broker) -> None:
    ask(broker, "A", threads=3)
    large, _ = ask(broker, "B", threads=4)
    _, small = ask(broker, "C", threads=1)
    broker.release(large)
    assert len(small) == 1


def test_an_unknown_device_is_lent_to_one_at_a_time(broker: Broker) -> None:
    first, one = ask(broker, "A", "cuda:0", 1 << 20, 1)
    _, two = ask(broker, "B", "cuda:0", 1 << 20, 1)
    assert (len(one), len(two)) == (1, 0)
    broker.release(first)
    assert len(two) == 1


def test_what_can_never_be_is_refused_in_words(broker: Broker) -> None:
    with pytest.raises(OutOfResources, match="Train needs 2.0 GiB of cpu, which has 1.0 GiB"):
        ask(broker, "Train", bytes=2 << 30)


def test_waiting_in_a_thread_ends_with_a_cancel(broker: Broker) -> None:
    ask(broker, "A", threads=4)
    notes: list[str] = []

    def check() -> None:
        if notes:
            raise Cancelled

    with pytest.raises(Cancelled):
        with broker.lease("B", "cpu", 0, 1, check, notes.append):
            pytest.fail("it was not free")
    assert notes == ["Waiting for A"]


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 1 << 30), st.booleans()), max_size=40))
def test_never_more_is_lent_than_there_is(wishes: list[tuple[int, int, bool]]) -> None:
    broker = Broker(threads=4, memory={"cpu": 1 << 30})
    lock = threading.Lock()
    tickets = []
    for threads, bytes, give_back in wishes:
        tickets.append(ask(broker, "x", "cpu", bytes, threads)[0])
        if give_back:
            broker.release(tickets.pop(0))
        with lock:
            held = [ticket.lease for ticket in tickets if ticket.held]
        assert sum(lease.threads for lease in held) <= 4
        assert sum(lease.bytes for lease in held) <= 1 << 30
    for ticket in list(tickets):
        broker.release(ticket)
    assert len(ask(broker, "last", threads=4)[1]) == 1
