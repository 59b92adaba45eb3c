"""What a report must not tell, as far as the program's own files know it: people in galleries, what projects hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from engines.core.databases import open_database, reading
from engines.core.errors import KinoscopeError
from engines.core.places import data_dir
from engines.core.reading import regular_file
from workbench.project.items import LATER, WHAT, Items, check
from workbench.project.naming import SUFFIX

MOST = 16 << 20
"""Bytes of a project that are read."""


def texts_in(value: Any) -> Iterator[str]:
    """Every text in a JSON value, the keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield str(key)
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
    """The items of the projects of the data folder and of these paths, by kind and id."""
    for path in {*map(Path, paths), *data_dir().rglob(f"*{SUFFIX}")}:
        with suppress(KinoscopeError, OSError):
            regular_file(path, most=MOST)
            with closing(open_database(path, LATER, read_only=True)) as base, reading(path, WHAT):
                check(base, path)
                items = Items(base)
            yield {kind: items.parsed(kind)[0] for kind in items.kinds()}
