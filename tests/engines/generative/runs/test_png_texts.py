"""Settings in pictures survive other programs, and no text takes more memory than a megabyte."""

from __future__ import annotations

import os
import struct
import tracemalloc
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.core.errors import BadInput
from engines.generative.diffusion.types import SampleSpec
from engines.generative.runs import png, png_texts

SPEC = SampleSpec("größer", prompt="ein schöner Hund", seeds=(4, 5))
GREY = np.arange(64, dtype=np.uint8).reshape(8, 8)
TEXT = png.settings_texts(SPEC, 1)[png.KEY].encode()


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _picture(path: Path, *chunks: bytes, at_end: bool = False) -> Path:
    data = cv2.imencode(".png", GREY)[1].tobytes()
    cut = len(data) - 12 if at_end else 33
    path.write_bytes(data[:cut] + b"".join(chunks) + data[cut:])
    return path


FORMS = {
    "tEXt": _chunk(b"tEXt", b"kinoscope\0" + TEXT),
    "zTXt": _chunk(b"zTXt", b"kinoscope\0\0" + zlib.compress(TEXT)),
    "iTXt": _chunk(b"iTXt", b"kinoscope\0\0\0en\0Kinoskop\0" + TEXT),
    "packed iTXt": _chunk(b"iTXt", b"kinoscope\0\1\0\0\0" + zlib.compress(TEXT)),
}


@pytest.mark.parametrize("at_end", [False, True])
@pytest.mark.parametrize("form", FORMS)
def test_settings_are_read_in_every_form(tmp_path, form, at_end) -> None:
    path = _picture(tmp_path / "a.png", FORMS[form], at_end=at_end)
    assert png.read_settings_of(path) == (SPEC, 1)


def test_settings_are_written_in_the_form_that_others_keep(tmp_path) -> None:
    texts = png.settings_texts(SPEC, 1)
    assert texts[png.KEY].isascii()
    png.write_png(tmp_path / "a.png", GREY, texts)
    data = (tmp_path / "a.png").read_bytes()
    assert b"tEXtkinoscope\0" in data
    assert b"iTXtparameters\0" in data
    assert png.read_texts(tmp_path / "a.png") == texts


def test_a_model_whose_name_is_not_utf8_is_written_and_read(tmp_path) -> None:
    spec = SampleSpec(os.fsdecode(b"/models/gr\xf6sser.safetensors"))
    png.write_png(tmp_path / "a.png", GREY, png.settings_texts(spec, 0))
    assert png.read_settings(tmp_path / "a.png") == spec


@pytest.mark.parametrize("key", [b"comment", b"kinoscope"])
@pytest.mark.parametrize("form", [b"\0\0", b"\0\1\0\0\0"])
def test_a_text_that_unpacks_to_gigabytes_takes_no_memory(tmp_path, key, form) -> None:
    kind = b"zTXt" if form == b"\0\0" else b"iTXt"
    bomb = zlib.compress(bytes(64 * png_texts.MIB), 9)
    path = _picture(tmp_path / "a.png", _chunk(kind, key + form + bomb))
    tracemalloc.start()
    try:
        with pytest.raises(BadInput, match="carries no settings"):
            png.read_settings(path)
        assert tracemalloc.get_traced_memory()[1] < 8 * png_texts.MIB
    finally:
        tracemalloc.stop()


def test_large_chunks_are_stepped_over(tmp_path) -> None:
    long = _chunk(b"tEXt", b"comment\0" + bytes(2 * png_texts.MIB))
    pixels = _chunk(b"IDAT", bytes(32 * png_texts.MIB))
    path = _picture(tmp_path / "a.png", long, pixels, FORMS["zTXt"])
    tracemalloc.start()
    try:
        assert png.read_settings(path) == SPEC
        assert tracemalloc.get_traced_memory()[1] < 8 * png_texts.MIB
    finally:
        tracemalloc.stop()


def test_a_pipe_is_refused_and_not_waited_for(tmp_path) -> None:
    os.mkfifo(tmp_path / "a.png")
    with pytest.raises(BadInput, match="named pipe"):
        png.read_settings(tmp_path / "a.png")


@given(st.binary(max_size=60), st.sampled_from(png_texts.KINDS))
def test_a_text_chunk_of_any_bytes_is_read_or_left_out(tmp_path_factory, body, kind) -> None:
    path = _picture(tmp_path_factory.mktemp("png") / "a.png", _chunk(kind, body), FORMS["tEXt"])
    assert png.read_texts(path)[png.KEY] == TEXT.decode()


def test_pillow_keeps_the_settings_when_it_saves_a_picture_again(tmp_path) -> None:
    Image = pytest.importorskip("PIL.Image", reason="Pillow comes with the models extra")
    PngInfo = pytest.importorskip("PIL.PngImagePlugin").PngInfo
    png.write_png(tmp_path / "a.png", GREY, png.settings_texts(SPEC, 1))
    with Image.open(tmp_path / "a.png") as picture:
        kept = PngInfo()
        for name, text in picture.text.items():
            kept.add_text(name, text, zip=True)
        picture.save(tmp_path / "b.png", pnginfo=kept)
    assert png.read_settings_of(tmp_path / "b.png") == (SPEC, 1)
