"""Named points as tables: pixels of a rig's cameras in, places in space out.

In: `frame,name,camera,x,y,sigma` in any order, with commas, semicolons or tabs and a decimal comma too; frame and sigma
may be absent, other columns are passed over, the camera is told by its name or its number. A line that cannot be used
is left out and told.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from engines.calibration.rig.types import NamedPoint, Placed, RigCamera, SpacePoint
from engines.core.errors import BadInput
from engines.core.names import name_key
from engines.core.outputs import beginning, new_file
from engines.core.reading import MIB, decimal, read_text, table
from engines.core.words import tr

EXPECTED = tr("The first line names the columns: frame,name,camera,x,y,sigma (frame and sigma may be left away)")
NEEDED = "name", "camera", "x", "y"
HEADER = ("frame", "name", "x", "y", "z", "sx", "sy", "sz", "cameras", "residual_px", "note")
PLACES = beginning(tr("a table of places"), ",".join(HEADER).encode())
SIGMA = 0.5
"""Pixels, where a table does not tell."""
_LARGEST = 512 * MIB


@dataclass(frozen=True, slots=True)
class PointTable:
    """frames: in the order in which they come, "" the only one where none is told, with their points. left_out: lines
    that were not used, each with its number and why. sigma_told: the deviations are the table's."""

    frames: tuple[tuple[str, tuple[NamedPoint, ...]], ...]
    left_out: tuple[str, ...]
    sigma_told: bool


def read_points(path: str | Path, cameras: Sequence[RigCamera]) -> PointTable:
    """The points of a table by frames. Raises `BadInput` where a column is absent or no line can be used."""
    path = Path(path).expanduser()
    lines = table(read_text(path, what=tr("table of points"), most=_LARGEST), path)
    if not lines:
        raise BadInput(tr("The table of points is empty"), path=path, hint=EXPECTED)
    names = [name.casefold() for name in lines[0][1]]
    for name in NEEDED:
        if names.count(name) != 1:
            has = tr("{count} columns", count=names.count(name)) if name in names else tr("no column")
            raise BadInput(tr("The table has {has} '{name}'", has=has, name=name), path=path, hint=EXPECTED)
    rows = _Rows(cameras)
    for line, cells in lines[1:]:
        rows.add(line, dict(zip(names, cells, strict=True)))
    if not rows.first:
        why = f": {rows.left_out[0]}" if rows.left_out else ""
        raise BadInput(tr("The table holds no point that can be used{why}", why=why), path=path, hint=EXPECTED)
    frames = tuple((frame, tuple(points)) for frame, points in rows.frames.items())
    return PointTable(frames, tuple(rows.left_out), "sigma" in names)


class _Rows:
    """Gathers lines. first: where each camera's point of a frame was told first."""

    def __init__(self, cameras: Sequence[RigCamera]) -> None:
        self._cameras = tuple(camera.name for camera in cameras)
        self._numbers = {str(number): number for number in range(len(cameras))}
        self._numbers |= {name_key(name): number for number, name in enumerate(self._cameras)}
        self.frames: dict[str, list[NamedPoint]] = {}
        self.first: dict[tuple[str, str, int], int] = {}
        self.left_out: list[str] = []

    def add(self, line: int, cells: Mapping[str, str]) -> None:
        try:
            point, frame = self._point(cells), cells.get("frame", "")
            first = self.first.setdefault((frame, point.name, point.camera), line)
            if first != line:
                raise ValueError(
                    tr(
                        "'{point}' of camera {cameras} stands in line {first}",
                        point=point.name,
                        cameras=self._cameras[point.camera],
                        first=first,
                    )
                )
            self.frames.setdefault(frame, []).append(point)
        except ValueError as error:
            self.left_out.append(tr("line {line}: {error}", line=line, error=error))

    def _point(self, cells: Mapping[str, str]) -> NamedPoint:
        name, camera = cells["name"], self._numbers.get(name_key(cells["camera"]))
        if not name:
            raise ValueError(tr("it has no name"))
        if camera is None:
            raise ValueError(
                tr(
                    "there is no camera '{cells}', but {cameras}",
                    cells=cells["camera"],
                    cameras=", ".join(self._cameras),
                )
            )
        told = cells.get("sigma", "")
        x, y, sigma = _number("x", cells["x"]), _number("y", cells["y"]), _number("sigma", told) if told else SIGMA
        if sigma <= 0:
            raise ValueError(tr("sigma is {told}, and must be more than 0", told=told))
        return NamedPoint(name, camera, x, y, sigma)


def _number(column: str, text: str) -> float:
    try:
        return decimal(text)
    except ValueError as error:
        raise ValueError(
            tr("{column} is '{text}', which is no number", column=column, text=text)
            if text
            else tr("{column} is empty", column=column)
        ) from error


def write_places(
    path: str | Path,
    frames: Iterable[tuple[str, Placed]],
    cameras: Sequence[RigCamera],
    inputs: Iterable[str | Path] = (),
) -> None:
    """A row a point, in metres; those without a place with empty numbers and the reason in `note`.

    Whole or not at all; raises `BadInput` where another kind of file is, `UsageError` for one of the inputs.
    """
    with new_file(path, PLACES, inputs) as part:
        part.write_text(places_text(frames, cameras), encoding="utf-8")


def places_text(frames: Iterable[tuple[str, Placed]], cameras: Sequence[RigCamera]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for frame, placed in frames:
        writer.writerows(rows_of(frame, placed, cameras))
    return text.getvalue()


def rows_of(frame: str, placed: Placed, cameras: Sequence[RigCamera]) -> list[list[str]]:
    """Cells under `HEADER`."""
    rows = [_row(frame, one, cameras) for one in placed.points]
    for alone in placed.left_out:
        rows.append(
            [frame, alone.name, *[""] * 6, _named(alone.cameras, cameras), "", tr("left out: {why}", why=alone.why)]
        )
    return rows


def _row(frame: str, point: SpacePoint, cameras: Sequence[RigCamera]) -> list[str]:
    numbers = [f"{value:.9g}" for value in (*point.place, *point.std)]
    return [frame, point.name, *numbers, _named(point.cameras, cameras), f"{point.residual_px:.4g}", point.note]


def _named(numbers: Iterable[int], cameras: Sequence[RigCamera]) -> str:
    return "; ".join(cameras[number].name for number in numbers)
