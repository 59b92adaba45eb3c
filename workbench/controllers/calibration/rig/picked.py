"""What files that were picked are: a list of cameras, a film or folder of each, or pictures called by their cameras."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from glob import escape
from pathlib import Path

from engines.calibration.rig.pictures import listing
from engines.core.errors import KinoscopeError
from engines.core.video.stills import is_film
from widgets.calibration.rig.live_state import LEAST, MOST

Told = dict[str, object]
"""Fields of the `RigSetup`."""
_NUMBERED = re.compile(r"(.*?)[ _.-]*(\d+)$")


def of_list(path: str) -> Told:
    """What a list of cameras says, {} where the file is none."""
    with suppress(KinoscopeError):
        if listing.is_listing(path):
            told = listing.read(path)
            return {
                "paths": told.files, "tiled": False, "names": told.cameras, "match": told.match,
                "offsets": told.offsets, "margin": 0,
            }  # fmt: skip
    return {}


def one_each(paths: Sequence[str]) -> Told:
    """Several folders or films are taken to be of a camera each, called as they are; anything else holds all."""
    if len(paths) < LEAST or not all(is_film(path) or Path(path).is_dir() for path in paths):
        return by_names(paths)
    return {"tiled": False, "names": tuple(Path(path).stem for path in paths)}


def by_names(paths: Sequence[str]) -> Told:
    """Pictures of one folder called left01, left02 and right01, right02: a pattern a camera, called by what their
    numbers follow; {} where they are called otherwise."""
    cameras: dict[str, dict[str, Path]] = defaultdict(dict)
    for path in map(Path, paths):
        parted = _NUMBERED.fullmatch(path.stem)
        if parted is None or is_film(path):
            return {}
        cameras[parted[1]][parted[2]] = path
    alike = len({frozenset(numbers) for numbers in cameras.values()}) == 1
    patterns = [_pattern(name, tuple(files.values())) for name, files in cameras.items()]
    if not (alike and LEAST <= len(cameras) <= MOST and all(patterns) and all(cameras)):
        return {}
    return {"paths": tuple(patterns), "tiled": False, "names": tuple(cameras)}


def _pattern(name: str, files: Sequence[Path]) -> str:
    """One that stands for these files and no others, "" where there is none."""
    folders, ends = {file.parent for file in files}, {file.suffix for file in files}
    if len(files) < 2 or len(folders) > 1 or len(ends) > 1:
        return ""
    folder, pattern = folders.pop(), f"{escape(name)}*{ends.pop()}"
    return str(Path(escape(str(folder))) / pattern) if set(folder.glob(pattern)) == set(files) else ""
