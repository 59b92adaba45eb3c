"""A pair at one moment that the rig was solved from: its two pictures read, rectified, and their depth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.calibration.rig.pairs.depth import DepthFinder, DepthWish, Seen
from engines.calibration.rig.pairs.rectification import rectify, turn_of
from engines.calibration.rig.pictures.tiles import Tiling
from engines.calibration.rig.types import RigResult, RigSpec, RigView
from engines.calibration.targets import photographs
from engines.core.errors import BadInput
from engines.core.frames import Image, size_of

NEARER, FARTHER = 0.6, 2.5
"""Times the nearest and the farthest board, that depth is looked for."""
LEAST_BASELINES, MOST_BASELINES = 3.0, 40.0
"""The same in baselines, where no board tells."""


@dataclass(frozen=True, slots=True)
class StillSpec:
    """Which two cameras of a rig, by number, in which frame. tiles, names, margin: as of the `RigSpec`."""

    frame: str
    first: int
    second: int
    alpha: float = 0.0
    wish: DepthWish = DepthWish()
    tiles: str = ""
    names: tuple[str, ...] = ()
    margin: int = 0

    def cut_as(self, spec: RigSpec) -> StillSpec:
        """With the tiles that a rig was solved from."""
        return StillSpec(
            self.frame, self.first, self.second, self.alpha, self.wish, spec.tiles, spec.names, spec.margin
        )


def shared_frames(result: RigResult, first: int, second: int) -> tuple[str, ...]:
    """Frames of which both cameras have a picture, those first in which both show the board."""
    seen: dict[str, dict[int, bool]] = {}
    for view in result.views:
        if view.path:
            of = seen.setdefault(view.frame, {})
            of[view.camera] = of.get(view.camera, False) or view.found
    both = [frame for frame, of in seen.items() if first in of and second in of]
    return tuple(sorted(both, key=lambda frame: not (seen[frame][first] and seen[frame][second])))


def best_pair(result: RigResult) -> tuple[int, int]:
    """The two cameras that share most corners, else the first two."""
    pairs = [one for one in result.pairs if one.corners or one.frames]
    best = max(pairs, key=lambda one: (one.corners, one.frames, -one.first, -one.second), default=None)
    return (0, 1) if best is None else (best.first, best.second)


def still(result: RigResult, spec: StillSpec) -> Seen:
    """Raises as `rectify`, `DepthFinder` and the reading of pictures do; `BadInput` for a frame that is not there."""
    how = rectify(result, spec.first, spec.second, spec.alpha)
    pictures = [picture_of(result, spec, camera) for camera in (spec.first, spec.second)]
    return DepthFinder(result, how, spec.wish).find(*pictures)


def picture_of(result: RigResult, spec: StillSpec, camera: int) -> Image:
    """A camera's own picture of the frame, BGR."""
    path = _view(result, spec.frame, camera).path
    image = photographs.read(path)
    if not spec.tiles or size_of(image) == result.cameras[camera].size:
        return image
    return np.ascontiguousarray(Tiling.of(spec.tiles, spec.names, spec.margin).cut(image)[camera])


def usual_depths(result: RigResult, first: int, baseline: float) -> DepthWish:
    """Depths that the boards tell, rounded, or the baseline where there are none. Metres."""
    camera = result.cameras[first]
    ahead = [float((turn_of(camera) @ np.array(pose.tvec) + np.array(camera.tvec))[2]) for pose in result.board_poses]
    ahead = [depth for depth in ahead if depth > 0]
    if not ahead:
        return DepthWish(_round(LEAST_BASELINES * baseline), _round(MOST_BASELINES * baseline))
    return DepthWish(_round(NEARER * min(ahead)), _round(FARTHER * max(ahead)))


def _round(metres: float) -> float:
    """To two figures."""
    return float(f"{metres:.2g}")


def _view(result: RigResult, frame: str, camera: int) -> RigView:
    found = next((view for view in result.views if (view.frame, view.camera) == (frame, camera) and view.path), None)
    if found is None:
        name = result.cameras[camera].name
        raise BadInput(f"There is no picture of {name} in frame {frame}", hint="Choose another frame")
    return found
