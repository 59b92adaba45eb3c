"""The time the window takes to its first paint, and the memory its process holds then, on an empty home.

Each round is a process of its own: what an earlier one imported does not help it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import typer

ROOT = Path(__file__).resolve().parents[2]
ONE = """
import json, os, sys, time
begun = time.perf_counter()
from PySide6.QtCore import QTimer
from workbench import app
qt = app.make_application()
from workbench.threads.supervisor import Supervisor
from workbench.window.main import Window
supervisor = Supervisor()
window = Window(supervisor, *app.open_state())
if sys.argv[1:]:
    window.preset(sys.argv[1])
window.show()
qt.processEvents()
window.repaint()
painted = time.perf_counter() - begun
window.start()
QTimer.singleShot(1500, qt.quit)
qt.exec()
lines = open("/proc/self/smaps_rollup").read() if os.path.exists("/proc/self/smaps_rollup") else "Pss: 0 kB"
held = next(int(line.split()[1]) for line in lines.splitlines() if line.startswith("Pss:"))
window.close()
supervisor.shutdown()
print(json.dumps([painted * 1000, held / 1024]))
"""


def main(
    rounds: Annotated[int, typer.Option(help="Starts of the window.")] = 7,
    preset: Annotated[str, typer.Option(help="What it opens with.")] = "monitor",
) -> dict[str, Any]:
    """Medians and extremes: milliseconds to the first paint, megabytes (PSS) a second and a half later."""
    figures = [start(preset) for _ in range(rounds)]
    named = {"first paint ms": [one[0] for one in figures], "memory MB": [one[1] for one in figures]}
    return {
        "preset": preset,
        "figures": {
            name: {"least": min(all_), "median": median(all_), "most": max(all_)} for name, all_ in named.items()
        },
    }


def start(preset: str, root: Path = ROOT) -> tuple[float, float]:
    """One start of the window of the program at `root`."""
    with tempfile.TemporaryDirectory(prefix="kinoscope-start-") as home:
        place = {"KINOSCOPE_HOME": home, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(root)}
        command = [sys.executable, "-c", ONE, preset]
        done = subprocess.run(command, env=os.environ | place, cwd=root, capture_output=True, text=True, check=True)
    painted, held = json.loads(done.stdout.splitlines()[-1])
    return painted, held
