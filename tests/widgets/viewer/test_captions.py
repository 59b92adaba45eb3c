"""Words at a corner of the picture stay within the tile, also beside a picture that is narrower than they are."""

from __future__ import annotations

import pytest

from tests.widgets.faces.test_face_overlays import painted
from widgets.viewer.overlays import Caption
from widgets.viewer.picture import Viewport


@pytest.mark.parametrize("corner", ["bottom-left", "bottom-right", "top-left", "top-right"])
def test_words_wider_than_the_picture_have_the_room_beside_it(qapp, corner) -> None:
    text = "1 file left out: 1 is HEIC, which cannot be read here"
    viewport = Viewport.fit(100, 400, 480, 240, 1.0)
    drawn = painted(Caption(text, corner), viewport)[..., :3].max(axis=(0, 2)).nonzero()[0]
    assert drawn.min() >= 8
    assert drawn.max() < 480 - 8
    assert drawn.max() - drawn.min() > 250, "not cut"
