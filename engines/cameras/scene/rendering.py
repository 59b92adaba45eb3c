"""A rendered rig of cameras before a moving board, of which every parameter is exactly known.

Rendering goes backwards and is exact: each pixel's undistorted ray (computed once) meets the board's plane (one
homography a frame), and the texture is read there. Only the box around the board is computed; the room behind it is
painted once. Blur and noise come last, as in a camera. The same seed and number always give the same picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.cameras.scene.motion import Motion
from engines.cameras.scene.optics import CameraTruth, Floats, turn
from engines.cameras.scene.rig import DISTANCE, GRIDS, Pose, reach, rig
from engines.cameras.scene.room import paint_room
from engines.cameras.types import SceneSource
from engines.core.boards import Board
from engines.core.errors import UsageError
from engines.core.frames import Image, Size
from engines.core.words import tr

MARGIN = 0.5
"""White paper around what is printed, in squares; below and to the right of it up to a quarter more, so that every
texture is a whole number of pixels."""
_QUARTERS = 4
PAPER, INK = np.array([228.0, 234.0, 236.0]), np.array([30.0, 27.0, 26.0])
FINEST = 96
"""Pixels to a square of the finest texture; the others are this over a whole number."""
LEVELS = (96, 48, 32, 24, 16, 12, 8)
LIGHT = np.array([-0.35, -0.55, -0.76])
"""Where the light comes from, as the board sees it."""


@dataclass(frozen=True, slots=True)
class _View:
    """One camera ready to render: its rays, the room sharp (BGRA: OpenCV reads four channels faster than three) and
    as its lens blurs it (BGR).
    """

    camera: CameraTruth
    rays: NDArray[np.float32]
    room: Image
    soft: Image


class Path(Protocol):
    """How the board moves: where it is at `t` seconds, from its coordinates to the world's."""

    def pose(self, t: float) -> Pose: ...


class Scene:
    """`truth`: the cameras, in the order of the tiles. `size`: of the whole tiled picture.

    path: the board's, where it is not to move as a person moves it who calibrates a camera.
    """

    def __init__(self, source: SceneSource, path: Path | None = None) -> None:
        _check(source)
        self.source = source
        self.truth: tuple[CameraTruth, ...] = rig(source)
        rows, columns = self.grid = GRIDS[source.cameras]
        self.size = Size(source.size.width * columns, source.size.height * rows)
        self._motion: Path = path or Motion(source.board, self.truth, source.seed)
        self._distance = DISTANCE * reach(source.board)
        self._rim = _rim(source.board, paper=True)
        self._paper = _paper(source.board)
        self._views = [self._view(camera) for camera in self.truth]
        self._noise = _noise_bank(self.size, source.noise, source.seed)

    def time(self, index: int) -> float:
        """Media time of a picture in seconds."""
        return index / self.source.fps

    def board_pose(self, t: float) -> Pose:
        """From the board's coordinates to the world's at `t` seconds."""
        return self._motion.pose(t)

    def corners(self, camera: int, t: float) -> Floats:
        """Exact pixels of the corners in one camera's own picture, N x 2, in the order of `Board.corners`."""
        return self.truth[camera].project(self.board_pose(t).apply(self.source.board.corners))

    def visible(self, camera: int, t: float) -> bool:
        """All that is printed lies within the camera's picture."""
        pixels = self.truth[camera].project(self.board_pose(t).apply(_rim(self.source.board, paper=False)))
        size = self.source.size
        return bool((pixels >= 0).all() and (pixels <= [size.width - 1, size.height - 1]).all())

    def render(self, index: int) -> Image:
        """Picture number `index` of all cameras, uint8 BGR, tiled row by row."""
        pose = self.board_pose(self.time(index))
        image = np.empty((self.size.height, self.size.width, 3), np.uint8)
        for number, view in enumerate(self._views):
            self._draw(view, pose, self.tile(image, number))
        self._add_noise(image, index)
        return image

    def tile(self, image: Image, camera: int) -> Image:
        """One camera's part of a rendered picture; a view."""
        row, column = divmod(camera, self.grid[1])
        width, height = self.source.size.width, self.source.size.height
        return image[row * height : (row + 1) * height, column * width : (column + 1) * width]

    def _view(self, camera: CameraTruth) -> _View:
        rays = camera.rays()
        room = paint_room(camera, rays, self._distance, self.source.seed)
        sharp = np.asarray(cv2.cvtColor(room, cv2.COLOR_BGR2BGRA), dtype=np.uint8)
        return _View(camera, rays.astype(np.float32), sharp, _blur(room, self.source.blur))

    def _draw(self, view: _View, pose: Pose, out: Image) -> None:
        out[:] = view.soft
        outline = view.camera.project(pose.apply(self._rim))
        box = _box(outline, self.source.size, reach=4 + int(3 * self.source.blur))
        if box is None:
            return
        rows, columns = box
        plane = _plane(view.camera, pose)
        pixels = _level(self.source.board, outline)
        texture = cv2.convertScaleAbs(self._paper[pixels], alpha=_light(pose))
        where = cv2.perspectiveTransform(view.rays[rows, columns], _to_texture(self.source.board, pixels) @ plane)
        part = view.room[rows, columns].copy()
        cv2.remap(texture, where, _NO_MAP, cv2.INTER_LINEAR, dst=part, borderMode=cv2.BORDER_TRANSPARENT)
        out[rows, columns] = cv2.cvtColor(_blur(part, self.source.blur), cv2.COLOR_BGRA2BGR)

    def _add_noise(self, image: Image, index: int) -> None:
        if self._noise is None:
            return
        brighter, darker = self._noise
        x, y = np.random.default_rng([self.source.seed, 4, index]).integers(0, _SLACK, 2)
        rows, columns = slice(y, y + self.size.height), slice(x, x + self.size.width)
        cv2.add(image, brighter[rows, columns], dst=image)
        cv2.subtract(image, darker[rows, columns], dst=image)


