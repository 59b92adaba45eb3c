"""Films of every make: feed, file reader and `Film` show the pictures of an exhaustive decode, with its numbers and the
times that were written, played and sought.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from engines.cameras.feed.running import Feed
from engines.cameras.readers.file import FileReader
from engines.cameras.readers.reader import TimedPicture
from engines.cameras.types import FileSource
from engines.core.frames import End
from engines.core.slots import Lossless
from engines.core.video import film as films
from engines.core.video.film import Film
from tests.engines.cameras.films import all_items, frames_of, leaving
from tests.engines.cameras.made_films import COUNT, MADE, RISEN, Made, exhaustive, made_film, number_of


@pytest.mark.parametrize("kind", MADE)
def test_every_reader_gives_the_pictures_of_an_exhaustive_decode(tmp_path, run, monkeypatch, kind):
    made = MADE[kind]
    path = made_film(tmp_path, kind)
    truth = exhaustive(path, made.turn)
    if not made.turn:
        first = number_of(truth[0])
        assert [number_of(image) for image in truth] == list(range(first, COUNT))
    film = Film.open(path)
    straight = list(film.frames())
    assert [frame.index for frame in straight] == list(range(len(truth)))
    for frame in straight:
        np.testing.assert_array_equal(frame.image, truth[frame.index])
    times = [frame.seconds for frame in straight]
    assert_times(kind, made, times)
    np.testing.assert_allclose(film.frame_times(), times, atol=1e-9)
    assert film.count == len(truth)
    reader = FileReader(FileSource(str(path)))
    with leaving(reader.close):
        info = reader.open()
        assert (info.frames, info.fps) == (len(truth), film.rate)
        check_played(reader, truth, times)
        check_sought(reader, truth, times)
    check_parts(film, truth, times, monkeypatch, (1, 13, 29, len(truth) - 1))
    check_feed(run, path, truth, times)


@pytest.mark.parametrize("kind", ["x264-avi", "open-avi", "x264-mkv", "ntsc-avi"])
def test_numbers_go_on_rightly_behind_a_damaged_picture(tmp_path, kind):
    path = made_film(tmp_path, kind)
    with av.open(str(path)) as container:
        packets = [bytes(packet) for packet in container.demux(video=0) if packet.size]
    content = path.read_bytes()
    for packet in packets[4:7]:
        content = content.replace(packet, packet[:5] + b"\xff" * (len(packet) - 5))
    path.write_bytes(content)
    played = [(frame.index, number_of(frame.image)) for frame in Film.open(path).frames()]
    assert len(played) < COUNT
    assert [entry for entry in played if entry[0] >= 12] == [(number, number) for number in range(12, COUNT)]
    reader = FileReader(FileSource(str(path)))
    with leaving(reader.close):
        reader.open()
        for index in (33, 30, 39):
            reader.seek(index)
            shown = reader.read()
            assert isinstance(shown, TimedPicture)
            assert (shown.index, number_of(shown.image)) == (index, index)


@pytest.mark.parametrize("kind", ["open-h264", "x265-hevc", "open-ts", "mpeg2-ts", "mpeg2-m2v"])
@pytest.mark.parametrize("part", [0.22, 0.41, 0.5])
def test_a_film_that_was_cut_out_of_another_begins_with_its_first_whole_picture(tmp_path, monkeypatch, kind, part):
    path = made_film(tmp_path, kind)
    content = path.read_bytes()
    at = int(len(content) * part)
    path.write_bytes(content[at - (at % 188 if path.suffix == ".ts" else 0) :])
    truth = exhaustive(path, "")
    film = Film.open(path)
    seen = list(film.frames())
    assert [frame.index for frame in seen] == list(range(len(truth))) == list(range(film.count or 0))
    assert (seen[0].seconds, film.frame_times()[0]) == (0.0, 0.0)
    check_parts(film, truth, [frame.seconds for frame in seen], monkeypatch, (1, 3, len(truth) - 2))


def assert_times(kind: str, made: Made, times: list[float]) -> None:
    if kind in RISEN:
        assert times[0] == 0
        assert np.diff(times).min() > 0
        return
    gone = COUNT - len(times)
    expected = [made.seconds(gone + place) - made.seconds(gone) for place in range(len(times))]
    np.testing.assert_allclose(times, expected, atol=1.1e-3)


def check_played(reader: FileReader, truth: list[np.ndarray], times: list[float]) -> None:
    for index, image in enumerate(truth):
        shown = reader.read()
        assert isinstance(shown, TimedPicture), shown
        assert (shown.index, shown.media_time) == (index, times[index])
        np.testing.assert_array_equal(shown.image, image)
    assert reader.read() == End("", "")


def check_sought(reader: FileReader, truth: list[np.ndarray], times: list[float]) -> None:
    last = len(truth) - 1
    for index in (0, 27, 26, 3, 12, 13, last, 1, 24, 23, 33, 11, 14, last - 1, 0):
        reader.seek(reader.locate(times[index]))
        for ahead in range(index, min(index + 3, last + 1)):
            shown = reader.read()
            assert isinstance(shown, TimedPicture), shown
            assert (shown.index, shown.media_time) == (ahead, times[ahead])
            np.testing.assert_array_equal(shown.image, truth[ahead])


def check_parts(
    film: Film, truth: list[np.ndarray], times: list[float], monkeypatch: pytest.MonkeyPatch, starts: tuple[int, ...]
) -> None:
    monkeypatch.setattr(films, "FAR", 0)
    for start in starts:
        part = list(film.frames(start, start + 4))
        assert [(frame.index, frame.seconds) for frame in part] == list(enumerate(times))[start : start + 4]
        for frame in part:
            np.testing.assert_array_equal(frame.image, truth[frame.index])


def check_feed(run: Any, path: Path, truth: list[np.ndarray], times: list[float]) -> None:
    feed = Feed("film", FileSource(str(path), speed=0.0))
    slot = feed.subscribe(Lossless(8))
    run(feed)
    items = all_items(slot)
    assert items[-1] == End("film", "")
    shown = frames_of(items)
    assert [(frame.stamp.index, frame.stamp.media_time) for frame in shown] == list(enumerate(times))
    feed.seek(times[30])
    rest = frames_of(all_items(slot))
    assert [(frame.stamp.index, frame.stamp.media_time) for frame in rest] == list(enumerate(times))[30:]
    for frame in (*shown, *rest):
        np.testing.assert_array_equal(frame.image, truth[frame.stamp.index])
