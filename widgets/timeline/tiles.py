"""Tiles of curves, each a picture of an equal stretch of time, so that only what is new is painted.

A tile is `TILE` pixels of one lane at one zoom. Tiles stay while their stretch of the recording is as it was.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PySide6.QtGui import QImage

from widgets.timeline.axis import TimeAxis
from widgets.timeline.decimation import columns, first_change, gap_of
from widgets.timeline.raster import Stroke, curves, filled, heat
from widgets.timeline.state import ScoreTrack

TILE = 256
KEPT = 48


@dataclass(frozen=True, slots=True)
class Style:
    """Everything but time that a tile looks like. rows: heights in heat, () for curves; in device pixels."""

    height: int
    rows: tuple[int, ...]
    strokes: tuple[tuple[int, str, int, bool], ...]
    """Column, colour as #rrggbb, dash and quietness of each curve, in the order in which they are drawn."""
    ratio: float


class Tiles:
    """The pictures of one lane."""

    def __init__(self) -> None:
        self.painted = 0
        self._track = ScoreTrack()
        self._gap = 1.0
        self._look: tuple[Style, float] | None = None
        self._kept: dict[int, QImage] = {}

    def show(self, track: ScoreTrack) -> None:
        """Another version of the lane's curves: tiles that it changes are forgotten."""
        if track is self._track:
            return
        old, self._track = self._track, track
        if self._look is not None and self._kept:
            since = first_change(track.times, track.probabilities, (old.times, old.probabilities))
            wide = self._seconds(self._look[1])
            self._kept = {place: tile for place, tile in self._kept.items() if (place + 1) * wide <= since}
        self._gap = gap_of(track.times)

    def within(self, axis: TimeAxis, style: Style, strokes: tuple[Stroke, ...]) -> Iterator[tuple[float, QImage]]:
        """The tiles in view, each with the x of its left edge; missing ones are painted."""
        if (style, axis.scale) != self._look:
            self._look, self._kept = (style, axis.scale), {}
        wide = self._seconds(axis.scale)
        times = self._track.times
        if not len(times):
            return
        low, high = max(axis.start, float(times[0])), min(axis.end, float(times[-1]))
        for place in range(math.floor(low / wide), math.floor(high / wide) + 1):
            if place not in self._kept:
                self._keep(place, self._paint(place, axis.scale, style, strokes))
            yield (place * wide - axis.start) / axis.scale, self._kept[place]

    @staticmethod
    def _seconds(scale: float) -> float:
        return TILE * scale

    def _keep(self, place: int, tile: QImage) -> None:
        if len(self._kept) >= KEPT:
            furthest = max(self._kept, key=lambda other: abs(other - place))
            del self._kept[furthest]
        self._kept[place] = tile

    def _paint(self, place: int, scale: float, style: Style, strokes: tuple[Stroke, ...]) -> QImage:
        self.painted += 1
        wide = round(TILE * style.ratio)
        edges = (place * TILE + np.arange(-1, wide + 2) / style.ratio) * scale
        first, last = np.searchsorted(self._track.times, (edges[0], edges[-1]))
        least = not style.rows and filled(len(strokes), (last - first) / wide)
        found = columns(self._track.times, self._track.probabilities, edges, self._gap, least=least)
        if style.rows:
            made = heat(found, strokes, style.rows)
        else:
            made = curves(found, strokes, style.height, line=1.5 * style.ratio, first=place * wide - 1)
        made = made.copy(1, 0, wide, made.height())  # the columns beside it only joined the lines
        made.setDevicePixelRatio(style.ratio)
        return made
