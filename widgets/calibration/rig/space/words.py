"""What a rig in space looks like, in words, for those who do not see it."""

from __future__ import annotations

from collections.abc import Sequence, Set

from engines.calibration.rig.places import centre_of
from engines.calibration.rig.types import RigResult, SpacePoint
from engines.core.words import tr, tr_count
from widgets.calibration.rig.space.cameras import distance_words
from widgets.charts.space.ground import place_words

MOST_PAIRS = 6


def described(
    result: RigResult | None, frame: str = "", points: Sequence[SpacePoint] = (), second: bool = False
) -> str:
    """'4 cameras, 22 board poses. Left at 0.000, 0.000, 0.000 m. ... Left to right 412.3 ± 0.2 mm.'"""
    if result is None or not result.cameras:
        return tr("No rig is shown")
    cameras = result.cameras
    parts = [
        tr_count(len(cameras), "{n} camera", "{n:,} cameras"),
        tr_count(len(result.board_poses), "{n} board pose", "{n:,} board poses"),
    ]
    if points:
        parts.append(tr_count(len(points), "{n} triangulated point", "{n:,} triangulated points"))
    sentences = [", ".join(parts)]
    if second:
        sentences.append(tr("A second rig lies over it, dashed"))
    if frame:
        sentences.append(tr("The board of frame {frame} is chosen", frame=frame))
    for camera in cameras:
        place = place_words(centre_of(camera))
        sentences.append(tr("{camera} at {place}", camera=camera.name, place=place))
    for pair in result.pairs[:MOST_PAIRS]:
        sentences.append(
            tr(
                "{first} to {second} {distance_words}",
                first=cameras[pair.first].name,
                second=cameras[pair.second].name,
                distance_words=distance_words(pair),
            )
        )
    return ". ".join(sentences) + tr(". Arrow keys turn, plus and minus zoom, F shows all.")


def enlarged_words(kinds: Set[str], factors: Sequence[float]) -> list[str]:
    """What ellipsoids of cameras and of points mean, for those kinds that there are."""
    sizes = [tr("{factor:g} times enlarged", factor=factor) if factor > 1 else tr("in true size") for factor in factors]
    told = {
        "camera": tr("Ellipsoids of cameras: one standard deviation, {size}", size=sizes[0]),
        "point": tr("Ellipsoids of points: one standard deviation, {size}", size=sizes[1]),
    }
    return [words for kind, words in told.items() if kind in kinds]
