"""Rigs on disk: JSON of ours, which holds everything, and files of other programs as far as they go.

The cameras of a rig may also be read for their intrinsics alone, from any of these files, from files of one camera, and
from folders and patterns of those, a file a camera.
"""

from __future__ import annotations

from pathlib import Path

from engines.calibration.formats import files, rig_exporting, rig_json, rig_opencv, rig_reading, storage
from engines.calibration.formats.kalibr import is_kalibr
from engines.calibration.formats.opencv import UNKNOWN
from engines.calibration.formats.rig_exporting import MANIFEST, exported
from engines.calibration.formats.rig_kalibr import read_chain
from engines.calibration.formats.rig_opencv import Values
from engines.calibration.formats.rig_reading import Reading, Told
from engines.calibration.formats.rig_ros import read_pair
from engines.calibration.formats.rig_toml import read_toml
from engines.calibration.rig.types import RigCamera, RigResult
from engines.core import reading
from engines.core.errors import BadInput, KinoscopeError, UsageError
from engines.core.frames import Size
from engines.core.reading import read_json, read_text
from engines.core.words import tr

READ = (*files.READ, ".toml")
MOST_FILES = 64
_BY_SUFFIX = {".json": "json", ".yaml": "opencv", ".yml": "opencv"}
_HALVES, _SIDES = ("intrinsics", "extrinsics"), ("left", "right")


def check_place(path: str | Path) -> Path:
    """The path, if a rig may be written there. Raises `UsageError`, `BadInput` where another file is."""
    path = Path(path).expanduser()
    if path.suffix.lower() not in _BY_SUFFIX:
        raise UsageError(
            tr("'{path}' is not the name of a rig's file", path=path.name), hint=tr("End it with .json, .yaml or .yml")
        )
    return rig_exporting.check_place(path, _BY_SUFFIX[path.suffix.lower()])


def save(result: RigResult, path: str | Path) -> None:
    """Write a rig, whole or not at all; the suffix chooses: all of it (.json) or its cameras for OpenCV (.yaml, .yml).

    Raises as `check_place` does.
    """
    path = check_place(path)
    exported(result, _BY_SUFFIX[path.suffix.lower()], path)


def holds_rig(path: str | Path) -> bool:
    """Whether a file or folder is of several cameras. Raises `BadInput` for what is no calibration at all."""
    path = Path(path).expanduser()
    if "#" in path.name and not path.exists():
        return False
    try:
        found = _read(path) if path.is_dir() else _of_file(path, alone=False)
    except KinoscopeError as error:
        raise _about(error, path) from error
    return isinstance(found, RigResult) or path.is_dir() or len(found.cameras) > 1


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
    return kind(error.message, path=error.path or path, hint=error.hint or tr("Choose another file"), facts=error.facts)


def _read(path: Path) -> RigResult | Reading:
    """A file, a folder of files, or a pattern of files of one camera each."""
    if path.is_dir():
        return _together(_files_in(path), path)
    if not path.exists() and set(path.name) & set("*?["):
        return _together(sorted(each for each in path.parent.glob(path.name) if each.is_file()), path)
    return _of_file(path)


def _files_in(folder: Path) -> list[Path]:
    found = sorted(each for each in folder.iterdir() if each.is_file() and each.suffix.lower() in READ)
    return [each for each in found if each.name != MANIFEST]


def _together(paths: list[Path], place: Path) -> RigResult | Reading:
    """What several files tell: one rig, the two halves or sides of a pair, or a camera each."""
    if not paths:
        raise BadInput(
            tr("There are no calibrations in it"), path=place, hint=tr("Names end with {read}", read=", ".join(READ))
        )
    if len(paths) > MOST_FILES:
        raise BadInput(
            tr("There are {count} files in it; at most {most_files} are read", count=len(paths), most_files=MOST_FILES),
            path=place,
        )
    if len(paths) == 2 and (pair := _pair_of(paths)) is not None:
        return pair
    found = {path: _named(path) for path in paths}
    rigs = [path for path, one in found.items() if isinstance(one, RigResult) or len(one.cameras) > 1]
    if len(rigs) == 1 == len(paths):
        return found[rigs[0]]
    if rigs:
        said = ", ".join(path.name for path in paths[:6])
        raise BadInput(
            tr("'{rigs}' holds several cameras, and there are other files: {said}", rigs=rigs[0].name, said=said),
            hint=tr("Choose one"),
        )
    return Reading(tuple(camera for one in found.values() if isinstance(one, Reading) for camera in one.cameras))


def _named(path: Path) -> RigResult | Reading:
    """A file among several: what is wrong with it is told with its name."""
    try:
        return _of_file(path, alone=False)
    except KinoscopeError as error:
        raise _about(error, path) from error


def _of_file(path: Path, alone: bool = True) -> RigResult | Reading:
    """alone: the other half of a pair, beside the file, may be looked for."""
    suffix = path.suffix.lower()
    if suffix not in READ:
        raise BadInput(
            tr("'{path}' is not the name of a calibration", path=path.name),
            hint=tr("Its name ends with {read}", read=", ".join(READ)),
        )
    if suffix == ".json":
        data = read_json(path, what=tr("calibration"))
        return rig_json.from_json(data) if rig_json.is_rig(data) else _one(path)
    if suffix == ".toml":
        return read_toml(_text(path))
    if suffix != ".xml" and is_kalibr(text := _text(path)):
        return read_chain(text)
    values = _values(path)
    if rig_opencv.is_several(values):
        return rig_opencv.several(values)
    if rig_opencv.is_stereo(values) or rig_opencv.is_extrinsics(values):
        return rig_opencv.stereo(_with_other_half(path, values) if alone else values)
    if alone and (other := _beside(path, _SIDES)) is not None and (pair := _pair_of([path, other])) is not None:
        return pair
    return _one(path)


def _one(path: Path) -> Reading:
    return Reading((Told.of(path.stem, files.load(path, UNKNOWN)),))


def _pair_of(paths: list[Path]) -> Reading | None:
    """Two files that tell of one pair, None where they do not."""
    if any(path.suffix.lower() in (".json", ".toml") for path in paths):
        return None
    values = [_values(path) for path in paths]
    if any(map(rig_opencv.is_stereo, values)) and any(map(rig_opencv.is_extrinsics, values)):
        return rig_opencv.stereo(values[0] | values[1])
    if any(path.suffix.lower() == ".xml" for path in paths):
        return None
    return read_pair({path: _text(path) for path in paths})


def _with_other_half(path: Path, values: Values) -> Values:
    """Intrinsics and extrinsics of a stereo calibration lie beside each other where one file does not hold both."""
    other = _beside(path, _HALVES)
    return values if other is None else values | _values(other)


def _beside(path: Path, words: tuple[str, str]) -> Path | None:
    """The file whose name has the other one of two words, if it is there."""
    for word, other in (words, words[::-1]):
        if word in path.stem.casefold():
            at = path.stem.casefold().index(word)
            there = path.with_name(path.stem[:at] + other + path.stem[at + len(word) :] + path.suffix)
            return there if there.is_file() else None
    return None


def _values(path: Path) -> Values:
    if path.suffix.lower() == ".xml":
        return storage.read_xml(reading.read_xml(path, what=tr("calibration"), most=files.LARGEST))
    return storage.read_yaml(_text(path), rig_opencv.WANTED)


def _text(path: Path) -> str:
    return read_text(path, what=tr("calibration"), most=files.LARGEST)
