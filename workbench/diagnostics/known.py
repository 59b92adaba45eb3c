"""What a report must not tell, as far as the program's own files know it: people in galleries, what projects hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from engines.core.errors import KinoscopeError
from engines.core.places import data_dir
from engines.core.reading import parse_json, read_bytes

MOST = 16 << 20
"""Bytes of a project that are read."""


def texts_in(value: Any) -> Iterator[str]:
    """Every text in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts_in(item)


def people_in(texts: Iterable[str]) -> tuple[str, ...]:
    """Names in the galleries of the data folder and in those that these texts name. A locked one tells none."""
    named = {Path(text) for text in texts if text.lower().endswith(".faces")}
    return tuple(sorted({name for path in named | set(data_dir().rglob("*.faces")) for name in _people(path)}))


def _people(path: Path) -> list[str]:
    from engines.faces.gallery.editing import Gallery

    try:
        with Gallery.open(path, read_only=True) as gallery:
            return [] if gallery.locked else list(gallery.names().values())
    except (KinoscopeError, OSError):
        return []


def projects(paths: Iterable[str]) -> Iterator[Any]:
    """The contents of the projects of the data folder and of these paths."""
    for path in {*map(Path, paths), *data_dir().rglob("*.kino")}:
        try:
            yield parse_json(read_bytes(path, what="project", most=MOST), path)
        except (KinoscopeError, OSError):
            continue
