"""Rigs on disk: JSON of ours, which holds everything, and files of other programs as far as they go.

The cameras of a rig may also be read for their intrinsics alone, from any of these files, from files of one camera, and
from folders and patterns of those, a file a camera.
"""

from __future__ import annotations

from pathlib import Path

from engines.calibration.formats import files, rig_json, rig_reading
from engines.calibration.formats.rig_reading import Reading, Told
from engines.calibration.formats.rig_toml import read_toml
from engines.calibration.rig.types import RigCamera, RigResult
from engines.core.errors import BadInput, KinoscopeError, UsageError
from engines.core.files import write_json
from engines.core.frames import Size
from engines.core.outputs import check_file
from engines.core.reading import read_json, read_text

_TOML = ".toml"
READ = (*files.READ, _TOML)


def check_place(path: str | Path) -> Path:
    """The path, if a rig may be written there. Raises `UsageError`, `BadInput` where another file is."""
    path = Path(path).expanduser()
    if path.suffix.lower() != ".json":
        raise UsageError(f"'{path.name}' is not the name of a rig's file", hint="End it with .json")
    return check_file(path, rig_json.JSON_FILE)


def save(result: RigResult, path: str | Path) -> None:
    """Write a rig, whole or not at all. Raises as `check_place` does."""
    write_json(check_place(path), rig_json.to_json(result))


def load(path: str | Path, unit: str = "", size: Size | None = None) -> RigResult:
    """Read a rig. unit, size: of lengths and pictures where the file does not say them.

    Raises `BadInput` that says what is missing or broken, `UnitMissing` where the unit has to be asked for.
    """
    path = Path(path).expanduser()
    try:
        found = _read(path)
        return found if isinstance(found, RigResult) else rig_reading.rig_of(found, unit, size)
    except KinoscopeError as error:
        raise _about(error, path) from error


def cameras_of(path: str | Path, size: Size | None = None) -> tuple[RigCamera, ...]:
    """The cameras of a rig's file, or of files of one camera, for their intrinsics: their poses need not be right.

    size: of pictures where the file does not say it. Raises `BadInput`.
    """
    path = Path(path).expanduser()
    try:
        found = _read(path)
        return found.cameras if isinstance(found, RigResult) else rig_reading.cameras(found, size)
    except KinoscopeError as error:
        raise _about(error, path) from error


def _about(error: KinoscopeError, path: Path) -> KinoscopeError:
    kind = type(error) if isinstance(error, BadInput) else BadInput
    return kind(error.message, path=error.path or path, hint=error.hint or "Choose another file", facts=error.facts)


def _read(path: Path) -> RigResult | Reading:
    suffix = path.suffix.lower()
    if suffix == ".json":
        data = read_json(path, what="calibration")
        if rig_json.is_rig(data):
            return rig_json.from_json(data)
        return Reading((Told.of(path.stem, files.from_json(data)),))
    if suffix == _TOML:
        return read_toml(read_text(path, what="calibration", most=files.LARGEST))
    raise BadInput(f"'{path.name}' is not the name of a calibration", hint=f"Its name ends with {', '.join(READ)}")
