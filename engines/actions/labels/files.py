"""Files of labels, whoever made them: CSV, our JSON, ELAN, VIA, THUMOS14 and ActivityNet, told by name and content.

Frames are what counts here. Formats in seconds need the times of the video's frames (or its rate) to be read and
written; with them every segment comes back to the frame, also where the rate varies.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from numpy.typing import ArrayLike

from engines.actions.labels import (
    benchmarks as label_benchmarks,
)
from engines.actions.labels import (
    csv as label_csv,
)
from engines.actions.labels import (
    elan as label_elan,
)
from engines.actions.labels import (
    via as label_via,
)
from engines.actions.labels.checking import check
from engines.actions.labels.frame_times import Moments
from engines.actions.labels.rows import TRACK, FrameRow, Origin, gathered, in_seconds
from engines.actions.types import Labels
from engines.core.errors import BadInput
from engines.core.files import write_json
from engines.core.outputs import Kind, check_file, holding
from engines.core.reading import MISFITS, read_json, regular_file
from engines.core.words import tr

__all__ = ["KINDS", "check", "read_labels", "write_labels"]

KINDS = tr(".csv, .json, .eaf (ELAN), .via.json (VIA), .activitynet.json, or a folder (THUMOS14)")
OURS = "kinoscope.labels"
FILES = {
    ".csv": Kind(tr("a table of labels"), lambda content: b"action" in content.partition(b"\n")[0].lower()),
    ".eaf": label_elan.ELAN,
    ".via.json": label_via.VIA,
    ".activitynet.json": holding(tr("an ActivityNet file"), b'"database"'),
    ".json": holding(tr("a file of labels"), OURS.encode()),
}
"""What may be replaced, by the endings of the names."""


def read_labels(
    path: str | Path,
    film_times: ArrayLike | None = None,
    rate: float = 0.0,
    whole: bool = True,
    video: str | Path = "",
) -> Labels:
    """Labels by start. film_times (n,): seconds of each frame; rate: frames per second where those are not known.

    whole: the times are of all frames, so that there are no others. video: whose labels, for files that cover several.
    Raises `BadInput` with the row for what is wrong in itself: no numbers, an end before its start, overlap within a
    track, past the end (where the times are given). A file without segments gives empty labels; `check` refuses them.
    """
    moments = Moments.of(film_times, rate)
    frames = 0 if film_times is None or moments is None or not whole else moments.begins.size - 1
    known = rate if rate > 0 else (moments.rate if moments else 0.0)
    origin = Origin(Path(path), moments, known, frames, str(video))
    suffix = origin.path.suffix.casefold()
    if origin.path.is_dir() or suffix == ".txt":
        return label_benchmarks.read_thumos(origin)
    if not origin.path.exists():
        raise BadInput(tr("There is no such label file"), path=path)
    regular_file(origin.path, what=tr("label file"))
    if suffix in (".csv", ".tsv"):
        return label_csv.read(origin)
    if suffix == ".eaf":
        return label_elan.read(origin)
    if suffix == ".json":
        return _from_json(origin)
    raise BadInput(tr("Labels of this kind cannot be read"), path=path, hint=tr("Use {kinds}", kinds=KINDS))


def write_labels(path: str | Path, labels: Labels, film_times: ArrayLike | None = None, video: str | Path = "") -> None:
    """By suffix, whole or not at all. Formats in seconds need film_times (n,), or labels that know their rate.

    video: what was labelled, for the formats that name it. Raises `BadInput` where another kind of file is, or a
    folder that holds anything else.
    """
    name = Path(path).name.casefold()
    for kind in (kind for end, kind in FILES.items() if name.endswith(end)):
        check_file(path, kind)
        break
    if name.endswith(".csv"):
        return label_csv.write(path, labels)
    if name.endswith(".json") and not name.endswith((".via.json", ".activitynet.json")):
        return write_json(path, _as_json(labels))
    moments = Moments.of(film_times)
    if name.endswith(".eaf"):
        return label_elan.write(path, in_seconds(labels, moments, path), labels.classes, str(video))
    if name.endswith(".via.json"):
        return label_via.write(path, in_seconds(labels, moments, path), labels.classes, str(video))
    if name.endswith(".activitynet.json"):
        return label_benchmarks.write_activitynet(path, in_seconds(labels, moments, path), str(video))
    if not Path(path).suffix:
        return label_benchmarks.write_thumos(path, in_seconds(labels, moments, path), labels.classes, str(video))
    raise BadInput(tr("Labels cannot be written in this kind of file"), path=path, hint=tr("Use {kinds}", kinds=KINDS))


def _from_json(origin: Origin) -> Labels:
    document = read_json(origin.path)
    if isinstance(document, dict) and document.get("format") == OURS:
        return _ours(document, origin)
    if isinstance(document, dict) and label_via.is_project(document):
        return label_via.read_project(document, origin)
    if isinstance(document, dict) and label_benchmarks.is_activitynet(document):
        return label_benchmarks.read_activitynet(document, origin)
    raise BadInput(tr("This JSON holds no labels"), path=origin.path, hint=tr("Use {kinds}", kinds=KINDS))


def _as_json(labels: Labels) -> dict[str, Any]:
    return {
        "format": OURS,
        "version": 1,
        "rate": labels.rate,
        "frames": labels.frames,
        "classes": list(labels.classes),
        "segments": [
            {"start_frame": each.start, "end_frame": each.end, "action": each.action, "track": each.track}
            for each in labels.segments
        ],
    }


def _ours(document: dict[str, Any], origin: Origin) -> Labels:
    try:
        rows = [_row(tr("Segment {number}", number=n), each) for n, each in enumerate(document["segments"], start=1)]
        classes = [str(name) for name in document.get("classes", ())]
        rate, frames = float(document.get("rate", 0.0)), _whole(document.get("frames", 0))
    except MISFITS as error:
        raise BadInput(
            tr("The labels lack {error}", error=error), path=origin.path, hint=tr("Save them again")
        ) from error
    known = Origin(origin.path, origin.moments, origin.rate or rate, origin.frames or frames)
    return gathered(rows, known, classes)


def _row(place: str, entry: dict[str, Any]) -> FrameRow:
    action, track = entry["action"], entry.get("track", TRACK)
    if not (isinstance(action, str) and isinstance(track, str)):
        raise ValueError(tr("a name in {place}", place=place.lower()))
    return FrameRow(place, _whole(entry["start_frame"]), _whole(entry["end_frame"]), action, track)


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(tr("a whole number where {value!r} is", value=value))
    return value
