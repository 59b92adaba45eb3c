"""Settings come back as they were; a broken file gives the default and a notice."""

from __future__ import annotations

import json
import os
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.core.words import speak
from workbench.project.settings import Settings, SettingsStore, kept_scale, load


@pytest.fixture
def store(tmp_path: Path) -> SettingsStore:
    return SettingsStore(tmp_path / "a folder ü" / "settings.json")


def test_everything_comes_back(store: SettingsStore) -> None:
    store.change(theme="light", preset="calibrate", layout="AAEC")
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


def test_a_key_that_nobody_knows_stays_in_the_file(store: SettingsStore) -> None:
    store.change(theme="light")
    store.save()
    data = json.loads(store.path.read_text(encoding="utf-8"))
    store.path.write_text(json.dumps({**data, "wallpaper": "cats"}), encoding="utf-8")
    again = SettingsStore(store.path)
    assert (again.value.theme, again.notice) == ("light", "")
    again.change(theme="dark")
    assert again.save() == ""
    kept = json.loads(store.path.read_text(encoding="utf-8"))
    assert (kept["wallpaper"], kept["theme"]) == ("cats", "dark")


def test_values_out_of_range_are_back_to_the_default_and_named(store: SettingsStore) -> None:
    store.save()
    wrong = {"workers": 99, "threads": -1, "scale": 30000, "density": "roomy", "gpu": "maybe", "theme": "system"}
    store.path.write_text(json.dumps({"version": 1, **wrong}), encoding="utf-8")
    again = SettingsStore(store.path)
    assert again.value == Settings(theme="system")
    assert again.notice.endswith(": density, scale, workers, threads, gpu")


@pytest.mark.parametrize(("text", "percent"), [('{"scale": 125}', 125), ('{"scale": 7}', 100), ("[", 100), ("[]", 100)])
def test_the_size_of_text_is_known_before_the_rest(tmp_path: Path, text: str, percent: int) -> None:
    path = tmp_path / "settings.json"
    assert kept_scale(path) == 100
    path.write_text(text, encoding="utf-8")
    assert kept_scale(path) == percent
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"version": 99}', "another version"),
        ('{"version": 1, "panels": ' + '{"a":' * 5000 + "1" + "}" * 5001, "nested too deeply"),
        ('{"version": 1, "panels": {"faces": {"a": ' + "9" * 5000 + "}}}", "too many digits"),
        ('{"version": 1, "preset": "\\ud83d"}', "lone surrogate"),
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
    value, notice, _ = load(path)
    assert value == Settings()
    assert notice() != ""


ANY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=9)
    | st.sampled_from(["dark", "light", 1]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
KEYS = [item.name for item in fields(Settings)]


@given(st.dictionaries(st.sampled_from(KEYS), ANY, max_size=8))
def test_a_value_that_makes_no_sense_costs_that_value_alone(
    tmp_path_factory: pytest.TempPathFactory, values: dict[str, object]
) -> None:
    path = tmp_path_factory.mktemp("settings") / "settings.json"
    path.write_text(json.dumps({"recent": ["/a.kino"], "start_preset": "faces", **values, "version": 1}))
    value, notice, replaceable = load(path)
    assert replaceable
    assert value.recent == ("/a.kino",) or "recent" in values
    assert value.start_preset == "faces" or "start_preset" in values
    assert isinstance(value.layout_bytes + value.geometry_bytes, bytes)
    assert all(isinstance(panel, dict) for panel in value.panels.values())
    assert path.exists()
    for name in ("theme", "layout", "geometry", "preset"):
        assert isinstance(values.get(name, ""), str) or name in notice()


def test_a_file_that_cannot_be_read_is_neither_moved_nor_replaced(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    os.mkfifo(path)
    store = SettingsStore(path)
    assert "named pipe" in store.notice
    assert store.save() == ""
    assert [entry.name for entry in tmp_path.iterdir()] == ["settings.json"]
    assert path.is_fifo()


def test_settings_are_their_owners_alone_and_hold_no_password(store: SettingsStore) -> None:
    store.set_panel("faces", film="rtsp://admin:pa#ss@cam/live", other="C:/a:b@c")
    store.add_recent(os.fsdecode(b"/Fotos_\xe4.kino"))
    store.save()
    assert store.path.stat().st_mode & 0o777 == 0o600
    again = SettingsStore(store.path).value
    assert again.panels["faces"] == {"film": "rtsp://admin@cam/live", "other": "C:/a:b@c"}
    assert os.fsencode(again.recent[0]) == b"/Fotos_\xe4.kino"


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    store = SettingsStore(tmp_path / "folder" / "settings.json")
    (tmp_path / "folder").write_text("in the way", encoding="utf-8")
    assert store.save().startswith("The settings could not be saved")


def test_a_damaged_layout_is_no_layout() -> None:
    assert Settings(layout="!!! not base64").layout_bytes == b""


@pytest.mark.parametrize("text", ["[]", '{"version": 1, "scale": "large"}'])
def test_what_was_wrong_is_said_in_the_language_that_is_spoken_since(store: SettingsStore, text: str) -> None:
    store.path.parent.mkdir()
    store.path.write_text(text, encoding="utf-8")
    again = SettingsStore(store.path)
    speak(lambda source, _count: f"«{source}»")
    try:
        assert again.notice.startswith("«")
        assert ("«Not a settings file»" in again.notice) == (text == "[]")
    finally:
        speak()


def test_a_file_written_by_hand_needs_no_version(store: SettingsStore) -> None:
    store.path.parent.mkdir()
    store.path.write_text('{"theme": "light"}', encoding="utf-8")
    again = SettingsStore(store.path)
    assert (again.value.theme, again.notice) == ("light", "")
