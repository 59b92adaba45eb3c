"""Kalibr's camera chains (`camchain.yaml`): pinhole cameras with `radtan` or `equidistant` distortion.

https://github.com/ethz-asl/kalibr/wiki/yaml-formats. `radtan` is Brown's model without k3, `equidistant` Kannala and
Brandt's with four terms; pixels count from the centre of the first one, as here.
"""

from __future__ import annotations

import re
from typing import cast

from engines.calibration.formats.checks import checked, in_words
from engines.calibration.formats.lens_names import lens_of, named
from engines.calibration.formats.storage import Value, matrix, read_yaml
from engines.calibration.types import MonoResult
from engines.core.errors import BadInput
from engines.core.frames import Size
from engines.core.lenses import Intrinsics, Lens
from engines.core.words import tr

_CAMERAS = re.compile(r"^(cam\d+)\s*:", re.MULTILINE)


def is_kalibr(text: str) -> bool:
    return _CAMERAS.search(text) is not None and "camera_matrix" not in text


def from_kalibr(text: str, camera: str = "") -> MonoResult:
    """One camera of a chain. Raises `BadInput`, also when there are several and none is chosen."""
    names = names_in(text)
    name = camera or names[0]
    if name not in names or (not camera and len(names) > 1):
        said = (
            tr("This file has no camera '{camera}'", camera=camera)
            if camera
            else tr("This file holds {count} cameras", count=len(names))
        )
        raise BadInput(said, hint=tr("Choose one: add # and its name to the file's, {names}", names=", ".join(names)))
    with in_words():
        values = read_yaml(text, (name,))[name]
        if not isinstance(values, dict):
            raise BadInput(tr("'{name}' holds no camera", name=name))
        return camera_in(values)


def names_in(text: str) -> list[str]:
    """The cameras of a chain, in their order in the file."""
    return list(dict.fromkeys(_CAMERAS.findall(text)))


def camera_in(values: dict[str, Value]) -> MonoResult:
    """What stands under one camera's name. Raises `BadInput`."""
    intrinsics, size = matrix(values.get("intrinsics")), matrix(values.get("resolution"))
    if size is None or size.size != 2 or not (size >= 1).all():
        raise BadInput(tr("This camera has no 'resolution' of two numbers"))
    kinds = [cast(str, values[key]) for key in ("distortion_model", "camera_model") if isinstance(values.get(key), str)]
    lens = lens_of(matrix(values.get("distortion_coeffs")), named(kinds))
    if intrinsics is None or intrinsics.size != 4:
        raise BadInput(tr("This camera has no 'intrinsics' of four numbers: only pinhole cameras can be read here"))
    width, height = (int(side) for side in size)
    return checked(
        MonoResult(
            lens[0], Size(width, height), Intrinsics(*intrinsics.tolist()), {}, lens[1], (), 0.0, None, (), "", (), 0.0,
            None,
        )
    )  # fmt: skip


def to_kalibr(result: MonoResult) -> str:
    """A chain of this one camera, `cam0`; for lenses that `exporting.misfit` lets through."""
    return "cam0:\n" + camera_lines(result.lens, result.image_size) + "  rostopic: /cam0/image_raw\n"


def camera_lines(lens: Lens, size: Size) -> str:
    """What stands under a camera's name of its lens and pictures."""
    model, inner = "equidistant" if lens.is_fisheye else "radtan", lens.intrinsics
    distortion = ", ".join(map(repr, lens.distortion[:4]))
    return (
        f"  camera_model: pinhole\n  intrinsics: [{inner.fx!r}, {inner.fy!r}, {inner.cx!r}, {inner.cy!r}]\n"
        f"  distortion_model: {model}\n  distortion_coeffs: [{distortion}]\n"
        f"  resolution: [{size.width}, {size.height}]\n"
    )
