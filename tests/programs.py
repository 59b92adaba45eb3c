"""Programs that tests run in a process of their own, with no display and the house on their path."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Ended:
    """What a program said, and the process it was."""

    pid: int
    returncode: int
    stdout: str
    stderr: str


def run(code: str, seconds: float = 110) -> Ended:
    """Run Python code to its end."""
    program = subprocess.Popen(
        [sys.executable, "-X", "faulthandler", "-c", code],
        cwd=ROOT,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        stdout, stderr = program.communicate(timeout=seconds)
    finally:
        program.kill()
        program.wait()
    return Ended(program.pid, program.returncode, stdout, stderr)
