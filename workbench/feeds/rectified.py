"""The rectified pictures of two cameras as sources: what they are called and made with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engines.cameras.types import Child

if TYPE_CHECKING:
    from engines.calibration.rig.types import Rectification, RigResult

NAME = "rectified"


def rectified(paths: tuple[str, str], result: RigResult, how: Rectification) -> dict[str, Child]:
    """Children by path for the feeds or tiles of a pair's first and second camera.

    Their names tell the other camera, since one may be rectified with several.
    """
    from engines.calibration.rig.pairs.rectification import undistortions

    names = result.cameras[how.second].name, result.cameras[how.first].name
    made = {}
    for path, other, undistortion in zip(paths, names, undistortions(result, how), strict=True):
        feed, _, tile = path.partition("/")
        called = f"{tile} {NAME} with {other}".strip().replace("/", "-")
        made[f"{feed}/{called}"] = Child(undistortion, tile)
    return made
