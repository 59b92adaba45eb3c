"""The rig's controller in a window's worth of parts: what is set can be undone, is kept, and becomes the job."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.main import get_command

from engines.calibration.formats.rig_files import save
from engines.calibration.rig.pictures.listing import Listing, write
from engines.calibration.rig.types import RigSpec
from engines.calibration.targets.photographs import expand
from engines.calibration.types import Remedy
from engines.cameras.sources.changes import tile_renamed
from engines.cameras.sources.parsing import sample_source
from engines.cameras.types import SceneSource, TiledSource
from engines.core.errors import BadInput
from engines.core.frames import Size
from engines.core.spec import spec_type
from tests.engines.calibration.formats.some_rigs import FOURS
from tests.widgets.calibration.calibration_states import pick
from tests.widgets.calibration.rig.rig_states import FRAMES, NAMES, SETUP, SIZE, STEPS, told
from tests.workbench.controllers.calibration.rig.rig_bench import RigBench
from tests.workbench.controllers.calibration.rig.rig_bench import rig_bench as rig_bench
from widgets.calibration.rig.pages.state import Cell, Page
from workbench.controllers.calibration.rig.cells import pictures_of
from workbench.controllers.calibration.rig.keeping import restore_session
from workbench.controllers.calibration.rig.session import JOB, Material
from workbench.verbs.calibration.rig import app


@pytest.fixture
def solved(rig_bench: RigBench) -> RigBench:
    """A result as if a job had given it."""
    it = rig_bench.controller
    it.edits.put("Begin", Material(SETUP))
    it.jobs.done.emit(it.session.spec, told())
    return rig_bench


def test_the_job_takes_what_is_set() -> None:
    assert spec_type(JOB) is RigSpec


def _touched(folder: Path, *names: str) -> list[str]:
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).touch()
    return [str(folder / name) for name in names]


def test_pictures_called_by_their_cameras_are_of_a_camera_each(rig_bench: RigBench, tmp_path: Path) -> None:
    it, folder = rig_bench.controller, tmp_path / "day [1]"
    pictures = _touched(folder, "left01.jpg", "left02.jpg", "right01.jpg", "right02.jpg")
    it.add([*pictures, str(folder / "intrinsics.yml")])
    setup = it.session.setup
    assert (setup.tiled, setup.names) == (False, ("left", "right"))
    assert [expand([path]) for path in setup.paths] == [tuple(map(Path, pictures[:2])), tuple(map(Path, pictures[2:]))]
    rig_bench.services.undo.undo()
    alone = _touched(folder, "sync03.jpg", "sync04.jpg")
    it.add([*pictures, *alone])
    assert it.session.setup.tiled, "what has no other cameras is no camera"
    rig_bench.services.undo.undo()
    it.add(alone)
    it.add(_touched(folder, "other03.jpg", "other04.jpg"))
    assert it.session.setup.tiled
    rig_bench.panel.pictures.changed.emit("tiled", False)
    assert it.session.setup.names == ("sync", "other")


def test_a_list_of_cameras_is_taken_as_it_says(rig_bench: RigBench, tmp_path: Path) -> None:
    it = rig_bench.controller
    for name in ("a", "b"):
        _touched(tmp_path / name, "1.png")
    write(Listing(("left", "right"), ("a", "b"), "order", (0, 2)), tmp_path / "cameras.yaml")
    it.add([str(tmp_path / "cameras.yaml")])
    setup = it.session.setup
    assert (setup.names, setup.match, setup.offsets, setup.tiled) == (("left", "right"), "order", (0, 2), False)
    assert setup.paths == (str(tmp_path / "a"), str(tmp_path / "b"))
    assert rig_bench.state.trouble is None


def test_more_cameras_than_a_rig_has_are_refused(rig_bench: RigBench) -> None:
    rig_bench.controller.set(paths=tuple(f"/there/{n}.png" for n in range(9)), tiled=False)
    assert rig_bench.state.problem.startswith("9 cameras, and a rig has 8 at the most; put")


def test_every_setting_is_a_step_of_undo(rig_bench: RigBench) -> None:
    it, undo = rig_bench.controller, rig_bench.services.undo
    it.edits.put("Begin", Material(SETUP))
    panel = rig_bench.panel
    pick(panel.solver.model, "rational8")
    panel.pictures.rows.setValue(3)
    panel.pictures.rows.setValue(4)
    panel.solver.free.click()
    setup = it.session.setup
    assert (setup.model, setup.rows, setup.free_board) == ("rational8", 4, True)
    assert [undo.text(n) for n in range(undo.count())] == [
        "Begin", "Change the lens model", "Change the tiles", "Solve for the board's shape",
    ]  # fmt: skip
    for _ in range(3):
        undo.undo()
    assert rig_bench.state.setup == SETUP
    assert panel.solver.model.value() == "brown5"


def test_films_of_their_own_are_taken_for_a_camera_each(rig_bench: RigBench) -> None:
    it = rig_bench.controller
    it.add(["/films/left.mp4", "/films/right.mp4"])
    assert (it.session.setup.tiled, it.session.setup.names) == (False, ("left", "right"))
    it.add(["/films/top.mp4"])
    assert it.session.setup.cameras == ("left", "right", "2")
    it.panel.pictures.places.removed.emit(0)
    assert (it.session.setup.paths, it.session.setup.names) == (("/films/right.mp4", "/films/top.mp4"), ("right",))
    it.clear()
    assert it.session.setup.paths == ()
    rig_bench.services.undo.undo()
    assert len(it.session.setup.paths) == 2


def test_a_result_is_of_what_was_set_and_comes_back_by_undo(solved: RigBench) -> None:
    it = solved.controller
    assert (solved.state.current, solved.state.headline) == (True, "3 cameras, RMS 0.100 px, fair")
    it.choose_page(Page.RIG)
    it.board.page(Page.RIG).switchWanted.emit(("set 5.png",), False)
    it.board.page(Page.RIG).originWanted.emit("set 2.png")
    assert (it.session.spec.exclude, it.session.spec.reference) == (("set 5.png",), "frame:set 2.png")
    it.show_now()
    assert not solved.state.current
    assert solved.state.headline.endswith("changed since")
    solved.services.undo.undo()
    solved.services.undo.undo()
    assert solved.state.current


def test_remedies_change_what_they_say_and_solve_again(solved: RigBench) -> None:
    it = solved.controller
    solved.panel.report.reasons.buttons[0].click()
    assert it.session.setup.exclude == ("set 5.png",)
    assert it.jobs.job is not None
    it.cancel()
    solved.panel.report.reasons.buttons[1].click()
    assert it.session.setup.free_board
    it.cancel()
    assert solved.services.undo.undoText() == "Free the board"


def test_known_lenses_are_asked_for_and_held(solved: RigBench, monkeypatch) -> None:
    it, answers = solved.controller, ["", "/lenses.toml"]
    monkeypatch.setattr(it.files, "ask_rig", lambda _title: answers.pop(0))
    it.follow(Remedy("load_lenses"))
    assert (it.jobs.job, it.session.setup) == (None, SETUP)
    it.follow(Remedy("load_lenses"))
    assert (it.session.spec.intrinsics, it.session.spec.hold) == ("/lenses.toml", "fixed")
    assert it.jobs.job is not None
    it.cancel()


def test_a_camera_is_left_out_by_one_click(solved: RigBench) -> None:
    it = solved.controller
    it.choose_page(Page.RIG)
    it.board.page(Page.RIG).cameraWanted.emit(1)
    assert it.session.setup.cameras == ("front left", "side")
    solved.services.undo.undo()
    assert it.session.setup.cameras == NAMES


def test_cancelling_keeps_what_was_solved_by_then(rig_bench: RigBench) -> None:
    it = rig_bench.controller
    it.edits.put("Begin", Material(SETUP))
    for step in STEPS:
        it.jobs.told.emit("step", step)
    it.jobs.told.emit("fit", told(verdict="", reasons=(), held_out_rms_px=None))
    it.jobs.cancelled.emit(it.session.spec)
    assert rig_bench.state.result is not None
    assert rig_bench.state.headline == "3 cameras, RMS 0.100 px, not judged"


def test_a_rig_from_a_file_stands_beside_the_pictures(solved: RigBench, qtbot, tmp_path: Path) -> None:
    it = solved.controller
    save(FOURS, tmp_path / "four.json")
    it.add([str(tmp_path / "four.json")])
    qtbot.waitUntil(lambda: solved.state.loaded_from == "four.json")
    assert solved.state.result == FOURS
    assert solved.state.headline == "From four.json"
    solved.panel.report.close_loaded.click()
    assert solved.state.result == told()
    (tmp_path / "bad.json").write_text("{}")
    it.open(str(tmp_path / "bad.json"))
    qtbot.waitUntil(lambda: solved.state.trouble is not None)
    assert solved.state.headline == "Rig not opened"


def test_the_project_keeps_what_is_set_and_what_came_out(solved: RigBench) -> None:
    it = solved.controller
    it.set(loss="huber", intrinsics="/lenses.toml", hold="prior")
    solved.services.undo.undo()
    it.keep()
    session = restore_session(solved.services)
    assert (session.setup, session.result, session.current) == (SETUP, told(), True)
    it.set(model="fisheye4")
    it.edits.show_loaded("four.json", FOURS)
    it.keep()
    session = restore_session(solved.services)
    assert (session.result, session.material.loaded_from, session.last) == (FOURS, "four.json", told())
    assert session.setup.model == "fisheye4"


def test_a_result_that_cannot_be_read_leaves_what_is_set(solved: RigBench) -> None:
    solved.controller.keep()
    solved.services.project.put("rig", "results", {"loaded": None, "last": {"kind": "of another version"}})
    session = restore_session(solved.services)
    assert (session.setup, session.result) == (SETUP, None)
    assert any("calibrate again" in said for said in solved.said)


def test_the_command_has_options_that_there_are(solved: RigBench) -> None:
    it = solved.controller
    it.set(
        intrinsics="/lenses.toml", hold="prior", fix=("k3",), loss="huber", shared_lens=True, free_board=True, margin=2,
        reference="side", exclude=("set 1.png", "set 2.png/side"), model="rational8", window="9", mirror="yes",
    )  # fmt: skip
    words = shlex.split(it.command())
    assert words[:4] == ["python", "main.py", "calibrate", "rig"]
    known = {option for parameter in get_command(app).commands["rig"].params for option in parameter.opts}  # type: ignore[attr-defined]
    assert {word for word in words if word.startswith("--")} <= known
    assert words[words.index("--names") + 1] == "front left,front right,side,-"
    assert words.count("--exclude") == 2


def test_the_sample_becomes_pictures_of_all_cameras(rig_bench: RigBench, qtbot, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KINOSCOPE_HOME", str(tmp_path / "home"))
    it, ran = rig_bench.controller, []
    monkeypatch.setattr(it.jobs, "start", lambda spec, title, command="": ran.append(spec))
    scene = TiledSource(SceneSource(cameras=2, size=Size(160, 90)), 1, 2, ("left", "right"), "Small rig")
    it.live.choose_rig(rig_bench.services.feeds.add(scene))
    rig_bench.panel.pictures.take.counted.emit(2, 0.1)
    rig_bench.panel.empty.button.click()
    qtbot.waitUntil(lambda: bool(ran), timeout=20_000)
    (spec,) = ran
    assert (spec.tiles, spec.names, len(spec.paths)) == ("1x2", ("left", "right"), 2)
    assert str(spec.board) == str(scene.of.board)  # type: ignore[union-attr]
    assert cv2.imread(spec.paths[1]).shape == (90, 320, 3)
    rig_bench.services.undo.undo()
    assert it.session.setup.paths == ()


def test_the_sample_is_taken_also_where_its_pictures_have_other_names(rig_bench: RigBench, monkeypatch) -> None:
    it, begun = rig_bench.controller, []
    monkeypatch.setattr(it.takes, "start", lambda: begun.append(it.live.chosen))
    sample = sample_source()
    id = rig_bench.services.feeds.add(tile_renamed(sample, sample.tiles[1], "north: far"))
    it.open_sample()
    (chosen,) = begun
    assert {path.partition("/")[0] for path in chosen} == {id}


def test_pictures_are_cut_as_they_were_when_it_was_solved(tmp_path: Path) -> None:
    whole = np.zeros((2 * SIZE.height, 2 * SIZE.width, 3), np.uint8)
    whole[:, SIZE.width :] = 90
    path = tmp_path / FRAMES[0]
    cv2.imwrite(str(path), whole)
    result = told()
    images = pictures_of(result, dict.fromkeys(range(3), str(path)), SETUP)
    assert [int(images[camera].mean()) for camera in range(3)] == [0, 90, 0]
    with pytest.raises(BadInput, match="front left is not cut"):
        pictures_of(result, {0: str(path)}, replace(SETUP, margin=4))


def test_a_cell_that_is_chosen_is_shown_on_its_page(solved: RigBench, qtbot) -> None:
    it = solved.controller
    it.choose_page(Page.RIG)
    it.choose_cell(Cell("set 3.png", 0))
    qtbot.waitUntil(lambda: it.view.cell == Cell("set 3.png", 0))
    page = it.board.page(Page.RIG)
    assert page.there
    qtbot.waitUntil(lambda: not page.picture.has_picture)
    it.clear()
    it.show_now()
    assert not page.there
