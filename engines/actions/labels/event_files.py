"""Files of detected events: tables and documents of annotation tools (CSV, JSON, ELAN, VIA).

Events of different actions may last at the same time, so each action is a track (a tier, in ELAN). A CSV of events is
also a file of labels.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from numpy.typing import ArrayLike

from engines.actions.labels import elan as label_elan
from engines.actions.labels import via as label_via
from engines.actions.labels.frame_times import Moments
from engines.actions.labels.rows import TimeRow
from engines.actions.types import Event
from engines.core.errors import BadInput
from engines.core.files import write_json, write_text
from engines.core.outputs import Kind, check_file, holding
from engines.core.words import tr

KINDS = tr(".csv, .json, .eaf (ELAN) or .via.json (VIA)")
FORMAT = "kinoscope.events"
FILES = {
    ".csv": Kind(tr("a table of events"), lambda content: b"start_s,end_s,action,track" in content.partition(b"\n")[0]),
    ".eaf": label_elan.ELAN,
    ".via.json": label_via.VIA,
    ".json": holding(tr("a document of events"), FORMAT.encode()),
}
"""What may be replaced, by the endings of the names."""


def write_events(
    path: str | Path,
    events: Sequence[Event],
    film_times: ArrayLike | None = None,
    *,
    video: str | Path = "",
    until: float | None = None,
) -> None:
    """By suffix, whole or not at all. film_times (n,): of a film's frames, for frame numbers beside the seconds.

    video: what was watched. until: now, where events end that still last; by default the newest time among them.
    Raises `BadInput` for other endings, and where another kind of file is.
    """
    check_place(path)
    name = Path(path).name.casefold()
    ended = [_ended(event, until if until is not None else _newest(events)) for event in events]
    rows = [
        TimeRow(tr("Event {number}", number=n), e.start, e.end or e.start, e.action, e.action)
        for n, e in enumerate(ended, start=1)
    ]
    classes = tuple(dict.fromkeys(event.action for event in events))
    if name.endswith(".csv"):
        _write_csv(path, ended, Moments.of(film_times))
    elif name.endswith(".eaf"):
        label_elan.write(path, rows, classes, str(video))
    elif name.endswith(".via.json"):
        label_via.write(path, rows, classes, str(video))
    else:
        write_json(path, {"format": FORMAT, "version": 1, "video": str(video), "events": _told(events, film_times)})


def check_place(path: str | Path, inputs: Sequence[str | Path] = ()) -> None:
    """Raises `BadInput` unless events can be written there; `UsageError` for one of the inputs."""
    kind = next((kind for end, kind in FILES.items() if Path(path).name.casefold().endswith(end)), None)
    if kind is None:
        raise BadInput(
            tr("Events cannot be written in this kind of file"), path=path, hint=tr("Use {kinds}", kinds=KINDS)
        )
    check_file(path, kind, inputs)


def _write_csv(path: str | Path, events: Sequence[Event], moments: Moments | None) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    frames = ("start_frame", "end_frame") if moments else ()
    writer.writerow((*frames, "start_s", "end_s", "action", "track", "probability", "peak"))
    for event in events:
        end = event.end or event.start
        shown = (f"{event.start:.6f}", f"{end:.6f}", event.action, event.action)
        place = moments.frames(event.start, end) if moments else ()
        writer.writerow((*place, *shown, f"{event.probability:.6f}", f"{event.peak:.6f}"))
    write_text(path, text.getvalue())


def _told(events: Sequence[Event], film_times: ArrayLike | None) -> list[dict[str, object]]:
    """One object an event; what still lasts has no end."""
    moments = Moments.of(film_times)
    told = []
    for event in events:
        entry: dict[str, object] = {"action": event.action, "start_s": event.start, "end_s": event.end}
        if moments and event.end is not None:
            entry["start_frame"], entry["end_frame"] = moments.frames(event.start, event.end)
        told.append(entry | {"probability": event.probability, "peak": event.peak})
    return told


def _ended(event: Event, until: float) -> Event:
    end = max(until, event.start) if event.end is None else event.end
    return Event(event.action, event.start, end, event.probability, event.peak)


def _newest(events: Sequence[Event]) -> float:
    return max((event.end if event.end is not None else event.start for event in events), default=0.0)
