"""Job: the frames of a clip that excite a channel most: what a unit looks for, shown by what it finds."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from engines.core.context import Context
from engines.core.errors import BadInput, UsageError
from engines.core.frames import Image
from engines.core.training.threads import threads
from engines.core.video.film import Film, FilmFrame
from engines.core.words import tr
from engines.inspection.activations.layout import layout_of, usual_layer
from engines.inspection.field.exact import field_of, sight_of
from engines.inspection.field.shaping import shaped
from engines.inspection.field.sights import Sight
from engines.inspection.opening.model import Model
from engines.inspection.opening.opener import open_spec
from engines.inspection.running.fitting import Fitting, fitting_of
from engines.inspection.running.network import Network
from engines.inspection.studies import Excited, ExciteResult, ExciteSpec
from engines.inspection.types import Shape

SIDE = 256
"""Of a thumbnail, at most."""
THREADS = 2
Box = tuple[int, int, int, int]


def run(spec: ExciteSpec, ctx: Context) -> ExciteResult:
    """Raises `BadInput` for what is no film or a model that takes no pictures, `UsageError` for a layer or channel that
    the model does not have."""
    ctx.progress(0, 0, tr("Opening the model"))
    model = open_spec(spec.model)
    ctx.check()
    with ctx.lease(threads=THREADS) as lease, threads(lease.threads):
        return excite(model, spec, ctx)


def excite(model: Model, spec: ExciteSpec, ctx: Context) -> ExciteResult:
    """The same with a model that is open."""
    film = Film.open(spec.clip)
    watched = Watched(model, spec)
    values, units, numbers = [], [], []
    for frame in _frames(film, ctx):
        value, unit = watched.value(frame.image)
        values.append(value)
        units.append(unit)
        numbers.append(frame.index)
    if not values:
        raise BadInput(tr("This film holds no frame that can be read"), path=spec.clip)
    found = np.array(values, np.float32)
    chosen = strongest(found, np.array(numbers), spec.most, spec.apart)
    frames = tuple(_excited(film, watched, numbers[at], values[at], units[at], ctx) for at in chosen)
    unread = int(np.isnan(found).sum())
    told = (tr("Not a number in {unread} frames, which are left out", unread=unread),) if unread else ()
    return ExciteResult(spec, frames, found, told)


class Watched:
    """A channel of a layer, or a unit of it, asked frame by frame."""

    def __init__(self, model: Model, spec: ExciteSpec) -> None:
        self.network = Network(model)
        self.fitting: Fitting = fitting_of(model, spec.model.shapes, spec.preprocessing)
        self.layer = spec.layer or usual_layer(model.sheet, model.graph)
        self._node = self.network.layer(self.layer).node
        self._channel, self._unit = spec.channel, spec.unit
        self._layout = layout_of(model.sheet, model.graph, self._node)
        self._sight: Sight | None = None
        self._picture: Shape = ()
        self._sides = (1, 1)

    def value(self, image: Image) -> tuple[float, tuple[int, int]]:
        """Of the unit asked for, else the largest of the map, with its (row, column)."""
        inputs = self.fitting.fit(image).inputs
        with torch.inference_mode():
            data = self.network.values(inputs, [self.layer])[self.layer]
            maps = self._layout.maps(data)
        self._picture = tuple(inputs[self.fitting.at].shape)
        self._check(maps.shape)
        one = maps[self._channel]
        if min(self._unit) >= 0:
            return float(one[self._unit]), self._unit
        at = int(one.argmax())
        return float(one.flatten()[at]), divmod(at, one.shape[1])

    def box(self, unit: tuple[int, int]) -> Box:
        """What a unit sees of the input; all of it where its place is not known."""
        if self._sight is None:
            self._sight = sight_of(shaped(self.network.model, self._picture), self.layer)
        if self._sight.grid.rows_and_columns != self._sides:
            return 0, 0, *self.fitting.way.size
        return field_of(self._sight, unit).box

    def _check(self, shape: torch.Size) -> None:
        channels, *sides = shape
        self._sides = (sides[0], sides[1])
        if not 0 <= self._channel < channels:
            raise UsageError(
                tr("'{layer}' has no channel {channel}", layer=self.layer, channel=self._channel),
                hint=tr("Channels are 0 to {channels}", channels=channels - 1),
            )
        if any(at >= side for at, side in zip(self._unit, sides, strict=True)):
            raise UsageError(
                tr("'{layer}' has no unit {unit}", layer=self.layer, unit=self._unit),
                hint=tr("Its map is {rows} x {columns}", rows=sides[0], columns=sides[1]),
            )


def strongest(values: NDArray[np.float32], numbers: NDArray[np.int64], most: int, apart: int) -> list[int]:
    """Places of the largest values, the largest first; two of them are at least `apart` frames from one another."""
    chosen: list[int] = []
    for at in np.argsort(-values, kind="stable"):
        if len(chosen) == most or np.isnan(values[at]):
            break
        if all(abs(int(numbers[at]) - int(numbers[other])) >= apart for other in chosen):
            chosen.append(int(at))
    return chosen


def _frames(film: Film, ctx: Context) -> Iterator[FilmFrame]:
    note = tr("Watching {path}", path=film.path.name)
    for frame in film.frames():
        ctx.check()
        ctx.progress(frame.index, film.count or 0, note)
        yield frame


def _excited(film: Film, watched: Watched, number: int, value: float, unit: tuple[int, int], ctx: Context) -> Excited:
    """The frame is read again: only those that are shown are kept."""
    ctx.check()
    frame = next(iter(film.frames(number, number + 1)))
    picture = watched.fitting.fit(frame.image).picture
    return Excited(number, frame.seconds, value, watched.box(unit), _small(picture))


def _small(picture: Image) -> Image:
    high, wide = picture.shape[:2]
    scale = SIDE / max(high, wide)
    if scale >= 1:
        return picture
    size = (max(1, round(wide * scale)), max(1, round(high * scale)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
