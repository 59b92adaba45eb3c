"""Video files: the right picture at the right time, and words for what is broken."""

from __future__ import annotations

import os

import av
import numpy as np
import pytest

from engines.cameras.feed.running import Feed
from engines.cameras.readers.file import FileReader
from engines.cameras.readers.reader import TimedPicture
from engines.cameras.sources.parsing import source_from
from engines.cameras.types import FeedState, FileSource
from engines.core.errors import BadInput, SourceFailed
from engines.core.frames import End, Frame, Gap
from engines.core.slots import Latest, Lossless
from engines.core.video.faults import check_file
from engines.core.video.film import Film
from engines.core.video.timeline import Timeline, read_timeline
from tests.engines.cameras.films import (
    all_items,
    frames_of,
    gaps_of,
    leaving,
    next_frame,
    next_item,
    number_in,
    numbered,
)


def opened(path) -> FileReader:
    reader = FileReader(FileSource(str(path)))
    reader.open()
    return reader


def picture(reader: FileReader) -> TimedPicture:
    item = reader.read()
    assert isinstance(item, TimedPicture), item
    return item


@pytest.mark.parametrize(
    "wishes", [{}, {"name": "film.mkv"}, {"name": "film.avi", "codec": "mpeg4"}, {"gop": 250}, {"faststart": False}]
)
def test_every_picture_comes_once_and_in_order(video, wishes):
    reader = opened(video(frames=40, **wishes))
    with leaving(reader.close):
        pictures = [picture(reader) for _ in range(40)]
        assert isinstance(end := reader.read(), End)
        assert end.why == ""
    assert [number_in(p.image) for p in pictures] == list(range(40))
    assert [p.index for p in pictures] == list(range(40))
    np.testing.assert_allclose([p.media_time for p in pictures], np.arange(40) / 25, atol=2e-3)


@pytest.mark.parametrize("wishes", [{}, {"name": "film.mkv"}, {"name": "film.avi", "codec": "mpeg4"}, {"gop": 250}])
def test_a_seek_gives_exactly_the_asked_picture_and_goes_on_from_there(video, wishes):
    reader = opened(video(frames=60, **wishes))
    with leaving(reader.close):
        for index in (0, 37, 36, 35, 12, 13, 59, 1, 24, 23, 45, 52, 50, 49, 48, 11, 0):
            reader.seek(index)
            shown = [picture(reader) for _ in range(min(3, 60 - index))]
            assert [number_in(p.image) for p in shown] == list(range(index, index + len(shown)))
            assert [p.index for p in shown] == [number_in(p.image) for p in shown]


def test_a_time_leads_to_the_picture_that_is_shown_then(video):
    times = [0, 1, 2, 10, 11, 30, 31, 32, 33, 50]
    reader = opened(video(name="uneven.mkv", frames=10, times=times))
    with leaving(reader.close):
        for seconds, index in ((0.0, 0), (3 / 25, 2), (10 / 25, 3), (29 / 25, 4), (49.5 / 25, 8), (90.0, 9)):
            assert reader.locate(seconds) == index
            reader.seek(reader.locate(seconds))
            shown = picture(reader)
            assert (shown.index, number_in(shown.image)) == (index, index)
            assert shown.media_time == pytest.approx(times[index] / 25, abs=2e-3)


def test_without_stamps_the_rate_tells(video):
    known = read_timeline(str(video(frames=100)))
    blind = read_timeline(str(video(frames=100)), budget=-1.0)
    assert len(known.pts) == 100
    assert blind == Timeline((), known.start, known.unit, known.rate)
    for index in range(100):
        assert blind.index(known.stamp(index)) == index
        assert blind.at(known.seconds(known.stamp(index))) == index == known.at(known.seconds(known.stamp(index)))


def test_info_says_what_the_file_is(video):
    reader = FileReader(FileSource(str(video(frames=50))))
    with leaving(reader.close):
        info = reader.open()
    assert (info.size.width, info.size.height, info.fps, info.frames) == (160, 96, 25.0, 50)
    assert info.duration == pytest.approx(2.0, abs=0.02)
    assert info.seekable
    assert not info.live
    assert "h264" in info.detail


def test_a_film_held_sideways_stands_upright(video):
    upright, turned = opened(video("a.mp4", 2)), opened(video("b.mp4", 2, rotate=90))
    with leaving(upright.close, turned.close):
        expected, image = picture(upright).image, picture(turned).image
    assert image.shape == (160, 96, 3)
    assert np.abs(np.rot90(expected, 1).astype(int) - image).mean() < 3


def test_a_truncated_film_plays_what_is_there_and_says_where_it_broke(video, run):
    path = video(frames=200, noisy=True)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    feed = Feed("cut", FileSource(str(path), speed=0.0))
    slot = feed.subscribe(Lossless(16))
    running = run(feed)
    items = all_items(slot)
    numbers = [number_in(frame.image) for frame in frames_of(items)]
    assert numbers == list(range(len(numbers)))
    assert 50 < len(numbers) < 150
    assert isinstance(items[-1], End)
    assert "breaks off at 0:0" in items[-1].why
    assert f"picture {len(numbers)} of 200" in items[-1].why
    assert running.until(lambda s: s.state is FeedState.ENDED).message == items[-1].why


