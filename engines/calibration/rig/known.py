"""Which cameras of a rig have a lens that is known: read from a file, matched by name or order, scaled if need be."""

from __future__ import annotations

from collections.abc import Sequence

from engines.calibration.rig.scaling import camera_at
from engines.calibration.rig.types import RigCamera, RigSpec
from engines.core.errors import BadInput, UsageError
from engines.core.frames import Size
from engines.core.words import tr

_HOLDS = ("free", "prior", "fixed")


def known_cameras(spec: RigSpec, names: Sequence[str], sizes: Sequence[Size]) -> tuple[RigCamera | None, ...]:
    """For each camera what `spec.intrinsics` tells of it, None where nothing.

    Raises `BadInput` for a file that cannot be read, holds fewer cameras or those of another shape of picture.
    """
    told = cameras_told(spec)
    return matched(told, names, sizes, spec.intrinsics) if spec.intrinsics else (None,) * len(names)


def cameras_told(spec: RigSpec) -> tuple[RigCamera, ...]:
    """What `spec.intrinsics` holds, as it is there. Raises as `known_cameras`."""
    if spec.hold not in _HOLDS:
        raise UsageError(
            tr("'{hold}' does not say how lenses are held", hold=spec.hold),
            hint=tr("Use {names}", names=", ".join(_HOLDS)),
        )
    if not spec.intrinsics:
        return ()
    from engines.calibration.formats.rig_files import cameras_of

    return cameras_of(spec.intrinsics)


def resized(told: Sequence[RigCamera], known: Sequence[RigCamera | None]) -> tuple[str, ...]:
    """Which lenses were made those of another resolution, in words."""
    sizes = {camera.name: camera.size for camera in told}
    return tuple(
        tr(
            "The lens of {camera} was told for pictures of {sizes} and is used scaled to {size}",
            camera=camera.name,
            sizes=sizes[camera.name],
            size=camera.size,
        )
        for camera in known
        if camera is not None and sizes.get(camera.name, camera.size) != camera.size
    )


def matched(
    cameras: Sequence[RigCamera], names: Sequence[str], sizes: Sequence[Size], path: str = ""
) -> tuple[RigCamera | None, ...]:
    """By name where any name fits, else by order, in the resolution of the pictures."""
    by_name = {camera.name: camera for camera in cameras}
    if set(by_name) & set(names):
        chosen = [by_name.get(name) for name in names]
    elif len(cameras) >= len(names):
        chosen = list(cameras[: len(names)])
    else:
        hint = tr("Name the cameras as in the file, or give a file with all of them")
        raise BadInput(
            tr("The file holds {known} cameras, the rig has {needed}", known=len(cameras), needed=len(names)),
            path=path,
            hint=hint,
        )
    return tuple(
        None if camera is None else _fitted(camera, name, size, path)
        for camera, name, size in zip(chosen, names, sizes, strict=True)
    )


def _fitted(camera: RigCamera, name: str, size: Size, path: str) -> RigCamera:
    try:
        return camera if camera.size == size else camera_at(camera, size)
    except UsageError as error:
        raise BadInput(
            tr("Camera {name}: {message}", name=name, message=error.message), path=path, hint=error.hint
        ) from error
