"""The file `cameras.yaml` that lists what belongs to each camera of a recording: written by hand or by `prepare`.

    %YAML 1.0
    ---
    # cameras: their names. files: of each camera its film, folder or pattern of pictures, as seen from this file.
    cameras: ["left", "right"]
    files: ["left.mp4", "right.mp4"]
    # match: which pictures are of one moment: name (or frame number), time, order, motion.
    match: "name"
    # offsets: frames by which each camera is late, with order.
    offsets: [0, 3]

Other keys stand for people: size, tiles, places and margin (how the cameras lay in one picture), sources, frames. It is
YAML that every reader understands, OpenCV's `FileStorage` too.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast, get_args

from engines.calibration.formats.storage import Value, number, read_yaml
from engines.calibration.rig.types import Matching, RigSpec
from engines.core.errors import BadInput, UsageError
from engines.core.frames import Size
from engines.core.installing import PROGRAM
from engines.core.reading import making_sense, read_text
from engines.core.words import control, tr

NAME = "cameras.yaml"
ENDINGS = (".yaml", ".yml")
_MOST = 1 << 20
_HEAD = f"""%YAML 1.0
---
# Cameras that were recorded together. Calibrate them: {PROGRAM} calibrate rig THIS_FILE --board ...
"""
_REMARKS = {
    "cameras": tr("names of the cameras"),
    "files": tr("of each camera its film, folder or pattern of pictures, as seen from this file"),
    "match": tr("which pictures are of one moment: name (or frame number), time, order, motion"),
    "offsets": tr("frames by which each camera is late, with order"),
    "size": tr("width and height of each camera's pictures"),
    "tiles": tr("rows x columns of the picture that they were cut out of"),
    "places": tr("the tile of each camera, from 0, row by row"),
    "margin": tr("pixels cut off around each tile"),
    "sources": tr("what they were cut out of"),
    "frames": tr("pictures of each camera"),
}


@dataclass(frozen=True, slots=True)
class Listing:
    """cameras: names. files: one film, folder or pattern a camera. The rest is said for people."""

    cameras: tuple[str, ...]
    files: tuple[str, ...]
    match: Matching = "name"
    offsets: tuple[int, ...] = ()
    size: Size | None = None
    tiles: str = ""
    places: tuple[int, ...] = ()
    margin: int = 0
    sources: tuple[str, ...] = ()
    frames: int = 0


def is_listing(path: str | Path) -> bool:
    """Whether a path is a YAML file, or a folder with one that is called `cameras.yaml`."""
    path = Path(path).expanduser()
    return (path.suffix.lower() in ENDINGS and path.is_file()) or (path / NAME).is_file()


def read(path: str | Path) -> Listing:
    """The listing, its files as paths from here. Raises `BadInput` for what is none, `FileMissing`."""
    path = Path(path).expanduser()
    path = path / NAME if path.is_dir() else path
    text = read_text(path, what=tr("list of cameras"), most=_MOST)
    with making_sense(path, tr("This list of cameras cannot be read")):
        return _listing(read_yaml(text, ("cameras", "files", "match", "offsets")), path)


def write(listing: Listing, path: Path) -> None:
    """Write it whole; its files as they are."""
    values: dict[str, object] = {
        "cameras": list(listing.cameras),
        "files": list(listing.files),
        "match": listing.match,
        "offsets": list(listing.offsets),
        "size": [listing.size.width, listing.size.height] if listing.size else [],
        "tiles": listing.tiles,
        "places": list(listing.places),
        "margin": listing.margin if listing.tiles else "",
        "sources": list(listing.sources),
        "frames": listing.frames or "",
    }
    told = ((key, value) for key, value in values.items() if value not in ("", []))
    lines = (f"# {key}: {_REMARKS[key]}\n{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in told)
    path.write_text(_HEAD + "".join(lines), encoding="utf-8")


def resolved(spec: RigSpec) -> RigSpec:
    """The spec with what a listing says in its place. What the spec says itself wins.

    Raises `UsageError` for a listing beside other paths or with tiles, `BadInput` for one that cannot be read.
    """
    lists = [path for path in spec.paths if is_listing(path)]
    if not lists:
        return spec
    if len(spec.paths) > 1 or spec.tiles:
        words = (
            tr("A list of cameras stands alone, without {tiles}", tiles=control(tr("Tiles of a picture"), "--tiles"))
            if spec.tiles
            else tr("A list of cameras stands alone, without other files")
        )
        raise UsageError(words, path=lists[0])
    listing = read(lists[0])
    match = listing.match if spec.match == "name" else spec.match
    offsets = spec.offsets or (listing.offsets if match == "order" else ())
    return replace(spec, paths=listing.files, names=spec.names or listing.cameras, match=match, offsets=offsets)


def _listing(values: dict[str, Value], path: Path) -> Listing:
    names, files = _words(values, "cameras"), _words(values, "files")
    if not files:
        raise BadInput(tr("It names no files"), path=path, hint=tr('Write files: ["left.mp4", "right.mp4"]'))
    if names and len(names) != len(files):
        raise BadInput(
            tr("It names {cameras} cameras and the files of {files}", cameras=len(names), files=len(files)),
            path=path,
            hint=tr("One for each"),
        )
    match = str(values.get("match") or "name")
    if match not in get_args(Matching):
        raise BadInput(
            tr("'{match}' is no way to match", match=match), path=path, hint=tr("Use name, time, order or motion")
        )
    offsets = tuple(_whole(word, path) for word in _words(values, "offsets"))
    if offsets and len(offsets) != len(files):
        raise BadInput(
            tr("It has {offsets} offsets for {cameras} cameras", offsets=len(offsets), cameras=len(files)),
            path=path,
            hint=tr("One for each"),
        )
    return Listing(names, tuple(str(path.parent / file) for file in files), cast(Matching, match), offsets)


def _words(values: dict[str, Value], key: str) -> tuple[str, ...]:
    value = values.get(key, "")
    if isinstance(value, dict):
        raise BadInput(tr("'{key}' is no list", key=key))
    found: Sequence[str] = value if isinstance(value, list) else [value]
    return tuple(word for word in found if word)


def _whole(word: str, path: Path) -> int:
    value = number(word)
    if value is None or not value.is_integer():
        raise BadInput(tr("'{word}' is no number of frames", word=word), path=path)
    return int(value)
