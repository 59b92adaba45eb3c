"""The room behind the rendered board: plaster walls under a lamp, a wooden floor, two quiet pictures on the wall.

Painted once per camera from the camera's own rays, so that all views show the same room.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.cameras.scene.optics import CameraTruth, Floats
from engines.core.frames import Image

Colours = NDArray[np.float32]
Plane = NDArray[np.float32]

PLASTER = (190, 198, 200)
WOOD = (98, 128, 158)
SKIRTING = (205, 210, 210)
HALF_WIDTH, CEILING, FLOOR, WALL = 2.1, -1.5, 0.95, 1.3
"""The room's planes in the world, in distances from the cameras to the middle of the scene."""
PICTURES = (
    ((-1.25, -0.72), (0.62, 0.46), (142, 112, 84)),
    ((0.45, -0.62), (0.42, 0.56), (92, 132, 168)),
    ((1.15, -0.50), (0.36, 0.36), (118, 134, 104)),
)
"""Upper left corner, size and colour of what hangs on the far wall."""


def paint_room(camera: CameraTruth, rays: Floats, distance: float, seed: int) -> Image:
    """uint8 BGR, H x W x 3: what the camera sees without the board. `distance` sets the room's measure in metres."""
    shrink = max(1, round(camera.size.width / 640))
    few = np.ascontiguousarray(rays[::shrink, ::shrink])
    picture = _shade(*_hit(camera, few, distance), seed)
    image = np.clip(cv2.GaussianBlur(picture, (0, 0), 0.8), 0, 255).astype(np.uint8)
    if shrink == 1:
        return image
    whole = (camera.size.width, camera.size.height)
    return np.asarray(cv2.resize(image, whole, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)


def _hit(camera: CameraTruth, rays: Floats, distance: float) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """Where each ray meets the room (H x W x 3, in distances) and which plane it is: 0 side, 1 floor/ceiling, 2 far."""
    turned = camera.rotation.astype(np.float32)
    start = (camera.centre / distance).astype(np.float32)
    x, y = (np.ascontiguousarray(rays[..., axis], dtype=np.float32) for axis in range(2))
    directions = [x * turned[0, axis] + y * turned[1, axis] + turned[2, axis] for axis in range(3)]
    limits = ((-HALF_WIDTH, HALF_WIDTH), (CEILING, FLOOR), (-WALL * 4, WALL))
    steps = [_steps(*each) for each in zip(directions, start, limits, strict=True)]
    nearest = np.minimum(np.minimum(steps[0], steps[1]), steps[2])
    plane = np.where(steps[0] == nearest, 0, np.where(steps[1] == nearest, 1, 2))
    return np.stack([start[axis] + nearest * directions[axis] for axis in range(3)], axis=-1), plane


def _steps(directions: Plane, start: float, limits: tuple[float, float]) -> Plane:
    """How far along each ray it meets whichever of two parallel planes lies ahead; H x W."""
    behind, ahead = np.float32(limits[0] - start), np.float32(limits[1] - start)
    safe = np.where(np.abs(directions) < 1e-9, np.float32(1e-9), directions)
    return np.asarray(np.where(directions > 0, ahead, behind) / safe, dtype=np.float32)


def _shade(points: NDArray[np.float32], plane: NDArray[np.intp], seed: int) -> Colours:
    x, y, z = points[..., 0], points[..., 1], points[..., 2]
    grain = _grain(seed, x.shape)
    colour = np.empty((*x.shape, 3), np.float32)
    colour[:] = PLASTER
    colour += grain[..., None] * 1.6
    colour[y > FLOOR - 0.09] = SKIRTING
    _hang(colour, x, y, plane == 2)
    floor = (plane == 1) & (y > 0)
    colour[floor] = _planks(x[floor], z[floor], grain[floor])
    lamp = 0.74 + 0.34 * np.exp(-((x + 0.5) ** 2 + 0.7 * (y + 0.8) ** 2 + 0.5 * (z - 0.9) ** 2))
    corner = 1.0 - 0.16 * np.exp(-8.0 * np.minimum(np.abs(HALF_WIDTH - np.abs(x)), np.abs(FLOOR - y)))
    side = np.where(plane == 0, 0.88, 1.0)
    return np.asarray(colour * (lamp * corner * side)[..., None], dtype=np.float32)


def _hang(colour: Colours, x: NDArray[np.float32], y: NDArray[np.float32], wall: NDArray[np.bool_]) -> None:
    flat, across, down = colour.reshape(-1, 3), x.ravel(), y.ravel()
    for (left, top), (width, height), tone in PICTURES:
        inside = np.flatnonzero(wall.ravel() & (np.abs(across - left - width / 2) < width))
        for edge, paint in ((0.035, (58, 66, 74)), (0.0, (214, 218, 220)), (-0.07, tone)):
            u, v = across[inside] - left, down[inside] - top
            inside = inside[(u > -edge) & (u < width + edge) & (v > -edge) & (v < height + edge)]
            flat[inside] = paint


def _planks(x: NDArray[np.float32], z: NDArray[np.float32], grain: NDArray[np.float32]) -> Colours:
    plank = np.floor(x / 0.17)
    tone = 0.92 + 0.10 * np.sin(plank * 12.9898) + 0.03 * np.sin(z * 19 + plank * 4.1) + 0.02 * grain
    seam = np.abs(x / 0.17 - plank - 0.5) > 0.485
    return np.asarray(np.array(WOOD, np.float32) * np.where(seam, 0.72, tone)[..., None], dtype=np.float32)


def _grain(seed: int, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Soft unevenness of about one, the same for the same seed."""
    height, width = shape
    rough = np.random.default_rng([seed, 3]).normal(size=(height // 6 + 2, width // 6 + 2)).astype(np.float32)
    return np.asarray(cv2.resize(rough, (width, height), interpolation=cv2.INTER_CUBIC), dtype=np.float32)
