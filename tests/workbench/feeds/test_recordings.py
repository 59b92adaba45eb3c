"""Films of what tiles show: whole and playable however they end, and every frame that is not in one is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np
import pytest

from engines.cameras.types import FileSource
from engines.core.frames import Frame, Stamp
from engines.core.places import pictures_dir
from tests.engines.actions.watching import make_film
from tests.workbench.opened import Opened, until
from workbench.controllers.shell.recordings import file_title
from workbench.feeds import view_recorder
from workbench.feeds.view_recorder import ViewRecorder, cut_to_whole

Open = Callable[..., Opened]


def frame(index: int, width: int = 64) -> Frame:
    image = np.random.default_rng(index).integers(0, 255, (48, width, 3)).astype(np.uint8)
    return Frame(image, Stamp("cam", index, index / 10, index / 10))


def count(path: Path) -> int:
    with av.open(str(path)) as film:
        return sum(1 for _ in film.decode(video=0))


def written_by(recorder: ViewRecorder) -> list[tuple[int, str]]:
    """What it tells, with its work done here and now."""
    said: list[tuple[int, str]] = []
    recorder.written.connect(lambda _path, frames, why: said.append((frames, why)))
    recorder.request_stop()
    recorder.work()
    return said


def test_a_film_ends_before_the_disk_is_full_and_can_be_played(qtbot, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(view_recorder.shutil, "disk_usage", lambda _folder: SimpleNamespace(free=1000))
    recorder = ViewRecorder(tmp_path / "a.mp4")
    taken = [recorder.put(frame(index)) for index in range(10)]
    assert (written_by(recorder), all(taken)) == ([(1, "the disk is nearly full")], True)
    assert count(tmp_path / "a.mp4") == 1
    assert not recorder.put(frame(20))


def test_what_was_written_before_an_error_is_kept(qtbot, tmp_path, monkeypatch) -> None:
    add = view_recorder._Film.add

    def until_full(film: object, one: Frame) -> None:
        if one.stamp.index == 22:
            raise OSError(28, "No space left on device")
        add(film, one)

    monkeypatch.setattr(view_recorder, "ROOM", 100)
    monkeypatch.setattr(view_recorder._Film, "add", until_full)
    recorder = ViewRecorder(tmp_path / "a.mp4")
    for index in range(40):
        recorder.put(frame(index))
    ((frames, why),) = written_by(recorder)
    assert why == "the disk is full"
    assert frames == count(tmp_path / "a.mp4") > 5


def test_a_film_that_was_cut_anywhere_can_be_played(qtbot, tmp_path, monkeypatch) -> None:
    """Killed in the middle: what a player finds is the file as it stood."""
    monkeypatch.setattr(view_recorder, "ROOM", 100)
    close = view_recorder._Film.close
    torn = tmp_path / "torn.mp4"

    def torn_off(film: view_recorder._Film) -> None:
        torn.write_bytes(next(tmp_path.glob(".a.*")).read_bytes() + b"\0\0\x99\x99moofhalf")
        close(film)

    monkeypatch.setattr(view_recorder._Film, "close", torn_off)
    recorder = ViewRecorder(tmp_path / "a.mp4")
    for index in range(90):
        recorder.put(frame(index))
    assert written_by(recorder) == [(90, "")]
    assert count(tmp_path / "a.mp4") == 90
    cut_to_whole(torn)
    assert count(torn) > 5


def test_frames_that_are_not_taken_are_told(qtbot, tmp_path) -> None:
    recorder = ViewRecorder(tmp_path / "a.mp4")
    assert recorder.put(frame(0))
    assert not recorder.put(frame(0))
    assert not recorder.put(frame(1, width=32))
    assert sum(recorder.put(frame(index)) for index in range(2, 60)) == view_recorder.ROOM - 1


@pytest.mark.parametrize("title", ["Rig: north/[1]\n", "a" * 300, "caf\\xe9 <b>"])
def test_a_file_is_named_by_source_and_time(title) -> None:
    name = file_title(title)
    assert len(name) < 125
    assert not set(name) & set('\\/:*?"<>|\n')
    assert name[-19:-9].count("-") == 2


def test_all_tiles_are_recorded_at_once_to_the_end_of_their_films(open_window: Open, qtbot, tmp_path) -> None:
    films = [make_film(tmp_path / f"film {number}.mkv", 30, fps=15) for number in range(2)]
    opened = open_window()
    window = opened.window
    for film in films:
        window.sources.add(FileSource(str(film)))
    until(qtbot, lambda: opened.picture(0) is not None and opened.picture(1) is not None)
    for id in window.services.feeds.ids():
        window.services.feeds.feed(id).pause()
        window.services.feeds.feed(id).seek(0.0)
    window.commands.run("view.record-all")
    assert window.commands.action("view.record-stop").isEnabled()
    assert window.statusBar().isVisible()
    assert "2 tiles" in window.statusBar().words.text()
    assert all(window.grid.tile(number).recording.text.startswith("REC") for number in range(2))
    for id in window.services.feeds.ids():
        window.services.feeds.feed(id).play()
    until(qtbot, lambda: len(list(pictures_dir().glob("film*.mp4"))) == 2, 30)
    until(qtbot, lambda: not window.viewer.recordings.paths())
    assert [count(path) >= 29 for path in sorted(pictures_dir().glob("film*.mp4"))] == [True, True]
    until(qtbot, lambda: opened.says("ended because the source ended"))
    assert not window.statusBar().isVisible()
    window.commands.run("view.record-all")
    assert window.viewer.recordings.paths() == (), "films that have ended"
