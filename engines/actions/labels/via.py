"""Labels as projects of VIA 3, the VGG video annotator (data format 3.1.1), and the CSV that it exports.

A segment is a metadata entry with two times `z`, no region `xy`, and its action under the first attribute that is
anchored to temporal segments (FILE1_Z2_XY0). The track is a second such attribute, written where there are several.
Options are called by their own names, so that the annotator shows them whichever of the two it reads.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engines.actions.labels.rows import TRACK, Origin, TimeRow, gathered, in_frames
from engines.actions.types import Labels
from engines.core.errors import BadInput
from engines.core.files import write_json
from engines.core.outputs import holding
from engines.core.reading import MISFITS, making_sense, parse_json, parse_rows
from engines.core.words import tr

SEGMENT = "FILE1_Z2_XY0"
TEXT, SELECT = 1, 4
VIDEO, LOCAL = 4, 1
CREATOR = "VGG Image Annotator (http://www.robots.ox.ac.uk/~vgg/software/via)"
MARK = "# CSV_HEADER"
VIA = holding(tr("a project of VIA"), b'"project"', b'"vid_list"')


def is_project(document: dict[str, Any]) -> bool:
    return {"project", "metadata", "attribute", "file", "view"} <= document.keys()


def is_export(text: str) -> bool:
    return text.lstrip().startswith("#") and MARK in text


def read_project(document: dict[str, Any], origin: Origin) -> Labels:
    """Raises `BadInput` for what is no such project, for several videos with segments, and with the entry at fault."""
    try:
        attributes = document["attribute"]
        names = {vid: _name(document["file"], view["fid_list"]) for vid, view in document["view"].items()}
        entries = [(key, each) for key, each in document["metadata"].items() if len(each["z"]) == 2 and not each["xy"]]
        entries = _of_one_video(entries, names, origin)
        rows = [_row(key, each["z"], each["av"], attributes, origin) for key, each in entries]
        classes = _options(attributes)
    except MISFITS as error:
        raise BadInput(
            tr("The VIA project lacks {error}", error=error), path=origin.path, hint=tr("Save it again in VIA 3")
        ) from error
    return gathered(in_frames(rows, origin), origin, classes)


def read_export(text: str, origin: Origin) -> Labels:
    """The CSV of VIA 3, with temporal coordinates or with segment start and end."""
    comments = [line for line in text.splitlines() if line.startswith("#")]
    header = next((line.partition("=")[2] for line in comments if line.startswith(MARK)), "")
    if not header:
        raise BadInput(
            tr("The export of VIA does not name its columns"), path=origin.path, hint=tr("Export it again from VIA")
        )
    names = [name.strip() for name in header.split(",")]
    said = next((line.partition("=")[2] for line in comments if line.startswith("# ATTRIBUTE ")), "{}")
    rows = []
    bare = "\n".join("" if line.startswith("#") else line for line in text.splitlines())
    attributes = parse_json(said, origin.path)
    for line, cells in parse_rows(bare, origin.path, fields=len(names)):
        with making_sense(origin.path, tr("Row {line} cannot be read", line=line), hint=tr("Export it again from VIA")):
            entry = dict(zip(names, cells, strict=True))
            times = _times(entry)
            if len(times) == 2 and not parse_json(entry.get("spatial_coordinates", "[]")):
                rows.append(_row(tr("Row {line}", line=line), times, parse_json(entry["metadata"]), attributes, origin))
    return gathered(in_frames(rows, origin), origin)


def write(path: str | Path, rows: Sequence[TimeRow], classes: Sequence[str], video: str = "") -> None:
    """A project with one video, its segments and all classes as options; VIA asks for the video itself when opened."""
    tracks = {row.track for row in rows} - {TRACK}
    attributes = {"1": _attribute("action", SELECT, {name: name for name in classes})}
    if tracks:
        attributes["2"] = _attribute("track", TEXT, {})
    write_json(
        path,
        {
            "project": {
                "pid": "__VIA_PROJECT_ID__",
                "rev": "__VIA_PROJECT_REV_ID__",
                "rev_timestamp": "__VIA_PROJECT_REV_TIMESTAMP__",
                "pname": Path(path).stem,
                "creator": CREATOR,
                "created": int(time.time() * 1000),
                "data_format_version": "3.1.1",
                "vid_list": ["1"],
            },
            "config": _config(),
            "attribute": attributes,
            "file": {"1": {"fid": "1", "fname": Path(video or path).name, "type": VIDEO, "loc": LOCAL, "src": ""}},
            "metadata": {f"1_{index:08d}": _entry(row, bool(tracks)) for index, row in enumerate(rows, start=1)},
            "view": {"1": {"fid_list": ["1"]}},
        },
    )


def _entry(row: TimeRow, tracks: bool) -> dict[str, Any]:
    shown = {"1": row.action} | ({"2": row.track} if tracks else {})
    return {"vid": "1", "flg": 0, "z": [round(row.start, 6), round(row.end, 6)], "xy": [], "av": shown}


def _attribute(name: str, kind: int, options: dict[str, str]) -> dict[str, Any]:
    return {
        "aname": name,
        "anchor_id": SEGMENT,
        "type": kind,
        "desc": tr("The {name} of a segment", name=name),
        "options": options,
        "default_option_id": "",
    }


def _config() -> dict[str, Any]:
    return {
        "file": {"loc_prefix": {"1": "", "2": "", "3": "", "4": ""}},
        "ui": {
            "file_content_align": "center",
            "file_metadata_editor_visible": True,
            "spatial_metadata_editor_visible": True,
            "temporal_segment_metadata_editor_visible": True,
            "spatial_region_label_attribute_id": "",
            "gtimeline_visible_row_count": "4",
        },
    }


def _row(
    place: str, times: Sequence[Any], values: dict[str, Any], attributes: dict[str, Any], origin: Origin
) -> TimeRow:
    name, track = _action_of(attributes, values), _track_of(attributes)
    if name is None:
        raise BadInput(
            tr("{place} has no action", place=place), path=origin.path, hint=tr("Give every segment one in VIA")
        )
    return TimeRow(place, float(times[0]), float(times[1]), name, str(values.get(track, "")) if track else "")


def _anchored(attributes: dict[str, Any]) -> list[str]:
    """Ids of attributes of temporal segments; exports in the older form do not say what is one."""
    ids = [key for key, each in attributes.items() if isinstance(each, dict) and each.get("anchor_id") == SEGMENT]
    return sorted(ids, key=lambda key: (len(key), key))


def _track_of(attributes: dict[str, Any]) -> str | None:
    named = (key for key in _anchored(attributes) if str(attributes[key].get("aname", "")).casefold() == "track")
    return next(named, None)


def _action_of(attributes: dict[str, Any], values: dict[str, Any]) -> str | None:
    track = _track_of(attributes)
    for key in _anchored(attributes) or list(values):
        if key != track and str(values.get(key, "")).strip():
            options = attributes[key].get("options", {}) if isinstance(attributes.get(key), dict) else {}
            return str(options.get(str(values[key]), values[key]))
    return None


def _options(attributes: dict[str, Any]) -> list[str]:
    first = next((key for key in _anchored(attributes) if key != _track_of(attributes)), None)
    return [str(name) for name in attributes[first]["options"].values()] if first else []


def _name(files: dict[str, Any], ids: Sequence[Any]) -> str:
    return str(files[str(ids[0])]["fname"]) if ids else ""


def _of_one_video(
    entries: list[tuple[str, dict[str, Any]]], names: dict[str, str], origin: Origin
) -> list[tuple[str, dict[str, Any]]]:
    """Those of the video that is asked for, or of the only one that has any."""
    with_segments = list(dict.fromkeys(str(each["vid"]) for _, each in entries))
    wanted = Path(origin.video).stem
    asked = [vid for vid in with_segments if wanted and Path(names.get(vid, "")).stem == wanted]
    if len(with_segments) > 1 and len(asked) != 1:
        shown = ", ".join(names.get(vid, vid) for vid in with_segments)
        raise BadInput(
            tr("The project has segments of several videos: {shown}", shown=shown),
            path=origin.path,
            hint=tr("Name the video"),
        )
    return [pair for pair in entries if len(with_segments) < 2 or str(pair[1]["vid"]) == asked[0]]


def _times(entry: dict[str, str]) -> list[float]:
    if "temporal_coordinates" in entry:
        return [float(value) for value in parse_json(entry["temporal_coordinates"])]
    return [float(entry["temporal_segment_start"]), float(entry["temporal_segment_end"])]
