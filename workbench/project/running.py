"""Marks that the program runs, and with which project, so that the next start can tell when it ended unasked."""

from __future__ import annotations

import os
from pathlib import Path

from engines.core.errors import KinoscopeError
from engines.core.files import write_json
from engines.core.places import data_dir
from engines.core.reading import read_json
from workbench.work.job_store import is_alive, owner_of


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
