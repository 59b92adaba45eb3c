"""The calibration controller with real feeds, finders, workers and photographs: what a user does, from end to end."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from engines.calibration.formats import files as formats
from engines.cameras.scene.rig import rig
from engines.cameras.sources.parsing import title
from engines.cameras.types import SceneSource
from engines.core.boards import Board
from engines.core.errors import OutOfResources
from engines.core.frames import Size
from tests.workbench.controllers.calibration.calibration_bench import Bench, until
from tests.workbench.controllers.calibration.calibration_bench import bench as bench
from tests.workbench.controllers.calibration.calibration_bench import make_bench as make_bench
from widgets.calibration.overlays import enlargement
from widgets.calibration.state import Phase
from widgets.viewer.overlays import GridCells, Points, Vectors
from workbench.controllers.calibration import captures as calibration_captures

BOARD = Board.parse("chessboard:9x6:25mm")


@pytest.fixture
def photographs(data: Path) -> list[str]:
    found = sorted((data / "calibration" / "opencv_stereo_chessboard").glob("left[0-9]*.jpg"))
    if len(found) != 13:
        pytest.skip("the stereo chessboard photographs are not there")
    return [str(path) for path in found]


def solved(bench: Bench) -> Callable[[], bool]:
    """A result with left-out errors of exactly what is shown, and nothing running."""
    return lambda: bool(
        bench.state.result is not None
        and bench.state.current
        and bench.state.busy is None
        and bench.state.result.loo_rms_px is not None
    )


def test_photographs_to_a_saved_camera(bench: Bench, photographs: list[str], qtbot, tmp_path: Path) -> None:
    controller, panel = bench.controller, bench.panel
    assert bench.state.phase is Phase.EMPTY
    assert not panel.start.isEnabled()
    controller.add(photographs)
    until(qtbot, lambda: len(bench.state.views) == 13)
    assert bench.state.phase is Phase.READY
    controller.set(free_board=True)
    qtbot.mouseClick(panel.start, Qt.MouseButton.LeftButton)
    until(qtbot, lambda: bench.state.busy is not None)
    assert bench.state.phase is Phase.BUSY
    until(qtbot, solved(bench), 40)
    assert bench.rms <= 0.106
    assert (bench.result.loo_rms_px or 1) <= 0.124
    assert "13 views" in panel.state
    assert all(view.found and view.rms_px and view.loo_rms_px for view in bench.state.views)

    # A click on a bar shows that photograph with its residuals.
    bars, view = panel.report.bars, bench.result.views[4]
    qtbot.mouseClick(bars, Qt.MouseButton.LeftButton, pos=bars.bar(4).center().toPoint())
    until(qtbot, lambda: panel.report.view.picture is not None and panel.report.view.picture.path == view.path)
    drawn = panel.report.view.image._overlays
    vectors = next(overlay for overlay in drawn if isinstance(overlay, Vectors))
    assert np.allclose(vectors.points, view.corners)
    assert np.allclose(vectors.ends, view.projected)
    assert vectors.scale == enlargement(view.rms_px or 0, 640)
    assert view.name in bars.words(4)

    # Undistorted: another picture, and corners that lie on straight lines.
    taken = bench.picture.image.copy()
    panel.report.view.form._buttons["straight"].click()
    until(qtbot, lambda: bench.picture.straight is not None)
    assert bench.picture.image.shape == taken.shape
    assert np.mean(bench.picture.image != taken) > 0.3
    points = next(overlay for overlay in panel.report.view.image._overlays if isinstance(overlay, Points))
    assert bend(np.array(points.points), BOARD) < 0.5 * bend(np.array(view.projected), BOARD)

    # Off and on again: the fit follows by itself, and undo brings the earlier figures back at once.
    all_on = bench.rms
    worst = bench.state.worst
    assert worst is not None
    panel.report.worst.click()
    assert not bench.state.current
    until(qtbot, solved(bench), 40)
    assert bench.rms < all_on
    assert [row.name for row in bench.state.views if not row.used] == [worst.name]
    bench.services.undo.undo()
    assert bench.rms == all_on
    assert bench.state.current
    bench.services.undo.redo()
    assert bench.rms < all_on

    # Saved and read back, in both formats.
    kept = bench.result
    for suffix in ("yaml", "json"):
        target = tmp_path / f"kamera ä.{suffix}"
        controller.save(str(target))
        until(qtbot, target.exists)
        controller.open(str(target))
        until(qtbot, lambda name=target.name: bench.state.loaded_from == name)
        assert bench.state.phase is Phase.LOADED
        assert bench.result.intrinsics == kept.intrinsics
        assert bench.result.distortion == kept.distortion
        assert bench.result.rms_px == kept.rms_px
        bench.services.undo.undo()
        assert len(bench.state.views) == 13
    assert formats.load(tmp_path / "kamera ä.json") == kept

    # The command says exactly the same job.
    words = shlex.split(controller.command())
    assert words[:4] == ["python", "main.py", "calibrate", "mono"]
    assert words[4:17] == photographs
    assert words[words.index("--board") + 1] == "chessboard:9x6:25mm"
    assert "--free-board" in words
    assert words[words.index("--exclude") + 1] == worst.name
    panel.copy.click()
    assert QGuiApplication.clipboard().text() == controller.command()


def bend(corners: np.ndarray, board: Board) -> float:
    """How far, RMS in pixels, rows of corners are from straight."""
    columns, rows = board.corner_grid
    squares = []
    for row in corners.reshape(rows, columns, 2):
        off = row - row.mean(axis=0)
        squares.append(np.linalg.svd(off)[1][1] ** 2 / columns)
    return float(np.sqrt(np.mean(squares)))


def test_wrong_board_offers_the_one_that_fits(bench: Bench, photographs: list[str], qtbot) -> None:
    controller, panel = bench.controller, bench.panel
    controller.set_board(Board.parse("chessboard:10x7:25mm"))
    controller.add(photographs[:5])
    until(qtbot, lambda: len(bench.state.views) == 5)
    controller.run()
    until(qtbot, lambda: bench.state.trouble is not None, 40)
    assert bench.state.phase is Phase.FAILED
    assert bench.trouble.retry == BOARD
    assert panel.trouble.retry.text() == "Use 9\u00a0\u00d7\u00a06 corners"
    qtbot.mouseClick(panel.trouble.retry, Qt.MouseButton.LeftButton)
    assert bench.state.board == BOARD
    until(qtbot, solved(bench), 40)
    assert bench.state.trouble is None
    assert bench.rms < 0.3


def test_folder_of_text_is_refused_in_words(bench: Bench, qtbot, tmp_path: Path) -> None:
    bench.controller.add([str(tmp_path)])
    until(qtbot, lambda: bench.state.trouble is not None)
    assert bench.trouble.title == "Pictures not added"
    assert "no pictures" in bench.trouble.what
    bench.panel.trouble.close_button.click()
    until(qtbot, lambda: bench.state.phase is Phase.EMPTY)


def test_project_brings_everything_back(
    make_bench: Callable[[], Bench], photographs: list[str], qtbot, tmp_path: Path
) -> None:
    first = make_bench()
    folder = tmp_path / "zwölf Bilder"
    folder.mkdir()
    for path in photographs[:6]:
        shutil.copy(path, folder)
    first.controller.add([str(folder)])
    until(qtbot, lambda: len(first.state.views) == 6)
    first.controller.edits.switch([first.state.views[2].path], False)
    first.controller.run()
    until(qtbot, solved(first), 40)
    assert shlex.split(first.controller.command())[4] == str(folder)
    first.controller.add(photographs[6:7])
    until(qtbot, lambda: len(first.state.views) == 7)
    assert first.state.views[-1].rms_px is None
    assert not first.state.current
    assert first.controller.runs.busy is None, "a new view waits until the user calibrates"
    assert not first.controller._refit_soon.isActive()
    first.services.undo.undo()
    assert first.state.current
    second = make_bench()
    assert second.state.result == first.state.result
    assert second.state.current
    assert second.state.views == first.state.views
    second.controller.clear()
    assert second.state.phase is Phase.EMPTY
    second.services.undo.undo()
    assert len(second.state.views) == 6


def test_camera_captures_by_itself_and_is_calibrated_near_the_truth(
    bench: Bench, qtbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = SceneSource(cameras=1, size=Size(640, 480), fps=240.0, noise=1.0)
    path = bench.services.feeds.add(source)
    feed = bench.services.feeds.feed(path)
    feed.set_speed(0.1)
    bench.viewer.show(path, 0)
    bench.viewer.select(0)
    until(qtbot, lambda: bench.state.source == path)
    controller, panel = bench.controller, bench.panel
    controller.set_board(source.board)
    drawn: list[list] = []
    show = bench.viewer.show_overlays
    monkeypatch.setattr(
        bench.viewer, "show_overlays", lambda id, stamp, made: (drawn.append(made), show(id, stamp, made))
    )
    panel.camera.finder.click()
    until(qtbot, lambda: bench.state.live is not None and bench.state.live.sighting and bench.state.live.sighting.found)
    assert any(isinstance(overlay, Points) for overlay in drawn[-1])
    bench.actions.run("calibration.capture")
    until(qtbot, lambda: len(bench.state.views) == 1)
    panel.camera.auto.click()
    by_itself = 0
    for second in range(2, 28, 2):
        views, seen = len(bench.state.views), len(drawn)
        feed.seek(float(second))
        until(qtbot, lambda views=views, seen=seen: len(bench.state.views) > views or len(drawn) > seen + 8)
        if len(bench.state.views) > views:
            by_itself += 1
        else:
            bench.actions.run("calibration.capture")
    panel.camera.auto.click()
    assert by_itself >= 3
    assert len(bench.state.views) >= 12
    assert any(isinstance(overlay, GridCells) for overlay in drawn[-1])
    until(qtbot, lambda: bench.controller.captures.unwritten == 0)
    bench.services.feeds.remove(path)
    assert bench.state.live is None
    assert any(f"{title(source)} was closed" in text for text in bench.said)
    for view in bench.state.views:
        assert np.asarray(cv2.imread(view.path)).shape == (480, 640, 3)
    controller.run()
    until(qtbot, solved(bench), 40)
    truth = rig(source)[0]
    result = bench.result
    for name in ("fx", "fy", "cx", "cy"):
        off = getattr(result.intrinsics, name) - getattr(truth, name)
        assert abs(off) < max(5 * result.std[name], 1.0), name


def test_full_disk_loses_no_view(bench: Bench, qtbot, monkeypatch: pytest.MonkeyPatch) -> None:
    captures, image = bench.controller.captures, np.full((48, 64, 3), 7, np.uint8)
    write = calibration_captures.write_png

    def full(target: Path, image: np.ndarray) -> Path:
        raise OutOfResources("The disk is full", path=target, hint="Free some space")

    monkeypatch.setattr(calibration_captures, "write_png", full)
    target = captures.save(image, "Rig: 4 \u00b7 front left")
    assert target.name == "front left 01.png"
    assert target.parent.name.endswith(" Rig 4 front left")
    until(qtbot, lambda: bench.state.trouble is not None)
    assert bench.trouble.what == "The disk is full"
    assert captures.unwritten == 1
    assert captures.image(str(target)) is image
    monkeypatch.setattr(calibration_captures, "write_png", write)
    captures.retry()
    until(qtbot, lambda: captures.unwritten == 0)
    assert np.array_equal(np.asarray(cv2.imread(str(target))), image)


def test_the_views_of_a_renamed_camera_go_on_in_their_folder(bench: Bench) -> None:
    captures, image = bench.controller.captures, np.zeros((48, 64, 3), np.uint8)
    first = captures.save(image, "Rig \u00b7 left", "7/0")
    again = captures.save(image, "Garage \u00b7 left", "7/0")
    other = captures.save(image, "Garage \u00b7 right", "7/1")
    assert again == first.with_name("left 02.png")
    assert (other.name, other.parent == first.parent) == ("right 01.png", False)
