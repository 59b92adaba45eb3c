"""The time a frame takes the live board finder, beside OpenCV's two chessboard finders, with and without a board.

All three see the same picture one after the other, round by round, so that a busy machine slows them alike. Frames
without a board are real photographs of boards with the board painted over by a patch of the same picture, which leaves
the clutter that makes the search hard. Without the photographs rendered ones of the same sort are used.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from itertools import product
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Annotated, Any

import cv2
import numpy as np
import typer
from numpy.typing import NDArray

from engines.calibration.live.finder import BoardFinder
from engines.calibration.targets.charuco import find_charuco, upright
from engines.calibration.targets.corners import detect
from engines.calibration.targets.photographs import read_image
from engines.calibration.targets.sight import sighted
from engines.calibration.types import FinderSettings, Sighting
from engines.core.boards import Board
from engines.core.context import PlainContext
from engines.core.frames import Frame, Stamp

Image = NDArray[np.uint8]

BOARD = Board.parse("chessboard:9x6:25mm")
CHARUCO = Board.parse("charuco:4x5:54mm:40.5mm:DICT_4X4_1000:inverted")
SIZES = ((640, 480), (1280, 720))


def main(
    repeats: Annotated[int, typer.Option(help="Rounds over the pictures.")] = 3,
    pictures: Annotated[int, typer.Option(help="Pictures of each sort.")] = 8,
    data: Annotated[str, typer.Option(help="Folder with the real photographs.")] = "",
) -> dict[str, Any]:
    """Median milliseconds per frame, ratios to ours, and what the finder missed of what OpenCV's classic one finds."""
    folder = Path(data or os.environ.get("KINOSCOPE_DATA", "../shared/data")) / "calibration"
    photos = _photographs(folder / "opencv_stereo_chessboard")
    real = bool(photos)
    photos = photos or _rendered()
    chosen = photos[:: max(1, len(photos) // max(pictures, 1))][:pictures]
    times = {}
    for size in SIZES:
        name = f"{size[0]}x{size[1]}"
        with_board = [_resized(photo, size) for photo in chosen]
        times[f"{name} with a board"] = _times(with_board, repeats, shown=True)
        times[f"{name} without a board"] = _times([_covered(image) for image in with_board], repeats, shown=False)
    result: dict[str, Any] = {"pictures": "photographs" if real else "rendered", "opencv": cv2.__version__}
    result["milliseconds"] = times
    result["charuco"] = _charuco(folder / "quad_tiled_charuco", repeats)
    result["recall"] = [_recall(photos, size) for size in SIZES] + _tile_recall(folder / "quad_tiled_charuco")
    return result


def _times(images: list[Image], repeats: int, shown: bool) -> dict[str, float]:
    """Median milliseconds of each finder; ours at first sight, and steady: following a board, or still without one.

    `sighted` is the search alone, without judging the view and planning the next one. An empty picture goes before
    the first sight, as a camera runs before a board is held to it; what a new finder makes ready is not counted.
    """
    peers = {"classic": cv2.findChessboardCorners, "sector_based": cv2.findChessboardCornersSB}
    spent: dict[str, list[float]] = {
        "sighted": [],
        "finder_first_sight": [],
        "finder_steady": [],
        **{peer: [] for peer in peers},
    }
    gray = [np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), dtype=np.uint8) for image in images]
    for _ in range(max(repeats, 1)):
        for image, plain in zip(images, gray, strict=True):
            finder = _opened(BOARD)
            _look(finder, np.zeros_like(image))
            moved = _shifted(image) if shown else image
            spent["finder_first_sight"].append(_milliseconds(partial(_look, finder, image)))
            spent["finder_steady"].append(_milliseconds(partial(_look, finder, moved)))
            spent["sighted"].append(_milliseconds(partial(sighted, plain, BOARD)))
            for peer, call in peers.items():
                spent[peer].append(_milliseconds(partial(call, plain, BOARD.corner_grid)))
    row = {name: median(values) for name, values in spent.items()}
    for peer in peers:
        row[f"{peer}_over_first_sight"] = row[peer] / row["finder_first_sight"]
        row[f"{peer}_over_steady"] = row[peer] / row["finder_steady"]
    row["classic_over_sighted"] = row["classic"] / row["sighted"]
    row["worst_first_sight"] = max(spent["finder_first_sight"])
    return row


def _charuco(folder: Path, repeats: int) -> dict[str, Any]:
    """Milliseconds a tile, and how far our corners lie from OpenCV's, before they are refined."""
    tiles = [np.asarray(cv2.cvtColor(tile, cv2.COLOR_BGR2GRAY), np.uint8) for tile in _tiles(folder)]
    if not tiles:
        return {}
    detector = cv2.aruco.CharucoDetector(CHARUCO.charuco())
    ours: list[float] = []
    plain: list[float] = []
    off: list[float] = []
    missed = 0
    for _, tile in product(range(max(repeats, 1)), tiles):
        began = perf_counter()
        detect(tile, CHARUCO)
        between = perf_counter()
        corners, ids, _, _ = detector.detectBoard(upright(tile, CHARUCO))
        ours.append(1000 * (between - began))
        plain.append(1000 * (perf_counter() - between))
        found = find_charuco(tile, CHARUCO)
        if ids is not None and len(ids):
            missed += found is None or len(found[0]) < len(ids)
            off += [] if found is None else _apart(found, np.asarray(corners), np.asarray(ids))
    row = {"tiles": len(tiles), "ours": median(ours), "opencv": median(plain), "missed": missed}
    return row | {"ours_over_opencv": sum(ours) / sum(plain), "most_apart": max(off, default=0.0)}


