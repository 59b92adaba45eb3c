"""Labels as benchmarks publish them, in seconds: THUMOS14's text files, one a class, and ActivityNet's JSON.

Both cover many videos. Their classes may overlap (a cliff dive is a dive), so each is a track of its own, and doubles
within a class become one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engines.actions.labels.rows import Origin, TimeRow, gathered, in_frames, joined, text_of
from engines.actions.types import Labels
from engines.core.errors import BadInput
from engines.core.files import write_json, write_text
from engines.core.outputs import result_folder
from engines.core.reading import MISFITS
from engines.core.words import tr

MANIFEST = "files.json"
THUMOS = tr("Every line is: video, start and end in seconds, with spaces between")


def read_thumos(origin: Origin) -> Labels:
    """`CLASS_val.txt` with lines `video start end`, or a folder of such files. Raises `BadInput` with the line."""
    folder = origin.path.is_dir()
    files = sorted(origin.path.glob("*.txt")) if folder else [origin.path]
    if not files:
        raise BadInput(tr("The folder has no .txt files"), path=origin.path, hint=tr("THUMOS14 has one for each class"))
    lines = [line for file in files for line in _lines(file)]
    video = _one_video([line[0] for line in lines], origin)
    classes = [_class(file) for file in files]
    return gathered(in_frames(joined([row for name, row in lines if name == video]), origin), origin, classes)


def write_thumos(folder: str | Path, rows: Sequence[TimeRow], classes: Sequence[str], video: str) -> None:
    """A file for each class, `CLASS_test.txt`, with a list of them, into a folder that holds nothing else.

    Raises `BadInput` when the video has no name, and for a folder that is not one of these.
    """
    if not video:
        raise BadInput(tr("THUMOS14's files name the video"), path=folder, hint=tr("Give the video that was labelled"))
    name = re.sub(r"\s+", "_", Path(video).stem)
    with result_folder(folder, MANIFEST, what=tr("set of labels")) as staging:
        for each in classes:
            lines = [f"{name}  {row.start:.6f} {row.end:.6f}\n" for row in rows if row.action == each]
            safe = re.sub(r"[^\w.-]+", "_", each)
            write_text(staging / f"{safe}_test.txt", "".join(lines))


def is_activitynet(document: dict[str, Any]) -> bool:
    return isinstance(document.get("database"), dict)


def read_activitynet(document: dict[str, Any], origin: Origin) -> Labels:
    """`{"database": {video: {"annotations": [{"segment": [start, end], "label": ...}]}}}`."""
    database = document["database"]
    try:
        video = _one_video([name for name, each in database.items() if each.get("annotations")], origin)
        entries = database[video]["annotations"] if video else []
        rows = [
            TimeRow(
                tr("Annotation {number}", number=n),
                float(e["segment"][0]),
                float(e["segment"][1]),
                str(e["label"]),
                str(e["label"]),
            )
            for n, e in enumerate(entries, start=1)
        ]
        labels = {str(e.get("label")) for each in database.values() for e in each.get("annotations") or ()}
    except MISFITS as error:
        raise BadInput(tr("The annotations lack {error}", error=error), path=origin.path) from error
    return gathered(in_frames(joined(rows), origin), origin, sorted(labels))


def write_activitynet(path: str | Path, rows: Sequence[TimeRow], video: str) -> None:
    name = Path(video or path).name.partition(".")[0]
    entries = [{"segment": [round(row.start, 6), round(row.end, 6)], "label": row.action} for row in rows]
    write_json(path, {"version": "1.3", "taxonomy": [], "database": {name: {"annotations": entries}}})


def _class(file: Path) -> str:
    return re.sub(r"_(val|test|train|validation)$", "", file.stem)


def _lines(file: Path) -> list[tuple[str, TimeRow]]:
    found = []
    for number, line in enumerate(text_of(file).splitlines(), start=1):
        parts = line.split()
        if not parts:
            continue
        try:
            name, start, end = parts[0], *map(float, parts[1:])
        except ValueError as error:
            raise BadInput(
                tr("Line {number} of {file} is not as expected", number=number, file=file.name), path=file, hint=THUMOS
            ) from error
        found.append(
            (
                name,
                TimeRow(
                    tr("Line {number} of {file}", number=number, file=file.name), start, end, _class(file), _class(file)
                ),
            )
        )
    return found


def _one_video(names: Sequence[str], origin: Origin) -> str:
    """The video that is asked for, else the only one."""
    distinct = list(dict.fromkeys(names))
    asked = Path(origin.video).stem
    if asked and asked in distinct:
        return asked
    if len(distinct) > 1:
        shown = ", ".join(distinct[:3]) + (", ..." if len(distinct) > 3 else "")
        raise BadInput(
            tr("These are labels of several videos: {shown}", shown=shown), path=origin.path, hint=tr("Name the video")
        )
    return distinct[0] if distinct else ""