_SLACK = 64
_NO_MAP = cast("Image", None)
"""OpenCV takes None here, its type stubs do not."""


def _check(source: SceneSource) -> None:
    if source.cameras not in GRIDS:
        raise UsageError(
            tr("A scene of {cameras} cameras cannot be rendered", cameras=source.cameras), hint="1, 2 or 4"
        )
    if not (64 <= source.size.width <= 4096 and 64 <= source.size.height <= 4096):
        raise UsageError(
            tr("A scene of {size} pixels cannot be rendered", size=source.size), hint=tr("64 to 4096 a side")
        )
    if not (0 < source.fps <= 240 and 0 <= source.noise <= 50 and 0 <= source.blur <= 10):
        raise UsageError(
            tr("A scene's rate, noise or blur is out of range"), hint=tr("At most 240 a second, 50 levels, 10 px")
        )


def _paper(board: Board) -> dict[int, Image]:
    """The printed paper in every resolution; exact averages, so that corners stay where they are."""
    margin = round(MARGIN * FINEST)
    picture = board.picture(FINEST)
    height, width = (
        round(side * FINEST) - margin - printed
        for side, printed in zip(_squares(board)[::-1], picture.shape, strict=True)
    )
    gray = cv2.copyMakeBorder(picture, margin, height, margin, width, cv2.BORDER_CONSTANT, value=(255,))
    shades = np.rint(INK + np.linspace(0.0, 1.0, 256)[:, None] * (PAPER - INK)).astype(np.uint8)
    inked = cv2.cvtColor(cv2.applyColorMap(gray, shades[:, None]), cv2.COLOR_BGR2BGRA)
    size = (gray.shape[1], gray.shape[0])
    return {
        pixels: np.asarray(
            cv2.resize(inked, (size[0] * pixels // FINEST, size[1] * pixels // FINEST), interpolation=cv2.INTER_AREA),
            dtype=np.uint8,
        )
        for pixels in LEVELS
    }


def _squares(board: Board) -> tuple[float, float]:
    """Width and height of the paper in squares, whole quarters."""
    width, height = (
        np.ceil(round(_QUARTERS * (side / board.square + 2 * MARGIN), 6)) / _QUARTERS for side in board.print_size
    )
    return float(width), float(height)


def _rim(board: Board, paper: bool, steps: int = 8) -> Floats:
    """Points along the edge of the paper, or of what is printed, in the board's coordinates, N x 3."""
    low = np.array(board.print_origin) - (MARGIN * board.square if paper else 0.0)
    high = low + (np.multiply(_squares(board), board.square) if paper else board.print_size)
    line = np.linspace(0.0, 1.0, steps, endpoint=False)
    square = np.concatenate([
        np.stack([line, 0 * line]), np.stack([1 + 0 * line, line]),
        np.stack([1 - line, 1 + 0 * line]), np.stack([0 * line, 1 - line]),
    ], axis=1).T  # fmt: skip
    return np.column_stack([low + square * (high - low), np.zeros(4 * steps)])


def _box(outline: Floats, size: Size, reach: int) -> tuple[slice, slice] | None:
    low = np.floor(outline.min(axis=0)).astype(int) - reach
    high = np.ceil(outline.max(axis=0)).astype(int) + reach + 1
    left, top = max(int(low[0]), 0), max(int(low[1]), 0)
    right, bottom = min(int(high[0]), size.width), min(int(high[1]), size.height)
    return (slice(top, bottom), slice(left, right)) if right > left and bottom > top else None


def _level(board: Board, outline: Floats) -> int:
    """The coarsest texture that is at least as fine as the picture."""
    x, y = outline[:, 0], outline[:, 1]
    area = 0.5 * abs(float(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))))
    columns, rows = _squares(board)
    wanted = (area / (columns * rows)) ** 0.5
    return min((pixels for pixels in LEVELS if pixels >= wanted), default=FINEST)


