"""The end of a film: whether all of it was there, and where it broke off."""

from __future__ import annotations

from itertools import pairwise

from av.stream import Disposition

from engines.core.video.passes import Pictures
from engines.core.video.timeline import clock_text
from engines.core.words import tr

CLAIMING = frozenset({"mov", "matroska", "avi", "flv", "asf", "nut"})
"""Kinds of file that say how long they are; of others it is only estimated."""


def kind_of(pictures: Pictures) -> str:
    """The container, in FFmpeg's words."""
    return str(pictures.container.format.name).split(",")[0]


def claimed(pictures: Pictures) -> float | None:
    """Seconds that the file says it lasts: its pictures, or the whole where those are not told apart."""
    stream, whole = pictures.stream, pictures.container.duration
    if kind_of(pictures) == "avi" and stream.frames and stream.average_rate:
        return float(stream.frames / stream.average_rate)  # its duration is made up from the size of what is there
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return None if whole is None else whole / 1e6


def cut_short(pictures: Pictures, shown: int) -> str:
    """Empty at a regular end after `shown` pictures; where the file breaks off otherwise."""
    if not pictures.broken and not _lacks(pictures, shown):
        return ""
    says, count = claimed(pictures), pictures.stream.frames
    where = tr("The file breaks off at {clock_text}", clock_text=clock_text(pictures.timeline.time(shown)))
    where += tr(" of {clock_text}", clock_text=clock_text(says)) if says else ""
    numbers = (
        tr(" (picture {shown} of {count})", shown=shown, count=count)
        if count
        else tr(" (after picture {shown})", shown=shown)
    )
    return tr("{where}{numbers}: it was cut short or not copied whole", where=where, numbers=numbers)


def _lacks(pictures: Pictures, shown: int) -> bool:
    stream, says = pictures.stream, claimed(pictures)
    if kind_of(pictures) not in CLAIMING or says is None or Disposition.attached_pic in stream.disposition:
        return False
    if stream.frames and shown + 2 >= stream.frames:
        return False
    line = pictures.timeline
    gaps = [later - earlier for earlier, later in pairwise(line.pts)]
    slack = max(3 / line.rate, 0.02 * says, float(max(gaps, default=0) * line.unit))
    return says - _reached(pictures, shown) > slack


def _reached(pictures: Pictures, shown: int) -> float:
    """Seconds up to which the file was there: its pictures, or all its streams where only the whole is told."""
    if pictures.stream.duration is not None:
        return pictures.timeline.time(shown)
    begins = (pictures.container.start_time or 0) / 1e6
    return max(pictures.latest, pictures.latest - begins)
