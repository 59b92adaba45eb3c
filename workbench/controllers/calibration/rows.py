"""Rows of the table: a photograph or a film each, a film's frames once they are known, with what a result says.

A photograph with several boards stays one row; its figures are those of all its boards together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from engines.calibration.targets.films import frame_name
from engines.calibration.types import MonoResult
from engines.core.video.stills import is_film, parted
from widgets.calibration.pooled import by_photograph
from widgets.calibration.state import ViewRow, counted

Frames = Callable[[str], Sequence[str]]


def photograph(path: str | Path) -> ViewRow:
    """A photograph, a film or a frame of one, of which nothing is known yet."""
    film, frame = parted(path)
    return ViewRow(str(path), frame_name(film.name, frame), is_film=frame is None and is_film(path))


def added_words(rows: Sequence[ViewRow]) -> str:
    """'3 photographs', '1 film', '2 photographs and 1 film'."""
    films = sum(row.is_film for row in rows)
    return counted(len(rows) - films, films, photographs=True)


def film_of(path: str) -> str:
    """The film that a frame belongs to, "" for anything else."""
    film, frame = parted(path)
    return "" if frame is None else str(film)


def chosen_frames(film: str, result: MonoResult) -> tuple[str, ...]:
    """The frames of a film that a result was solved from, each once."""
    paths = (view.path for view in result.views if film_of(view.path) == film)
    return tuple(dict.fromkeys(paths))


def expanded(paths: Iterable[str], frames: Frames) -> Iterator[str]:
    """Photographs as they are, films as those frames of theirs that are known."""
    for path in paths:
        yield from frames(path) or (path,)


def rows_of(views: Iterable[ViewRow], off: Iterable[str], frames: Frames, result: MonoResult | None) -> list[ViewRow]:
    """off: paths of frames that are switched off. result: None where nothing is said of the rows."""
    known = by_photograph(result.views) if result else {}
    gone = set(off)
    rows = []
    for view in views:
        for path in frames(view.path) or (view.path,):
            row = view if path == view.path else replace(photograph(path), used=view.used and path not in gone)
            told = known.get(path)
            if told is not None and result is not None:
                row = replace(told.row, path=row.path, name=row.name, used=row.used, outline=row.outline)
                row = replace(row, size=result.image_size)
            rows.append(row)
    return rows
