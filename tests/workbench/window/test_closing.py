"""The real window ends whenever it is closed: nothing hangs, nothing aborts, nothing is left in the system."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[3]
ROUNDS = 50
MANY = f"""
from tests.workbench.closing_rounds import main
raise SystemExit(main({ROUNDS}))
"""
OPENED = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from workbench import app

def close():
    window, = (w for w in QApplication.topLevelWidgets() if type(w).__name__ == "Window")
    shown = [tile for tile in window.viewer.shown().values() if window.viewer.newest(tile) is not None]
    if len(shown) < 4:
        QTimer.singleShot(20, close)
        return
    print(window.isVisible(), len(shown), "torch" in sys.modules)
    window.close()

QTimer.singleShot(0, close)
code = app.main(["tiled:2x2:scene"])
print("ended", code)
raise SystemExit(code)
"""
FAILED = """
from workbench import app, window

def broken(*_arguments):
    raise RuntimeError("the docks cannot be made")

window.Docks = broken
app.main([])
"""


def run(code: str, seconds: float = 110) -> subprocess.CompletedProcess[str]:
    """Run code in a process of its own, as the application is run: no display, a state folder of its own."""
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", code],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=seconds, check=False,
    )  # fmt: skip


def orphans() -> list[psutil.Process]:
    """Living processes that were started with this test's state folder, but not this one; after a moment of grace."""
    mine = psutil.Process()
    found = [process for process in psutil.process_iter() if process != mine and has_home(process)]
    return psutil.wait_procs(found, timeout=2)[1]


def has_home(process: psutil.Process) -> bool:
    try:
        return process.environ().get("KINOSCOPE_HOME") == os.environ["KINOSCOPE_HOME"]
    except (psutil.Error, OSError):
        return False


def memory() -> set[str]:
    folder = Path("/dev/shm")
    return {path.name for path in folder.glob("kino*_*")} if folder.is_dir() else set()


@pytest.mark.slow
def test_fifty_times_closed_under_four_feeds_and_a_busy_worker() -> None:
    before = memory()
    done = run(MANY)
    assert done.returncode == 0, done.stderr
    assert "Destroyed while" not in done.stderr
    assert done.stderr == ""
    told: dict[str, Any] = json.loads(done.stdout)
    assert len(told["seconds"]) == ROUNDS
    assert told["busy"] >= ROUNDS * 0.7, "the worker was not at work when the window was closed"
    assert told["playing"] >= ROUNDS * 0.8, "the feeds did not play when the window was closed"
    assert told["looking"] >= 10
    assert told["left"] == []
    assert told["errors"] == []
    assert told["torch"] is False
    assert len(set(told["workers"])) >= ROUNDS * 0.7
    assert orphans() == []
    assert [pid for pid in told["workers"] if psutil.pid_exists(pid)] == []
    assert memory() <= before
    assert max(told["seconds"]) < 3.0


def test_the_program_opens_plays_and_ends_with_the_window() -> None:
    done = run(OPENED, 60)
    assert done.stdout.splitlines() == ["True 4 False", "ended 0"], done.stderr
    assert (done.returncode, done.stderr) == (0, "")
    assert orphans() == []


def test_a_window_that_cannot_be_made_ends_the_program_and_does_not_abort_it() -> None:
    done = run(FAILED, 60)
    assert done.returncode == 1, f"{done.returncode}: {done.stderr}"
    assert "the docks cannot be made" in done.stderr
    assert "Destroyed while" not in done.stderr
    assert orphans() == []
