"""Files of labels, whoever made them: CSV, our JSON, ELAN, VIA, THUMOS14 and ActivityNet, told by name and content.

Frames are what counts here. Formats in seconds need the times of the video's frames (or its rate) to be read and
written; with them every segment comes back to the frame, also where the rate varies.
"""

from __future__ import annotations

from pathlib import Path

from numpy.typing import ArrayLike

from engines.actions.marking import label_csv
from engines.actions.marking.checking import check
from engines.actions.marking.moments import Moments
from engines.actions.types import Labels
from engines.core.errors import BadInput

__all__ = ["check", "read_labels", "write_labels"]

KINDS = ".csv, .json, .eaf (ELAN), .via.json (VIA) or .txt (THUMOS14)"


def read_labels(path: str | Path, film_times: ArrayLike | None = None, rate: float = 0.0, whole: bool = True) -> Labels:
    """Labels by start. film_times (n,): seconds of each frame; rate: frames per second where those are not known.
    whole: the times are of all frames, so that there are no others.

    Raises `BadInput` with the row for what is wrong in itself: no numbers, an end before its start, overlap within a
    track, past the end (where the times are given). A file without segments gives empty labels; `check` refuses them.
    """
    moments = Moments.of(film_times, rate)
    frames = 0 if film_times is None or moments is None or not whole else moments.begins.size - 1
    known = rate if rate > 0 else (moments.rate if moments else 0.0)
    suffix = Path(path).suffix.casefold()
    if suffix in (".csv", ".tsv"):
        return label_csv.read(path, moments, known, frames)
    raise BadInput("Labels of this kind cannot be read", path=path, hint=f"Use {KINDS}")


def write_labels(path: str | Path, labels: Labels, film_times: ArrayLike | None = None, video: str | Path = "") -> None:
    """By suffix, whole or not at all. Formats in seconds need film_times (n,), or labels that know their rate.

    video: what was labelled, for the formats that name it.
    """
    suffix = Path(path).suffix.casefold()
    if suffix == ".csv":
        label_csv.write(path, labels)
        return
    raise BadInput("Labels cannot be written in this kind of file", path=path, hint=f"Use {KINDS}")
