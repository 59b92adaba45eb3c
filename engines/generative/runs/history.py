"""Kept runs: one folder each, with everything needed to show them and to run them again. No torch.

A run's folder holds `run.json` (specification, result, what the model was, which files are the run's), a picture a
sample (`0000.png`, settings inside) or `points.npy`, `grid.png`, `thumbnail.png` and `steps.npz` when steps were kept.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engines.core import outputs, places
from engines.core.errors import BadInput, KinoscopeError
from engines.core.files import write_json
from engines.core.reading import making_sense, read_json
from engines.core.spec import from_json, to_json
from engines.core.words import tr
from engines.generative.diffusion.types import ModelInfo, SampleResult, SampleSpec
from engines.generative.runs.old_runs import unlisted
from engines.generative.runs.png import read_image, read_settings, read_settings_of, write_png
from engines.generative.runs.steps_file import Steps, StepsWriter

__all__ = [
    "Steps",
    "StepsWriter",
    "StoredRun",
    "delete_run",
    "folder_for",
    "move_run",
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
    """The folder of runs that were given none. Made when missing."""
    folder = places.data_dir() / "diffusion" / "runs"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def folder_for(model: str, out: str = "", inputs: Iterable[str] = ()) -> Iterator[tuple[Path, Path]]:
    """(where to write a run, where it then lies): `out`, or a new folder in the history, written in place.

    A block that fails leaves everything as it was. inputs: files that the run is made from. Raises `BadInput` when
    `out` cannot be written or holds anything but an earlier run.
    """
    if out:
        folder = Path(out).expanduser()
        with outputs.result_folder(folder, FILE, what=tr("run"), inputs=inputs, unlisted=unlisted) as staging:
            yield staging, folder
        return
    folder = new_folder(model)
    try:
        yield folder, folder
        outputs.seal(folder, FILE)
    except BaseException:
        _discard(folder)
        raise


def new_folder(model: str) -> Path:
    """A new folder in the history. Raises `BadInput` when it cannot be made."""
    stem = re.sub(r"[^\w.-]+", "-", Path(model.removeprefix("analytic:")).name).strip("-.") or "model"
    start = f"{time.strftime('%Y%m%d-%H%M%S')}-{stem[:40]}"
    for number in range(1, 10_000):
        folder = runs_dir() / (start if number == 1 else f"{start}-{number}")
        try:
            folder.mkdir()
            return folder
        except FileExistsError:
            continue
    raise BadInput(tr("The history holds too many runs of this second"), path=runs_dir())


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
        raise BadInput(tr("The folder holds no run"), path=folder, hint=tr("A run's folder has a run.json"))
    data = read_json(path)
    with making_sense(path, tr("The run makes no sense")):
        return StoredRun(
            str(folder),
            from_json(SampleSpec, data.get("spec")),
            from_json(SampleResult, data.get("result")),
            from_json(ModelInfo, data.get("model")),
            _when(float(data.get("when") or path.stat().st_mtime)),
        )


def _when(seconds: float) -> float:
    if not 0 <= seconds < LATEST:
        raise ValueError(tr("{seconds:g} is not a time", seconds=seconds))
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


def delete_run(folder: str | Path) -> None:
    """Delete what a run wrote, and its folder when nothing else is in it. Raises `BadInput` for any other folder."""
    outputs.remove(_of_a_run(folder), FILE, unlisted)


def move_run(source: str | Path, target: str | Path) -> None:
    """Move what a run wrote to another folder; what else is there stays. Raises `BadInput` where names are taken."""
    outputs.move(_of_a_run(source), Path(target), FILE, unlisted)


def _of_a_run(folder: str | Path) -> Path:
    if not (Path(folder) / FILE).is_file():
        raise BadInput(tr("Only the folder of a run can be deleted here"), path=folder)
    return Path(folder)


def _discard(folder: Path) -> None:
    """Take back what an unfinished run wrote into a folder of its own."""
    for path in [folder / name for name in OURS] + sorted(folder.glob("[0-9][0-9][0-9][0-9].png")):
        path.unlink(missing_ok=True)
    with suppress(OSError):
        folder.rmdir()
