"""One run in a real X window: `python main.py` under Xvfb, closed by a polite kill."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def display() -> Iterator[str]:
    """A virtual screen of its own."""
    if shutil.which("Xvfb") is None:
        pytest.skip("Xvfb is not installed: apt-get install xvfb")
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"],
        pass_fds=(write,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as told:
        number = told.readline().strip()
    yield f":{number}"
    server.terminate()
    server.wait()


@pytest.mark.xvfb
@pytest.mark.serial
def test_the_window_opens_on_a_screen_and_a_polite_kill_closes_it(display: str, tmp_path: Path) -> None:
    environment = {**os.environ, "DISPLAY": display, "KINOSCOPE_HOME": str(tmp_path), "QT_QPA_PLATFORM": "xcb"}
    run = subprocess.Popen(
        [sys.executable, str(ROOT / "main.py"), "scene:1"],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
    )
    log = tmp_path / "log" / "kinoscope.log"
    try:
        opened = _line_with(log, "The window is open (xcb)", run)
        run.send_signal(signal.SIGTERM)
        _, complaints = run.communicate(timeout=30)
    finally:
        run.kill()
    assert opened, complaints
    assert run.returncode == 0
    assert "Destroyed while" not in complaints
    assert (tmp_path / "config" / "settings.json").exists()


def _line_with(path: Path, words: str, run: subprocess.Popen[str]) -> bool:
    """Wait for the log to hold the words, or for the program to end."""
    for _ in range(300):
        if path.exists() and words in path.read_text(encoding="utf-8"):
            return True
        try:
            run.wait(0.1)
            return False
        except subprocess.TimeoutExpired:
            continue
    return False
