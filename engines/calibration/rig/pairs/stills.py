"""Which pairs and moments of a rig there are to look at, and the depths to look for there."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from engines.calibration.rig.pairs.depth import DepthWish
from engines.calibration.rig.places import turn_of
from engines.calibration.rig.types import RigResult
from engines.core.errors import BadInput
from engines.core.words import tr

NEARER, FARTHER = 0.6, 2.5
"""Times the nearest and the farthest board, that depth is looked for."""
LEAST_BASELINES, MOST_BASELINES = 3.0, 40.0
"""The same in baselines, where no board tells."""


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


def paths_of(result: RigResult, frame: str, cameras: Iterable[int]) -> dict[int, str]:
    """The pictures of a frame by camera. Raises `BadInput` where a camera has none."""
    paths = {view.camera: view.path for view in result.views if view.frame == frame and view.path}
    for camera in cameras:
        if camera not in paths:
            name = result.cameras[camera].name
            raise BadInput(
                tr("There is no picture of {name} in frame {frame}", name=name, frame=frame),
                hint=tr("Choose another frame"),
            )
    return {camera: paths[camera] for camera in cameras}


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
