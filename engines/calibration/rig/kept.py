"""Rigs kept for the cameras that they are of, in plain files: several a set of cameras, told apart by time and focus.

A folder a set with `cameras.json`, which lists them in the order of their numbers; see `engines.calibration.shelf`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from engines.calibration import shelf
from engines.calibration.formats.rig_json import from_json, to_json
from engines.calibration.rig.types import RigResult
from engines.calibration.shelf import Camera, Shelf, Sort
from engines.core.errors import KinoscopeError
from engines.core.reading import making_sense, read_json
from engines.core.words import tr

Cameras: TypeAlias = tuple[Camera, ...]
Kept: TypeAlias = shelf.Kept[RigResult]
KIND = "kinoscope rig"
_WHOSE = "cameras.json"
_SORT = Sort("rig", _WHOSE, to_json, from_json, lambda result: f"{len(result.cameras)}-cameras")


class KeptRigs(Shelf[RigResult]):
    """All that are kept below `root`."""

    def __init__(self, root: Path) -> None:
        super().__init__(root, _SORT)

    def keep(self, cameras: Sequence[Camera], rig: RigResult, focus: str = "", at: float | None = None) -> Kept:
        """Keep a rig without its views. cameras: in the order of their numbers.

        Raises `ValueError` for another number of them, `BadInput` where nothing can be written.
        """
        if len(cameras) != len(rig.cameras) or len({camera.key for camera in cameras}) < len(cameras):
            raise ValueError(
                tr("{cameras} cameras for a rig of {needed}", cameras=len(cameras), needed=len(rig.cameras))
            )
        said = {"kind": KIND, "cameras": [{"key": one.key, "title": one.title} for one in cameras]}
        slim = replace(rig, views=(), board_poses=(), steps=(), left_out=())
        return self.put(_owner(cameras), said, slim, focus, at)

    def sets(self) -> tuple[Cameras, ...]:
        """Every set of cameras that there are rigs of; the rigs themselves are not read."""
        found, problems = dict[Cameras, None](), list[str]()
        for folder in sorted(self.root.iterdir()) if self.root.is_dir() else ():
            try:
                found[_cameras(folder / _WHOSE)] = None
            except KinoscopeError as error:
                problems.append(f"{folder.name}: {error}")
        self.problems = problems
        return tuple(found)

    def of(self, cameras: Sequence[Camera]) -> tuple[Kept, ...]:
        """Those of a set of cameras, the newest first."""
        kept = self.within(self.folder(_owner(cameras)))
        return tuple(one for one in kept if len(one.result.cameras) == len(cameras))


def _owner(cameras: Sequence[Camera]) -> Camera:
    return Camera("\n".join(one.key for one in cameras), " ".join(one.title for one in cameras))


def _cameras(path: Path) -> Cameras:
    with making_sense(path, tr("It does not say which cameras these are of")):
        said = read_json(path)["cameras"]
        return tuple(Camera(str(one["key"]), str(one["title"])) for one in said)
