"""What Python saw of a crash in native code: written by `faulthandler` as it happens, offered at the next start."""

from __future__ import annotations

import faulthandler
import os
import re
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

from engines.core.errors import KinoscopeError
from engines.core.reading import regular_file

MOST = 64 << 10
"""Bytes of a crash that are read."""
_PROCESS = re.compile(r"[0-9]{1,9}")
_open: list[IO[str]] = []


def watch(folder: Path) -> None:
    """From now on the stacks of all threads are written into a file of this process when it crashes."""
    stop()
    try:
        file = (folder / f"crash-{os.getpid()}.txt").open("w", encoding="utf-8")
    except OSError:
        return
    _open.append(file)
    faulthandler.enable(file, all_threads=True)


def stop() -> None:
    """The process ends as it should: its file goes."""
    while _open:
        file = _open.pop()
        faulthandler.disable()
        file.close()
        with suppress(OSError):
            if not os.path.getsize(file.name):
                os.unlink(file.name)


def take(folder: Path) -> str:
    """What the newest crash of an earlier start left, "" for none; asked once, then it is kept as `crash-last.txt`."""
    ended = sorted(_ended(folder))
    told = [path for _, size, path in ended if size]
    for path in told:
        with suppress(OSError):
            path.replace(folder / "crash-last.txt")
    for _, size, path in ended:
        with suppress(OSError):
            if not size:
                path.unlink()
    return last(folder) if told else ""


def last(folder: Path) -> str:
    """The newest crash that is kept, "" for none."""
    with suppress(OSError, KinoscopeError), regular_file(folder / "crash-last.txt").open("rb") as file:
        return file.read(MOST).decode("utf-8", "replace")
    return ""


def _ended(folder: Path) -> Iterator[tuple[float, int, Path]]:
    """When files of processes that run no more were changed, and their sizes. Another program may take them too."""
    for path in folder.glob("crash-*.txt"):
        number = path.stem.partition("-")[2]
        with suppress(OSError):
            if _PROCESS.fullmatch(number) and int(number) != os.getpid() and not _runs(int(number)):
                status = path.lstat()
                if stat.S_ISREG(status.st_mode):
                    yield status.st_mtime, status.st_size, path


def _runs(process: int) -> bool:
    import psutil

    return psutil.pid_exists(process)
