"""Draws one look at space: pieces from far to near, what is chosen or pointed at strong, words in pills that do not
cover one another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPainterPath, QPen, QPolygonF, QTransform

from widgets.charts.space.eye import Extent, Eye, Floats
from widgets.charts.space.stage import Piece, Shot
from widgets.charts.space.things import AXES, Blob, Dot, Ink, Key, Net, Photo, Sheet, Strand, Word
from widgets.kit.ink import ink
from widgets.kit.theme import LOOK, Tokens, mixed, number_font

WORD, GROUND = 11, 0.78
PILL = 18.0
STRONGER = 1.1
"""Pixels that a line is wider when it is chosen."""
HALO = ((-1, 0), (1, 0), (0, -1), (0, 1))
"""Around plain words, so that they read on everything."""
FAR = 0.45
"""Share of its ink that the farthest line loses, so that depth is seen."""
DEPTHS = 8
VEIL, FAINT = 0.18, 0.2
"""How much an ellipsoid covers; fillings that cover less than the second have no soft edges, which cost time."""
NET_STEPS, MANY = 5, 200
NEAR, REACH = 4.0, 4000.0
WAYS = ((0.0, -16.0), (0.0, 18.0), (1.0, 0.0), (-1.0, 0.0), (0.0, -36.0), (0.0, 38.0))
"""Where words are put beside their point: shares of their width, pixels up and down."""


def colour(of: Ink, share: float = 1.0) -> QColor:
    """Of the theme in force."""
    return QColor(_colour(LOOK.now, of.token, round(of.alpha * share, 3)))


@lru_cache(maxsize=512)
def _colour(look: Tokens, token: str, alpha: float) -> QColor:
    if token in ("paper", "print"):
        light, dark = sorted((look.color("text"), look.color("surface")), key=QColor.lightness, reverse=True)
        made = QColor(light if token == "paper" else dark)
    else:
        made = look.nth(int(token[7:])) if token.startswith("series:") else look.color(token)
    made.setAlphaF(min(alpha, 1.0))
    return made


@lru_cache(maxsize=1024)
def _pen(look: Tokens, of: Ink, share: float, wider: float) -> QPen:
    """Opaque, mixed with the ground: lines that let through take Qt six times as long."""
    full = _colour(look, of.token, 1.0).name()
    pen = QPen(QColor(mixed(look.surface, full, min(of.alpha * share, 1.0))), of.width + wider)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap if of.dashed else Qt.PenCapStyle.RoundCap)
    if of.dashed:
        pen.setDashPattern([4.0, 3.0])
    return pen


def draw_shot(
    painter: QPainter, shot: Shot, strong: Set[Key], kept: Sequence[QRectF] = (), rough: bool = False
) -> None:
    """All pieces of a look, strong those of the keys. kept: free of words. rough: while it moves."""
    for net in shot.stage.nets:
        draw_net(painter, net, shot.eye, shot.size, rough)
    pieces, taken, words = shot.stage.pieces, list(kept), list[tuple[Word, Floats]]()
    shares = _shares(shot)
    for number in shot.order:
        piece = pieces[number]
        if isinstance(piece, Word):
            words.append((piece, shot.lines_of(number)[0][0]))
            continue
        chosen = piece.key is not None and piece.key in strong
        if isinstance(piece, Sheet) and not chosen and (piece.quiet or (rough and piece.is_veil)):
            continue
        for line in shot.lines_of(number):
            _draw_piece(painter, piece, line, 1.0 if chosen else float(shares[number]), STRONGER * chosen)
        if isinstance(piece, Sheet) and len(piece.prints):
            for line in shot.prints_of(number):
                _fill(painter, line, piece.printed)
    words.sort(key=lambda one: one[0].weight)
    for word, at in reversed(words):
        _draw_word(painter, word, at, shot.size, taken, word.key in strong)


def _shares(shot: Shot) -> Floats:
    """How much of its ink each piece keeps, in a few steps from the nearest to the farthest."""
    if not len(shot.order):
        return shot.depth
    return np.asarray(np.round(_fading(shot.depth, shot.depth[list(shot.order)]) * DEPTHS) / DEPTHS)


def _draw_piece(painter: QPainter, piece: Piece, line: Floats, share: float, wider: float) -> None:
    look = LOOK.now
    if isinstance(piece, Strand):
        _stroke(painter, line, _pen(look, piece.ink, share, wider))
    elif isinstance(piece, Sheet):
        if piece.fill is not None:
            _fill(painter, line, piece.fill)
        if piece.ink is not None:
            _stroke(painter, np.vstack([line, line[:1]]), _pen(look, piece.ink, share, wider))
    elif isinstance(piece, Photo):
        _draw_photo(painter, piece, line)
    elif isinstance(piece, Blob):
        _fill(painter, line, Ink(piece.ink.token, VEIL))
        _stroke(painter, np.vstack([line, line[:1]]), _pen(look, piece.ink, 1.0, wider))
    elif isinstance(piece, Dot):
        radius = piece.radius + wider
        ink(painter, _pen(look, Ink("base", 0.8, 1.0), 1.0, 0.0), _colour(look, piece.ink.token, piece.ink.alpha))
        painter.drawEllipse(QPointF(*line[0].tolist()), radius, radius)


def _draw_photo(painter: QPainter, photo: Photo, corners: Floats) -> None:
    high, wide = photo.image.shape[:2]
    image = QImage(photo.image.data, wide, high, photo.image.strides[0], QImage.Format.Format_BGR888)
    ends = QPolygonF([QPointF(0, 0), QPointF(wide, 0), QPointF(wide, high), QPointF(0, high)])
    onto = QTransform.quadToQuad(ends, polygon(corners))
    if not isinstance(onto, QTransform):
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.setTransform(onto, True)
    painter.drawImage(0, 0, image)
    painter.restore()


def _stroke(painter: QPainter, line: Floats, pen: QPen) -> None:
    """Piece by piece, which Qt does faster than a line as a whole; dashes run on from piece to piece."""
    painter.setPen(pen)
    if pen.style() != Qt.PenStyle.SolidLine and len(line) > 2:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(polygon(line))
        return
    painter.drawLines([QLineF(*ends) for ends in np.hstack([line[:-1], line[1:]]).tolist()])


def _fill(painter: QPainter, line: Floats, of: Ink) -> None:
    """With soft edges, where they are seen."""
    ink(painter, None, colour(of))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, of.alpha > FAINT)
    painter.drawPolygon(polygon(line))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def polygon(line: Floats) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in line.tolist()])


def _draw_word(painter: QPainter, word: Word, at: Floats, size: Extent, taken: list[QRectF], strong: bool) -> None:
    """In the first place beside its point that is free; left out where none is."""
    painter.setFont(number_font(WORD))
    wide = QFontMetricsF(painter.font()).horizontalAdvance(word.text) + (4 if word.plain else 16)
    room = QRectF(0, 0, *size).adjusted(2, 2, -2, -2)
    for across, down in WAYS[2:] if word.plain else WAYS:
        box = QRectF(0, 0, wide, PILL)
        box.moveCenter(QPointF(float(at[0]) + across * (wide / 2 + 8), float(at[1]) + down))
        if room.contains(box) and not any(box.intersects(other) for other in taken):
            break
    else:
        return
    taken.append(box.adjusted(-2, -1, 2, 1))
    if not word.plain:
        ink(painter, _pen(LOOK.now, word.ink, 1.0, 0.0) if strong else None, LOOK.now.color("base", 0.97))
        painter.drawRoundedRect(box, PILL / 2, PILL / 2)
    else:
        painter.setPen(LOOK.now.color("surface"))
        for across, down in HALO:
            painter.drawText(box.translated(across, down), Qt.AlignmentFlag.AlignCenter, word.text)
    painter.setPen(colour(word.ink))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, word.text)


def draw_net(painter: QPainter, net: Net, eye: Eye, size: Extent, rough: bool = False) -> None:
    """Its lines, the farther ones fainter; lines that reach behind the eye or far out of the drawing are left out.

    rough: with hard edges, where there are many; it takes a third of the time.
    """
    seen = eye.seen(net.lines.reshape(-1, 3))
    flat = eye.flat(seen, size).reshape(-1, 4)
    depth = seen[:, 2].reshape(-1, 2)
    there = (depth > NEAR * eye.nearest).all(axis=1) & (np.abs(flat - np.tile(size, 2) / 2) < REACH).all(axis=1)
    if not there.any():
        return
    steps = np.ceil(net.shares * _fading(depth.mean(axis=1), depth[there]) * NET_STEPS).astype(int)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, not rough or len(net.lines) < MANY)
    for step in range(1, NET_STEPS + 1):
        rows = flat[there & (steps == step)].tolist()
        painter.setPen(_pen(LOOK.now, net.ink, step / NET_STEPS, 0.0))
        painter.drawLines([QLineF(*row) for row in rows])
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def _fading(depth: Floats, seen: Floats) -> Floats:
    """Shares of ink that are left at depths, 1 at the nearest that is seen."""
    low, high = float(seen.min()), float(seen.max())
    return np.asarray(1 - FAR * np.clip((depth - low) / max(high - low, 1e-12), 0, 1))


def draw_window(painter: QPainter, outline: Floats, room: QRectF) -> None:
    """Dims what is outside of an outline, N x 2 pixels."""
    path = QPainterPath()
    path.addRect(room)
    path.addPolygon(polygon(outline))
    path.closeSubpath()
    ink(painter, None, LOOK.now.color("base", 0.72))
    painter.drawPath(path)
    ink(painter, QPen(LOOK.now.color("muted"), 1), None)
    painter.drawPolygon(polygon(outline))


def draw_ground(painter: QPainter, room: QRectF) -> None:
    """What words and axes stand on, so that they read on a picture, too; not seen where there is none."""
    ink(painter, None, LOOK.now.color("surface", GROUND))
    radius = min(room.height() / 2, 40.0)
    painter.drawRoundedRect(room, radius, radius)


def draw_ways(painter: QPainter, eye: Eye, middle: QPointF, length: float, names: Iterable[str] = "xyz") -> None:
    """Which way the axes of space point, nearest last."""
    painter.setFont(number_font(WORD))
    ways = eye.turn[:2].T * length
    for axis in np.argsort(-eye.turn[2]).tolist():
        tone = LOOK.now.color(AXES[axis])
        tip = QPointF(*ways[axis].tolist())
        painter.setPen(QPen(tone, 2))
        painter.drawLine(middle, middle + tip)
        box = QRectF(0, 0, 14, 14)
        box.moveCenter(middle + tip * 1.42 + QPointF(0, 0 if abs(tip.x()) + abs(tip.y()) > 6 else -10))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, list(names)[axis])
