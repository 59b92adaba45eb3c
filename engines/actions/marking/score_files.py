"""Score files: what a model said of each frame, as a table that any program reads.

`frame,time_s,` and a column for each class, the background first; probabilities, one row a frame.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engines.actions.types import BACKGROUND
from engines.core.errors import BadInput
from engines.core.files import write_text
from engines.core.outputs import beginning, check_file

HEADER = f"frame,time_s,{BACKGROUND},walk,..."
SCORES = beginning("a table of scores", b"frame,time_s,")


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """n frames of a video. classes: C names, background first. frames (n,): ascending. times (n,): seconds.

    probabilities (n, C).
    """

    classes: tuple[str, ...]
    frames: NDArray[np.int64]
    times: NDArray[np.float64]
    probabilities: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.frames)

    def part(self, start: int, stop: int | None) -> Scores:
        """The rows of the frames start to stop, stop left out."""
        inside = (self.frames >= start) & (self.frames < (np.inf if stop is None else stop))
        return Scores(self.classes, self.frames[inside], self.times[inside], self.probabilities[inside])


def write_scores(path: str | Path, scores: Scores) -> None:
    """Whole or not at all. Nine significant digits: float32 comes back as it was. Raises `BadInput` where
    another kind of file is."""
    check_file(path, SCORES)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("frame", "time_s", *scores.classes))
    for frame, time, row in zip(scores.frames, scores.times, scores.probabilities, strict=True):
        writer.writerow((int(frame), f"{time:.6f}", *(f"{value:.9g}" for value in row)))
    write_text(path, text.getvalue())


def read_scores(path: str | Path) -> Scores:
    """Raises `BadInput` with the row that is wrong: no numbers, NaN, another length, frames out of order."""
    rows = list(csv.reader(io.StringIO(_text(path)), skipinitialspace=True))
    rows = [row for row in rows if row]
    if not rows:
        raise BadInput("The score file is empty", path=path, hint=f"Its first line is {HEADER}")
    names = [name.strip() for name in rows[0]]
    if [name.casefold() for name in names[:2]] != ["frame", "time_s"] or len(names) < 3:
        raise BadInput("This is no score file", path=path, hint=f"Its first line is {HEADER}")
    if len(set(names)) < len(names):
        raise BadInput("The score file has a column twice", path=path, hint="Every class needs one column")
    if len(rows) == 1:
        raise BadInput("The score file has no rows", path=path, hint="Run actions detect again")
    table = np.array([_numbers(row, len(names), line, path) for line, row in enumerate(rows[1:], start=2)])
    _ascending(table, path)
    classes = tuple(names[2:])
    return _background_first(Scores(classes, table[:, 0].astype(np.int64), table[:, 1], table[:, 2:]))


def _text(path: str | Path) -> str:
    try:
        return Path(path).read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput("The score file is not text", path=path, hint=f"Its first line is {HEADER}") from error


def _numbers(row: list[str], columns: int, line: int, path: str | Path) -> list[float]:
    if len(row) != columns:
        raise BadInput(f"Row {line} has {len(row)} columns, the first line {columns}", path=path)
    try:
        numbers = [float(cell) for cell in row]
    except ValueError as error:
        raise BadInput(f"Row {line} holds something that is no number", path=path) from error
    if not np.isfinite(numbers).all():
        raise BadInput(f"Row {line} holds NaN or infinity", path=path, hint="Run actions detect again")
    return numbers


def _ascending(table: NDArray[np.float64], path: str | Path) -> None:
    frames, times = table[:, 0], table[:, 1]
    wrong = np.flatnonzero((frames != np.floor(frames)) | (frames < 0) | (np.diff(frames, prepend=-1.0) <= 0))
    if wrong.size:
        row = int(wrong[0]) + 2
        raise BadInput(f"Row {row}: frame {frames[wrong[0]]:g} is out of order", path=path, hint="One row a frame")
    late = np.flatnonzero(np.diff(times) <= 0)
    if late.size:
        raise BadInput(f"Row {int(late[0]) + 3}: its time is not after that of the row before", path=path)


def _background_first(scores: Scores) -> Scores:
    """Files of other makers may have the background elsewhere, or not at all (then it is what the others leave)."""
    if BACKGROUND in scores.classes:
        place = scores.classes.index(BACKGROUND)
        order = [place, *(index for index in range(len(scores.classes)) if index != place)]
        return Scores(
            tuple(scores.classes[index] for index in order), scores.frames, scores.times, scores.probabilities[:, order]
        )
    left = np.clip(1.0 - scores.probabilities.sum(axis=1, keepdims=True), 0.0, 1.0)
    return Scores((BACKGROUND, *scores.classes), scores.frames, scores.times, np.hstack([left, scores.probabilities]))
