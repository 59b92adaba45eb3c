"""The rendered rig of four cameras as the live finder sees it, and what is exactly true of it."""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations

import numpy as np

from engines.calibration.live.rig_types import RigCapture, RigFinderSettings
from engines.calibration.rig.types import RigCamera
from engines.calibration.types import Capture
from engines.cameras.scene.motion import GLIDE, REST
from engines.cameras.scene.optics import CameraTruth
from engines.cameras.scene.rendering import Scene
from engines.cameras.types import SceneSource
from engines.core.frames import Frame, Stamp
from engines.core.lenses import Intrinsics, Lens

FPS = 3.0
"""Few pictures a second: three at each place of the board and three on the way to the next."""
PLACE = int(FPS * (REST + GLIDE))
"""Pictures from one place to the next."""


@lru_cache(maxsize=1)
def scene() -> Scene:
    return Scene(SceneSource(fps=FPS))


def names() -> tuple[str, ...]:
    return tuple(camera.name for camera in scene().truth)


def settings(**values: object) -> RigFinderSettings:
    return RigFinderSettings(names(), scene().source.board, **values)  # type: ignore[arg-type]


def moment(index: int, blank: tuple[int, ...] = ()) -> list[Frame]:
    """The pictures of all cameras; blank: cameras that see nothing."""
    image = scene().render(index)
    tiles = [scene().tile(image, number).copy() for number in range(4)]
    for number in blank:
        tiles[number][:] = 90
    return [Frame(tile, Stamp(f"rig/{number}", index, 0.0, index / FPS)) for number, tile in enumerate(tiles)]


def lens(camera: CameraTruth) -> Lens:
    return Lens("brown5", Intrinsics(camera.fx, camera.fy, camera.cx, camera.cy), camera.distortion)


def lenses() -> tuple[Lens, ...]:
    return tuple(lens(camera) for camera in scene().truth)


def truth(number: int) -> RigCamera:
    camera = scene().truth[number]
    known = lens(camera)
    return RigCamera(
        camera.name, camera.size, "brown5", known.intrinsics, known.distortion, camera.rvec, camera.tvec, {}
    )


def distances() -> dict[tuple[int, int], float]:
    centres = [camera.centre for camera in scene().truth]
    return {(a, b): float(np.linalg.norm(centres[a] - centres[b])) for a, b in combinations(range(4), 2)}


def taken(places: int, noise: float = 0.1, blind: dict[int, tuple[int, ...]] | None = None) -> tuple[RigCapture, ...]:
    """Sets at the first places of the board, from exact corners with noise. blind: cameras, by the number of the place,
    that see nothing there."""
    rng = np.random.default_rng(3)
    return tuple(_set(number, rng, noise, (blind or {}).get(number, ())) for number in range(places))


def _set(place: int, rng: np.random.Generator, noise: float, blind: tuple[int, ...]) -> RigCapture:
    time, sights = place * (REST + GLIDE), list[Capture | None]()
    for number in range(4):
        corners = scene().corners(number, time) + rng.normal(0.0, noise, (54, 2))
        there = scene().visible(number, time) and number not in blind
        points = tuple((float(x), float(y)) for x, y in corners)
        sights.append(Capture(points, (), tuple(range(54))) if there else None)
    return RigCapture(tuple(sights))
