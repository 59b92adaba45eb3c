"""Runs of the suite on several workers: which tests stay together, which come first, and which run alone.

A file stays on one worker, so that what its tests share is made once. Files with slow tests come first, or one of them
would be left alone at the end. A test that is marked `serial` waits until no other runs, and the others wait for it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

try:
    import fcntl
except ImportError:
    fcntl = None

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")


def arrange(items: list[pytest.Item]) -> None:
    """A group for each file, and one for all that share a graphics card; files that hold a slow test first."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            shared = "gpu" if item.get_closest_marker("gpu") else str(item.path)
            item.add_marker(pytest.mark.xdist_group(shared))


@contextmanager
def turn(item: pytest.Item, folder: Path) -> Iterator[None]:
    """While the test runs: alone if it is serial, else beside others of its kind. One worker waits for nobody."""
    if not WORKER or fcntl is None:
        yield
        return
    alone = item.get_closest_marker("serial") is not None
    with (folder / "gate").open("w") as gate, (folder / "room").open("w") as room:
        fcntl.flock(gate, fcntl.LOCK_EX)
        fcntl.flock(room, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.flock(gate, fcntl.LOCK_UN)
        yield