def test_a_truncated_film_that_loops_still_says_where_it_broke(video, run):
    path = video(frames=100, noisy=True)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    running = run(Feed("cut", FileSource(str(path), loop=True, speed=0.0)))
    status = running.until(lambda s: s.frames > 120)
    assert status.state is FeedState.PLAYING
    assert "breaks off" in status.message


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"This is a shopping list.\nMilk, bread\n" * 40, "text file"),
        ("Grüße aus Köln, 東京\n".encode() * 300, "text file"),
        (b"", "empty"),
        (bytes(range(256)) * 40, "cannot be played"),
    ],
)
def test_what_is_not_a_video_is_said_plainly(tmp_path, run, content, words):
    path = tmp_path / "film.mp4"
    path.write_bytes(content)
    with pytest.raises(BadInput) as caught:
        opened(path)
    assert words in caught.value.message
    assert caught.value.path == str(path)
    assert caught.value.hint
    assert words in run(Feed("bad", FileSource(str(path)))).until(lambda s: s.state is FeedState.FAILED).message


def test_a_film_whose_index_is_missing_says_so(video):
    path = video(frames=100, faststart=False, noisy=True)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    with pytest.raises(BadInput, match="moov atom") as caught:
        opened(path)
    assert "cut off" in caught.value.hint


def test_missing_files_and_folders_are_named(tmp_path):
    with pytest.raises(SourceFailed, match="no such file"):
        opened(tmp_path / "gone.mp4")
    with pytest.raises(BadInput, match="folder, not a video"):
        opened(tmp_path)


def test_damage_in_the_middle_is_a_gap_and_the_rest_plays(video):
    path = video(frames=60, gop=10, noisy=True, name="film.mkv")
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 6000] = b"\0" * 6000
    path.write_bytes(content)
    reader = opened(path)
    with leaving(reader.close):
        items = [reader.read() for _ in range(120)]
    last = [item for item in items if isinstance(item, TimedPicture)][-1]
    assert number_in(last.image) in (last.index, 59)
    assert number_in(last.image) >= 50


def test_a_path_with_spaces_and_other_letters(video, tmp_path, run):
    folder = tmp_path / "Größe & 東京 фильм"
    folder.mkdir()
    path = folder / "mein film №1.mp4"
    video().rename(path)
    feed = Feed("öäü", FileSource(str(path)))
    slot = feed.subscribe(Lossless())
    run(feed)
    frame = next_frame(slot)
    assert (frame.stamp.source, number_in(frame.image)) == ("öäü", 0)


def test_a_long_film_seeks_exactly(film):
    reader, other = opened(film), opened(film)
    with leaving(reader.close, other.close):
        straight = [picture(reader) for _ in range(120)]
        for index in (100, 99, 17, 60):
            other.seek(index)
            again = picture(other)
            assert again.index == index
            np.testing.assert_array_equal(again.image, straight[index].image)


def test_a_file_waits_for_a_lossless_reader_and_latest_drops(video, run):
    feed = Feed("f", FileSource(str(video(frames=120)), speed=0.0))
    every, newest = feed.subscribe(Lossless(4)), feed.subscribe(Latest())
    running = run(feed)
    numbers = [number_in(frame.image) for frame in frames_of(all_items(every))]
    assert numbers == list(range(120))
    assert every.dropped == 0
    running.until(lambda s: s.state is FeedState.ENDED)
    item = next_item(newest)
    while isinstance(item, Gap):
        item = next_item(newest)
    assert isinstance(item, Frame)
    assert number_in(item.image) == 119
    assert newest.dropped == 119
    assert not gaps_of([item])


@pytest.mark.parametrize(
    "name", ["2024-01-01T12:00:00.mp4", "100%.mp4", "a%03d.mp4", "#1 take?.mp4", "concat:b.mp4", "-i.mp4", "[2024].mp4"]
)
def test_no_name_is_taken_for_something_else(video, tmp_path, monkeypatch, name):
    video(name, 3)
    monkeypatch.chdir(tmp_path)
    for path in (name, str(tmp_path / name)):
        assert source_from(path) == FileSource(path)
        reader = opened(path)
        with leaving(reader.close):
            assert [number_in(picture(reader).image) for _ in range(3)] == [0, 1, 2]
        assert [number_in(frame.image) for frame in Film.open(path).frames()] == [0, 1, 2]


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("/dev/zero"), lambda path: path.mkdir()])
def test_what_is_no_file_is_refused_before_it_is_read(tmp_path, make):
    path = tmp_path / "film.mp4"
    make(path)
    for read in (opened, Film.open, check_file):
        with pytest.raises(BadInput, match=r"pipe|device|folder"):
            read(path)


@pytest.mark.parametrize("name", ["film.mp4", "picture.jpg", "source.json"])
@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("/dev/zero")])
def test_what_is_no_file_is_no_source(tmp_path, make, name):
    make(tmp_path / name)
    with pytest.raises(BadInput, match=r"pipe|device"):
        source_from(str(tmp_path / name))


def test_a_rate_that_no_camera_has_is_told_by_the_stamps(tmp_path):
    """Without a default duration FFmpeg takes the unit of time for the rate, here 1000."""
    path = tmp_path / "remuxed.mkv"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=1000, options={"g": "12"})
        stream.width, stream.height, stream.pix_fmt = 160, 96, "yuv420p"
        for number in range(50):
            frame = av.VideoFrame.from_ndarray(numbered(number), format="bgr24")
            frame.pts = 40 * number
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    with av.open(str(path)) as container:
        assert container.streams.video[0].average_rate == 1000
    reader = FileReader(FileSource(str(path)))
    with leaving(reader.close):
        info = reader.open()
    assert (info.fps, Film.open(path).rate) == (25.0, 25.0)
    assert info.duration == pytest.approx(2.0)
    assert "25 per second" in info.detail


def test_the_remuxed_film_of_the_report_has_25_per_second(data):
    assert Film.open(data / "cases" / "rate_1000" / "mr.mkv").rate == 25.0
