"""The open sources are known as the rig that was kept for their cameras."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engines.cameras.types import FileSource, TiledSource
from engines.core.errors import UsageError
from tests.engines.calibration.rig.drawn_rigs import true_rig
from tests.workbench.fakes import FakeFeed
from workbench.feeds.calibrations import Calibrations
from workbench.feeds.rigs import Rigs
from workbench.feeds.running import Feeds
from workbench.threads.supervisor import Supervisor

PAIR, QUAD = true_rig(2), true_rig()
NAMES = tuple(camera.name for camera in QUAD.cameras)
TILED = TiledSource(FileSource("quad.mp4"), 2, 2, NAMES)


@pytest.fixture
def feeds(qtbot, supervisor: Supervisor) -> Iterator[Feeds]:
    made = Feeds(supervisor, FakeFeed)  # type: ignore[arg-type]
    yield made
    made.clear()


@pytest.fixture
def rigs(feeds: Feeds) -> Rigs:
    return Rigs(feeds, Calibrations(feeds))


def test_tiles_form_the_rig_that_was_kept_for_them_whatever_they_are_called(rigs: Rigs, feeds: Feeds, qtbot) -> None:
    paths = [f"{feeds.add(TILED)}/{name}" for name in NAMES]
    with qtbot.waitSignal(rigs.changed):
        rigs.assign(paths, QUAD)
    feeds.clear()
    assert rigs.in_use() == ()
    id = feeds.add(TiledSource(FileSource("quad.mp4"), 2, 2, ("a", "b", "c", "d")))
    used = rigs.of(f"{id}/c")
    assert used is not None
    assert (used.paths, used.number(f"{id}/c")) == (tuple(f"{id}/{name}" for name in "abcd"), 2)
    assert [camera.name for camera in rigs.rig(used).cameras] == list(NAMES)
    assert rigs.of(id) is None


def test_all_cameras_of_a_rig_have_to_be_open_and_the_newest_counts(rigs: Rigs, feeds: Feeds) -> None:
    left, right = feeds.add(FileSource("left.mp4")), feeds.add(FileSource("right.mp4"))
    first, second = rigs.assign([left, right], PAIR), rigs.assign([left, right], PAIR)
    (used,) = rigs.in_use()
    assert (used.kept.path, [one.path for one in used.older]) == (second.kept.path, [first.kept.path])
    feeds.remove(right)
    assert rigs.in_use() == ()


def test_sources_that_cannot_be_the_rigs_are_refused(rigs: Rigs, feeds: Feeds) -> None:
    left = feeds.add(FileSource("left.mp4"))
    for paths, words in (([left], "2 cameras"), ([left, left], "2 cameras"), ([left, "gone"], "own pictures")):
        with pytest.raises(UsageError, match=words):
            rigs.assign(paths, PAIR)