def _plane(camera: CameraTruth, pose: Pose) -> Floats:
    """Homography from a camera's rays (x, y, 1) to the board's coordinates in metres."""
    tilt = camera.rotation @ turn(pose.rvec)
    shift = camera.rotation @ np.array(pose.tvec) + np.array(camera.tvec)
    return np.linalg.inv(np.column_stack([tilt[:, 0], tilt[:, 1], shift]))


def _to_texture(board: Board, pixels: int) -> Floats:
    """From the board's coordinates to texture pixels, whose centres are whole numbers."""
    scale = pixels / board.square
    margin = MARGIN * pixels
    x, y = board.print_origin
    return np.array([[scale, 0.0, margin - x * scale - 0.5], [0.0, scale, margin - y * scale - 0.5], [0.0, 0.0, 1.0]])


def _light(pose: Pose) -> float:
    """How bright the paper is at this tilt."""
    facing = -turn(pose.rvec)[:, 2]
    return float(0.80 + 0.22 * max(0.0, facing @ LIGHT))


def _blur(image: Image, sigma: float) -> Image:
    if sigma <= 0:
        return image
    width = 2 * int(np.ceil(2.5 * sigma)) + 1
    return np.asarray(cv2.GaussianBlur(image, (width, width), sigma, borderType=cv2.BORDER_REPLICATE), dtype=np.uint8)


def _noise_bank(size: Size, sigma: float, seed: int) -> tuple[Image, Image] | None:
    """Noise to add and to take away (8 bits cannot be negative), larger than the picture to be shifted under it."""
    if sigma <= 0:
        return None
    rng = np.random.default_rng([seed, 5])
    shape = (size.height + _SLACK, size.width + _SLACK, 3)
    noise = rng.standard_normal(shape, np.float32)
    brighter, darker = (cv2.addWeighted(noise, sign * sigma, noise, 0.0, 0.0, dtype=cv2.CV_8U) for sign in (1, -1))
    return np.asarray(brighter, dtype=np.uint8), np.asarray(darker, dtype=np.uint8)
