"""Calibrations on disk: OpenCV's YAML, which its own and most other tools read, and JSON, which holds everything.

JSON gives back the very result. What other programs wrote (OpenCV's samples, ROS, Kalibr) is read as far as it goes.
A file of several cameras is read by the name of one, `camchain.yaml#cam1`.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from engines.calibration.formats.checks import checked
from engines.calibration.formats.kalibr import from_kalibr, is_kalibr
from engines.calibration.formats.opencv import UnitMissing, from_xml, from_yaml, to_yaml
from engines.calibration.formats.results import result_of, with_header
from engines.calibration.types import MonoResult
from engines.core import reading
from engines.core.errors import BadInput, KinoscopeError, UsageError
from engines.core.files import write_json, write_text
from engines.core.outputs import check_file, holding
from engines.core.reading import MIB, read_json, read_text
from engines.core.words import tr

KIND = "kinoscope mono calibration"
YAML_FILE = holding(tr("a calibration of ours"), b"camera_matrix", b"free_board")
JSON_FILE = holding(tr("a calibration of ours"), KIND.encode())
VERSION = 1
_YAML = frozenset({".yaml", ".yml"})
READ = (*sorted(_YAML), ".xml", ".json")
LARGEST = 16 * MIB


def check_suffix(path: str | Path) -> Path:
    """The path, if its name ends like a calibration. Raises `UsageError`."""
    path = Path(path).expanduser()
    if path.suffix.lower() not in _YAML | {".json"}:
        raise UsageError(
            tr("'{path}' is not a calibration's name", path=path.name),
            hint=tr("End it with .yaml, .yml (OpenCV) or .json"),
        )
    return path


def check_place(path: str | Path) -> Path:
    """The path, if a calibration may be written there. Raises `UsageError`, `BadInput` where another file is."""
    path = check_suffix(path)
    return check_file(path, YAML_FILE if path.suffix.lower() in _YAML else JSON_FILE)


def save(result: MonoResult, path: str | Path) -> None:
    """Write a calibration, whole or not at all; the suffix chooses the format. Raises as `check_place` does."""
    path = check_place(path)
    if path.suffix.lower() in _YAML:
        write_text(path, to_yaml(result))
    else:
        write_json(path, to_json(result))


def load(path: str | Path, unit: str = "") -> MonoResult:
    """Read a calibration. unit: of the squares where the file does not say it, a key of `UNITS` or `UNKNOWN`.

    `FILE#NAME` chooses one camera of a file that holds several.
    Raises `BadInput` that says what is missing or broken, `UnitMissing` when the unit has to be asked for.
    """
    path, camera = _chosen(Path(path).expanduser())
    if path.suffix.lower() not in READ:
        check_suffix(path)
    if not path.exists():
        raise BadInput(tr("There is no file {path}", path=path.name), path=path)
    try:
        return _read(path, unit, camera)
    except KinoscopeError as error:
        kind = UnitMissing if isinstance(error, UnitMissing) else BadInput
        raise kind(
            error.message, path=path, hint=error.hint or tr("Calibrate again, or choose another file")
        ) from error


def _chosen(path: Path) -> tuple[Path, str]:
    name, mark, camera = path.name.rpartition("#")
    return (path.with_name(name), camera) if mark and name and not path.exists() else (path, "")


def _read(path: Path, unit: str, camera: str) -> MonoResult:
    text = "" if path.suffix.lower() not in _YAML else read_text(path, what=tr("calibration"), most=LARGEST)
    if is_kalibr(text):
        return from_kalibr(text, camera)
    if camera:
        raise BadInput(
            tr("This file holds one camera, and none is called '{camera}' in it", camera=camera),
            hint=tr("Leave out the # and it"),
        )
    if path.suffix.lower() == ".json":
        return from_json(read_json(path, what=tr("calibration")))
    if path.suffix.lower() == ".xml":
        return from_xml(reading.read_xml(path, what=tr("calibration"), most=LARGEST), unit)
    return from_yaml(text, unit)


def to_json(result: MonoResult) -> dict[str, Any]:
    """The whole result as plain values."""
    return with_header(asdict(result), KIND, VERSION, result.board, result.more_boards)


def from_json(data: object) -> MonoResult:
    """The inverse of `to_json`. Raises `BadInput`."""
    return checked(result_of(MonoResult, data, KIND, VERSION, tr("a calibration of one camera")))
