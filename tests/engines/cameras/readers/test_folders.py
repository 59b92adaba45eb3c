"""Folders of images: mixed sizes, broken files, empty folders, odd names."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from engines.cameras.feed.running import Feed
from engines.cameras.readers.folder import FolderReader, list_images
from engines.cameras.readers.reader import TimedPicture
from engines.cameras.sources.parsing import source_from
from engines.cameras.types import FeedState, FileSource, FolderSource, TiledSource
from engines.core.errors import BadInput, SourceFailed
from engines.core.frames import Gap, GapReason, Size, size_of
from engines.core.slots import Lossless
from tests.engines.cameras.films import all_items, frames_of, gaps_of, leaving, next_frame, number_in
from tests.engines.core.pictures.made_pictures import gif_of, jpeg_with, scene, upright


def test_images_of_other_sizes_are_shown_as_they_are_and_named(pictures, run):
    folder = pictures({"a.png": 1, "b.png": (2, (320, 192)), "c.png": 3})
    feed = Feed("d", FolderSource(str(folder), fps=200.0, loop=False))
    slot = feed.subscribe(Lossless())
    running = run(feed)
    items = all_items(slot)
    assert [f.image.shape[:2] for f in frames_of(items)] == [(96, 160), (192, 320), (96, 160)]
    assert gaps_of(items) == [Gap("d", 0, GapReason.RESIZED)] * 2
    assert isinstance(items[1], Gap)
    message = running.until(lambda s: s.state is FeedState.ENDED).message
    assert "b.png is 320x192, the first picture 160x96" in message


def test_an_unreadable_image_is_a_gap_and_counted(pictures, run):
    folder = pictures({"1.png": 1, "2.png": b"not a picture", "3.png": b"", "4.png": 4})
    feed = Feed("d", FolderSource(str(folder), fps=200.0, loop=False))
    slot = feed.subscribe(Lossless())
    running = run(feed)
    items = all_items(slot)
    assert [number_in(f.image) for f in frames_of(items)] == [1, 4]
    assert [f.stamp.index for f in frames_of(items)] == [0, 3]
    assert gaps_of(items) == [Gap("d", 1, GapReason.DAMAGED, name) for name in ("2.png", "3.png")]
    status = running.until(lambda s: s.state is FeedState.ENDED)
    assert status.lost == 2
    assert status.message == "2.png and 1 more cannot be read and was left out"


@pytest.mark.parametrize(
    ("files", "pattern", "words"),
    [
        ({}, "*", "folder is empty"),
        ({"a.txt": None, "b.txt": None}, "*", "2 files, but none is a picture"),
        ({"a.png": 1}, "left*", "none fits 'left\\*'"),
        ({"a.png": b"x", "b.png": b"y"}, "*", "None of the pictures can be read"),
    ],
)
def test_a_folder_without_images_says_so(pictures, run, files, pattern, words):
    source = FolderSource(str(pictures(files)), pattern=pattern)
    with pytest.raises(BadInput, match=words) as caught:
        FolderReader(source).open()
    assert caught.value.hint
    assert caught.value.message in run(Feed("d", source)).until(lambda s: s.state is FeedState.FAILED).message


def test_no_folder_and_no_folder_at_all(tmp_path, pictures):
    with pytest.raises(SourceFailed, match="no such folder"):
        list_images(tmp_path / "gone")
    with pytest.raises(BadInput, match="not a folder"):
        list_images(pictures({"a.png": 1}) / "a.png")


def test_seeking_in_a_folder(pictures):
    reader = FolderReader(FolderSource(str(pictures({f"{i}.png": i for i in range(12)})), fps=4.0))
    with leaving(reader.close):
        assert reader.open().duration == 3.0
        for seconds, index in ((0.0, 0), (0.26, 1), (2.9, 11), (50.0, 11)):
            reader.seek(reader.locate(seconds))
            item = reader.read()
            assert isinstance(item, TimedPicture)
            assert (item.index, number_in(item.image), item.media_time) == (index, index, index / 4)


def test_names_in_any_script_and_gray_images(pictures):
    folder = pictures({"Bild ü 1.png": 1, "画像 2.png": 2}, folder="Köln 東京", gray=True)
    reader = FolderReader(FolderSource(str(folder)))
    with leaving(reader.close):
        info = reader.open()
        items = [reader.read(), reader.read()]
    assert info.size == Size(160, 96)
    assert [number_in(i.image) for i in items if isinstance(i, TimedPicture)] == [1, 2]
    assert all(
        i.image.shape == (96, 160, 3) and i.image.dtype == np.uint8 for i in items if isinstance(i, TimedPicture)
    )


def test_real_tiled_photographs(data, run):
    folder = data / "calibration" / "quad_tiled_charuco"
    feed = Feed("quad", TiledSource(FolderSource(str(folder)), 2, 2))
    feed.pause()
    slots = [feed.subscribe(tile=name) for name in ("1", "2", "3", "4")]
    running = run(feed)
    status = running.until(lambda s: s.state is FeedState.PAUSED)
    assert status.info is not None
    whole = status.info.size
    assert status.info.frames == len(list(folder.glob("*.jpg")))
    for slot in slots:
        assert size_of(next_frame(slot).image) == Size(whole.width // 2, whole.height // 2)


def test_people_see_a_folder_upright_and_each_picture_says_how_it_was_turned(pictures):
    image = scene()
    folder = pictures({f"{turn}.jpg": jpeg_with(image, turn) for turn in (1, 3, 6)})
    reader = FolderReader(FolderSource(str(folder)))
    with leaving(reader.close):
        reader.open()
        seen = [item for item in (reader.read() for _ in range(3)) if isinstance(item, TimedPicture)]
    assert [picture.turn for picture in seen] == [1, 3, 6]
    for picture in seen:
        assert np.abs(picture.image.astype(int) - upright(image, picture.turn)).mean() < 3


def test_the_turn_of_a_picture_goes_with_its_frames_and_tiles(pictures, run):
    folder = pictures({"1.jpg": jpeg_with(scene(), 1), "3.jpg": jpeg_with(scene(), 3)})
    feed = Feed("d", TiledSource(FolderSource(str(folder), fps=200.0, loop=False), 1, 2))
    slots = [feed.subscribe(Lossless()), feed.subscribe(Lossless(), tile="2")]
    run(feed)
    assert [[frame.stamp.turn for frame in frames_of(all_items(slot))] for slot in slots] == [[1, 3], [1, 3]]


def test_a_folder_says_what_it_left_out_and_what_it_guessed(pictures):
    deep = cv2.imencode(".png", np.full((4, 4), 4000, np.uint16))[1].tobytes()
    folder = pictures({"a.png": deep, "b.HEIC": b"x", "c.txt": None})
    reader = FolderReader(FolderSource(str(folder)))
    words = "2 files left out: 1 is not a picture (c.txt), 1 is HEIC (b.HEIC), which cannot be read here"
    with leaving(reader.close):
        assert words in reader.open().detail
        reader.read()
        assert words in reader.note
        assert "taken for 12 bits" in reader.note


def test_brackets_in_names_and_patterns(pictures):
    folder = pictures({"left [1] 2.png": 1, "left [1] 10.png": 2, "right 1.png": 3}, folder="photos [2024] 100% #1")
    for pattern in ("left*", "left [[]1]*.png", "left [1] 2.png"):
        names = [path.name for path in list_images(folder, pattern)]
        assert names == ["left [1] 2.png", "left [1] 10.png"][: len(names)]
        assert names
    source = source_from(folder / "left [1] 2.png")
    assert isinstance(source, FolderSource)
    assert len(list_images(folder, source.pattern)) == 2


def test_an_animation_is_a_film_and_a_still_of_its_kind_a_picture(pictures):
    folder = pictures({"still.gif": gif_of(9), "moves.gif": gif_of(9, 200, 90)})
    assert isinstance(source_from(folder / "still.gif"), FolderSource)
    assert isinstance(source_from(folder / "moves.gif"), FileSource)
