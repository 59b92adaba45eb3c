"""Pictures of every sort become upright 8-bit BGR with the right pixels, or are refused in words."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from engines.core.errors import BadInput, FileMissing
from engines.core.pictures.files import READABLE
from engines.core.pictures.heads import head_of
from engines.core.pictures.reading import open_picture, read_picture
from tests.engines.core.pictures.made_pictures import (
    CMYK_JPEG,
    avif_with,
    encoded,
    gif_of,
    jpeg_with,
    oriented,
    png_head,
    png_with,
    scene,
    tiff,
    upright,
    webp_with,
    written,
)

SUFFIXES = (".png", ".jpg", ".tiff", ".bmp", ".webp", ".ppm", ".gif", ".avif", ".pfm", ".hdr")


@pytest.mark.parametrize("suffix", [".png", ".tiff", ".bmp", ".ppm"])
def test_what_loses_nothing_comes_back_as_it_was(tmp_path: Path, suffix: str):
    image = scene()
    np.testing.assert_array_equal(read_picture(written(tmp_path / f"a{suffix}", encoded(image, suffix))), image)


TURNED = {
    "jpeg": lambda image, turn: jpeg_with(image, turn),
    "jpeg of Motorola order": lambda image, turn: jpeg_with(image, turn, ">"),
    "png": lambda image, turn: png_with(image, (b"eXIf", oriented(turn))),
    "png, late": lambda image, turn: png_with(image, (b"eXIf", oriented(turn, ">")), late=True),
    "webp": webp_with,
    "tiff": lambda image, turn: tiff(image[:, :, ::-1], 8, orientation=turn),
    "tiff of Motorola order": lambda image, turn: tiff(image[:, :, ::-1], 8, ">", orientation=turn),
    "tiff of 16 bits": lambda image, turn: tiff(image[:, :, ::-1].astype(np.uint16) * 257, 16, orientation=turn),
    "tiff of floats": lambda image, turn: tiff(
        (image[:, :, ::-1] / 255).astype(np.float32), 32, form=3, orientation=turn
    ),
    "avif": lambda image, turn: avif_with(image, *IROT_IMIR[turn]),
}
IROT_IMIR = {
    1: (None, None), 2: (None, 1), 3: (2, None), 4: (None, 0), 5: (1, 0), 6: (3, None), 7: (3, 0), 8: (1, None)
}  # fmt: skip
"""Quarter turns against the clock, then 0: top and bottom change places, 1: left and right (ISO/IEC 23008-12)."""


@pytest.mark.parametrize("kind", TURNED)
@pytest.mark.parametrize("turn", range(1, 9))
def test_how_the_camera_was_held_counts_for_people_and_not_for_measuring(tmp_path: Path, kind: str, turn: int):
    image = scene()
    path = written(tmp_path / "a.picture", TURNED[kind](image, turn))
    shown, stored = open_picture(path), open_picture(path, orientation="sensor")
    assert (shown.turn, stored.turn, shown.note) == (turn, turn, "")
    assert _off(shown.image, upright(image, turn)) < 3
    assert _off(stored.image, image) < 3


@pytest.mark.parametrize(
    ("turns", "mirror", "turn"), [(2, 0, 2), (2, 1, 4), (1, 1, 7), (3, 1, 5), (0, 1, 2), (0, None, 1)]
)
def test_every_turn_and_mirror_of_an_avif(tmp_path: Path, turns: int, mirror: int | None, turn: int):
    path = written(tmp_path / "a.avif", avif_with(scene(), turns, mirror))
    assert _off(read_picture(path), upright(scene(), turn)) < 3


def _off(found: np.ndarray, truth: np.ndarray) -> float:
    """Mean absolute error; another turn of the scene is more than 20 off, another shape infinitely."""
    return float(np.abs(found.astype(int) - truth).mean()) if found.shape == truth.shape else np.inf


def test_grey_is_the_same_brightness(tmp_path: Path):
    for suffix in (".png", ".jpg"):
        path = written(tmp_path / f"a{suffix}", encoded(scene(), suffix))
        blue, green, red = np.moveaxis(read_picture(path).astype(float), 2, 0)
        grey = read_picture(path, colours="grey")
        assert grey.shape == (48, 64)
        assert np.abs(grey - (0.114 * blue + 0.587 * green + 0.299 * red)).mean() < 1


def test_four_inks_become_colours(tmp_path: Path):
    read = read_picture(written(tmp_path / "a.jpg", CMYK_JPEG))
    patches = [read[8, 8], read[8, 24], read[24, 8], read[24, 24]]
    truth = [(255, 255, 255), (255, 255, 0), (0, 0, 255), (127, 127, 127)]
    np.testing.assert_allclose(np.array(patches, int), truth, atol=3)


@pytest.mark.parametrize("suffix", [".png", ".tiff"])
@pytest.mark.parametrize("bits", [8, 10, 12, 14])
def test_bits_in_use_are_known_by_the_largest_value_and_that_is_said(tmp_path: Path, suffix: str, bits: int):
    image = scene().astype(np.uint16) << (bits - 8)
    found = open_picture(written(tmp_path / f"a{suffix}", encoded(image, suffix)))
    np.testing.assert_array_equal(found.image, scene())
    assert f"taken for {bits} bits" in found.note


@pytest.mark.parametrize("suffix", [".png", ".tiff"])
def test_sixteen_bits_become_eight_and_a_dark_one_that_proves_it_stays_dark(tmp_path: Path, suffix: str):
    for image in (scene(), scene() // 16):
        found = open_picture(written(tmp_path / f"a{suffix}", encoded(image.astype(np.uint16) * 257, suffix)))
        np.testing.assert_array_equal(found.image, image)
        assert found.note == ""


def test_black_is_black_and_nothing_is_guessed(tmp_path: Path):
    found = open_picture(written(tmp_path / "a.png", encoded(np.zeros((4, 5), np.uint16), ".png")))
    assert (found.image.max(), found.note) == (0, "")


def test_a_mark_of_the_file_counts_before_the_largest_value(tmp_path: Path):
    dark = np.arange(700, dtype=np.uint16).reshape(20, 35)
    raw = open_picture(written(tmp_path / "a.png", png_with(dark, (b"sBIT", b"\x0c"))), colours="grey")
    np.testing.assert_array_equal(raw.image, dark >> 4)
    spread = dark << 4 | dark >> 8
    full = open_picture(written(tmp_path / "b.png", png_with(spread, (b"sBIT", b"\x0c"))), colours="grey")
    np.testing.assert_array_equal(full.image, dark >> 4)
    tagged = open_picture(written(tmp_path / "c.tif", tiff(dark, 16, most=4095)), colours="grey")
    np.testing.assert_array_equal(tagged.image, dark >> 4)
    assert raw.note == full.note == tagged.note == ""


@pytest.mark.parametrize("bits", [10, 12, 14])
@pytest.mark.parametrize("order", "<>")
def test_bits_that_are_packed_in_a_tiff(tmp_path: Path, bits: int, order: str):
    values = (scene()[:, :, 0].astype(np.uint16) >> 2) << (bits - 8)
    found = open_picture(written(tmp_path / "a.tif", tiff(values, bits, order)), colours="grey")
    np.testing.assert_array_equal(found.image, scene()[:, :, 0] >> 2)
    assert found.note == ""


@pytest.mark.parametrize("most", [15, 255, 1000, 4095, 65535])
def test_a_pgm_says_what_white_is(tmp_path: Path, most: int):
    values = np.linspace(0, most / 2, 40).round().astype(">u2" if most > 255 else "u1").reshape(5, 8)
    path = written(tmp_path / "a.pgm", b"P5 # a remark\n8 5\n%d\n" % most + values.tobytes())
    found = open_picture(path, colours="grey")
    np.testing.assert_allclose(found.image, values * (255 / most), atol=1)
    assert found.note == ""


@pytest.mark.parametrize("bits", [10, 12])
def test_a_deep_avif(tmp_path: Path, bits: int):
    image = scene().astype(np.uint16) << (bits - 8)
    data = encoded(image, ".avif", cv2.IMWRITE_AVIF_DEPTH, bits, cv2.IMWRITE_AVIF_QUALITY, 100)
    found = open_picture(written(tmp_path / "a.avif", data))
    assert _off(found.image, scene()) < 3
    assert found.note == ""


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


def test_transparency_of_a_tiff_by_what_the_file_says_of_it(tmp_path: Path):
    colour, share = np.array([200, 100, 50]), 128 / 255
    on_white = (colour * share + 255 * (1 - share))[::-1]
    straight = np.array([[[200, 100, 50, 128]]], np.uint8)
    already = np.array([[[100, 50, 25, 128]]], np.uint8)
    cases = {
        "separate": tiff(straight, 8, extra=2), "associated": tiff(already, 8, extra=1),
        "separate, 16": tiff(straight.astype(np.uint16) * 257, 16, extra=2),
        "associated, 16": tiff(already.astype(np.uint16) * 257, 16, extra=1),
    }  # fmt: skip
    for name, data in cases.items():
        np.testing.assert_allclose(
            read_picture(written(tmp_path / "a.tif", data))[0, 0], on_white, atol=1.6, err_msg=name
        )


def test_a_grey_that_means_transparent_is_white(tmp_path: Path):
    grey = np.array([[0, 70, 140]], np.uint8)
    path = written(tmp_path / "a.png", png_with(grey, (b"tRNS", b"\0\x46")))
    np.testing.assert_array_equal(read_picture(path, colours="grey"), [[0, 255, 140]])


def test_a_bitmap_whose_fourth_byte_is_unused_is_not_transparent(tmp_path: Path):
    pixels = np.dstack([scene(), np.zeros((48, 64), np.uint8)])[::-1]
    head = struct.pack("<2sIHHIIiiHHIIiiII", b"BM", 54 + pixels.nbytes, 0, 0, 54, 40, 64, 48, 1, 32, 0, 0, 0, 0, 0, 0)
    np.testing.assert_array_equal(read_picture(written(tmp_path / "a.bmp", head + pixels.tobytes())), scene())


@pytest.mark.parametrize("bits", [8, 16])
def test_a_tiff_in_which_black_is_the_largest_value(tmp_path: Path, bits: int):
    values = scene()[:, :, 0].astype(np.uint16) * 257 if bits == 16 else scene()[:, :, 0]
    path = written(tmp_path / "a.tif", tiff(values, bits, photometric=0))
    np.testing.assert_array_equal(read_picture(path, colours="grey"), 255 - scene()[:, :, 0])


def test_of_what_moves_the_first_picture_is_taken_and_that_is_said(tmp_path: Path):
    one, three = (open_picture(written(tmp_path / "a.gif", gif_of(*levels))) for levels in ((90,), (90, 10, 200)))
    assert one.image.tolist() == three.image.tolist() == [[[90, 90, 90]]]
    assert (one.note, three.note) == ("", "only the first of its pictures is used")
    moving = png_with(scene(), (b"acTL", struct.pack(">II", 2, 0)))
    assert open_picture(written(tmp_path / "a.png", moving)).note == "only the first of its pictures is used"


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


HUGE = {
    "png": png_head(60_000, 50_000),
    "jpeg": b"\xff\xd8\xff\xc0" + struct.pack(">HBHHB", 17, 8, 50_000, 60_000, 3) + bytes(40),
    "tiff": tiff(np.zeros((1, 1), np.uint8), 8)[:18]
    + struct.pack("<I", 60_000)
    + tiff(np.zeros((50_000, 1), np.uint8), 8)[22:],
    "webp": b"RIFF\0\0\0\0WEBPVP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + b"\x5f\xea\0\x4f\xc3\0",
    "gif": b"GIF89a" + struct.pack("<HH", 60_000, 50_000) + bytes(9),
    "bmp": struct.pack("<2sIHHIIiiHHIIiiII", b"BM", 54, 0, 0, 54, 40, 60_000, -50_000, 1, 24, 0, 0, 0, 0, 0, 0),
    "jp2": b"\xff\x4f\xff\x51" + struct.pack(">HHIIIIIIIIH", 41, 0, 60_000, 50_000, 0, 0, 9, 9, 0, 0, 1) + b"\7\1\1",
    "pnm": b"P6\n60000 50000\n255\n",
    "pam": b"P7\nWIDTH 60000\nHEIGHT 50000\nDEPTH 3\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\n",
    "pfm": b"PF\n60000 50000\n-1.0\n",
    "hdr": b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 50000 +X 60000\n",
    "sun": b"\x59\xa6\x6a\x95" + struct.pack(">7I", 60_000, 50_000, 24, 0, 1, 0, 0),
}


@pytest.mark.parametrize("kind", HUGE)
def test_too_many_pixels_are_refused_before_they_are_unpacked(tmp_path: Path, kind: str):
    with pytest.raises(BadInput, match="too large: 60000 x 50000"):
        read_picture(written(tmp_path / "a", HUGE[kind]))


def test_an_avif_that_promises_too_much_is_refused(tmp_path: Path):
    data = bytearray(encoded(scene(), ".avif"))
    at = data.index(b"ispe") + 8
    data[at : at + 8] = struct.pack(">II", 60_000, 50_000)
    with pytest.raises(BadInput, match="too large: 60000 x 50000"):
        read_picture(written(tmp_path / "a.avif", bytes(data)))


def test_depth_counts_for_what_is_too_large(tmp_path: Path):
    with pytest.raises(BadInput, match="too large: 12000 x 12000 pixels of 32 bits"):
        read_picture(written(tmp_path / "a.pfm", b"PF\n12000 12000\n-1.0\n"))


def test_the_decoder_has_the_same_limit():
    code = (
        "import engines, cv2, numpy; cv2.imdecode(numpy.frombuffer(b'P5 60000 50000 255 ' + bytes(9), numpy.uint8), -1)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False).stderr
    assert "CV_IO_MAX_IMAGE_PIXELS" in told


def test_what_never_ends_is_not_opened(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe.png")
    for path in (tmp_path / "pipe.png", Path("/dev/zero")):
        with pytest.raises(BadInput, match="not a picture"):
            read_picture(path)


@pytest.mark.parametrize(
    ("name", "start", "word"),
    [
        ("IMG_1.HEIC", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
        ("a.jpg", b"\0\0\0\x18ftypheix\0\0\0\0mif1heix", "HEIC"),
        ("a.cr3", b"\0\0\0\x18ftypcrx \0\0\0\1crx isom", "raw file"),
        ("a.nef", tiff(np.zeros((2, 2), np.uint8), 8), "raw file"),
        ("a.jxl", b"\xff\x0a\0\0", "JPEG XL"),
        ("a.tif", tiff(np.zeros((2, 2), np.uint8), 4), "a TIFF of 4 bits"),
    ],
)
def test_sorts_that_cannot_be_read_are_named_with_what_to_do(tmp_path: Path, name: str, start: bytes, word: str):
    with pytest.raises(BadInput, match=word) as refused:
        read_picture(written(tmp_path / name, start))
    assert refused.value.hint


def test_a_missing_file_and_a_folder(tmp_path: Path):
    with pytest.raises(FileMissing):
        read_picture(tmp_path / "none.png")
    with pytest.raises(BadInput):
        read_picture(tmp_path)


@pytest.mark.parametrize("suffix", SUFFIXES)
@given(width=some.integers(1, 90), height=some.integers(1, 90))
def test_the_head_says_the_size(suffix: str, width: int, height: int):
    head = head_of(encoded(np.zeros((height, width, 3), np.uint8), suffix))
    assert head is not None
    assert (head.width, head.height) == (width, height)


@given(some.binary(max_size=200), some.sampled_from([b"", b"\xff\xd8\xff", b"II*\0", b"RIFF1234WEBPVP8L", b"P6 "]))
def test_no_head_makes_it_stumble(data: bytes, start: bytes):
    head = head_of(start + data)
    assert head is None or isinstance(head.width + head.height, int)


def test_nothing_is_said_behind_the_programs_back(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    for suffix in SUFFIXES:
        data = encoded(scene(200, 300), suffix)
        with pytest.raises(BadInput):
            read_picture(written(tmp_path / f"cut{suffix}", data[: len(data) // 2]))
    assert capfd.readouterr() == ("", "")


def test_floats_are_shares_of_white(tmp_path: Path):
    path = written(tmp_path / "a.tiff", encoded((scene() / 255).astype(np.float32), ".tiff"))
    found = open_picture(path)
    np.testing.assert_allclose(found.image, scene(), atol=1)
    assert found.note == ""


def test_other_floats_are_scaled_to_their_range_and_that_is_said(tmp_path: Path):
    values = np.array([[-1, 0, 3], [np.nan, np.inf, 1]], np.float32)
    found = open_picture(written(tmp_path / "a.tif", tiff(values, 32, form=3)), colours="grey")
    np.testing.assert_allclose(found.image, [[0, 63.75, 255], [0, 255, 127.5]], atol=0.6)
    assert "from -1 to 3" in found.note
    radiance = encoded(np.full((3, 3, 3), 2.0, np.float32), ".hdr")
    assert "from 2 to 2" in open_picture(written(tmp_path / "a.hdr", radiance)).note


def test_whole_numbers_with_a_sign_are_scaled_too(tmp_path: Path):
    values = np.array([[-500, 0, 500]], np.int16)
    found = open_picture(written(tmp_path / "a.tif", tiff(values, 16, form=2)), colours="grey")
    np.testing.assert_allclose(found.image, [[0, 127.5, 255]], atol=0.6)


def test_eighteen_forms_of_one_picture(data: Path):
    folder = data / "cases" / "picture_readers"
    if not folder.is_dir():
        pytest.skip("no cases here")
    y, x = np.mgrid[0:64, 0:64]
    truth = np.dstack([((x - 20) ** 2 + (y - 16) ** 2 < 80) * 255, y * 4, x * 4]).astype(np.uint8)
    transparent, grey = truth.copy(), np.repeat(truth[:, :, 1:2], 3, axis=2)
    transparent[:32] = 255
    others = {"alpha_half.png": transparent, "grey.png": grey}
    lossy = {"palette.png": 3.0, "plain.gif": 3.0}
    pictures = [path for path in sorted(folder.iterdir()) if path.suffix in READABLE and path.name != "turned.avif"]
    assert len(pictures) == 18
    for path in pictures:
        bound = lossy.get(path.name, 1.6 if path.suffix in (".jpg", ".avif") else 0.0)
        assert _off(read_picture(path), others.get(path.name, truth)) <= bound, path.name
