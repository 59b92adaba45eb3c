"""What sits in a cycle is destroyed in the window's thread, however much other threads allocate."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, Qt

from workbench.threads.gc_guard import Garbage


class Knot(QObject):
    """A QObject that refers to itself."""

    def __init__(self, ends: list[int]) -> None:
        super().__init__()
        self.me = self
        self.destroyed.connect(lambda: ends.append(threading.get_ident()), Qt.ConnectionType.DirectConnection)


@pytest.fixture
def garbage(qtbot) -> Iterator[Garbage]:
    made = Garbage()
    yield made
    made.close()


def allocate(kept: list[list[object]]) -> None:
    """Enough for the collector to run many times, were it on."""
    kept.extend([] for _ in range(50_000))


def test_a_knot_is_destroyed_in_the_window_s_thread(garbage: Garbage) -> None:
    ends: list[int] = []
    kept: list[list[object]] = []
    Knot(ends)
    thread = threading.Thread(target=allocate, args=(kept,))
    thread.start()
    thread.join()
    assert ends == []
    assert garbage.collect() > 0
    assert ends == [threading.get_ident()]


def test_left_alone_it_would_be_destroyed_elsewhere(qtbot) -> None:
    ends: list[int] = []
    kept: list[list[object]] = []
    Knot(ends)
    gc.enable()
    thread = threading.Thread(target=allocate, args=(kept,))
    thread.start()
    ident = thread.ident
    thread.join()
    assert ends == [ident]


def test_without_enough_garbage_nothing_is_done(garbage: Garbage) -> None:
    gc.collect()
    assert garbage.collect() == 0


def test_closing_gives_the_collector_back(qtbot) -> None:
    gc.enable()
    garbage = Garbage()
    assert not gc.isenabled()
    garbage.close()
    garbage.close()
    assert gc.isenabled()


def test_what_is_set_aside_is_looked_through_again_at_the_end(qtbot) -> None:
    ends: list[int] = []
    made = Garbage()
    Knot(ends)
    made.set_aside()
    gc.collect()
    assert ends == []
    made.close()
    gc.collect()
    assert len(ends) == 1
