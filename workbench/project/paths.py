"""Paths that a project names: those of sources that are not there any more, and all of them put where files are now."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from engines.cameras.sources.parsing import parse
from engines.cameras.types import FileSource, FolderSource, TiledSource
from engines.core.errors import KinoscopeError
from workbench.project.file import Project


def gone(project: Project) -> dict[str, str]:
    """Paths of films and folders that are not there, by the id of their source. Any thread: disks may take time."""
    found = {}
    for id, value in project.items("source").items():
        path = path_of(value)
        if path and not os.path.lexists(path):
            found[id] = path
    return found


def path_of(value: object) -> str:
    """The film or folder that a saved source plays, "" for any other."""
    try:
        source = parse(value)
    except KinoscopeError:
        return ""
    source = source.of if isinstance(source, TiledSource) else source
    return source.path if isinstance(source, FileSource | FolderSource) else ""


def located(old: str, new: str, others: Collection[str]) -> dict[str, str]:
    """Where paths are now, given that `old` is at `new`: others by the same move, else beside it by their names.

    Only what is really there is taken along.
    """
    places = {old: new}
    before, after = _moved(Path(old), Path(new))
    for other in others:
        tries = [Path(new).parent / Path(other).name]
        if Path(other).is_relative_to(before):
            tries.insert(0, after / Path(other).relative_to(before))
        if other != old and (found := next((path for path in tries if path.exists()), None)) is not None:
            places[other] = str(found)
    return places


def put_where(project: Project, places: Mapping[str, str]) -> None:
    """Name files by where they are now in all that the project holds: sources, and what was found in them."""

    def now(text: str) -> str:
        return places.get(text, text)

    for kind in project.kinds():
        for id, value in project.items(kind).items():
            moved = changed(value, now)
            if now(id) != id:
                project.drop(kind, id)
                project.put(kind, now(id), moved)
            elif moved != value:
                project.put(kind, id, moved)


def changed(value: Any, now: Callable[[str], str]) -> Any:
    """A JSON value with every text, and every key, as `now` has it."""
    if isinstance(value, str):
        return now(value)
    if isinstance(value, dict):
        return {now(key): changed(item, now) for key, item in value.items()}
    return [changed(item, now) for item in value] if isinstance(value, list) else value


def _moved(old: Path, new: Path) -> tuple[Path, Path]:
    """The folders that differ: what both paths end in taken off."""
    while old.name == new.name and old.name:
        old, new = old.parent, new.parent
    return old, new
