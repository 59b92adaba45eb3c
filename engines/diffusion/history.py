"""Runs that are kept: one folder each, with everything needed to show them and to run them again. No torch.

A run's folder holds `run.json` (specification, result, what the model was), a picture a sample (`0000.png`, settings
inside) or `points.npy`, `grid.png`, `thumbnail.png` and, when steps were kept, `steps.npz`.
"""

from __future__ import annotations

import math
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engines.core import places
from engines.core.errors import BadInput, KinoscopeError
from engines.core.files import write_json
from engines.core.reading import making_sense, read_json
from engines.core.spec import from_json, to_json
from engines.diffusion.png import read_image, read_settings, read_settings_of, write_png
from engines.diffusion.steps_file import Steps, StepsWriter
from engines.diffusion.types import ModelInfo, SampleResult, SampleSpec

__all__ = [
    "Steps",
    "StepsWriter",
    "StoredRun",
    "delete_run",
    "discard",
    "new_folder",
    "read_image",
    "read_run",
    "read_settings",
    "read_settings_of",
    "runs",
    "runs_dir",
    "steps_path",
    "write_png",
    "write_run",
]
FILE = "run.json"
LATEST = 1e11
"""Seconds since 1970 that a calendar still has."""
POINTS = "points.npy"
GRID = "grid.png"
STEPS = "steps.npz"
THUMBNAIL = "thumbnail.png"
OURS = (FILE, POINTS, GRID, STEPS, THUMBNAIL)


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A finished run. when: seconds since 1970."""

    folder: str
    spec: SampleSpec
    result: SampleResult
    info: ModelInfo
    when: float

    @property
    def name(self) -> str:
        return Path(self.folder).name

    @property
    def thumbnail(self) -> str:
        """A small picture file, "" for a run without one."""
        path = Path(self.folder) / THUMBNAIL
        return str(path) if path.is_file() else ""

    @property
    def steps(self) -> str:
        """The file for `Steps`, "" when no steps were kept."""
        path = Path(self.folder) / STEPS
        return str(path) if path.is_file() else ""


def runs_dir() -> Path:
    """Where runs go that were given no folder. Made when missing."""
    folder = places.data_dir() / "diffusion" / "runs"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def new_folder(model: str, out: str = "") -> Path:
    """A folder for a run, made now: `out`, or a new one in the history. Raises `BadInput` when it cannot be written."""
    if out:
        return _made(Path(out).expanduser())
    stem = re.sub(r"[^\w.-]+", "-", Path(model.removeprefix("analytic:")).name).strip("-.") or "model"
    start = f"{time.strftime('%Y%m%d-%H%M%S')}-{stem[:40]}"
    for number in range(1, 10_000):
        folder = runs_dir() / (start if number == 1 else f"{start}-{number}")
        try:
            folder.mkdir()
            return folder
        except FileExistsError:
            continue
    raise BadInput("The history holds too many runs of this second", path=runs_dir())


def write_run(folder: Path, spec: SampleSpec, result: SampleResult, info: ModelInfo) -> None:
    """Write `run.json`, last of all: a folder without it is not a finished run."""
    content = {"when": time.time(), "spec": to_json(spec), "result": to_json(result), "model": to_json(info)}
    write_json(folder / FILE, _sayable(content))


def _sayable(value: Any) -> Any:
    """With infinite numbers as the word "inf", which JSON can hold and which is read back as the number."""
    if isinstance(value, dict):
        return {key: _sayable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_sayable(item) for item in value]
    return str(value) if isinstance(value, float) and math.isinf(value) else value


def read_run(folder: str | Path) -> StoredRun:
    """A finished run. Raises `BadInput` for a folder that is none."""
    folder = Path(folder)
    path = folder / FILE
    if not path.is_file():
        raise BadInput("The folder holds no run", path=folder, hint="A run's folder has a run.json")
    data = read_json(path)
    with making_sense(path, "The run makes no sense"):
        return StoredRun(
            str(folder),
            from_json(SampleSpec, data.get("spec")),
            from_json(SampleResult, data.get("result")),
            from_json(ModelInfo, data.get("model")),
            _when(float(data.get("when") or path.stat().st_mtime)),
        )


def _when(seconds: float) -> float:
    if not 0 <= seconds < LATEST:
        raise ValueError(f"{seconds:g} is not a time")
    return seconds


def runs(limit: int = 0) -> tuple[StoredRun, ...]:
    """Finished runs of the history, newest first; a broken one is left out. limit: at most so many, 0 all."""
    found: list[StoredRun] = []
    for path in sorted(runs_dir().glob(f"*/{FILE}"), key=lambda path: path.stat().st_mtime, reverse=True):
        try:
            found.append(read_run(path.parent))
        except (KinoscopeError, OSError, ValueError):
            continue
        if limit and len(found) == limit:
            break
    return tuple(found)


def steps_path(folder: str | Path) -> Path:
    """The file of a run's steps."""
    return Path(folder) / STEPS


def discard(folder: Path, made: bool) -> None:
    """Take back what an unfinished run wrote; the folder too when the run made it."""
    if (folder / FILE).is_file() and not made:
        return
    for path in _ours(folder):
        path.unlink(missing_ok=True)
    if made and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def delete_run(folder: str | Path) -> None:
    """Delete what a run wrote, and its folder when nothing else is in it. Raises `BadInput` for any other folder."""
    folder = Path(folder)
    if not (folder / FILE).is_file():
        raise BadInput("Only the folder of a run can be deleted here", path=folder)
    for path in _ours(folder):
        path.unlink(missing_ok=True)
    if not any(folder.iterdir()):
        folder.rmdir()


def _ours(folder: Path) -> list[Path]:
    return [folder / name for name in OURS] + sorted(folder.glob("[0-9][0-9][0-9][0-9].png"))


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".kinoscope-probe"
        probe.touch()
        probe.unlink()
    except OSError as error:
        reason = error.strerror or str(error)
        raise BadInput(f"The folder cannot be written: {reason}", path=folder, hint="Choose another folder") from error
    return folder
