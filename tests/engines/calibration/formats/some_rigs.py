"""Rigs of every lens model, as values, that files are tried on."""

from __future__ import annotations

from dataclasses import replace

from engines.calibration.rig.places import pairs_of
from engines.calibration.rig.types import RigCamera, RigResult
from engines.core.frames import Size
from engines.core.lenses import DISTORTION_NAMES, Intrinsics, ModelName

SIZE = Size(1280, 720)
POSES = (
    ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0)),
    ((0.02, -1 / 3, 0.01), (-0.4, 0.01, 0.1)),
    ((0.01, 0.5, -0.02), (0.7, 1 / 7, 0.2)),
)


def camera(number: int, model: ModelName = "brown5", lens: tuple[float, ...] | None = None) -> RigCamera:
    terms = lens if lens is not None else tuple(0.1 / (3 + n) for n in range(len(DISTORTION_NAMES[model])))
    inner = Intrinsics(900 + 1 / 3 + number, 901.5, 640.2, 359.9)
    return RigCamera(f"cam {number}", SIZE, model, inner, terms, *POSES[number], {}, rms_px=0.25)


def rig(*cameras: RigCamera, **more: object) -> RigResult:
    return replace(RigResult(cameras, pairs_of(cameras), 0.25, "", (), 0.0), **more)


BROWN4 = (-0.28, 1 / 13, 0.001, -0.0005, 0.0)
PAIR, FOURS = rig(camera(0), camera(1)), rig(camera(0, lens=BROWN4), camera(1, lens=BROWN4))
RIGS = {
    "brown": rig(*map(camera, range(3))),
    "four": FOURS,
    "fisheye": rig(camera(0, "fisheye4"), camera(1, "fisheye4")),
    "mixed": rig(camera(0, "fisheye4"), camera(1), camera(2, "tilted14")),
    "rational": rig(camera(0, "rational8"), camera(1, "rational8")),
    "prism": rig(camera(0, "thinprism12"), camera(1)),
}
