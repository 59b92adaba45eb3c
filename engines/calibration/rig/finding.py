"""Finds the boards in the pictures of all cameras: which camera saw what, and which pictures are of one moment."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engines.calibration.rig.types import RigSpec
from engines.calibration.targets import photographs
from engines.calibration.targets.shots import Search, Shot, look
from engines.core.context import Context
from engines.core.errors import BadInput, KinoscopeError, UsageError
from engines.core.frames import Image, Size, size_of
from engines.core.pictures.files import LeftOut

Told = Callable[[float, str], None]
_TILES = re.compile(r"(\d{1,2})\s*[x×]\s*(\d{1,2})")
DROPPED = "-"


@dataclass(frozen=True, slots=True)
class RigShot:
    """One board (or its absence) as one camera saw it in one frame."""

    frame: str
    camera: int
    shot: Shot


@dataclass(frozen=True, slots=True)
class Found:
    """names, sizes: of the cameras, in order. frames: in order; shots: of one frame after the other."""

    names: tuple[str, ...]
    sizes: tuple[Size, ...]
    frames: tuple[str, ...]
    shots: tuple[RigShot, ...]
    left_out: tuple[LeftOut, ...] = ()


def find(spec: RigSpec, ctx: Context, told: Told, threads: int = 2) -> Found:
    """Look for the boards in everything that `spec.paths` names.

    Raises `UsageError` for tiles or names that make no sense, `BadInput` for pictures that cannot be used, `Cancelled`.
    """
    search = Search(spec.boards, spec.window, spec.every, spec.mirror)
    if spec.tiles:
        return _tiled(spec, search, ctx, told, threads)
    return _apart(spec, search, ctx, told, threads)


def parse_tiles(text: str) -> tuple[int, int]:
    """Rows and columns of "2x2". Raises `UsageError`."""
    match = _TILES.fullmatch(text.strip())
    rows, columns = (int(part) for part in match.groups()) if match else (0, 0)
    if not (1 <= rows <= 16 and 1 <= columns <= 16):
        raise UsageError(f"'{text}' is no grid of tiles", hint="Rows x columns, such as 2x2")
    return rows, columns


def _tiled(spec: RigSpec, search: Search, ctx: Context, told: Told, threads: int) -> Found:
    rows, columns = parse_tiles(spec.tiles)
    listing = photographs.listing(spec.paths)
    names, places = _kept_tiles(spec.names, rows * columns)
    frames = photographs.view_names(listing.files)
    found: list[RigShot] = []
    sizes: dict[int, Size] = {}

    def one(path: Path, frame: str) -> list[RigShot]:
        try:
            image = photographs.read(path, colour=False)
        except KinoscopeError as error:
            return [
                RigShot(frame, number, Shot(frame, path, None, None, error.message)) for number in range(len(places))
            ]
        shots = []
        for number, place in enumerate(places):
            tile = _tile(image, place, rows, columns, spec.margin)
            shots += [RigShot(frame, number, shot) for shot in look(np.ascontiguousarray(tile), path, frame, search)]
        return shots

    with ThreadPoolExecutor(max(threads, 1)) as pool:
        for number, shots in enumerate(pool.map(one, listing.files, frames), 1):
            ctx.check()
            found += shots
            told(number / len(frames), f"Looking for the board: {number} of {len(frames)}")
    for shot in found:
        if shot.shot.size is not None:
            sizes.setdefault(shot.camera, shot.shot.size)
    if not sizes:
        raise BadInput("None of the files is a picture that can be read", path=listing.files[0])
    return Found(
        names, tuple(sizes[number] for number in range(len(names))), tuple(frames), tuple(found), listing.left_out
    )


def _kept_tiles(wanted: Sequence[str], count: int) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Names and places of the tiles that are kept."""
    if len(wanted) > count:
        raise UsageError(f"{len(wanted)} names are given for {count} tiles")
    names = [wanted[number].strip() if number < len(wanted) else "" for number in range(count)]
    kept = [(name or str(number), number) for number, name in enumerate(names) if name != DROPPED]
    return tuple(name for name, _ in kept), tuple(place for _, place in kept)


def _tile(image: Image, place: int, rows: int, columns: int, margin: int) -> Image:
    row, column = divmod(place, columns)
    size = size_of(image)
    height, width = size.height // rows, size.width // columns
    tile = image[row * height : (row + 1) * height, column * width : (column + 1) * width]
    return tile[margin : height - margin, margin : width - margin]


def _apart(spec: RigSpec, search: Search, ctx: Context, told: Told, threads: int) -> Found:
    """A folder (pattern, list) a camera; pictures of one place in the order of their names are of one moment."""
    listings = [photographs.listing(paths) for paths in spec.apart]
    count = min(len(one.files) for one in listings)
    names = tuple(spec.names[number] if number < len(spec.names) else str(number) for number in range(len(listings)))
    frames = tuple(str(number) for number in range(count))
    jobs = [(camera, number) for number in range(count) for camera in range(len(listings))]

    def one(job: tuple[int, int]) -> list[RigShot]:
        camera, number = job
        path = listings[camera].files[number]
        shots = look(photographs.read(path, colour=False), path, frames[number], search)
        return [RigShot(frames[number], camera, shot) for shot in shots]

    found: list[RigShot] = []
    with ThreadPoolExecutor(max(threads, 1)) as pool:
        for done, shots in enumerate(pool.map(one, jobs), 1):
            ctx.check()
            found += shots
            told(done / len(jobs), f"Looking for the board: {done} of {len(jobs)}")
    sizes = {shot.camera: shot.shot.size for shot in found if shot.shot.size is not None}
    return Found(names, tuple(sizes[number] for number in range(len(names))), frames, tuple(found))
