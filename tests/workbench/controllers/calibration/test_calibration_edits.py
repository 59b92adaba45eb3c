"""Every control of the panel changes its own setting alone, undo takes it back, and the command line tells of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from engines.calibration.types import ModelsSpec, MonoResult, Reason, Remedy, ViewResult
from engines.core.boards import Board
from engines.core.frames import Size
from engines.core.lenses import Intrinsics
from tests.workbench.controllers.calibration.calibration_bench import Bench
from tests.workbench.controllers.calibration.calibration_bench import bench as bench
from tests.workbench.controllers.calibration.calibration_bench import make_bench as make_bench
from widgets.calibration.state import ViewRow
from widgets.kit.panel import ChoiceField
from workbench.controllers.calibration.pictures import picture
from workbench.controllers.calibration.rows import photograph
from workbench.controllers.calibration.session import Material
from workbench.controllers.common.job_slot import JobSlot

BOARD = Board.parse("chessboard:9x6:25mm")
SECOND = Board.parse("charuco:5x4:54mm:40.5mm:DICT_5X5_50")


def pick(field: ChoiceField, id: str) -> None:
    field.setCurrentIndex(field.findData(id))
    field.activated.emit(field.currentIndex())


def type_held(bench: Bench, text: str) -> None:
    bench.panel.solver.more.setText(text)
    bench.panel.solver.more.editingFinished.emit()


CONTROLS: dict[str, tuple[Callable[[Bench], object], dict[str, object], str]] = {
    "model": (lambda b: pick(b.panel.solver.model, "rational8"), {"model": "rational8"}, "--model rational8"),
    "shape": (lambda b: b.panel.solver.free.click(), {"free_board": True}, "--free-board"),
    "k3": (lambda b: b.panel.solver.held["k3"].click(), {"fix": ("k3",)}, "--fix k3"),
    "tangential": (lambda b: b.panel.solver.held["tangential"].click(), {"fix": ("tangential",)}, "--fix tangential"),
    "aspect": (lambda b: b.panel.solver.held["aspect"].click(), {"fix": ("aspect",)}, "--fix aspect"),
    "principal": (lambda b: b.panel.solver.held["principal"].click(), {"fix": ("principal",)}, "--fix principal"),
    "typed": (lambda b: type_held(b, "fx=800, k2"), {"fix": ("fx=800", "k2")}, "--fix fx=800,k2"),
    "mirror": (lambda b: pick(b.panel.solver.mirror, "yes"), {"mirror": "yes"}, "--mirror yes"),
    "window": (lambda b: pick(b.panel.solver.corner, "fixed"), {"window": "7"}, "--window 7"),
    "every": (lambda b: b.panel.every.every.setValue(30), {"every": 30}, "--every 30"),
    "board": (lambda b: b.panel.board.rows.setValue(7), {"board": "chessboard:9x7:25mm"}, "chessboard:9x7:25mm"),
    "another": (
        lambda b: b.panel.boards.add.click(),
        {"more_boards": ("chessboard:8x5:25mm",)},
        "--board chessboard:9x6:25mm --board chessboard:8x5:25mm",
    ),
    "flip": (lambda b: b.panel.camera.flip.click(), {"mirror": "yes"}, "--mirror yes"),
    "seen": (
        lambda b: b.panel.camera.boardWanted.emit(SECOND),
        {"board": str(SECOND)},
        "--board charuco:5x4:54mm:40.5mm:DICT_5X5_50",
    ),
}


def test_a_control_changes_its_own_setting_alone(bench: Bench) -> None:
    bench.controller.edits.change("Add", Material((ViewRow("/a.png", "a.png"), photograph("/f.mp4"))))
    session = bench.controller.session
    settings, material = session.settings, session.material
    for name, (act, changes, words) in CONTROLS.items():
        act(bench)
        assert asdict(session.settings) == asdict(settings) | changes, name
        assert words in bench.controller.command(), name
        bench.services.undo.undo()
        assert (session.settings, session.material) == (settings, material), name
        bench.services.undo.redo()
        assert asdict(session.settings) == asdict(settings) | changes, name
        bench.services.undo.undo()


def test_what_cannot_be_held_is_explained_and_not_told(bench: Bench) -> None:
    solver = bench.panel.solver
    for text, words in (("k9", "'k9' cannot be held"), ("fx", "'fx' needs a value"), ("k3=a", "does not say a number")):
        type_held(bench, text)
        assert words in solver.problem.text()
        assert not solver.problem.isHidden()
        assert bench.controller.session.settings.fix == ()
        assert solver.more.text() == text, "what was typed stays"
    type_held(bench, "k1")
    assert solver.problem.isHidden()
    assert bench.controller.session.settings.fix == ("k1",)
    pick(solver.model, "fisheye4")
    assert solver.held["tangential"].isHidden()


def result_of(*views: ViewResult, reasons: tuple[Reason, ...] = ()) -> MonoResult:
    return MonoResult(
        "brown5",
        Size(64, 48),
        Intrinsics(50, 50, 32, 24),
        {},
        (0.0,) * 5,
        (),
        0.2,
        None,
        views,
        "fair",
        (),
        1.0,
        BOARD,
        reasons=reasons,
    )


def seen(name: str, path: str, **values: object) -> ViewResult:
    view = ViewResult(name, path, True, True, 0.2, None, (0, 1), ((1.0, 1.0), (9.0, 9.0)), ((1.0, 1.0), (9.0, 9.0)))
    return replace(view, **values)  # type: ignore[arg-type]


@pytest.fixture
def solved(bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Four photographs with a result, and no job that would run."""
    paths = [tmp_path / f"{number}.png" for number in range(4)]
    for path in paths:
        cv2.imwrite(str(path), np.zeros((48, 64), np.uint8))
    monkeypatch.setattr(bench.controller.runs, "solve", lambda _spec, **_how: None)
    session = bench.controller.session
    bench.controller.edits.change("Add", Material(tuple(ViewRow(str(path), path.name) for path in paths)))
    reasons = tuple(Reason(remedy.kind, 1, f"Because of {remedy.kind}", remedy) for remedy in REMEDIES)
    result = result_of(*(seen(path.name, str(path)) for path in paths), reasons=(*reasons, Reason("plain", 1, "Plain")))
    bench.controller.runs.done.emit(session.spec(), result)
    return bench


