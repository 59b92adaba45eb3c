"""Files that are either whole or not there: written under a temporary name, then renamed."""

from __future__ import annotations

import errno
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engines.core.errors import BadInput, OutOfResources


@contextmanager
def atomic_path(target: str | Path) -> Iterator[Path]:
    """A temporary path beside `target` that replaces it when the block ends well, and goes otherwise."""
    target = Path(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.stem}.{os.getpid()}.part{target.suffix}")
    try:
        yield part
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(target)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise OutOfResources(
                "The disk is full", path=target, hint="Free some space and save again; the old file is untouched"
            ) from error
        raise
    finally:
        part.unlink(missing_ok=True)


def write_text(target: str | Path, text: str) -> None:
    """Write UTF-8 text, whole or not at all."""
    with atomic_path(target) as part:
        part.write_text(text, encoding="utf-8")


def write_json(target: str | Path, value: object) -> None:
    """Write indented JSON, whole or not at all."""
    write_text(target, json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def read_json(path: str | Path) -> object:
    """Read a JSON file. Raises `BadInput` with the line that does not parse."""
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise BadInput(f"Not valid JSON: line {error.lineno}: {error.msg}", path=path) from error
    except UnicodeDecodeError as error:
        raise BadInput("Not a UTF-8 text file", path=path) from error


def move_aside(path: str | Path) -> Path:
    """Rename a broken file to `name.broken-TIME.ext` so that a fresh one can take its place; the new path."""
    path = Path(path)
    aside = path.with_name(f"{path.stem}.broken-{time.strftime('%Y%m%d-%H%M%S')}{path.suffix}")
    path.replace(aside)
    return aside
