"""Room that one run of a model may take: a file that asks for more memory than there is fails, and nothing else does.

Linux alone keeps to such a limit; elsewhere the system's own refusal is what is left.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

try:
    import resource
except ImportError:
    resource = None  # type: ignore[assignment]

SHARE = 3
"""One part in so many of what is free: gradients take as much again, and other programs go on."""
_lock = Lock()
_inside: list[tuple[int, int]] = []


def free() -> int | None:
    """Bytes that programs can have without swapping, None where the system does not tell."""
    return _told("/proc/meminfo", "MemAvailable")


@contextmanager
def bounded() -> Iterator[None]:
    """This process may take a part of what is free; what asks for more fails as where no memory is left."""
    with _lock:
        _inside.append(_limited() if not _inside else _inside[0])
    try:
        yield
    finally:
        with _lock:
            before = _inside.pop()
            if not _inside and resource is not None and before != (0, 0):
                resource.setrlimit(resource.RLIMIT_DATA, before)


def _limited() -> tuple[int, int]:
    """The limits as they were, (0, 0) where none was set."""
    taken, left = _told("/proc/self/status", "VmData"), free()
    if resource is None or taken is None or left is None:
        return 0, 0
    before = soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = min([taken + left // SHARE, *(one for one in (soft, hard) if one != resource.RLIM_INFINITY)])
    resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
    return before


def _told(path: str, name: str) -> int | None:
    try:
        lines = Path(path).read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) << 10 for line in lines if line.startswith(f"{name}:")), None)