REMEDIES = (
    Remedy("free_board"),
    Remedy("drop_corner", "2.png#1"),
    Remedy("switch_off", "1.png"),
    Remedy("use_model", "fisheye4"),
    Remedy("use_board", "chessboard:8x6:25mm"),
)
BUTTONS = ("Free the board", "Leave this corner out", "Switch off", "Use fisheye", "Use 8 × 6 corners")


def test_a_reason_is_followed_by_one_click_and_taken_back(solved: Bench) -> None:
    session, buttons = solved.controller.session, solved.panel.report.reasons.buttons
    assert tuple(button.text().replace("\u00a0", " ") for button in buttons) == BUTTONS
    settings, material = session.settings, session.material
    done = (True, ("2.png#1",), ("1.png",), "fisheye4", "chessboard:8x6:25mm")
    for number, value in enumerate(done):
        solved.panel.report.reasons.buttons[number].click()
        assert solved.state.current is False
        spec = session.spec()
        plain: list[object] = [False, (), (), "brown5", str(BOARD)]
        plain[number] = value
        assert [spec.free_board, spec.drop, spec.exclude, spec.model, str(spec.board)] == plain
        solved.services.undo.undo()
        assert (session.settings, session.material) == (settings, material)
        assert solved.state.current


def test_dropped_corners_are_counted_and_put_back(solved: Bench) -> None:
    report, session = solved.panel.report, solved.controller.session
    solved.controller.follow(Remedy("drop_corner", "2.png#1"))
    solved.controller.follow(Remedy("drop_corner", "3.png#0"))
    assert report.dropped.text() == "2 corners left out of the fit"
    assert "--drop '2.png#1' --drop '3.png#0'" in solved.controller.command()
    report.put_back.click()
    assert session.material.drop == ()
    assert not report.put_back.isVisible()


def test_several_boards_are_one_row_with_their_figures_together(solved: Bench) -> None:
    session = solved.controller.session
    path = session.material.views[0].path
    parts = (
        seen("0.png", path, rms_px=0.3),
        seen("0.png · board 2", path, rms_px=0.1, board=1),
        *(seen(row.name, row.path, found=row.name != "1.png", corners=()) for row in session.material.views[1:3]),
        seen("3.png", session.material.views[3].path, used=False, twin_of="0.png"),
    )
    solved.controller.runs.done.emit(session.spec(), result_of(*parts))
    row = solved.state.views[0]
    assert (row.boards, len(row.corners)) == (2, 4)
    assert row.rms_px == pytest.approx(np.sqrt((0.09 + 0.01) / 2))
    assert solved.state.views[1].found is False
    assert solved.state.views[3].twin_of == "0.png"
    assert [view.name for view in solved.state.used] == ["0.png", "2.png"]


