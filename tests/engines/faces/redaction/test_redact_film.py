"""Copies of films of every make: the pictures of the film in its order, at its times, upright, with its sound."""

from __future__ import annotations

from dataclasses import replace

import av
import numpy as np
import pytest

from engines.core.video.film import Film
from engines.core.video.rewriting import rewrite
from tests.engines.cameras.made_films import COUNT, MADE, made_film, number_of, write


@pytest.mark.parametrize(
    "kind", ["x264-avi", "open-h264", "x265-hevc", "pairs-mkv", "joined-ts", "late-mkv", "cut-mp4", "uneven-mkv"]
)
@pytest.mark.parametrize("suffix", [".mkv", ".mp4"])
def test_a_copy_has_the_pictures_of_the_film_in_its_order_at_its_times(tmp_path, kind, suffix):
    film = Film.open(made_film(tmp_path, kind))
    told: list[int] = []
    assert rewrite(film.path, tmp_path / f"copy{suffix}", lambda number, image: told.append(number)) == film.count
    assert told == list(range(film.count or 0))
    copy = list(Film.open(tmp_path / f"copy{suffix}").frames())
    first = COUNT - len(copy)
    assert [number_of(frame.image) for frame in copy] == list(range(first, COUNT))
    np.testing.assert_allclose([frame.seconds for frame in copy], film.frame_times(), atol=2e-3)


@pytest.mark.parametrize("kind", ["mirrored-mp4", "transposed-mkv", "left-mp4"])
def test_a_copy_is_upright_without_being_turned(tmp_path, kind):
    film = Film.open(made_film(tmp_path, kind))
    rewrite(film.path, tmp_path / "copy.mp4", lambda number, image: None)
    with av.open(str(tmp_path / "copy.mp4")) as copy:
        images = [frame.to_ndarray(format="bgr24") for frame in copy.decode(video=0)]
    for frame, image in zip(film.frames(), images, strict=True):
        assert np.abs(frame.image.astype(int) - image).mean() < 6


@pytest.mark.parametrize("kind", ["x264-mkv", "x264-avi", "late-mkv"])
def test_the_sound_of_a_copy_is_the_film_s_own_at_its_own_time(tmp_path, kind):
    made = replace(MADE[kind], sound=2.4)
    path = write(tmp_path / made.name, made, range(COUNT))
    rewrite(path, tmp_path / "copy.mkv", lambda number, image: None)
    (sound, before), (copied, after) = heard(path), heard(tmp_path / "copy.mkv")
    assert sound == copied
    np.testing.assert_allclose(after, before, atol=2e-3)
    assert len(before) > 10


def heard(path) -> tuple[list[bytes], list[float]]:
    """The packets of the sound, and when each is heard after the start of the file."""
    with av.open(str(path)) as film:
        packets = [packet for packet in film.demux(audio=0) if packet.size]
        return [bytes(packet) for packet in packets], [float(packet.pts * packet.time_base) for packet in packets]
