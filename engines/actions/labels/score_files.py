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
from engines.core.names import name_key
from engines.core.outputs import beginning, check_file
from engines.core.reading import MIB, each_row, read_text
from engines.core.words import tr

LARGEST, MOST_FRAMES = 512 * MIB, 1 << 53
HEADER = f"frame,time_s,{BACKGROUND},walk,..."
SCORES = beginning(tr("a table of scores"), b"frame,time_s,")


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


def ahead_file(scores: str | Path) -> Path:
    """The file beside a score file of what was said ahead: only the ending .csv gives way to another."""
    path = Path(scores)
    return path.with_name(f"{path.stem if path.suffix.lower() == '.csv' else path.name}.ahead.npy")


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
    rows = each_row(read_text(path, what=tr("score file"), most=LARGEST), path)
    _, head = next(rows, (0, []))
    if not head:
        raise BadInput(tr("The score file is empty"), path=path, hint=tr("Its first line is {header}", header=HEADER))
    names = [name_key(name) for name in head]
    if [name.casefold() for name in names[:2]] != ["frame", "time_s"] or len(names) < 3:
        raise BadInput(tr("This is no score file"), path=path, hint=tr("Its first line is {header}", header=HEADER))
    if len(set(names)) < len(names):
        raise BadInput(tr("The score file has a column twice"), path=path, hint=tr("Every class needs one column"))
    numbered = [(line, _numbers(row, line, path)) for line, row in rows]
    if not numbered:
        raise BadInput(tr("The score file has no rows"), path=path, hint=tr("Run the detection again"))
    table = np.array([numbers for _, numbers in numbered])
    _ascending(table, [line for line, _ in numbered], path)
    classes = tuple(names[2:])
    return _background_first(Scores(classes, table[:, 0].astype(np.int64), table[:, 1], table[:, 2:]))


def _numbers(row: list[str], line: int, path: str | Path) -> NDArray[np.float64]:
    try:
        numbers = np.array([float(cell) for cell in row])
    except ValueError as error:
        raise BadInput(tr("Row {line} holds something that is no number", line=line), path=path) from error
    if not np.isfinite(numbers).all():
        raise BadInput(tr("Row {line} holds NaN or infinity", line=line), path=path, hint=tr("Run the detection again"))
    return numbers


def _ascending(table: NDArray[np.float64], lines: list[int], path: str | Path) -> None:
    frames, times = table[:, 0], table[:, 1]
    wrong = np.flatnonzero(
        (frames != np.floor(frames)) | (frames < 0) | (frames > MOST_FRAMES) | (np.diff(frames, prepend=-1.0) <= 0)
    )
    if wrong.size:
        row = lines[int(wrong[0])]
        raise BadInput(
            tr("Row {row}: frame {frames:g} is out of order", row=row, frames=frames[wrong[0]]),
            path=path,
            hint=tr("One row a frame"),
        )
    late = np.flatnonzero(np.diff(times) <= 0)
    if late.size:
        raise BadInput(
            tr("Row {lines}: its time is not after that of the row before", lines=lines[int(late[0]) + 1]), path=path
        )


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
