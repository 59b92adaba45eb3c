"""The page Prepare in a window: a dropped recording is looked at, cut by the job, and used for the rig."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engines.calibration.rig.pictures import recordings as made
from tests.workbench.controllers.calibration.rig.rig_bench import RigBench
from tests.workbench.controllers.calibration.rig.rig_bench import rig_bench as rig_bench
from widgets.calibration.rig.pages.state import Page
from workbench.controllers.calibration.rig.prepare import Prepare


@pytest.fixture
def part(rig_bench: RigBench) -> Prepare:
    rig_bench.controller.choose_page(Page.PREPARE)
    found = rig_bench.controller.pages.parts[Page.PREPARE]
    assert isinstance(found, Prepare)
    return found


def test_a_dropped_recording_is_cut_and_used(rig_bench: RigBench, part: Prepare, qtbot, tmp_path: Path):
    folder = made.tiled_folder(tmp_path / "quad", made.moments(4))
    rig_bench.controller.board.dropped.emit([folder])
    qtbot.waitUntil(lambda: part.view.picture is not None, timeout=20000)
    assert rig_bench.state.setup.paths == (), "it is not the rig's yet"
    assert (part.view.frames, part.view.films) == (4, 0)
    assert Path(part.form.out) == tmp_path / "quad cameras"
    page = part.made
    page.gridWanted.emit(1, 2)
    page.picture.renamed.emit(0, "left")
    page.picture.swapped.emit(0, 1)
    assert part.view.form.order == (1, 0)
    assert part.command.endswith("--names 'left,camera 2' --order 1,0")
    qtbot.waitUntil(page.start.isEnabled)
    page.start.click()
    qtbot.waitUntil(lambda: part.view.result is not None, timeout=60000)
    assert sorted(path.name for path in (tmp_path / "quad cameras" / "left").iterdir())[0] == "quad00.png"
    page.use.click()
    setup = rig_bench.state.setup
    assert setup.paths == (str(tmp_path / "quad cameras" / "left"), str(tmp_path / "quad cameras" / "camera 2"))
    assert (setup.tiled, setup.names) == (False, ("left", "camera 2"))


def test_what_is_no_recording_says_so(part: Prepare, qtbot, tmp_path: Path):
    (tmp_path / "notes.mp4").write_text("words")
    part.take([str(tmp_path / "notes.mp4")])
    qtbot.waitUntil(lambda: part.trouble is not None, timeout=20000)
    assert part.trouble is not None
    assert part.trouble.title == "Not read"
    assert part.view.picture is None


def test_the_sample_is_a_recording_of_four_cameras(
    part: Prepare, qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("workbench.controllers.calibration.rig.prepare.SAMPLE", 2)
    monkeypatch.setattr("workbench.controllers.calibration.rig.prepare.cache_dir", lambda: tmp_path)
    part.begin()
    qtbot.waitUntil(lambda: part.view.picture is not None, timeout=60000)
    assert (part.form.rows, part.form.columns, part.view.frames) == (2, 2, 2)
