"""Which project the window opens with: the one of the last session, else a new one that is named after the day."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

from engines.core.databases import is_sound, set_aside
from engines.core.errors import KinoscopeError
from engines.core.names import shown
from engines.core.outputs import free_name
from engines.core.places import data_dir
from engines.core.words import tr
from workbench.project.file import Project
from workbench.project.holding import lock_of, take
from workbench.project.naming import SUFFIX, birth_name, projects_dir, stem_of, title_of

HEX = r"\.[0-9a-f]{12}\.part"
ENDS = rf"{HEX}{re.escape(SUFFIX)}(?:{HEX})?|{re.escape(SUFFIX)}{HEX}"
PART = re.compile(rf"\.{{1,2}}(?P<project>[^/]+?)(?:{ENDS})(?:-journal|-wal|-shm)?")
"""A copy that is being written, as `engines.core.files` and a new database name it, and the project that it will be."""


def open_last(last: str = "") -> tuple[Project, str]:
    """The project that was open last, as far as it can be read; else the newest that lies in our own folder and that
    nobody else has; else a new one.

    Gives the project and a notice in words ("" when all is well). A damaged file of ours is moved aside, any other
    stays where and as it is.
    """
    notices: list[str] = []
    with suppress(OSError):
        sweep(projects_dir())
    for path in [Path(last)] if last else []:
        if (project := _tried(path, notices)) is not None:
            return _with(project, notices)
    for path in [] if last and not notices else _own():
        if str(path) != last and (project := _tried(path, notices)) is not None:
            if not project.read_only:
                return _with(project, notices)
            project.close()
    return _with(new_project(), notices)


def new_project(title: str = "") -> Project:
    """An empty project that is named after the day, or as it is told; those before it are kept."""
    while True:
        project = Project(free_name(projects_dir() / ((stem_of(title) if title else birth_name()) + SUFFIX)))
        if not project.is_held:
            return project
        project.close()


def _own() -> list[Path]:
    """Projects in our own folders, those of versions before too, the newest first."""
    found = [*projects_dir().glob(f"*{SUFFIX}"), *data_dir().glob(f"untitled-*{SUFFIX}")]
    whole = (path for path in found if path.is_file() and not path.name.startswith("."))
    return sorted(whole, key=_changed, reverse=True)


def sweep(folder: Path) -> None:
    """Delete copies in our own folder that a killed program left half made, and locks of projects that never came to
    be. Nobody else may be making one of that name.
    """
    for path in folder.glob(".*") if folder.is_dir() else ():
        if (part := PART.fullmatch(path.name)) is not None:
            lock = lock_of(folder / f"{part['project']}{SUFFIX}")
            if take(lock):
                path.unlink(missing_ok=True)
                lock.unlock()
    for path in folder.glob(f"*{SUFFIX}.lock") if folder.is_dir() else ():
        if not path.with_suffix("").exists():
            lock_of(path.with_suffix("")).removeStaleLockFile()


def _with(project: Project, notices: list[str]) -> tuple[Project, str]:
    return project, " ".join([*notices, project.why if project.unsaved else ""]).strip()


def _tried(path: Path, notices: list[str]) -> Project | None:
    """Open one that is there; what became of it otherwise goes to the notices."""
    try:
        if path.is_file():
            return Project(path)
        notices.append(tr("The project {title}, which was open last, is not there: {path}", title=title_of(path),
                          path=shown(str(path))))  # fmt: skip
    except KinoscopeError as error:
        notices.append(_left(path, error))
    except OSError as error:
        notices.append(tr("The last session's file does not open: {why}", why=error.strerror or error))
    return None


def _left(path: Path, error: KinoscopeError) -> str:
    """What became of a project that does not open."""
    if path.parent in (data_dir(), projects_dir()) and not is_sound(path):
        with suppress(OSError):
            name = set_aside(path).name
            return tr("The last session's file was damaged; it is kept as {name}.", name=shown(name))
    return tr("The last session's file does not open and was left as it is: {error}.", error=error)


def _changed(path: Path) -> float:
    return path.lstat().st_mtime
