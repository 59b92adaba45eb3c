"""Pictures of every sort become upright 8-bit BGR with the right pixels, or are refused in words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from engines.core.errors import BadInput, FileMissing
from engines.faces.seeing.picture_heads import size_of
from engines.faces.seeing.pictures import list_pictures, people_of, person_of, read_picture
from tests.engines.faces.made_pictures import CMYK_JPEG, encoded, jpeg_with, png_head, scene, upright, written

SUFFIXES = (".png", ".jpg", ".tiff", ".bmp", ".webp", ".ppm", ".gif")


@pytest.mark.parametrize("suffix", [".png", ".tiff", ".bmp", ".ppm"])
def test_what_loses_nothing_comes_back_as_it_was(tmp_path: Path, suffix: str):
    image = scene()
    np.testing.assert_array_equal(read_picture(written(tmp_path / f"a{suffix}", encoded(image, suffix))), image)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_cameras_orientation_is_applied(tmp_path: Path, orientation: int):
    image = scene()
    truth = upright(image, orientation)
    read = read_picture(written(tmp_path / "a.jpg", jpeg_with(image, orientation)))
    assert read.shape == truth.shape
    assert np.abs(read.astype(int) - truth).mean() < 3
    others = [upright(image, other) for other in range(1, 9) if other != orientation]
    same = [other for other in others if other.shape == truth.shape]
    assert all(np.abs(read.astype(int) - other).mean() > 20 for other in same)


def test_four_inks_become_colours(tmp_path: Path):
    read = read_picture(written(tmp_path / "a.jpg", CMYK_JPEG))
    patches = [read[8, 8], read[8, 24], read[24, 8], read[24, 24]]
    truth = [(255, 255, 255), (255, 255, 0), (0, 0, 255), (127, 127, 127)]
    np.testing.assert_allclose(np.array(patches, int), truth, atol=3)


@pytest.mark.parametrize("suffix", [".png", ".tiff"])
def test_sixteen_bits_become_eight(tmp_path: Path, suffix: str):
    image = scene().astype(np.uint16)
    full = read_picture(written(tmp_path / f"full{suffix}", encoded(image * 257, suffix)))
    np.testing.assert_array_equal(full, scene())
    sensor = read_picture(written(tmp_path / f"sensor{suffix}", encoded(image * 16, suffix)))
    np.testing.assert_array_equal(sensor, scene())


@pytest.mark.parametrize("suffix", [".png", ".pgm", ".tiff"])
def test_grey_becomes_colour(tmp_path: Path, suffix: str):
    grey = scene()[:, :, 1]
    read = read_picture(written(tmp_path / f"a{suffix}", encoded(grey, suffix)))
    np.testing.assert_array_equal(read, np.repeat(grey[:, :, None], 3, axis=2))


def test_what_is_transparent_lies_on_white(tmp_path: Path):
    share = np.linspace(0, 1, 48)[:, None, None] * np.ones((48, 64, 1))
    alpha = np.round(255 * share).astype(np.uint8)
    path = written(tmp_path / "a.png", encoded(np.concatenate([scene(), alpha], axis=2), ".png"))
    truth = scene() * (alpha / 255) + 255 * (1 - alpha / 255)
    np.testing.assert_allclose(read_picture(path).astype(float), truth, atol=0.6)


def test_names_in_any_script(tmp_path: Path):
    path = written(tmp_path / "Žofie 王芳 ü.png", encoded(scene(), ".png"))
    np.testing.assert_array_equal(read_picture(path), scene())


def test_the_smallest_and_the_widest(tmp_path: Path):
    dot = np.full((1, 1, 3), 77, np.uint8)
    np.testing.assert_array_equal(read_picture(written(tmp_path / "dot.png", encoded(dot, ".png"))), dot)
    wide = np.zeros((8, 20_000, 3), np.uint8)
    wide[:, 12_345] = 255
    np.testing.assert_array_equal(read_picture(written(tmp_path / "wide.png", encoded(wide, ".png"))), wide)


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("share", [0.3, 0.7, 0.97])
def test_a_broken_off_picture_is_refused_by_name(tmp_path: Path, suffix: str, share: float):
    data = encoded(scene(200, 300), suffix)
    path = written(tmp_path / f"cut{suffix}", data[: int(share * len(data))])
    with pytest.raises(BadInput, match="broken or cut off") as refused:
        read_picture(path)
    assert refused.value.path == str(path)


@pytest.mark.parametrize(
    "data", [b"", b"hello, this is text", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"P5 x", bytes(999)]
)
def test_what_is_no_picture_is_refused(tmp_path: Path, data: bytes):
    with pytest.raises(BadInput):
        read_picture(written(tmp_path / "a.jpg", data))


def test_too_many_pixels_are_refused_before_they_are_unpacked(tmp_path: Path):
    with pytest.raises(BadInput, match="too large: 60000 x 50000"):
        read_picture(written(tmp_path / "a.png", png_head(60_000, 50_000)))


def test_a_missing_file_and_a_folder(tmp_path: Path):
    with pytest.raises(FileMissing):
        read_picture(tmp_path / "none.png")
    with pytest.raises(BadInput):
        read_picture(tmp_path)


@pytest.mark.parametrize("suffix", SUFFIXES)
@given(width=some.integers(1, 90), height=some.integers(1, 90))
def test_the_head_says_the_size(suffix: str, width: int, height: int):
    assert size_of(encoded(np.zeros((height, width, 3), np.uint8), suffix)) == (width, height)


@given(some.binary(max_size=200), some.sampled_from([b"", b"\xff\xd8\xff", b"II*\0", b"RIFF1234WEBPVP8L", b"P6 "]))
def test_no_head_makes_it_stumble(data: bytes, start: bytes):
    size = size_of(start + data)
    assert size is None or len(size) == 2


def test_pictures_are_listed_once_in_order_without_what_is_hidden(tmp_path: Path):
    for name in ("b/2.png", "b/10.JPG", "a.jpeg", ".hidden/x.png", "b/.y.png", "notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = list_pictures([tmp_path, tmp_path / "a.jpeg"])
    assert [path.relative_to(tmp_path).as_posix() for path in found] == ["a.jpeg", "b/10.JPG", "b/2.png"]
    with pytest.raises(FileMissing):
        list_pictures([tmp_path / "none"])


def test_whose_picture_it_is():
    assert person_of("lfw/Ana_Maria_0012.jpg") == "Ana_Maria"
    assert person_of("Ana Maria/IMG_0012.jpg") == "Ana Maria"
    assert person_of("orl/s1/10.pgm") == "s1"
    assert person_of("Ana/holiday_0001.jpg", "folder") == "Ana"
    assert person_of("Ana/Eva_0001.jpg", "file") == "Eva"
    assert person_of("portraits/Eva.jpg", "file") == "Eva"
    assert people_of(["x/Ana/Eva_0001.jpg", "x/Ben/sea_0002.jpg"]) == ("Ana", "Ben")
    assert people_of(["x/Ana_0001.jpg", "x/Ben_0002.jpg"]) == ("Ana", "Ben")


def test_nothing_is_said_behind_the_programs_back(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    for suffix in SUFFIXES:
        data = encoded(scene(200, 300), suffix)
        with pytest.raises(BadInput):
            read_picture(written(tmp_path / f"cut{suffix}", data[: len(data) // 2]))
    assert capfd.readouterr() == ("", "")


def test_floats_are_shares_of_white(tmp_path: Path):
    path = written(tmp_path / "a.tiff", encoded((scene() / 255).astype(np.float32), ".tiff"))
    np.testing.assert_allclose(read_picture(path), scene(), atol=1)
