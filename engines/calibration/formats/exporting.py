"""Calibrations for other programs, where their format can hold the lens exactly; refused where it cannot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from engines.calibration.formats.colmap import to_colmap
from engines.calibration.formats.files import check_suffix, save
from engines.calibration.formats.kalibr import to_kalibr
from engines.calibration.formats.ros import MODELS, to_ros
from engines.calibration.types import MonoResult
from engines.core.errors import UsageError, WorkFailed
from engines.core.files import write_text
from engines.core.outputs import check_file, holding
from engines.core.words import tr

WRITTEN = "# Written by Kinoscope\n"
_OURS = holding(tr("a calibration exported here"), WRITTEN.strip().encode())


@dataclass(frozen=True, slots=True)
class Format:
    """title: for people; suffixes: of its files, the usual one first."""

    title: str
    suffixes: tuple[str, ...]
    text: Callable[[MonoResult], str] | None = None


FORMATS: dict[str, Format] = {
    "opencv": Format("OpenCV", (".yaml", ".yml")),
    "json": Format("Kinoscope JSON", (".json",)),
    "kalibr": Format(tr("Kalibr camchain"), (".yaml", ".yml"), to_kalibr),
    "ros": Format(tr("ROS camera_info"), (".yaml", ".yml"), to_ros),
    "colmap": Format("COLMAP cameras.txt", (".txt",), to_colmap),
}
"""By the word that names a format."""


def export(result: MonoResult, path: str | Path, format: str) -> Path:
    """Write a calibration for another program, whole or not at all.

    Raises `UsageError` for an unknown format or a name that does not go with it, `WorkFailed` for a lens that the
    format cannot hold, with those that can, `BadInput` where another file is.
    """
    kind = _format(format)
    path = Path(path).expanduser()
    if path.suffix.lower() not in kind.suffixes:
        raise UsageError(
            tr("'{path}' is not the name of {kind}", path=path.name, kind=kind.title),
            hint=tr("End it with {suffixes}", suffixes=kind.suffixes[0]),
        )
    if why := misfit(result, format):
        fitting = [name for name in FORMATS if not misfit(result, name)]
        raise WorkFailed(
            tr("{kind} cannot hold this camera: {why}", kind=kind.title, why=why),
            hint=tr("Use {names}", names=", ".join(fitting)),
        )
    if kind.text is None:
        save(result, check_suffix(path))
    else:
        text = WRITTEN + kind.text(result)
        write_text(check_file(path, _OURS), text)
    return path


def misfit(result: MonoResult, format: str) -> str:
    """Why a format cannot hold the lens exactly, "" when it can."""
    _format(format)
    if result.mirrored and FORMATS[format].text is not None:
        return tr("it is that of pictures flipped left to right, which cannot be said there")
    many = tr("its lens model ({model}) has no name there", model=result.model)
    if format == "kalibr":
        if result.lens.is_fisheye:
            return ""
        if result.model != "brown5":
            return many
        return tr("k3 is not 0, and there Brown's model has four terms") if result.distortion[4] else ""
    if format == "ros":
        return "" if result.model in MODELS else many
    if format == "colmap":
        return many if result.model in ("thinprism12", "tilted14") else ""
    return ""


def _format(name: str) -> Format:
    if name not in FORMATS:
        raise UsageError(
            tr("'{name}' is not a format", name=name),
            hint=tr("Use {names}", names=", ".join(FORMATS)),
        )
    return FORMATS[name]
