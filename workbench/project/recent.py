"""Projects used lately, for whoever shows them: title, date, and whether they are there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from workbench.project.settings import Settings


@dataclass(frozen=True, slots=True)
class RecentProject:
    """changed: seconds since 1970, 0 where it is not known. picture: a PNG, b"" where there is none."""

    path: str
    title: str
    changed: float
    picture: bytes
    there: bool
    note: str


def recent(settings: Settings) -> tuple[RecentProject, ...]:
    """Used lately, the last one first. Any thread: a disk may take its time."""
    return tuple(_looked_at(Path(path)) for path in settings.recent)


def _looked_at(path: Path) -> RecentProject:
    try:
        return RecentProject(str(path), path.stem, path.stat().st_mtime, b"", True, "")
    except OSError:
        return RecentProject(str(path), path.stem, 0.0, b"", False, "")
