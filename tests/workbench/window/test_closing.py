"""The real window ends whenever it is closed: nothing hangs, nothing aborts, nothing is left in the system."""

from __future__ import annotations

import json
import os
from typing import Any

import psutil
import pytest

from tests.leaks import shared_memory
from tests.programs import run

ROUNDS = 30
MANY = f"""
from tests.workbench.threads.closing_rounds import main
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
from workbench import app
from workbench.window import main as window

def broken(*_arguments):
    raise RuntimeError("the docks cannot be made")

window.Docks = broken
app.main([])
"""


def orphans() -> list[psutil.Process]:
    """Living processes that were started with this test's state folder, but not this one; after a moment of grace."""
    mine = psutil.Process()
    found = [process for process in psutil.process_iter() if process != mine and has_home(process)]
    return psutil.wait_procs(found, timeout=10)[1]


def has_home(process: psutil.Process) -> bool:
    try:
        return process.environ().get("KINOSCOPE_HOME") == os.environ["KINOSCOPE_HOME"]
    except (psutil.Error, OSError):
        return False


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_thirty_times_closed_under_four_feeds_and_a_busy_worker() -> None:
    done = run(MANY, 280)
    assert done.returncode == 0, done.stderr
    assert "Destroyed while" not in done.stderr
    assert done.stderr == ""
    told: dict[str, Any] = json.loads(done.stdout)
    assert told["busy"] >= ROUNDS * 0.7, "the worker was not at work when the window was closed"
    assert told["playing"] >= ROUNDS * 0.8, "the feeds did not play when the window was closed"
    assert told["looking"] >= ROUNDS * 0.2
    assert told["left"] == []
    assert told["errors"] == []
    assert told["torch"] is False
    assert len(set(told["workers"])) >= ROUNDS * 0.7
    assert orphans() == []
    assert [pid for pid in told["workers"] if psutil.pid_exists(pid)] == []
    assert shared_memory(done.pid, *told["workers"]) == set()


@pytest.mark.serial
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
