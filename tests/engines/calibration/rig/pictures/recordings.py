"""Recordings of a rendered pair of cameras: tiles, pictures and films, each made once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from engines.calibration.rig.found import Found
from engines.calibration.rig.pictures.finding import find
from engines.calibration.rig.types import RigSpec
from engines.cameras.scene.motion import GLIDE, REST
from engines.cameras.scene.rendering import Scene
from engines.cameras.types import SceneSource
from engines.core.boards import Board
from engines.core.context import PlainContext
from engines.core.frames import Image, Size
from tests.engines.cameras.films import write_video

CHARUCO = Board.parse("charuco:7x5:40mm:30mm:DICT_4X4_50")
CHESSBOARD = Board.parse("chessboard:9x6:25mm")
SIZE = Size(480, 270)


@cache
def moments(count: int, board: Board = CHARUCO) -> tuple[tuple[Image, Image], ...]:
    """The two cameras' pictures, each time with the board at rest in another place."""
    scene = Scene(SceneSource(cameras=2, board=board, size=SIZE, fps=1 / (REST + GLIDE)))
    images = [scene.render(number) for number in range(count)]
    return tuple((np.array(scene.tile(image, 0)), np.array(scene.tile(image, 1))) for image in images)


def side_by_side(*tiles: Image) -> Image:
    return np.hstack(tiles)


def tiled_folder(folder: Path, pairs: Sequence[Sequence[Image]]) -> str:
    """Pictures that hold all tiles in a row."""
    return pictures(folder, [side_by_side(*tiles) for tiles in pairs], "quad{:02}.png")


def pictures(folder: Path, images: Sequence[Image], name: str = "{:02}.png") -> str:
    folder.mkdir(parents=True, exist_ok=True)
    for number, image in enumerate(images):
        cv2.imwrite(str(folder / name.format(number)), image)
    return str(folder)


def film(path: Path, images: Sequence[Image], fps: int = 25) -> str:
    height, width = images[0].shape[:2]
    write_video(path, len(images), fps=fps, size=(width, height), picture=lambda number, _: images[number])
    return str(path)


def blank(size: Size = SIZE) -> Image:
    return np.full((size.height, size.width, 3), 90, np.uint8)


def looked(*paths: str, board: Board = CHARUCO, **values: object) -> Found:
    spec = RigSpec(tuple(paths), board, **values)  # type: ignore[arg-type]
    return find(spec, PlainContext(), lambda share, words: None)


def seen(found: Found, camera: int) -> list[str]:
    """The frames in which a camera shows the board."""
    return [one.frame for one in found.shots if one.camera == camera and one.shot.detection is not None]
