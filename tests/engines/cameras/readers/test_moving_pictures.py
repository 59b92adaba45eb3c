"""Pictures that move are told from those that stand, and are played or named."""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from engines.cameras.readers.file import FileReader
from engines.cameras.readers.reader import TimedPicture
from engines.cameras.sources.parsing import source_from
from engines.cameras.types import FileSource, FolderSource
from engines.core.errors import BadInput
from engines.core.video.film import Film

GREYS = (20, 90, 200)


def _made(path: Path, count: int) -> Path:
    pictures = [np.full((32, 48, 3), grey, np.uint8) for grey in GREYS[:count]]
    if count == 1:
        assert cv2.imwrite(str(path), pictures[0])
        return path
    moving = cv2.Animation()
    moving.frames, moving.durations = pictures, np.array([100, 200, 100][:count], np.int32)
    assert cv2.imwriteanimation(str(path), moving)
    return path


def test_an_animated_png_is_played(tmp_path: Path) -> None:
    source = source_from(_made(tmp_path / "a.png", 3))
    assert isinstance(source, FileSource)
    reader = FileReader(source)
    try:
        reader.open()
        seen = [item for item in (reader.read() for _ in range(3)) if isinstance(item, TimedPicture)]
    finally:
        reader.close()
    assert [int(item.image.mean()) for item in seen] == list(GREYS)


def test_an_animated_webp_is_named_as_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="animated WebP, which cannot be played"):
        source_from(_made(tmp_path / "a.webp", 3))
    with pytest.raises(BadInput, match="animated WebP, which cannot be played"):
        Film.open(tmp_path / "a.webp")
    assert isinstance(source_from(_made(tmp_path / "still.webp", 1)), FolderSource)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.webp")
    with pytest.raises(BadInput, match="named pipe"):
        source_from(tmp_path / "a.webp")
