"""An icon beside words is as sharp as the screen it is on, and in the colours of the theme in force."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage, QPainter, QRegion
from PySide6.QtWidgets import QWidget

from widgets.kit.icons import IconMark
from widgets.kit.theme import DARK, LIGHT, LOOK


def drawn(mark: IconMark, ratio: float) -> np.ndarray:
    """What it paints on a screen of this ratio, as H x W of how much ink there is."""
    side = round(mark.width() * ratio)
    image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(0)
    painter = QPainter(image)
    mark.render(painter, QPoint(), QRegion(), QWidget.RenderFlag.DrawChildren)
    painter.end()
    return np.array(image.constBits(), np.uint8).reshape(side, side, 4)[..., 3].astype(float)


@pytest.mark.parametrize("ratio", [1.5, 2.0])
def test_an_icon_is_drawn_anew_on_a_finer_screen(qtbot, ratio):
    mark = IconMark("bad", "bad")
    qtbot.addWidget(mark)
    coarse, fine = drawn(mark, 1.0), drawn(mark, ratio)
    assert coarse.shape != fine.shape
    rows = np.minimum((np.arange(fine.shape[0]) / ratio).astype(int), coarse.shape[0] - 1)
    stretched = coarse[np.ix_(rows, rows)]
    assert np.abs(stretched - fine).mean() > 5, "it is the coarse picture, enlarged"


def test_an_icon_follows_the_theme_without_being_told(qtbot, qapp):
    mark = IconMark("good", "text")
    qtbot.addWidget(mark)
    before = mark.grab().toImage()
    try:
        LOOK.apply(qapp, LIGHT)
        assert mark.grab().toImage() != before
    finally:
        LOOK.apply(qapp, DARK)
