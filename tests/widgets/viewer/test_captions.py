"""Words at a corner of the picture stay within the tile, also beside a picture that is narrower than they are."""

from __future__ import annotations

import pytest

from tests.widgets.faces.test_face_overlays import painted
from widgets.viewer.overlays import Caption, Label
from widgets.viewer.picture import Viewport


@pytest.mark.parametrize("corner", ["bottom-left", "bottom-right", "top-left", "top-right"])
def test_words_wider_than_the_picture_have_the_room_beside_it(qapp, corner) -> None:
    text = "1 file left out: 1 is HEIC, which cannot be read here"
    viewport = Viewport.fit(100, 400, 480, 240, 1.0)
    drawn = painted(Caption(text, corner), viewport)[..., :3].max(axis=(0, 2)).nonzero()[0]
    assert drawn.min() >= 8
    assert drawn.max() < 480 - 8
    assert drawn.max() - drawn.min() > 250, "not cut"


@pytest.mark.parametrize("size", [(640, 480), (220, 124), (124, 220)])
def test_words_beside_a_point_make_way_for_a_caption(qapp, size) -> None:
    caption = Caption("6 of 8 views with the left camera", "bottom-left")
    viewport = Viewport.fit(640, 480, *size, 1.0)
    for x in range(0, 640, 40):
        for y in range(0, 480, 20):
            box = Label("Hold the board here", (x, y), beside=caption).box(viewport)
            assert not box.intersects(caption.box(viewport)), (x, y)
            assert box.top() >= 0, (x, y)
            assert box.bottom() <= size[1], (x, y)
