"""One picture in many forms is the same pixels to every engine: to train on, start from, measure, play and search."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from engines.calibration.targets.photographs import read_image as photograph
from engines.cameras.readers.folder import FolderReader
from engines.cameras.readers.reader import TimedPicture
from engines.cameras.types import FolderSource
from engines.core.errors import BadInput
from engines.core.pictures.reading import read_picture
from engines.generative.data import datasets
from engines.generative.diffusion.distributions import analytic
from engines.generative.diffusion.exact import likelihood_inputs
from engines.generative.runs import png
from tests.engines.core.pictures.made_pictures import (
    avif_with,
    encoded,
    jpeg_with,
    png_head,
    scene,
    tiff,
    upright,
    webp_with,
    written,
)

SIDE = 48
IMAGE = scene(SIDE, SIDE)
CLEAR = np.dstack([IMAGE, np.repeat(np.arange(0, 240, 5, dtype=np.uint8)[:, None], SIDE, axis=1)])
ON_WHITE = IMAGE * (CLEAR[:, :, 3:] / 255) + 255 - CLEAR[:, :, 3:].astype(float)
FORMS: dict[str, tuple[bytes, np.ndarray, int]] = {
    "a.png": (encoded(IMAGE, ".png"), IMAGE, 1),
    "b.jpg": (jpeg_with(IMAGE, 6), IMAGE, 6),
    "c.webp": (webp_with(IMAGE, 3), IMAGE, 3),
    "d.tif": (tiff(IMAGE[:, :, ::-1], 8, orientation=8), IMAGE, 8),
    "e.avif": (avif_with(IMAGE, 3, None), IMAGE, 6),
    "f.png": (encoded(IMAGE.astype(np.uint16) * 257, ".png"), IMAGE, 1),
    "g.png": (encoded(IMAGE.astype(np.uint16) * 16, ".png"), IMAGE, 1),
    "h.tif": (encoded((IMAGE / 255).astype(np.float32), ".tiff"), IMAGE, 1),
    "i.png": (encoded(CLEAR, ".png"), ON_WHITE, 1),
}


def _feed(path: Path) -> np.ndarray:
    reader = FolderReader(FolderSource(str(path.parent), pattern=path.name))
    reader.open()
    picture = reader.read()
    reader.close()
    assert isinstance(picture, TimedPicture)
    return picture.image


def _trained(path: Path) -> np.ndarray:
    images = datasets.load(str(path.parent), SIDE).images
    return ((images[0] + 1) * 127.5).numpy().transpose(1, 2, 0)[..., ::-1]


READERS: dict[str, Callable[[Path], np.ndarray]] = {
    "faces": read_picture,
    "feed": _feed,
    "train": _trained,
    "start": lambda path: png.read_image(path)[..., ::-1],
    "likelihood": lambda path: likelihood_inputs._pixels(path, (3, SIDE, SIDE))[..., ::-1],
    "exact": lambda path: analytic.read_pictures(path.parent)[0][..., ::-1],
}


@pytest.mark.parametrize("name", FORMS)
def test_every_engine_reads_the_same(tmp_path: Path, name: str):
    data, image, turn = FORMS[name]
    path = written(tmp_path / name, data)
    written(tmp_path / f"z{path.suffix}", data)
    bound = 3 if path.suffix in (".jpg", ".avif") else 0.6
    for engine, read in READERS.items():
        found = read(path).astype(float)
        assert np.abs(found - upright(image, turn)).mean() < bound, engine
    stored = photograph(path, colour=True)
    assert stored is not None
    assert np.abs(stored.astype(float) - image).mean() < bound


def test_every_engine_refuses_a_bomb_by_its_head(tmp_path: Path):
    path = written(tmp_path / "big.png", png_head(60_000, 50_000))
    for engine in ("faces", "start", "likelihood"):
        with pytest.raises(BadInput, match="too large"):
            READERS[engine](path)
    for engine in ("feed", "train", "exact"):
        with pytest.raises(BadInput):
            READERS[engine](path)
    assert photograph(path) is None
