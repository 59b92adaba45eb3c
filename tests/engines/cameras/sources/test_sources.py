"""What a user drops or types, and sources as JSON."""

from __future__ import annotations

import json
import os
import traceback
from urllib.parse import quote_from_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.cameras.feed.running import Feed
from engines.cameras.readers.stream import StreamReader
from engines.cameras.sources.parsing import dump, parse, sample_source, source_from, title
from engines.cameras.sources.tiles import tile_names
from engines.cameras.types import (
    FeedState,
    FileSource,
    FolderSource,
    SceneSource,
    StreamSource,
    TiledSource,
    UsbCamera,
    UsbSource,
)
from engines.core.errors import BadInput, KinoscopeError, UsageError


def test_paths_become_files_folders_and_series(tmp_path):
    folder = tmp_path / "my pictures [1] ü"
    folder.mkdir()
    for name in ("left01.jpg", "left02.jpg", "right01.jpg", "one.png", "film.MP4"):
        (folder / name).write_bytes(b"x")
    assert source_from(folder) == FolderSource(str(folder))
    assert source_from(f"  {folder / 'film.MP4'} ") == FileSource(str(folder / "film.MP4"))
    assert source_from(f"file://{folder / 'film.MP4'}".replace(" ", "%20")) == FileSource(str(folder / "film.MP4"))
    series = source_from(folder / "left01.jpg")
    assert isinstance(series, FolderSource)
    assert series == FolderSource(str(folder), pattern="left*.jpg")
    assert sorted(p.name for p in folder.glob(series.pattern)) == ["left01.jpg", "left02.jpg"]
    assert source_from(folder / "one.png") == FolderSource(str(folder))
    tiled = source_from(f"tiled:1x2:{folder}")
    assert tiled == TiledSource(FolderSource(str(folder)), 1, 2)
    assert title(series) == "my pictures [1] ü/left*.jpg"
    assert title(tiled) == "my pictures [1] ü, 1 x 2 tiles"


@pytest.mark.parametrize(
    ("text", "source", "words"),
    [
        ("scene", SceneSource(), "Rendered rig of 4"),
        ("scene:1", SceneSource(cameras=1), "Rendered camera"),
        ("usb:2", UsbSource("2"), "Camera 2"),
        ("usb:/dev/video3", UsbSource("/dev/video3"), "Camera /dev/video3"),
        (
            "rtsp://me:secret@cam.local:554/live/",
            StreamSource("rtsp://me:secret@cam.local:554/live/"),
            "cam.local/live",
        ),
        ("HTTP://10.0.0.2/a", StreamSource("HTTP://10.0.0.2/a"), "10.0.0.2/a"),
        ("tiled:2x3:scene:2", TiledSource(SceneSource(cameras=2), 2, 3), "Rendered rig of 2, 2 x 3 tiles"),
    ],
)
def test_words_and_addresses(text, source, words):
    assert source_from(text) == source
    assert title(source) == words
    kept = json.dumps(dump(source))
    assert parse(json.loads(kept)) == source or "secret" in text
    assert "secret" not in kept


@pytest.mark.parametrize("letter", list("#?/"))
@pytest.mark.parametrize("scheme", ["rtsp", "http"])
def test_an_address_whose_password_ends_early_says_what_to_write(scheme, letter):
    address = f"{scheme}://admin:s3cr3t{letter}s3cr3t@10.0.0.5:554/live"
    for use in (source_from, lambda text: StreamReader(StreamSource(text)).open()):
        with pytest.raises((UsageError, BadInput), match="# as %23") as caught:
            use(address)
        assert "s3cr3t" not in repr(caught.value.as_json())
        assert "s3cr3t" not in "".join(traceback.format_exception(caught.value)[-1:])
    assert "s3cr3t" not in title(StreamSource(address))


@pytest.mark.parametrize(
    "text",
    [
        "rtsp:/admin:s3cr3t@cam/x", "rtsp//admin:s3cr3t@cam", "admin:s3cr3t@cam/live", "rtsp://admin:s3cr3t@cam:99999/x",
        "rtsp://admin:s3cr3t@", "rtsp://admin:s3cr3t@[::1/x", "rtsp://admin:s3cr3t\u2100@cam/x", "tcp:admin:s3cr3t@cam",
    ],
)  # fmt: skip
def test_a_password_in_what_is_no_address_is_not_repeated(text):
    with pytest.raises((UsageError, BadInput)) as caught:
        source_from(text)
    assert "s3cr3t" not in repr(caught.value.as_json())


SORTS = {
    "a named pipe": lambda path: os.mkfifo(path),
    "a device": lambda path: path.symlink_to("/dev/zero"),
}


