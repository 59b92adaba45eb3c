"""The rig's live part before the rendered rig: sets captured, kept, undone, brought back; what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from engines.calibration.live.rig_types import RigSighting
from engines.calibration.rig.taken import sights
from engines.cameras.sources.parsing import sample_source
from engines.cameras.types import SceneSource
from engines.core.errors import UsageError
from engines.core.frames import Frame, Size, Stamp
from tests.engines.calibration.live import rendered_rig as rig
from tests.workbench.controllers.calibration.rig.rig_bench import RigBench
from tests.workbench.controllers.calibration.rig.rig_bench import rig_bench as rig_bench
from workbench.controllers.calibration.captures import Captures
from workbench.controllers.calibration.rig.live import Live
from workbench.controllers.calibration.rig.live_sets import Sets, grid_of, names_of, tiled
from workbench.project.file import Project
from workbench.threads.background import Errands

BOARD = "chessboard:9x6:25mm"


@pytest.fixture
def threaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The finder works in a thread of this process, which starts at once."""
    monkeypatch.setattr(Live, "host", "thread")


@pytest.fixture
def bench(threaded: None, rig_bench: RigBench) -> RigBench:
    """The sample is open, and its board is set."""
    rig_bench.services.feeds.add(sample_source())
    rig_bench.controller.set(board=BOARD)
    return rig_bench


def until(qtbot, true: Callable[[], object]) -> None:
    qtbot.waitUntil(lambda: bool(true()), timeout=30_000)


def test_a_set_is_captured_by_itself_kept_undone_and_known_again(bench: RigBench, qtbot, supervisor) -> None:
    live, session = bench.controller.live, bench.controller.session
    assert [one.title for one in live.state.rigs] == ["Sample rig \u00b7 4 cameras"]
    assert live.state.names == rig.names()
    bench.panel.live.finder.click()
    assert live.running
    until(qtbot, lambda: live.state.sets >= 1 and live.known is not None)
    bench.panel.live.auto.click()
    setup = session.setup
    assert (setup.tiled, setup.rows, setup.columns, setup.names) == (True, 2, 2, rig.names())
    assert bench.state.problem == ""
    assert live.known.placed == (0, 1, 2, 3)
    until(qtbot, lambda: live.captures.unwritten == 0 and sights(Path(setup.paths[0]), setup.boards))
    errands = Errands("again", live)
    supervisor.adopt(errands)
    again = Sets(errands, Captures(errands, live), live)
    assert again.of(setup, 4) == ()
    until(qtbot, lambda: again.of(setup, 4))
    assert again.of(setup, 3) == (), "of other cameras"
    while session.setup.paths:
        bench.services.undo.undo()
    assert live.state.sets == 0
    bench.panel.live.finder.click()
    assert not live.running
    errands.request_stop()


def test_the_board_of_a_rendered_source_is_looked_for_unless_another_was_chosen(
    threaded: None, rig_bench: RigBench
) -> None:
    live, session = rig_bench.controller.live, rig_bench.controller.session
    rig_bench.services.feeds.add(sample_source())
    live.look(True)
    assert session.setup.board == BOARD
    rig_bench.controller.set(board="chessboard:8x5:30mm")
    live.look(False)
    live.look(True)
    assert session.setup.board == "chessboard:8x5:30mm"
    live.look(False)


def test_cameras_of_another_rig_are_not_added_to_its_pictures(bench: RigBench, qtbot) -> None:
    live = bench.controller.live
    bench.controller.set(paths=("/there/one.png",), rows=1, columns=2, names=("left", "right"))
    live.look(True)
    until(qtbot, lambda: bench.controller.trouble is not None)
    assert bench.controller.trouble.title == "Set not captured"
    assert live.state.auto
    assert bench.controller.session.setup.paths == ("/there/one.png",)
    bench.controller.clear()
    until(qtbot, lambda: bench.controller.session.setup.paths)
    assert bench.controller.session.setup.names == rig.names()


def test_after_a_restart_the_finder_is_back_and_what_was_set_gives_way_to_a_hand_alone(
    bench: RigBench, qtbot, tmp_path: Path
) -> None:
    live, session = bench.controller.live, lambda: bench.controller.session
    bench.panel.live.finder.click()
    bench.controller.set(rows=1, columns=3, names=("left", "right", "-"))
    before = session().setup
    _restart(bench, tmp_path / "again.kino")
    until(qtbot, lambda: live.running and bench.controller.trouble is not None)
    assert bench.controller.trouble.title == "Set not captured"
    assert (session().setup, live.state.auto) == (before, True)
    until(qtbot, bench.panel.live.capture.isEnabled)
    live.set_auto(False)
    bench.panel.live.capture.click()
    until(qtbot, lambda: session().setup.paths)
    assert session().setup.names == rig.names()
    live.set_auto(True)
    _restart(bench, tmp_path / "once more.kino")
    until(qtbot, lambda: len(session().setup.paths) > 1)
    assert [Path(path).stem for path in session().setup.paths[:2]] == ["Sample rig 01", "Sample rig 02"]
    live.look(False)


def _restart(bench: RigBench, path: Path) -> None:
    """What the project holds is opened as another."""
    services, again = bench.services, Project(path)
    bench.controller.keep()
    for id in ("cameras", "set", "results"):
        again.put("rig", id, services.project.get("rig", id))
    services.project.close()
    services.project = again
    bench.controller.restore()


def test_by_hand_nothing_is_captured_where_nothing_is_seen(bench: RigBench) -> None:
    bench.controller.live.capture()
    assert bench.said[-1] == "Turn on board detection to capture sets"
    assert not bench.controller.live.running


def test_several_sources_make_a_rig_until_one_is_closed(bench: RigBench, qtbot) -> None:
    live, feeds = bench.controller.live, bench.services.feeds
    ids = [feeds.add(SceneSource(name=name, cameras=1, size=Size(320, 180))) for name in ("left", "right")]
    live.choose_sources(tuple(ids))
    assert live.state.names == ("left", "right")
    live.look(True)
    until(qtbot, lambda: live.state.sighting is not None)
    sighting = live.state.sighting
    assert isinstance(sighting, RigSighting)
    assert [one.stamp.source for one in sighting.cameras] == ids
    feeds.remove(ids[1])
    assert not live.running
    assert live.state.chosen == (ids[0],)
    assert "two at the least" in live.state.hint


def test_sets_are_tiled_as_square_as_may_be_and_only_of_one_size() -> None:
    assert [grid_of(count) for count in (2, 3, 4, 5, 8)] == [(1, 2), (2, 2), (2, 2), (2, 3), (3, 3)]
    assert names_of(("a", "b", "c"), (2, 2)) == ("a", "b", "c", "-")
    images = [frame.image for frame in rig.moment(0)]
    whole = tiled(images, (2, 2))
    assert (whole == rig.scene().render(0)).all()
    small = Frame(images[1][:100].copy(), Stamp("small", 0, 0.0, 0.0)).image
    with pytest.raises(UsageError, match="differ in size: 640x100, 640x360"):
        tiled([images[0], small], (1, 2))
