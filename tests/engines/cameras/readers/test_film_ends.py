"""Films that are whole are never called cut short, whatever their clock or sound; films that are cut always are."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import av
import pytest
from av.stream import Disposition

from engines.cameras.readers.file import FileReader
from engines.cameras.readers.reader import TimedPicture
from engines.cameras.types import FileSource
from engines.core.frames import End
from tests.engines.cameras.films import leaving
from tests.engines.cameras.made_films import COUNT, MADE, beep, painted, spread, write


def played(path) -> tuple[int, str]:
    """The number after the last picture that came, and why no more do."""
    reader, count = FileReader(FileSource(str(path))), 0
    with leaving(reader.close):
        reader.open()
        while not isinstance(item := reader.read(), End):
            count = item.index + 1 if isinstance(item, TimedPicture) else count
    return count, item.why


SOUND = {kind: replace(MADE[kind], sound=6.0) for kind in ("x264-mp4", "x264-mkv", "x264-ts", "mpeg4-avi", "late-mkv")}
WHOLE = SOUND | {
    "slides": replace(MADE["x264-mkv"], times=spread(10_000), unit=Fraction(1, 1000)),
    "one long picture": replace(MADE["x264-mp4"], times=(*range(COUNT - 1), 900)),
    "from 100 s on": replace(MADE["x264-mkv"], times=spread(1, start=2500)),
}


@pytest.mark.parametrize("kind", WHOLE)
def test_a_whole_film_ends_without_a_word(tmp_path, kind):
    path = write(tmp_path / WHOLE[kind].name, WHOLE[kind], range(COUNT))
    assert played(path) == (COUNT, "")


def test_sound_with_a_cover_ends_without_a_word(tmp_path):
    path = tmp_path / "song.mp3"
    with av.open(str(path), "w") as out:
        sound, cover = out.add_stream("libmp3lame", rate=48000), out.add_stream("mjpeg", rate=1)
        cover.width, cover.height, cover.pix_fmt = 64, 48, "yuvj420p"
        cover.disposition = Disposition.attached_pic
        out.mux(cover.encode(av.VideoFrame.from_ndarray(painted(5, (64, 48)), format="bgr24")))
        out.mux([packet for number in range(200) for packet in beep(sound, number)])
        out.mux(sound.encode())
    assert played(path) == (1, "")


CUT = {
    kind: MADE[kind] for kind in ("x264-mp4", "x264-mkv", "x264-flv", "mpeg4-avi", "x264-avi", "late-mkv", "uneven-mkv")
}
CUT |= {f"{kind} with sound": replace(MADE[kind], sound=1.6) for kind in ("x264-mp4", "x264-mkv", "mpeg4-avi")}


@pytest.mark.parametrize("kind", CUT)
def test_a_film_that_is_cut_says_where(tmp_path, kind):
    made = replace(CUT[kind], muxing={"movflags": "faststart"} if "mp4" in kind else {})
    path = write(tmp_path / made.name, made, range(COUNT))
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 7 // 10])
    count, why = played(path)
    assert 2 < count < COUNT
    assert "breaks off at 0:0" in why
    assert f"picture {count}" in why
