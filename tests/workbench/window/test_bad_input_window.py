"""What can be wrong with what a user gives or with what was kept: the window opens, says so in words, and goes on."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from engines.cameras.types import FeedState, StreamSource
from engines.core.boards import Board
from engines.core.files import write_json
from engines.core.places import config_dir, data_dir
from engines.core.reading import read_json
from tests.engines.cameras.films import write_video
from tests.engines.cameras.readers.servers import Silent
from tests.workbench.opened import Opened, until
from workbench.project.file import Project
from workbench.project.settings import SettingsStore

Open = Callable[..., Opened]
NOISE = bytes(range(256)) * 40
BOARD = Board.parse("chessboard:9x6:25mm")


def aside(folder: Path) -> list[str]:
    """Names of the files that were moved aside."""
    return sorted(path.name for path in folder.iterdir() if ".broken-" in path.name)


def change_settings(**values: object) -> None:
    path = config_dir() / "settings.json"
    kept = read_json(path)
    assert isinstance(kept, dict)
    assert set(values) <= set(kept)
    write_json(path, {**kept, **values})
    assert json.loads(path.read_text("utf-8")) == {**kept, **values}


def works(opened: Opened, qtbot) -> bool:
    """The window is there and can be used."""
    opened.window.sources.add_dropped(["scene:1"])
    until(qtbot, lambda: "scene1" in opened.sources)
    tile = next(tile for tile, path in opened.window.viewer.shown().items() if path == "scene1")
    until(qtbot, lambda: opened.picture(tile) is not None)
    return opened.window.isVisible()


# What was kept


@pytest.mark.parametrize("content", [NOISE, b"", b'{"version": 99}', b"[1, 2"])
def test_broken_settings_are_moved_aside(open_window: Open, qtbot, content: bytes) -> None:
    path = config_dir() / "settings.json"
    path.write_bytes(content)
    opened = open_window()
    until(qtbot, lambda: opened.says("settings", "back to the default", "kept as settings.broken-"))
    assert len(aside(config_dir())) == 1
    assert (config_dir() / aside(config_dir())[0]).read_bytes() == content
    assert opened.window.services.settings.value.theme == "dark"
    assert works(opened, qtbot)
    assert opened.end() == []
    assert SettingsStore().notice == ""


@pytest.mark.parametrize("layout", ["bm90IGEgbGF5b3V0", "/////////////////////w==", "not base64 at all"])
def test_a_broken_layout_is_reset_and_said(open_window: Open, qtbot, layout: str) -> None:
    first = open_window(begin=False)
    first.window.docks.docks["sources"].close()
    assert first.end() == []
    change_settings(layout=layout, geometry=layout)
    opened = open_window("scene:1")
    until(qtbot, lambda: opened.says("layout", "reset"))
    until(qtbot, lambda: opened.sources)
    docks = opened.window.docks.docks
    assert not docks["sources"].isHidden(), "the default layout shows the sources"
    assert not docks["properties"].isHidden()
    assert opened.window.size().width() >= 960
    assert opened.window.isVisible()


def test_a_preset_that_is_not_known_starts_with_the_default(open_window: Open, qtbot) -> None:
    assert open_window(begin=False).end() == []
    change_settings(start_preset="holography", preset="holography")
    opened = open_window()
    assert opened.window.commands.action("window.monitor").isChecked()
    assert works(opened, qtbot)


@pytest.mark.parametrize("content", [NOISE, b"SQLite format 3\0 and then nothing of the kind" * 90])
def test_a_broken_job_history_is_moved_aside(open_window: Open, qtbot, content: bytes) -> None:
    (data_dir() / "jobs.sqlite").write_bytes(content)
    opened = open_window()
    until(qtbot, lambda: opened.says("job history", "begins anew", "kept as jobs.broken-"))
    (name,) = aside(data_dir())
    assert (data_dir() / name).read_bytes() == content
    assert opened.jobs == []
    opened.window.services.jobs.submit("tests.workbench.samples:count", {"to": 3}, "Count")
    until(qtbot, lambda: opened.jobs and opened.jobs[0].state == "done", 30)


@pytest.mark.parametrize("content", [NOISE, b"SQLite format 3\0 and then nothing of the kind" * 90])
def test_a_broken_project_of_the_last_session_is_moved_aside(open_window: Open, qtbot, content: bytes) -> None:
    (data_dir() / "untitled-1.kino").write_bytes(content)
    opened = open_window()
    until(qtbot, lambda: opened.says("last session", "damaged", "kept as untitled-1.broken-"))
    (name,) = aside(data_dir())
    assert (data_dir() / name).read_bytes() == content
    assert opened.sources == []
    assert works(opened, qtbot)


def test_a_project_that_is_damaged_further_in_is_moved_aside_too(open_window: Open, qtbot) -> None:
    first = open_window("scene:1")
    until(qtbot, lambda: first.sources == ["scene1"])
    for number in range(400):
        first.window.services.project.put("calibration", str(number), "x" * 200)
    path = first.window.services.project.path
    assert first.end() == []
    content = bytearray(path.read_bytes())
    content[4096:] = NOISE * (len(content) // len(NOISE) + 1)
    path.write_bytes(content)
    opened = open_window()
    until(qtbot, lambda: opened.says("last session", "damaged"))
    assert works(opened, qtbot)


def test_a_source_that_the_project_cannot_read_is_said_and_the_others_open(open_window: Open, qtbot) -> None:
    first = open_window("scene:1", "scene:2")
    until(qtbot, lambda: first.sources == ["scene1", "scene2"])
    path = first.window.services.project.path
    assert first.end() == []
    with sqlite3.connect(path) as base:
        base.execute("UPDATE items SET json = ? WHERE kind = 'source' AND id = 'scene1'", ('{"kind": "hologram"}',))
    base.close()
    opened = open_window()
    until(qtbot, lambda: opened.says("could not be opened", "not a saved source"))
    until(qtbot, lambda: opened.picture(1) is not None)
    assert opened.sources == ["scene2"]


def test_everything_broken_at_once_still_opens(open_window: Open, qtbot) -> None:
    (config_dir() / "settings.json").write_bytes(NOISE)
    for name in ("jobs.sqlite", "untitled-1.kino"):
        (data_dir() / name).write_bytes(NOISE)
    opened = open_window()
    until(qtbot, lambda: opened.says("settings") and opened.says("job history") and opened.says("last session"))
    assert len(aside(config_dir()) + aside(data_dir())) == 3
    assert works(opened, qtbot)


@pytest.mark.parametrize("content", [NOISE, b"# Not a project\n", b""])
def test_opening_what_is_no_project_leaves_the_open_one(
    open_window: Open, qtbot, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "Prüfung 1.kino"
    path.write_bytes(content)
    opened = open_window("scene:1")
    until(qtbot, lambda: opened.picture(0) is not None)
    opened.window.project.open(path)
    if content:
        assert opened.says("not a Kinoscope project", path.name)
        assert opened.sources == ["scene1"]
        assert path.read_bytes() == content, "a user's own file is never moved or changed"
    else:
        until(qtbot, lambda: opened.sources == [])
    assert works(opened, qtbot)


def test_a_project_that_does_not_exist_is_said(open_window: Open, qtbot, tmp_path: Path) -> None:
    opened = open_window("scene:1")
    until(qtbot, lambda: opened.picture(0) is not None)
    path = tmp_path / "gone" / "nowhere.kino"
    opened.window.project.open(path)
    assert opened.says("nowhere.kino")
    assert not path.exists(), "opening makes no file"
    assert opened.sources == ["scene1"]


def test_a_project_under_any_name_is_saved_and_opened(open_window: Open, qtbot, tmp_path: Path) -> None:
    opened = open_window("scene:1")
    until(qtbot, lambda: opened.picture(0) is not None)
    path = tmp_path / "Größe & 東京" / "Versuch № 1.kino"
    path.parent.mkdir()
    opened.window.project._attempt(lambda: opened.window.project._save(path))
    assert opened.says("Saved as Versuch № 1.kino")
    assert opened.end() == []
    assert [name.name for name in path.parent.iterdir()] == [path.name], "one file, no journal and no lock beside it"
    again = open_window(str(path))
    until(qtbot, lambda: again.picture(0) is not None)
    assert again.sources == ["scene1"]
    assert "Versuch № 1" in again.window.windowTitle()
    second = Project(path)
    assert second.read_only
    second.close()


# Sources


@pytest.fixture
def silent() -> Iterator[Silent]:
    with Silent() as server:
        yield server


def failed(opened: Opened, id: str) -> str:
    status = opened.status(id)
    return status.message if status.state is FeedState.FAILED else ""


def test_an_empty_folder_is_said_in_notice_list_and_tile(open_window: Open, qtbot, tmp_path: Path) -> None:
    folder = tmp_path / "leer"
    folder.mkdir()
    opened = open_window()
    opened.drop(str(folder))
    until(qtbot, lambda: opened.says("leer", "folder is empty"))
    panel = opened.window.panels.sources
    until(qtbot, lambda: panel.head.state.text() == "1 source, 1 failed")
    until(qtbot, lambda: opened.window.grid.tile(0).pill.text == "failed")
    shutil.copy(write_picture(tmp_path / "a.png"), folder)
    (notice,) = (card for card in opened.window.notices.cards if card.notice.action == "Try again")
    notice.action.click()
    until(qtbot, lambda: opened.picture(0) is not None)


def test_a_text_file_named_mp4_is_called_a_text_file(open_window: Open, qtbot, tmp_path: Path) -> None:
    path = tmp_path / "Film 東京.mp4"
    path.write_text("Milk, bread\n" * 50, encoding="utf-8")
    opened = open_window(str(path), "scene:1")
    until(qtbot, lambda: "text file" in failed(opened, "file1"))
    until(qtbot, lambda: opened.says("Film 東京.mp4", "text file"))
    until(qtbot, lambda: opened.picture(1) is not None)


def test_a_truncated_film_plays_and_says_where_it_broke(open_window: Open, qtbot, tmp_path: Path) -> None:
    path = write_video(tmp_path / "halber Film.mp4", 100, noisy=True)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    opened = open_window()
    opened.drop(str(path))
    until(qtbot, lambda: opened.picture(0) is not None)
    opened.window.services.feeds.feed("file1").set_speed(4.0)
    until(qtbot, lambda: opened.status("file1").state is FeedState.ENDED)
    assert "breaks off at 0:0" in opened.status("file1").message
    assert opened.picture(0) is not None, "the last picture stays"
    until(qtbot, lambda: opened.window.grid.tile(0)._message.startswith("The file breaks off"))


def test_a_stream_that_never_answers_can_be_removed_at_once(open_window: Open, qtbot, silent: Silent) -> None:
    opened = open_window("scene:1")
    opened.window.sources.add(StreamSource(f"rtsp://{silent.address}/live"))
    until(qtbot, silent.called.is_set)
    until(qtbot, lambda: opened.status("stream1").state is FeedState.OPENING and opened.picture(1) is not None)
    thread = opened.window.services.feeds._threads["stream1"]
    opened.window.sources.remove("stream1")
    assert opened.sources == ["scene1"]
    assert thread.join(20.0), "its thread ends although the server never answers"


def test_a_stream_that_never_answers_times_out_in_words(open_window: Open, qtbot, silent: Silent) -> None:
    opened = open_window()
    opened.window.sources.add(StreamSource(f"http://{silent.address}/live", timeout=0.5))
    until(qtbot, lambda: opened.says("No answer within 0.5 s"))


def test_a_window_closes_while_a_stream_does_not_answer(open_window: Open, qtbot, silent: Silent) -> None:
    opened = open_window(begin=False)
    opened.window.sources.add(StreamSource(f"rtsp://{silent.address}/live"))
    until(qtbot, silent.called.is_set)
    assert opened.end() == []


def test_images_of_different_sizes_play_and_are_named(open_window: Open, qtbot, tmp_path: Path) -> None:
    write_picture(tmp_path / "bild 1.png", (60, 80))
    write_picture(tmp_path / "bild 2.png", (40, 50))
    opened = open_window(str(tmp_path))
    until(qtbot, lambda: opened.picture(0) is not None)
    until(qtbot, lambda: "bild 2.png" in opened.status("folder1").message)
    shapes: set[tuple[int, ...]] = set()
    until(qtbot, lambda: (shapes.add(opened.window.grid.tile(0).view.snapshot().shape), len(shapes) == 2)[1])
    assert shapes == {(60, 80, 3), (40, 50, 3)}


def write_picture(path: Path, size: tuple[int, int] = (60, 80)) -> Path:
    image = np.random.default_rng(3).integers(0, 256, (*size, 3), dtype=np.uint8)
    path.write_bytes(cv2.imencode(path.suffix, image)[1].tobytes())
    return path


# Calibration


def board_pictures(folder: Path, count: int) -> None:
    """Photographs of a board: seen from somewhat different places."""
    paper = cv2.copyMakeBorder(BOARD.picture(40), 60, 60, 60, 60, cv2.BORDER_CONSTANT, value=(255,))
    height, width = paper.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    rng = np.random.default_rng(8)
    for number in range(count):
        seen = (corners * 0.8 + 50 + rng.uniform(-40, 40, (4, 2))).astype(np.float32)
        homography = cv2.getPerspectiveTransform(corners, seen)
        picture = cv2.warpPerspective(paper, homography, (640, 480), borderValue=(120,))
        (folder / f"Ansicht {number}.png").write_bytes(cv2.imencode(".png", picture)[1].tobytes())


def trouble(opened: Opened, qtbot) -> str:
    """Everything that the calibration panel says went wrong."""
    until(qtbot, lambda: opened.window.features["calibration"].panel.shown.trouble is not None, 40)
    found = opened.window.features["calibration"].panel.shown.trouble
    assert found is not None
    return f"{found.title}. {found.what}. {found.hint}"


def test_photographs_without_a_board_are_said(open_window: Open, qtbot, tmp_path: Path) -> None:
    for number in range(3):
        write_picture(tmp_path / f"{number}.png", (240, 320))
    opened = open_window()
    opened.window.features["calibration"].add([str(tmp_path)])
    until(qtbot, lambda: len(opened.window.features["calibration"].session.material.views) == 3)
    opened.window.commands.run("calibration.run")
    assert "No view shows the board" in trouble(opened, qtbot)
    until(qtbot, lambda: opened.jobs and opened.jobs[0].state == "failed")


def test_a_wrong_corner_count_is_answered_with_the_one_that_fits(open_window: Open, qtbot, tmp_path: Path) -> None:
    folder = tmp_path / "zwölf Bilder"
    folder.mkdir()
    board_pictures(folder, 4)
    opened = open_window()
    calibration = opened.window.features["calibration"]
    calibration.set_board(Board.parse("chessboard:8x6:25mm"))
    calibration.add([str(folder)])
    until(qtbot, lambda: len(calibration.session.material.views) == 4)
    opened.window.commands.run("calibration.run")
    assert "9\u00a0\u00d7\u00a06" in trouble(opened, qtbot)
    assert calibration.panel.shown.trouble is not None
    assert calibration.panel.shown.trouble.retry == BOARD
    calibration.panel.trouble.retry.click()
    until(qtbot, lambda: calibration.session.result is not None, 40)
    assert calibration.session.board == BOARD


def test_photographs_of_different_sizes_are_said(open_window: Open, qtbot, tmp_path: Path) -> None:
    board_pictures(tmp_path, 3)
    write_picture(tmp_path / "kleiner.png", (240, 320))
    opened = open_window()
    opened.window.features["calibration"].add([str(tmp_path)])
    until(qtbot, lambda: len(opened.window.features["calibration"].session.material.views) == 4)
    opened.window.commands.run("calibration.run")
    said = trouble(opened, qtbot).replace("\u00a0\u00d7\u00a0", "x")
    assert "kleiner.png is 320x240" in said


def test_an_empty_folder_and_a_text_file_are_no_photographs(open_window: Open, qtbot, tmp_path: Path) -> None:
    (tmp_path / "leer").mkdir()
    opened = open_window()
    opened.window.features["calibration"].add([str(tmp_path / "leer")])
    assert "no pictures" in trouble(opened, qtbot)


def test_a_calibration_that_is_none_is_said(open_window: Open, qtbot, tmp_path: Path) -> None:
    path = tmp_path / "Kamera ä.yaml"
    path.write_bytes(NOISE)
    opened = open_window()
    opened.window.features["calibration"].open(str(path))
    assert trouble(opened, qtbot)
    assert opened.window.features["calibration"].session.result is None
