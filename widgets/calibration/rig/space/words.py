"""What a rig in space looks like, in words, for those who do not see it."""

from __future__ import annotations

from collections.abc import Sequence, Set

from engines.calibration.rig.places import centre_of
from engines.calibration.rig.types import RigResult, SpacePoint
from widgets.calibration.rig.space.cameras import distance_words
from widgets.kit.words import count

MOST_PAIRS = 6


def described(
    result: RigResult | None, frame: str = "", points: Sequence[SpacePoint] = (), second: bool = False
) -> str:
    """'4 cameras, 22 board poses. Left at 0.000, 0.000, 0.000 m. ... Left to right 412.3 ± 0.2 mm.'"""
    if result is None or not result.cameras:
        return "No rig is shown"
    cameras = result.cameras
    parts = [count(len(cameras), "camera"), count(len(result.board_poses), "board pose")]
    if points:
        parts.append(count(len(points), "triangulated point"))
    sentences = [", ".join(parts)]
    if second:
        sentences.append("A second rig lies over it, dashed")
    if frame:
        sentences.append(f"The board of frame {frame} is chosen")
    for camera in cameras:
        place = ", ".join(f"{value:.3f}" for value in centre_of(camera).tolist())
        sentences.append(f"{camera.name} at {place} m")
    for pair in result.pairs[:MOST_PAIRS]:
        sentences.append(f"{cameras[pair.first].name} to {cameras[pair.second].name} {distance_words(pair)}")
    return ". ".join(sentences) + ". Arrow keys turn, plus and minus zoom, F shows all."


def enlarged_words(kinds: Set[str], factors: Sequence[float]) -> list[str]:
    """What ellipsoids of cameras and of points mean, for those kinds that there are."""
    made = []
    for kind, factor in zip(("camera", "point"), factors, strict=True):
        size = f"{factor:g} times enlarged" if factor > 1 else "in true size"
        if kind in kinds:
            made.append(f"Ellipsoids of {kind}s: one standard deviation, {size}")
    return made