def _apart(found: tuple[Any, Any], corners: NDArray[Any], ids: NDArray[Any]) -> list[float]:
    place = dict(zip(ids.ravel().tolist(), corners.reshape(-1, 2), strict=True))
    pairs = zip(found[0].tolist(), found[1], strict=True)
    return [float(np.linalg.norm(corner - place[number])) for number, corner in pairs if number in place]


def _recall(photos: list[Image], size: tuple[int, int]) -> dict[str, Any]:
    images = [_resized(photo, size) for photo in photos]
    plain = [bool(cv2.findChessboardCorners(image, BOARD.corner_grid)[0]) for image in images]
    return _misses(f"chessboard {size[0]}x{size[1]}", images, plain, BOARD)


def _tile_recall(folder: Path) -> list[dict[str, Any]]:
    """The quad feed's tiles, each looked at on its own, beside OpenCV's ChArUco detector."""
    tiles = _tiles(folder)
    if not tiles:
        return []
    return [_misses("charuco tiles 1280x720", tiles, [detect(tile, CHARUCO) is not None for tile in tiles], CHARUCO)]


def _tiles(folder: Path) -> list[Image]:
    return [tile for frame in _photographs(folder) for tile in _quarters(frame)]


def _misses(name: str, images: list[Image], plain: list[bool], board: Board) -> dict[str, Any]:
    ours = [_look(_opened(board), image).found for image in images]
    missed = sum(there and not seen for there, seen in zip(plain, ours, strict=True))
    found = {"opencv_finds": sum(plain), "ours_finds": sum(ours), "missed": missed}
    return {"pictures": name, "count": len(images)} | found


def _opened(board: Board) -> BoardFinder:
    finder = BoardFinder()
    finder.open(FinderSettings(board), PlainContext())
    return finder


def _look(finder: BoardFinder, image: Image) -> Sighting:
    return finder.process([Frame(image.view(), Stamp("bench", 0, 0.0, 0.0))])


def _milliseconds(call: Callable[[], object]) -> float:
    began = perf_counter()
    call()
    return 1000 * (perf_counter() - began)


def _photographs(folder: Path) -> list[Image]:
    images = (read_image(path, colour=True) for path in sorted(folder.glob("*.jpg")))
    return [image for image in images if image is not None]


def _rendered() -> list[Image]:
    """Boards in perspective before clutter of many scales."""
    return [_rendered_one(np.random.default_rng(seed)) for seed in range(8)]


def _rendered_one(rng: np.random.Generator) -> Image:
    scene = np.zeros((480, 640), np.float32)
    for step in (2, 4, 8, 16, 32, 64):
        noise = rng.normal(0, 20, (480 // step + 2, 640 // step + 2)).astype(np.float32)
        scene += cv2.resize(noise, (640, 480), interpolation=cv2.INTER_CUBIC)
    picture = cv2.copyMakeBorder(BOARD.picture(40), 30, 30, 30, 30, cv2.BORDER_CONSTANT, value=255)
    height, width = picture.shape
    target = np.array([[90, 70], [540, 90], [520, 410], [110, 390]]) + rng.uniform(-40, 40, (4, 2))
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]])
    warp = cv2.getPerspectiveTransform(source.astype(np.float32), target.astype(np.float32))
    seen = cv2.warpPerspective(picture, warp, (640, 480), flags=cv2.INTER_AREA)
    mask = cv2.warpPerspective(np.full_like(picture, 255), warp, (640, 480)) > 127
    gray = np.where(mask, 20 + 0.8 * seen, 128 + scene)
    blurred = cv2.GaussianBlur(gray.astype(np.float32), (0, 0), 0.8) + rng.normal(0, 2, gray.shape)
    return np.asarray(cv2.cvtColor(np.clip(blurred, 0, 255).astype(np.uint8), cv2.COLOR_GRAY2BGR), dtype=np.uint8)


def _resized(image: Image, size: tuple[int, int]) -> Image:
    if (image.shape[1], image.shape[0]) == size:
        return image
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)


def _covered(image: Image) -> Image:
    """The picture with its board hidden under another, mirrored part of the same picture."""
    found = detect(image, BOARD)
    if found is None:
        return image
    corners = found.corners
    low, high = corners.min(axis=0).astype(int), corners.max(axis=0).astype(int)
    pad = np.maximum((high - low) // 6, 8)
    x0, y0 = np.maximum(low - pad, 0)
    x1, y1 = np.minimum(high + pad, (image.shape[1], image.shape[0]))
    out = image.copy()
    strip = image[:, x1:] if image.shape[1] - x1 > x0 else image[:, :x0]
    strip = strip if strip.shape[1] >= 16 else image[: max(y0, 16)]
    out[y0:y1, x0:x1] = cv2.resize(np.ascontiguousarray(strip[:, ::-1]), (int(x1 - x0), int(y1 - y0)))
    return out


def _shifted(image: Image) -> Image:
    """The board as it would be a frame later: a few pixels on."""
    motion = np.array([[1, 0, 3.0], [0, 1, 2.0]])
    moved = cv2.warpAffine(image, motion, (image.shape[1], image.shape[0]), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, dtype=np.uint8)


def _quarters(frame: Image) -> list[Image]:
    height, width = frame.shape[0] // 2, frame.shape[1] // 2
    return [
        np.ascontiguousarray(frame[row * height : (row + 1) * height, column * width : (column + 1) * width])
        for row in (0, 1)
        for column in (0, 1)
    ]
