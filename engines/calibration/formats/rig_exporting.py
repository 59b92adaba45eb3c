"""Rigs for other programs, where their format can hold every camera exactly; refused where it cannot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from engines.calibration.formats import rig_json, rig_kalibr, rig_opencv, rig_ros, rig_toml
from engines.calibration.formats.exporting import WRITTEN
from engines.calibration.rig.types import RigCamera, RigResult
from engines.core.errors import UsageError, WorkFailed
from engines.core.files import dump_json, write_text
from engines.core.outputs import check_file, holding, result_folder
from engines.core.words import tr

_OURS = holding(tr("a rig exported here"), WRITTEN.strip().encode())
MANIFEST = "kinoscope.json"
WORLD, FIRST = tr("the rig's"), tr("the first camera's")
"""Coordinates that a format's poses are in."""


@dataclass(frozen=True, slots=True)
class RigFormat:
    """title: for people; suffixes: of its files, the usual one first, none for a folder of `files`.

    coordinates: that the file's poses are in.
    """

    title: str
    suffixes: tuple[str, ...] = ()
    text: Callable[[RigResult], str] | None = None
    files: Callable[[RigResult], Mapping[str, str]] | None = None
    coordinates: str = WORLD


def _pair(result: RigResult) -> dict[str, str]:
    return {"intrinsics.yml": rig_opencv.to_intrinsics(result), "extrinsics.yml": rig_opencv.to_extrinsics(result)}


FORMATS: dict[str, RigFormat] = {
    "json": RigFormat("Kinoscope JSON", (".json",), lambda result: dump_json(rig_json.to_json(result)) + "\n"),
    "opencv": RigFormat(tr("OpenCV multi-view YAML"), (".yaml", ".yml"), rig_opencv.to_several),
    "opencv-stereo": RigFormat(tr("OpenCV intrinsics.yml and extrinsics.yml"), files=_pair, coordinates=FIRST),
    "kalibr": RigFormat(tr("Kalibr camchain"), (".yaml", ".yml"), rig_kalibr.to_chain, coordinates=FIRST),
    "ros": RigFormat(tr("ROS left.yaml and right.yaml"), files=rig_ros.to_pair, coordinates=tr("the left camera's")),
    "aniposelib": RigFormat(tr("aniposelib TOML"), (".toml",), rig_toml.to_aniposelib),
    "caliscope": RigFormat("caliscope camera_array.toml", (".toml",), rig_toml.to_caliscope),
}
"""By the word that names a format."""
_MODELS = {
    "kalibr": ("brown5", "fisheye4"),
    "ros": ("brown5", "rational8", "fisheye4"),
    "aniposelib": ("brown5", "fisheye4"),
    "caliscope": ("brown5", "fisheye4"),
}
"""What each can hold; the others hold all."""


def exported(result: RigResult, format: str, path: str | Path) -> Path:
    """Write a rig for another program, whole or not at all: a file, or a folder of files where the format has several.

    Raises `UsageError` for an unknown format or a name that does not go with it, `WorkFailed` for a rig that the format
    cannot hold, with those that can, `BadInput` where another file is.
    """
    kind, path = _format(format), check_place(path, format)
    if why := misfit(result, format):
        fitting = [name for name in FORMATS if not misfit(result, name)]
        raise WorkFailed(
            tr("{kind} cannot hold this rig: {why}", kind=kind.title, why=why),
            hint=tr("Use {names}", names=", ".join(fitting)),
        )
    if kind.files is not None:
        _write_folder(path, kind.files(result))
    elif kind.text is not None:
        text = kind.text(result)
        write_text(path, text if format == "json" else _marked(text))
    return path


def misfit(result: RigResult, format: str) -> str:
    """Why a format cannot hold the rig exactly, "" when it can."""
    kind = _format(format)
    if format == "json":
        return ""
    if result.mirrored and format != "opencv":
        return tr("it is that of pictures flipped left to right, which cannot be said there")
    if kind.files is not None and len(result.cameras) != 2:
        return tr("it has {count} cameras, and there are two there", count=len(result.cameras))
    words = (_lens_misfit(camera, format) for camera in result.cameras)
    return next((word for word in words if word), "")


def _lens_misfit(camera: RigCamera, format: str) -> str:
    if camera.model not in _MODELS.get(format, (camera.model,)):
        return tr("the lens model of '{camera}' ({model}) has no name there", camera=camera.name, model=camera.model)
    if format == "kalibr" and camera.model == "brown5" and camera.distortion[4]:
        return tr("k3 of '{camera}' is not 0, and there Brown's model has four terms", camera=camera.name)
    return ""


def check_place(path: str | Path, format: str) -> Path:
    """The path, if a rig may be written there in a format. Raises as `exported` does, but for the rig itself."""
    kind, path = _format(format), Path(path).expanduser()
    if not kind.suffixes:
        return path
    if path.suffix.lower() not in kind.suffixes:
        raise UsageError(
            tr("'{path}' is not the name of {kind}", path=path.name, kind=kind.title),
            hint=tr("End it with {suffixes}", suffixes=kind.suffixes[0]),
        )
    return check_file(path, rig_json.JSON_FILE if format == "json" else _OURS)


def _format(name: str) -> RigFormat:
    if name not in FORMATS:
        raise UsageError(
            tr("'{name}' is not a format of rigs", name=name),
            hint=tr("Use {names}", names=", ".join(FORMATS)),
        )
    return FORMATS[name]


def _write_folder(path: Path, texts: Mapping[str, str]) -> None:
    with result_folder(path, MANIFEST, what=tr("rig")) as folder:
        for name, text in texts.items():
            write_text(folder / name, _marked(text))


def _marked(text: str) -> str:
    """With our mark, behind the head where OpenCV's reader asks for that as the first line."""
    head, line, rest = text.partition("\n")
    return f"{head}{line}{WRITTEN}{rest}" if head.startswith("%YAML") else WRITTEN + text
