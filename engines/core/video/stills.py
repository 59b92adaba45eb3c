"""Single frames of films under names of their own, so that a frame can stand wherever a photograph can.

`film.mp4#frame=120` is picture 120 of `film.mp4`, counted from 0, as `Film` reads it: upright, uint8 BGR. A file that
really has such a name is that file.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from functools import lru_cache
from pathlib import Path

from engines.core.errors import BadInput
from engines.core.frames import Image
from engines.core.video import film as films
from engines.core.video.film import Converter, Film, FilmFrame
from engines.core.video.order import Shown
from engines.core.video.passes import Pictures
from engines.core.words import tr

ENDINGS = frozenset(
    (".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".ts", ".mts", ".m2ts", ".wmv", ".asf", ".flv")
    + (".3gp", ".ogv", ".mjpeg", ".mjpg", ".h264", ".h265", ".hevc", ".mxf", ".nut", ".y4m", ".vob", ".dv")
)
"""Endings of the files that a folder is searched for films by."""
DIALOG = " ".join(f"*{ending}" for ending in sorted(ENDINGS))
_NAME = re.compile(r"(?P<film>.+)#frame=(?P<index>\d{1,9})", re.DOTALL)


def is_film(path: str | Path) -> bool:
    """Whether a name is one of a film."""
    return Path(path).suffix.lower() in ENDINGS


def named(film: str | Path, index: int) -> str:
    """The name of one picture of a film."""
    return f"{film}#frame={index}"


def parted(path: str | Path) -> tuple[Path, int | None]:
    """The film and the number of its picture that a name stands for; the path and None for any other name."""
    match = None if os.path.lexists(path) else _NAME.fullmatch(str(path))
    return (Path(path), None) if match is None else (Path(match["film"]), int(match["index"]))


def opened(path: str | Path) -> Film:
    """The film; its time stamps are read once as long as the file stays the same. Raises as `Film.open`."""
    path = Path(path)
    try:
        stat = path.stat()
    except OSError:
        return Film.open(path)
    return _opened(path, stat.st_mtime_ns, stat.st_size)


def read_still(path: str | Path, index: int) -> Image:
    """One picture of a film. Raises as `Film.open`, and `BadInput` where there is no such picture."""
    film = opened(path)
    for frame in film.frames(index, index + 1):
        return frame.image
    count = tr("It has {count} frames", count=film.count) if film.count else tr("It ends before")
    raise BadInput(
        tr("There is no frame {index} in the film", index=index),
        path=path,
        hint=tr("{count}, numbered from 0", count=count),
    )


def pick(film: Film, indices: Iterable[int]) -> Iterator[FilmFrame]:
    """The pictures with these rising numbers, in one pass: all are decoded, and only these are made into images.

    Long stretches between two of them are leapt over. A picture that is broken or beyond the end is left out.
    """
    converter = Converter()
    with closing(Pictures(film.path, film.timeline)) as pictures:
        shown: Shown | None = None
        for index in indices:
            if index - (0 if shown is None else shown.index) > films.FAR:
                pictures.seek(index)
            while shown is None or shown.index < index:
                shown = pictures.read()
                if shown is None:
                    return
            if shown.index == index:
                yield FilmFrame(index, shown.seconds, converter.bgr(shown.frame, pictures.codec))


@lru_cache(maxsize=8)
def _opened(path: Path, changed: int, size: int) -> Film:
    return Film.open(path)