def test_a_film_is_one_row_until_its_frames_are_known(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench.controller.runs, "solve", lambda _spec, **_how: None)
    controller, session = bench.controller, bench.controller.session
    assert not bench.panel.every.isVisibleTo(bench.panel)
    controller.edits.change("Add", Material((photograph("/films/a.mp4"),)))
    assert bench.panel.every.isVisibleTo(bench.panel)
    assert bench.panel.state == "1 film, ready to calibrate"
    assert bench.panel.start.isEnabled()
    spec = session.spec()
    assert spec.images == ("/films/a.mp4",)
    frames = tuple(f"/films/a.mp4#frame={number}" for number in (12, 40, 77, 120))
    controller.runs.done.emit(spec, result_of(*(seen(f"a.mp4 frame {frame[19:]}", frame) for frame in frames)))
    assert solved_now(bench)
    assert [row.name for row in bench.state.views] == [
        "a.mp4 frame 12",
        "a.mp4 frame 40",
        "a.mp4 frame 77",
        "a.mp4 frame 120",
    ]
    assert session.spec().images == frames
    bench.panel.table.toggled.emit(frames[2], False)
    assert [row.used for row in bench.state.views] == [True, True, False, True]
    assert len(session.spec().exclude) == 1
    assert controller.command().count("a.mp4 ") >= 1
    assert frames[0] not in controller.command()
    controller.edits.remove(frames[:1])
    assert [row.used for row in bench.state.views] == [False, True, False, True]
    controller.edits.remove(frames)
    assert bench.state.views == ()
    for _ in range(3):
        bench.services.undo.undo()
    assert solved_now(bench)
    controller.set(every=10)
    assert session.spec().images == ("/films/a.mp4",), "the film is searched anew"


def solved_now(bench: Bench) -> bool:
    return bench.state.current and bench.state.result is not None


def test_a_project_brings_back_what_was_set(make_bench: Callable[[], Bench], monkeypatch: pytest.MonkeyPatch) -> None:
    first = make_bench()
    monkeypatch.setattr(first.controller.runs, "solve", lambda _spec, **_how: None)
    controller, frames = first.controller, tuple(f"/a.mp4#frame={number}" for number in range(4))
    controller.edits.set_boards((BOARD, SECOND))
    controller.set(fix=("k3", "fx=800"), every=5, mirror="no", model="rational8")
    controller.edits.change("Add", Material((photograph("/a.mp4"),), drop=("a.mp4 frame 1#3",)))
    controller.runs.done.emit(controller.session.spec(), result_of(*(seen("f", frame) for frame in frames)))
    controller.edits.switch(frames[:1], False)
    controller.edits.show_loaded("camera.yaml", result_of())
    controller.keep()
    second = make_bench().controller.session
    assert second.settings == controller.session.settings
    assert second.spec() == controller.session.spec()
    assert second.result == controller.session.result
    assert second.of_views is not None
    assert second.material == controller.session.material


def test_models_are_compared_from_the_solver(solved: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[object] = []
    monkeypatch.setattr(JobSlot, "start", lambda _slot, spec, *_words: started.append(spec))
    monkeypatch.setattr(solved.controller, "go_to", lambda page: started.append(page))
    solved.panel.solver.compare.click()
    session = solved.controller.session
    assert started == ["models", ModelsSpec(session.spec())]


def test_calibrating_again_shows_the_views_in_place_of_the_file(solved: Bench) -> None:
    session, edits = solved.controller.session, solved.controller.edits
    of_views = solved.result
    edits.show_loaded("camera.yaml", result_of())
    assert solved.result.views == ()
    assert [row.rms_px for row in solved.state.views] == [None] * 4, "the file says nothing of these views"
    solved.controller.runs.done.emit(session.spec(), of_views)
    assert (solved.state.loaded_from, solved.result) == ("", of_views)
    solved.services.undo.undo()
    assert solved.state.loaded_from == "camera.yaml"


def test_what_is_of_one_camera_does_not_go_on_to_the_next_project(make_bench: Callable[[], Bench]) -> None:
    first = make_bench()
    first.controller.set(fix=("fx=800",), mirror="yes", model="fisheye4", every=7)
    first.controller.keep()
    first.services.project.put("calibration", "mono", None)
    settings = make_bench().controller.session.settings
    assert (settings.fix, settings.mirror, settings.model, settings.every) == ((), "auto", "fisheye4", 7)


def test_the_photograph_lies_under_the_corners_of_flipped_pictures(tmp_path: Path) -> None:
    path = str(tmp_path / "a.png")
    image = np.random.default_rng(1).integers(0, 255, (48, 64, 3), np.uint8)
    cv2.imwrite(path, image)
    plain, flipped = result_of(), replace(result_of(), mirrored=True)
    assert np.array_equal(picture(path, None, plain, False, 0.0).image, image)
    assert np.array_equal(picture(path, None, flipped, False, 0.0).image, image[:, ::-1])
    assert np.array_equal(
        picture(path, image, flipped, True, 0.0).image, picture(path, image[:, ::-1], plain, True, 0.0).image
    )


@pytest.mark.parametrize("broken", [{"frames": [1]}, {"off": 3}, {"drop": {"a": 1}}, {"behind": 7}])
def test_a_damaged_project_is_said_and_begins_anew(make_bench: Callable[[], Bench], broken: dict[str, object]) -> None:
    first = make_bench()
    first.controller.edits.change("Add", Material((photograph("/a.png"),)).with_loaded(result_of(), "camera.yaml"))
    first.controller.keep()
    project = first.services.project
    kept = project.get("calibration", "mono")
    project.put("calibration", "mono", kept | broken)
    second = make_bench()
    assert "could not be read" in second.said[-1]
    assert second.state.views == ()
