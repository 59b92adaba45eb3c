"""Marks that the program runs, and with which project, so that the next start can tell when it ended unasked."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from engines.core.errors import KinoscopeError
from engines.core.files import write_json
from engines.core.places import data_dir
from engines.core.reading import read_json
from workbench.work.job_store import is_alive, owner_of

FINISHING, BACK = ".finishing", ".back"


class RunningMark:
    """A file a program, which goes when the program is closed as it should be."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or data_dir() / "running"
        self._file = self._folder / f"{os.getpid()}.json"

    def put(self, project: str) -> None:
        """This program runs, and has this project open. A disk that cannot be written costs the mark alone."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            write_json(self._file, {"owner": owner_of(os.getpid()), "project": project})
        except (OSError, KinoscopeError):
            return

    def close(self) -> None:
        """It ends as it should."""
        self._file.unlink(missing_ok=True)

    def left(self) -> tuple[str, ...]:
        """Projects of programs that ended unasked, each told once; "" for what cannot be read."""
        files = [path for path in self._folder.glob("*.json") if path != self._file and path.stem.isdigit()]
        return tuple(project for project in map(_taken, files) if project is not None)


class FinishingMark:
    """A file of a program whose window is hidden while its jobs end, by which another one finds it and has it back."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or data_dir() / "running"

    def put(self, jobs: int) -> None:
        """This program's window is hidden until so many jobs have ended. A disk that cannot be written says nothing."""
        with suppress(OSError, KinoscopeError):
            self._folder.mkdir(parents=True, exist_ok=True)
            write_json(self._file(), {"owner": owner_of(os.getpid()), "jobs": jobs})

    def is_wanted(self) -> bool:
        """Whether somebody wants the window back; told once."""
        with suppress(OSError):
            self._file(os.getpid(), BACK).unlink()
            return True
        return False

    def close(self) -> None:
        """The window is there again, or the program ends."""
        for kind in (FINISHING, BACK):
            with suppress(OSError):
                self._file(os.getpid(), kind).unlink(missing_ok=True)

    def others(self) -> dict[int, int]:
        """Jobs of each other living program that finishes in the background, by its process. Marks of dead ones go."""
        found = {int(path.stem): _jobs(path) for path in self._folder.glob(f"*{FINISHING}") if path.stem.isdigit()}
        return {process: jobs for process, jobs in found.items() if jobs and process != os.getpid()}

    def want(self, process: int) -> bool:
        """Ask that program for its window; False where it finishes no more."""
        if not _jobs(self._file(process)):
            return False
        with suppress(OSError):
            self._file(process, BACK).touch()
            return True
        return False

    def _file(self, process: int | None = None, kind: str = FINISHING) -> Path:
        return self._folder / f"{process or os.getpid()}{kind}"


def _jobs(path: Path) -> int:
    """Jobs of a program that lives, 0 for one that does not, whose mark goes."""
    try:
        said = read_json(path)
        if isinstance(said, dict) and is_alive(said.get("owner")):
            return int(said.get("jobs", 0))
        path.unlink(missing_ok=True)
        path.with_suffix(BACK).unlink(missing_ok=True)
    except (OSError, KinoscopeError, TypeError, ValueError):
        return 0
    return 0


def _taken(path: Path) -> str | None:
    """The project of a program that is no more, whose mark goes; None for one that lives."""
    try:
        said = read_json(path)
        said = said if isinstance(said, dict) else {}
        if is_alive(said.get("owner")):
            return None
        path.unlink(missing_ok=True)
    except (OSError, KinoscopeError):
        return None
    return str(said.get("project", ""))
