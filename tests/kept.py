"""Files of an earlier version (`tests/data`), copied to where a test may write."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

DATA = Path(__file__).parent / "data"
ROOT = "/before"
"""What every path in them begins with."""


def copy(name: str, folder: Path) -> Path:
    """A file or folder of `tests/data` in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    source, target = DATA / name, folder / name
    shutil.copytree(source, target) if source.is_dir() else shutil.copyfile(source, target)
    return target


def copy_project(folder: Path) -> Path:
    """The project, whose paths lead into `folder`."""
    path = copy("work.kino", folder)
    with closing(sqlite3.connect(path)) as base, base:
        base.execute("UPDATE items SET id = replace(id, ?1, ?2), json = replace(json, ?1, ?2)", (ROOT, str(folder)))
    return path
