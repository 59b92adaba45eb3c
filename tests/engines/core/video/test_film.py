"""Films frame by frame: numbers and times as a seek gives them, upright, whole even where the file is not."""

from __future__ import annotations

import subprocess
import sys
import zlib
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from engines.cameras.readers.file import FileReader
from engines.cameras.readers.reader import TimedPicture
from engines.cameras.types import FileSource
from engines.core.errors import BadInput, SourceFailed
from engines.core.frames import Size
from engines.core.video import film as films
from engines.core.video.film import Film
from engines.core.video.timeline import Timeline
from tests.engines.cameras.films import leaving, number_in, write_video

KINDS = ({}, {"name": "a.mkv"}, {"name": "a.avi", "codec": "mpeg4"}, {"gop": 250})


def written(tmp_path, name="a.mp4", frames=40, **wishes):
    return write_video(tmp_path / name, frames, **wishes)


@pytest.mark.parametrize("wishes", KINDS)
def test_every_frame_comes_once_with_its_number_and_time(tmp_path, wishes):
    with Film.open(written(tmp_path, **wishes)) as film:
        seen = list(film.frames())
    assert [number_in(frame.image) for frame in seen] == [frame.index for frame in seen] == list(range(40))
    np.testing.assert_allclose([frame.seconds for frame in seen], np.arange(40) / 25, atol=2e-3)
    np.testing.assert_allclose(film.frame_times(), [frame.seconds for frame in seen], atol=1e-9)
    assert (film.count, film.rate, film.size) == (40, 25.0, Size(160, 96))


@pytest.mark.parametrize("wishes", KINDS)
def test_a_part_is_the_same_frames_whether_sought_or_decoded_up_to(tmp_path, monkeypatch, wishes):
    film = Film.open(written(tmp_path, frames=60, **wishes))
    whole = list(film.frames())
    for far in (10_000, 0):
        monkeypatch.setattr(films, "FAR", far)
        for start, stop in ((0, 5), (1, 2), (13, 30), (47, None), (59, 80)):
            part = list(film.frames(start, stop))
            assert [frame.index for frame in part] == list(range(start, min(stop or 60, 60)))
            for frame in part:
                np.testing.assert_array_equal(frame.image, whole[frame.index].image)
    assert list(film.frames(60)) == list(film.frames(9, 9)) == []


def test_a_seek_that_goes_too_far_is_mended(tmp_path, monkeypatch):
    film = Film.open(written(tmp_path, frames=60, gop=10))
    monkeypatch.setattr(films, "FAR", 0)
    monkeypatch.setattr(Timeline, "stamp", lambda line, index: line.pts[-1])
    part = list(film.frames(13, 16))
    assert [number_in(frame.image) for frame in part] == [frame.index for frame in part] == [13, 14, 15]


def test_uneven_times_are_those_of_the_file(tmp_path):
    times = [0, 1, 2, 10, 11, 30, 31, 32, 33, 50]
    film = Film.open(written(tmp_path, "a.mkv", 10, times=times))
    np.testing.assert_allclose([frame.seconds for frame in film.frames()], np.array(times) / 25, atol=2e-3)
    np.testing.assert_allclose(film.frame_times(), np.array(times) / 25, atol=2e-3)
    assert [film.timeline.at(seconds) for seconds in (0.0, 0.2, 1.1, 9.0)] == [0, 2, 4, 9]


def test_without_time_stamps_frames_are_counted_and_the_rate_tells(tmp_path):
    film = Film.open(written(tmp_path, "bare.h264", 40))
    seen = list(film.frames(3, 20))
    assert [number_in(frame.image) for frame in seen] == [frame.index for frame in seen] == list(range(3, 20))
    np.testing.assert_allclose([frame.seconds for frame in seen], np.arange(3, 20) / film.rate)
    assert len(film.frame_times()) == film.count == 40


def test_numbers_and_pictures_are_those_of_the_viewer(tmp_path):
    path = written(tmp_path, frames=20, rotate=90)
    reader = FileReader(FileSource(str(path)))
    reader.open()
    with leaving(reader.close):
        for frame in Film.open(path).frames():
            shown = reader.read()
            assert isinstance(shown, TimedPicture)
            assert (shown.index, shown.media_time) == (frame.index, pytest.approx(frame.seconds))
            np.testing.assert_array_equal(shown.image, frame.image)


@pytest.mark.parametrize(("degrees", "size"), [(0, Size(160, 96)), (90, Size(96, 160)), (180, Size(160, 96))])
def test_a_film_is_upright(tmp_path, degrees, size):
    film = Film.open(written(tmp_path, frames=3, rotate=degrees))
    plain = next(Film.open(written(tmp_path, "plain.mp4", 3)).frames()).image
    turned = next(film.frames()).image
    assert film.size == size
    np.testing.assert_array_equal(turned, np.rot90(plain, degrees // 90))


def test_one_frame_is_a_film(tmp_path):
    film = Film.open(written(tmp_path, frames=1))
    assert [frame.index for frame in film.frames()] == [0]
    assert film.count == 1


def test_a_film_that_breaks_off_gives_what_there_is(tmp_path):
    path = written(tmp_path, "cut.mkv", 60, noisy=True)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    seen = list(Film.open(path).frames())
    assert 5 < len(seen) < 60
    assert [number_in(frame.image) for frame in seen] == [frame.index for frame in seen]


def test_what_is_no_film_is_refused_in_words(tmp_path):
    text, empty, sound = tmp_path / "a.mp4", tmp_path / "b.mp4", tmp_path / "c.wav"
    text.write_text("frame,label\n1,2\n")
    empty.write_bytes(b"")
    with av.open(str(sound), "w") as out:
        stream = out.add_stream("pcm_s16le", rate=8000)
        piece = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), layout="mono")
        piece.sample_rate = 8000
        out.mux(stream.encode(piece))
    for path, words in ((text, "text file"), (empty, "empty"), (sound, "no pictures"), (tmp_path, "folder")):
        with pytest.raises(BadInput, match=words):
            Film.open(path)
    with pytest.raises(SourceFailed):
        Film.open(tmp_path / "none.mp4")


def test_a_codec_that_cannot_be_read_is_refused(tmp_path):
    path = written(tmp_path, "odd.avi", 5, codec="mpeg4")
    content = path.read_bytes()
    for known in (b"FMP4", b"fmp4"):
        content = content.replace(known, b"QQZ9")
    path.write_bytes(content)
    with pytest.raises(BadInput):
        Film.open(path)


def test_a_picture_whose_colour_profile_has_a_name_ends_no_process(tmp_path):
    made = cv2.imencode(".png", np.full((16, 24, 3), 90, np.uint8))[1].tobytes()
    body = b"iCCP" + b"sRGB\0\0" + zlib.compress(bytes(200))
    named = len(body[4:]).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")
    (tmp_path / "a.png").write_bytes(made[:33] + named + made[33:])
    code = (
        "import gc, sys\n"
        "from engines.cameras.readers.file import FileReader\n"
        "from engines.cameras.types import FileSource\n"
        "from engines.core.video.film import Film\n"
        "assert [frame.image.mean() for frame in Film.open(sys.argv[1]).frames()] == [90]\n"
        "reader = FileReader(FileSource(sys.argv[1]))\n"
        "reader.open(), reader.read(), reader.close()\n"
        "del reader\n"
        "gc.collect()\n"
    )
    root = Path(__file__).resolve().parents[4]
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "a.png")], cwd=root, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