@pytest.mark.skipif(os.name == "nt", reason="there are no pipes and devices among the files of Windows")
@pytest.mark.parametrize("ending", ["mp4", "jpg", "json", "dat"])
@pytest.mark.parametrize("sort", SORTS)
def test_a_file_that_never_ends_is_refused_at_once(tmp_path, run, sort, ending):
    path = tmp_path / f"f.{ending}"
    SORTS[sort](path)
    with pytest.raises(BadInput, match=sort):
        source_from(path)
    running = run(Feed("f", FileSource(str(path))))
    assert sort in running.until(lambda status: status.state is FeedState.FAILED).message


@pytest.mark.parametrize("name", ["a folder.mp4", "b.json"])
def test_a_folder_is_a_folder_whatever_its_ending(tmp_path, run, name):
    (tmp_path / name).mkdir()
    assert source_from(tmp_path / name) == FolderSource(str(tmp_path / name))
    running = run(Feed("f", FileSource(str(tmp_path / name))))
    assert "This is a folder" in running.until(lambda status: status.state is FeedState.FAILED).message


def test_names_that_are_not_utf_8_are_sources(tmp_path):
    name = os.fsencode(tmp_path) + b"/film \xe4#1.mp4"
    with open(name, "wb"):
        pass
    path = os.fsdecode(name)
    for text in (path, "file://" + quote_from_bytes(name)):
        source = source_from(text)
        assert source == FileSource(path)
        assert title(source) == r"film \xe4#1.mp4"
        assert parse(json.loads(json.dumps(dump(source)))) == source


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nowhere.mp4",
        "scene:7",
        "tiled:0x2:scene",
        "tiled:2x2:tiled:2x2:scene",
        "rtsp://",
        "tiled:2x2:gone",
        "\0",
        "~nobody-here",
        "http://[::1",
        "x" * 5000,
        "film\0.mp4",
        "tiled:2x2:usb:\0",
    ],
)
def test_what_is_no_source_says_so(text):
    with pytest.raises(KinoscopeError) as caught:
        source_from(text)
    assert caught.value.hint


@given(st.sampled_from(["", "~", "rtsp://", "http://", "file://", "scene:", "tiled:2x2:"]), st.text(max_size=40))
def test_no_text_gives_anything_but_a_source_or_words(start, text):
    try:
        assert title(source_from(start + text))
    except KinoscopeError as error:
        assert error.message


def test_a_camera_by_name(monkeypatch):
    monkeypatch.setattr("engines.cameras.sources.usb.list_cameras", lambda: [UsbCamera("HD Pro Webcam", "1", 700)])
    assert source_from("usb:pro webcam") == UsbSource("1", "HD Pro Webcam", 700)
    assert title(source_from("usb:pro webcam")) == "HD Pro Webcam"
    with pytest.raises(BadInput, match="no camera 'other'") as caught:
        source_from("usb:other")
    assert "HD Pro Webcam" in caught.value.hint


def test_a_saved_source_counts_its_paths_from_where_it_lies(tmp_path):
    saved = tmp_path / "rig.json"
    source = TiledSource(FileSource("film.mp4", loop=True), 2, 2, ("a", "b"), "Rig")
    saved.write_text(json.dumps(dump(source)), encoding="utf-8")
    assert source_from(saved) == TiledSource(FileSource(str(tmp_path / "film.mp4"), loop=True), 2, 2, ("a", "b"), "Rig")
    assert title(source_from(saved)) == "Rig"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "Not valid JSON"),
        ("[]", "not a saved source"),
        ('{"kind": "file"}', "path"),
        ('{"kind": "moon"}', "saved"),
    ],
)
def test_a_broken_saved_source_names_the_file(tmp_path, content, words):
    saved = tmp_path / "rig.json"
    saved.write_text(content, encoding="utf-8")
    with pytest.raises(BadInput, match=words) as caught:
        source_from(saved)
    assert caught.value.path == str(saved)


def test_the_sample_is_four_named_tiles_and_plays(run):
    source = sample_source()
    assert source.tiles == ("front left", "front right", "side left", "side right")
    assert title(source) == "Sample rig"
    assert parse(dump(source)) == source
    status = run(Feed("sample", source)).until(lambda s: s.state is FeedState.PLAYING and s.frames > 2)
    assert status.info.tiles == source.tiles
    assert status.info.grid == (2, 2)


def test_tile_names_are_many_enough_and_different():
    assert tile_names(("a", "a", " ", "x/y"), 5) == ("a", "a (2)", "3", "x-y", "5")
    assert tile_names(("4", "", "", ""), 4) == ("4", "2", "3", "4 (4)")


def test_a_grid_that_cannot_be_is_refused():
    with pytest.raises(UsageError, match="cannot be cut"):
        parse(dump(TiledSource(SceneSource(), 0, 2)))
