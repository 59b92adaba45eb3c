"""Writes figures in space into a table while they come."""

from __future__ import annotations

import csv
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from engines.calibration.rig.points.joining import Figure, Moment
from engines.calibration.rig.points.point_files import HEADER, PLACES, rows_of
from engines.calibration.rig.types import Placed, RigResult
from engines.core.outputs import new_file


class PlaceRecorder:
    """A table in the making; it is there, whole, once `close` was called. Of one moment what came last is written.

    Raises `BadInput` where it cannot be written, or another kind of file is.
    """

    def __init__(self, path: str | Path, rig: RigResult) -> None:
        self.path, self.moments = Path(path), 0
        self._cameras = rig.cameras
        self._held = ExitStack()
        part = self._held.enter_context(new_file(self.path, PLACES))
        self._text = self._held.enter_context(part.open("w", encoding="utf-8", newline=""))
        self._rows = csv.writer(self._text, lineterminator="\n")
        self._rows.writerow(HEADER)
        self._last: Moment | None = None

    def add(self, moment: Moment) -> None:
        """A row a point, called by the number of its figure: `1 nose`."""
        if self._last is not None and moment.at != self._last.at:
            self._write(self._last)
        self._last = moment

    def close(self) -> Path:
        """Put the table in its place."""
        if self._last is not None:
            self._write(self._last)
        self._held.close()
        return self.path

    def _write(self, moment: Moment) -> None:
        self.moments += 1
        for figure in moment.figures:
            self._rows.writerows(rows_of(str(moment.frame), _called(figure), self._cameras))


def _called(figure: Figure) -> Placed:
    points = tuple(replace(one, name=f"{figure.number} {one.name}") for one in figure.placed.points)
    return Placed(points, tuple(replace(one, name=f"{figure.number} {one.name}") for one in figure.placed.left_out))
