"""Feeds run in threads of their own; the window sees the newest frame, once called, in its own thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from engines.cameras.types import FileSource
from engines.core.errors import UsageError
from engines.core.frames import Frame
from engines.core.slots import Lossless
from tests.workbench.fakes import FakeFeed
from workbench.feeds.running import Feeds, FrameTap
from workbench.threads.supervisor import Supervisor


@pytest.fixture
def feeds(qtbot, supervisor: Supervisor) -> Iterator[Feeds]:
    made = Feeds(supervisor, FakeFeed)  # type: ignore[arg-type]
    yield made
    made.clear()


def test_ids_are_given_and_kept(feeds: Feeds) -> None:
    assert [feeds.add(FileSource("a")), feeds.add(FileSource("b")), feeds.add(FileSource("c"), "left")] == [
        "file1",
        "file2",
        "left",
    ]
    assert feeds.ids() == ["file1", "file2", "left"]
    assert feeds.feed("left").source == FileSource("c")


@pytest.mark.parametrize("id", ["left", "a/b"])
def test_a_wrong_id_is_refused_in_words(feeds: Feeds, id: str) -> None:
    feeds.add(FileSource("a"), "left")
    with pytest.raises(UsageError, match=id):
        feeds.add(FileSource("b"), id)


def test_an_unknown_feed_is_refused_without_its_id(feeds: Feeds) -> None:
    with pytest.raises(UsageError, match="not open any more") as error:
        feeds.subscribe("nobody/left")
    assert "nobody" not in str(error.value)


def test_a_feed_runs_elsewhere_and_is_heard_here(feeds: Feeds, qtbot) -> None:
    id = feeds.add(FileSource("a"))
    heard: list[int] = []
    feeds.changed.connect(lambda _: heard.append(threading.get_ident()))
    qtbot.waitUntil(lambda: len(heard) >= 2)
    assert set(heard) == {threading.get_ident()}
    assert feeds.feed(id).thread not in (None, threading.get_ident())  # type: ignore[attr-defined]


def test_a_tap_gives_the_newest_and_counts_what_it_missed(feeds: Feeds, qtbot) -> None:
    tap = FrameTap(feeds, feeds.add(FileSource("a")))
    with qtbot.waitSignal(tap.ready):
        pass
    qtbot.waitUntil(lambda: tap.dropped >= 5)
    first = tap.take()
    assert isinstance(first, Frame)
    assert first.stamp.index >= 5
    assert tap.dropped == first.stamp.index
    tap.close()
    assert tap.take() is None
    tap.close()


def test_a_lossless_tap_misses_nothing(feeds: Feeds, qtbot) -> None:
    tap = FrameTap(feeds, feeds.add(FileSource("a")), Lossless(1000))
    seen: list[int] = []

    def read() -> None:
        while (item := tap.take()) is not None:
            assert isinstance(item, Frame)
            seen.append(item.stamp.index)

    tap.ready.connect(read)
    qtbot.waitUntil(lambda: len(seen) > 20)
    tap.close()
    assert seen == list(range(seen[0], seen[0] + len(seen)))


def test_a_removed_feed_is_gone_at_once_and_ends_soon(feeds: Feeds, supervisor: Supervisor, qtbot) -> None:
    id = feeds.add(FileSource("a"))
    tap = FrameTap(feeds, id)
    with qtbot.waitSignal(feeds.removed) as told:
        feeds.remove(id)
    assert (told.args, feeds.ids()) == ([id], [])
    qtbot.waitUntil(lambda: supervisor.names() == [])
    tap.close()
    feeds.remove(id)


def test_a_feed_whose_thread_breaks_is_told_by_name(feeds: Feeds, qtbot, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: FakeFeed) -> None:
        raise RuntimeError("the feed broke")

    monkeypatch.setattr(FakeFeed, "run", broken)
    with qtbot.waitSignal(feeds.failed) as told:
        id = feeds.add(FileSource("a"))
    assert told.args[0] == id
    assert told.args[1].message == "RuntimeError: the feed broke"
