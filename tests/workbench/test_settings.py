"""Settings come back as they were; a broken file gives the default and a notice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.cameras.types import FileSource, SceneSource, StreamSource, TiledSource
from workbench.settings import OpenSource, Settings, SettingsStore, load


@pytest.fixture
def store(tmp_path: Path) -> SettingsStore:
    return SettingsStore(tmp_path / "a folder ü" / "settings.json")


def test_everything_comes_back(store: SettingsStore) -> None:
    sources = (
        OpenSource("rig", TiledSource(SceneSource(), tiles=("a", "b", "c", "d"))),
        OpenSource("door", StreamSource("rtsp://door/1", timeout=3.0)),
        OpenSource("clip", FileSource("/a b/ü.mp4", loop=True)),
    )
    store.change(theme="light", preset="calibrate", sources=sources, layout="AAEC")
    store.set_panel("calibration", board="chessboard:9x6:25mm", free=True)
    store.set_panel("calibration", free=False)
    store.add_recent("/one.kino")
    assert store.save() == ""
    again = SettingsStore(store.path)
    assert again.value == store.value
    assert again.notice == ""
    assert again.value.layout_bytes == b"\x00\x01\x02"
    assert again.value.panels == {"calibration": {"board": "chessboard:9x6:25mm", "free": False}}


def test_a_first_start_has_the_default_and_no_notice(store: SettingsStore) -> None:
    assert (store.value, store.notice) == (Settings(), "")


def test_recent_files_are_the_newest_ten_each_once(store: SettingsStore) -> None:
    for number in [*range(15), 7]:
        store.add_recent(f"/{number}.kino")
    assert store.value.recent == tuple(f"/{number}.kino" for number in [7, 14, 13, 12, 11, 10, 9, 8, 6, 5])


def test_a_key_that_nobody_knows_is_left_out(store: SettingsStore) -> None:
    store.change(theme="light")
    store.save()
    data = json.loads(store.path.read_text(encoding="utf-8"))
    store.path.write_text(json.dumps({**data, "wallpaper": "cats"}), encoding="utf-8")
    again = SettingsStore(store.path)
    assert (again.value.theme, again.notice) == ("light", "")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"version": 1, "theme": "pink"}', "theme"),
        ('{"version": 1, "sources": [{"id": "x"}]}', "sources"),
        ('{"version": 99}', "another version"),
        ('{"version": 1, ', "line 1"),
        ("[]", "Not a settings file"),
        ("", "line 1"),
    ],
)
def test_a_broken_file_is_moved_aside_with_a_notice(store: SettingsStore, text: str, why: str) -> None:
    store.path.parent.mkdir()
    store.path.write_text(text, encoding="utf-8")
    again = SettingsStore(store.path)
    assert again.value == Settings()
    assert why in again.notice
    (aside,) = store.path.parent.glob("settings.broken-*")
    assert aside.name in again.notice
    assert aside.read_text(encoding="utf-8") == text
    assert again.save() == ""
    assert SettingsStore(store.path).notice == ""


@given(st.binary(max_size=200))
def test_no_file_whatever_breaks_the_start(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("settings") / "settings.json"
    path.write_bytes(data)
    value, notice = load(path)
    assert value == Settings()
    assert notice != ""


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    store = SettingsStore(tmp_path / "folder" / "settings.json")
    (tmp_path / "folder").write_text("in the way", encoding="utf-8")
    assert store.save().startswith("The settings could not be saved")


def test_a_damaged_layout_is_no_layout() -> None:
    assert Settings(layout="!!! not base64").layout_bytes == b""
