"""What the tests share: a supervisor that ends everything, a broker, a worker, a queue, and the window itself."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest

from workbench.threads.jobs import JobQueue
from workbench.threads.supervisor import Supervisor
from workbench.work.broker import Broker
from workbench.work.workers import Worker

if TYPE_CHECKING:
    from tests.workbench.opened import Opened


@pytest.fixture
def supervisor() -> Iterator[Supervisor]:
    made = Supervisor()
    yield made
    assert made.shutdown(20.0) == []


@pytest.fixture
def broker() -> Broker:
    return Broker(threads=4, memory={"cpu": 1 << 30})


@pytest.fixture
def worker(broker: Broker) -> Iterator[Worker]:
    made = Worker("tested", broker)
    made.start()
    yield made
    made.close()


@pytest.fixture
def jobs(qtbot, supervisor: Supervisor, broker: Broker) -> Iterator[JobQueue]:
    queue = JobQueue(supervisor, broker=broker, workers=1)
    yield queue
    supervisor.shutdown(20.0)
    queue.close()


@pytest.fixture
def open_window(qtbot) -> Iterator[Callable[..., Opened]]:
    """Open the real window, any number of times; each is closed at the end and must have had no hidden defect."""
    from tests.workbench.opened import Opened

    opened: list[Opened] = []

    def make(*arguments: str, **how: Any) -> Opened:
        opened.append(Opened(arguments, **how))
        return opened[-1]

    yield make
    hidden = [text for one in opened for text in one.end()]
    assert hidden == [], "\n".join(hidden)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A folder of three pictures of noise, under a name with spaces and letters of other scripts."""
    folder = tmp_path / "Größe & 東京 фильм"
    folder.mkdir()
    rng = np.random.default_rng(5)
    for number in range(3):
        image = rng.integers(0, 256, (90, 120, 3), dtype=np.uint8)
        (folder / f"Bild {number}.png").write_bytes(cv2.imencode(".png", image)[1].tobytes())
    return folder


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MB of its own; skipped where a test may not mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root")
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)], check=False).returncode:
        pytest.skip("this machine does not let tests mount")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


def fill(disk: Path) -> None:
    """Leave not one byte free."""
    with (disk / "filler").open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(4096)):
            pass
