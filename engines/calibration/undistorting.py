"""Straightens pictures and films of a calibrated camera, and keeps the camera of what came out beside them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2

from engines.calibration.formats.files import load, save
from engines.calibration.formats.opencv import UNKNOWN
from engines.calibration.types import MonoResult
from engines.core.context import Context
from engines.core.errors import BadInput, FileMissing, UsageError, WorkFailed
from engines.core.files import write_json
from engines.core.frames import Image, Size, size_of
from engines.core.lenses import Intrinsics
from engines.core.outputs import result_folder
from engines.core.pictures.files import READABLE, LeftOut, gathered, sort_of
from engines.core.pictures.reading import read_picture
from engines.core.reading import regular_file
from engines.core.spec import to_json
from engines.core.undistortion import Straightener, Undistortion
from engines.core.words import tr

MANIFEST = "undistorted.json"
CAMERA = "camera.yaml"
FILMS = (".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi")
"""Endings of films that a folder is searched for; a file that is named may have any."""
_JPEG = (".jpg", ".jpeg", ".jpe", ".jfif")


@dataclass(frozen=True, slots=True)
class UndistortSpec:
    """calibration: a file. paths: pictures, films and folders. out: a folder for the result.

    balance: 0 shows only what exists, 1 keeps all; crop: cut the black off again. width, height: 0 as the pictures.
    """

    calibration: str
    paths: tuple[str, ...]
    out: str
    balance: float = 0.0
    width: int = 0
    height: int = 0
    crop: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """One picture or film. camera: the file of its intrinsics, in `out`. scaled: it was of another resolution."""

    source: str
    file: str
    size: Size
    intrinsics: Intrinsics
    camera: str
    frames: int = 1
    scaled: bool = False


@dataclass(frozen=True, slots=True)
class UndistortResult:
    """What was written into `out`, and what was not and why. mirrored: flipped left to right, as the lens is."""

    out: str
    written: tuple[Written, ...]
    left_out: tuple[LeftOut, ...]
    calibrated: Size
    mirrored: bool = False


def run(spec: UndistortSpec, ctx: Context) -> UndistortResult:
    """Straighten all that fits. Raises `BadInput` when that is nothing, or `out` holds anything else."""
    calibration = load(spec.calibration, UNKNOWN)
    found, left_out = _gathered(spec.paths)
    with result_folder(spec.out, MANIFEST, what=tr("set of straightened pictures"), inputs=spec.paths) as folder:
        work = _Work(calibration, spec, folder)
        for number, path in enumerate(found):
            ctx.check()
            ctx.progress(number, len(found), path.name)
            try:
                work.one(path, ctx.check)
            except (BadInput, UsageError, FileMissing) as error:
                left_out.append(LeftOut(str(path), error.message))
        if not work.written:
            first = f": {left_out[0].why}" if left_out else ""
            raise BadInput(tr("None of these pictures could be straightened{first}", first=first), path=spec.paths[0])
        result = UndistortResult(
            spec.out, tuple(work.written), tuple(left_out), calibration.image_size, calibration.mirrored
        )
        write_json(folder / MANIFEST, to_json(result))
    return result


class _Work:
    """Writes into `folder`; a camera's file for each size that comes out."""

    def __init__(self, calibration: MonoResult, spec: UndistortSpec, folder: Path) -> None:
        mirror = calibration.mirrored
        how = Undistortion(
            calibration.lens, calibration.image_size, spec.balance, spec.width, spec.height, spec.crop, mirror, mirror
        )
        self.written: list[Written] = []
        self._calibration, self._folder = calibration, folder
        self._straightener = Straightener(how)
        self._cameras: dict[tuple[Size, Intrinsics], str] = {}

    def one(self, path: Path, check: Callable[[], None]) -> None:
        (self._picture if path.suffix.lower() in READABLE else self._film)(path, check)

    def _picture(self, path: Path, _check: Callable[[], None]) -> None:
        image = read_picture(path, orientation="sensor")
        target = self._free(path, path.suffix if path.suffix.lower() in (*_JPEG, ".png") else ".png")
        straight = self._straightener.image(image)
        kind = ".png" if target.suffix.lower() == ".png" else ".jpg"
        done, data = cv2.imencode(kind, straight, [cv2.IMWRITE_JPEG_QUALITY, 95])
        if not done:
            raise WorkFailed(tr("The picture could not be encoded"), path=target)
        target.write_bytes(data.tobytes())
        self._note(path, target, size_of(image))

    def _film(self, path: Path, check: Callable[[], None]) -> None:
        from engines.core.video.rewriting import rewrite

        sizes: list[Size] = []

        def straight(_number: int, image: Image) -> Image:
            check()
            if not sizes:
                sizes.append(size_of(image))
            return self._straightener.image(image)

        target = self._free(path, ".mp4")
        frames = rewrite(path, target, straight)
        self._note(path, target, sizes[0], frames)

    def _free(self, path: Path, suffix: str) -> Path:
        """A name that no other of these results has."""
        number, target = 1, self._folder / f"{path.stem}{suffix}"
        while os.path.lexists(target) or target.name in (MANIFEST, CAMERA):
            number += 1
            target = self._folder / f"{path.stem} {number}{suffix}"
        return target

    def _note(self, path: Path, target: Path, size: Size, frames: int = 1) -> None:
        maps = self._straightener.maps(size)
        shown = maps.size
        camera = self._camera(shown, maps.straight)
        scaled = size != self._calibration.image_size
        self.written.append(Written(str(path), target.name, shown, maps.straight, camera, frames, scaled))

    def _camera(self, size: Size, straight: Intrinsics) -> str:
        key = size, straight
        if key not in self._cameras:
            name = CAMERA if not self._cameras else tr("camera {count}.yaml", count=len(self._cameras) + 1)
            save(pinhole(self._calibration, size, straight), self._folder / name)
            self._cameras[key] = name
        return self._cameras[key]


def pinhole(calibration: MonoResult, size: Size, straight: Intrinsics) -> MonoResult:
    """The camera of straightened pictures: no distortion, and nothing said of the uncertainty."""
    return replace(
        calibration, model="brown5", image_size=size, intrinsics=straight, distortion=(0.0,) * 5, std={},
        distortion_std=(), views=(), verdict="", advice=(), reasons=(), covariance=(), uncertainty=(), other=None,
        fixed=(), board_points=(), mirrored=False, board=None, more_boards=(), rms_px=0.0, loo_rms_px=None, seconds=0.0,
    )  # fmt: skip


def _gathered(paths: tuple[str, ...]) -> tuple[list[Path], list[LeftOut]]:
    """Pictures and films in the order told, each once."""
    found: dict[Path, None] = {}
    left_out: list[LeftOut] = []
    for path in paths:
        for each in _of(path):
            if isinstance(each, LeftOut):
                left_out.append(each)
            else:
                found.setdefault(each)
    return list(found), left_out


def _of(path: str) -> Iterator[Path | LeftOut]:
    if os.path.isfile(path) and Path(path).suffix.lower() not in READABLE and not sort_of(path):
        regular_file(Path(path))
        yield Path(path)
        return
    listing = gathered([path])
    films = [one.path for one in listing.left_out if Path(one.path).suffix.lower() in FILMS]
    yield from listing.files
    yield from map(Path, films)
    yield from (one for one in listing.left_out if one.path not in films)
