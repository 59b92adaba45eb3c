"""Calibrations opened in the window: what was shown can be had back, and what a file leaves open is asked."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtWidgets import QInputDialog

from engines.core.boards import Board
from tests.workbench.controllers.calibration.calibration_bench import Bench, until
from tests.workbench.controllers.calibration.calibration_bench import bench as bench
from tests.workbench.controllers.calibration.calibration_bench import make_bench as make_bench
from widgets.calibration.state import Phase

OPENED = """image_width: 640
image_height: 480
camera_matrix:
  rows: 3
  cols: 3
  data: [500, 0, 320, 0, 500, 240, 0, 0, 1]
"""


def test_an_opened_calibration_stands_beside_the_views(bench: Bench, qtbot, tmp_path: Path) -> None:
    controller, undo = bench.controller, bench.services.undo
    photographs = [tmp_path / f"{number}.png" for number in range(3)]
    for number, path in enumerate(photographs):
        cv2.imwrite(str(path), np.full((48, 64), 40 * number, np.uint8))
    for name in ("camera", "other"):
        (tmp_path / f"{name}.yaml").write_text(OPENED)
    controller.add([str(path) for path in photographs[:2]])
    until(qtbot, lambda: len(bench.state.views) == 2)

    controller.add([str(tmp_path / "camera.yaml")])
    until(qtbot, lambda: bench.state.loaded_from)
    assert [view.name for view in bench.state.views] == ["0.png", "1.png"]
    assert bench.state.phase is Phase.LOADED
    assert bench.panel.state == "From camera.yaml"
    controller.add([str(photographs[2])])
    until(qtbot, lambda: len(bench.state.views) == 3)
    assert bench.panel.start.isEnabled()
    assert bench.result.intrinsics.fx == 500
    assert bench.undoable == [], "nothing that was shown is gone"

    controller.open(str(tmp_path / "other.yaml"))
    until(qtbot, lambda: bench.state.loaded_from == "other.yaml")
    bench.panel.report.close_loaded.click()
    assert (bench.state.loaded_from, len(bench.state.views)) == ("", 3)
    undo.undo()
    assert bench.state.loaded_from == "other.yaml"
    undo.undo()
    assert bench.state.loaded_from == "camera.yaml"


def test_a_bare_length_in_a_file_is_asked_about(
    bench: Bench, qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "camera.yaml"
    path.write_text(OPENED + "board_width: 9\nboard_height: 6\nsquare_size: 50.\n")
    asked: list[str] = []
    answers = ["", "cm"]
    monkeypatch.setattr(bench.controller.files, "ask_unit", lambda message: asked.append(message) or answers.pop(0))
    bench.controller.open(str(path))
    until(qtbot, lambda: asked)
    assert "50 wide" in asked[0]
    assert bench.state.phase is Phase.EMPTY
    bench.controller.open(str(path))
    until(qtbot, lambda: bench.state.loaded_from)
    assert bench.result.board == Board.parse("chessboard:9x6:500mm")


def test_a_folder_that_is_added_says_what_it_left_out(bench: Bench, qtbot, tmp_path: Path) -> None:
    folder = tmp_path / "photos [2024]"
    folder.mkdir()
    for name in ("2.png", "10.png"):
        (folder / name).write_bytes(cv2.imencode(".png", np.full((48, 64), 90, np.uint8))[1].tobytes())
    (folder / "IMG_1.HEIC").touch()
    bench.controller.add([str(folder)])
    until(qtbot, lambda: len(bench.state.views) == 2)
    assert [Path(view.path).name for view in bench.state.views] == ["2.png", "10.png"]
    assert "1 file left out: 1 is HEIC (IMG_1.HEIC), which cannot be read here" in bench.said


def test_a_calibration_is_exported_for_the_program_that_was_chosen(
    bench: Bench, qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "camera.yaml").write_text(OPENED)
    bench.controller.open(str(tmp_path / "camera.yaml"))
    until(qtbot, lambda: bench.state.loaded_from)
    offered: list[list[str]] = []

    def choose(_window, _title, _label, words, *_rest) -> tuple[str, bool]:
        offered.append(words)
        return words[-1], True

    target = tmp_path / "cameras.txt"
    monkeypatch.setattr(QInputDialog, "getItem", choose)
    monkeypatch.setattr("workbench.controllers.calibration.files.ask_file", lambda *_words: str(target))
    bench.actions.action("calibration.export").trigger()
    until(qtbot, target.exists)
    assert offered == [["OpenCV", "Kinoscope JSON", "Kalibr camchain", "ROS camera_info", "COLMAP cameras.txt"]]
    assert target.read_text().splitlines()[-1] == "1 PINHOLE 640 480 500.0 500.0 320.5 240.5"
