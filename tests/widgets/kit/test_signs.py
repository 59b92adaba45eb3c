"""Signs of legends and marks of lines: in one colour no two look the same."""

from __future__ import annotations

from itertools import combinations
from typing import get_args

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from widgets.charts.marks import mark
from widgets.kit.access.signs import Sign, draw_sign


def drawn(draw) -> QImage:
    image = QImage(32, 32, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.black)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    draw(painter)
    painter.end()
    return image


def differ(one: QImage, other: QImage) -> int:
    spots = [(x, y) for x in range(one.width()) for y in range(one.height())]
    return sum(abs(one.pixelColor(x, y).red() - other.pixelColor(x, y).red()) > 60 for x, y in spots)


def test_no_two_signs_are_told_apart_by_colour_alone(qapp):
    white, middle = QColor("white"), QPointF(16, 16)
    signs = {sign: drawn(lambda painter, sign=sign: draw_sign(painter, sign, middle, white)) for sign in get_args(Sign)}
    alike = [pair for pair in combinations(signs, 2) if differ(signs[pair[0]], signs[pair[1]]) < 4]
    assert alike == []


def test_eight_lines_have_eight_marks(qapp):
    def filled(place: int) -> QImage:
        return drawn(lambda painter: painter.fillPath(mark(place, 6).translated(16, 16), QColor("white")))

    marks = [filled(place) for place in range(8)]
    assert min(differ(one, other) for one, other in combinations(marks, 2)) >= 12
    assert differ(marks[0], filled(8)) == 0
