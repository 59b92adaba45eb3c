"""The time the window takes to its first paint, beside what importing its libraries alone takes, and the memory then.

Every round starts both in processes of their own, in turn: what an earlier one imported does not help a later one, and
what else the machine does strikes both. `--beside FOLDER` also starts another copy of the program, to compare with.
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
ALLOWED_MS = 600.0
"""Milliseconds that the first paint may take beyond the imports."""
HELD = """
lines = open("/proc/self/smaps_rollup").read() if os.path.exists("/proc/self/smaps_rollup") else "Pss: 0 kB"
held = next(int(line.split()[1]) for line in lines.splitlines() if line.startswith("Pss:"))
"""
IMPORTS = f"""
import json, os, sys, time
begun = time.perf_counter()
import PySide6.QtCore, PySide6.QtGui, PySide6.QtWidgets, cv2, numpy, pyqtgraph
took = time.perf_counter() - begun
{HELD}
print(json.dumps([took * 1000, held / 1024]))
"""
WINDOW = f"""
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
{HELD}
window.close()
supervisor.shutdown()
print(json.dumps([painted * 1000, held / 1024]))
"""


def main(
    rounds: Annotated[int, typer.Option(help="Starts of each.")] = 7,
    preset: Annotated[str, typer.Option(help="What it opens with; empty for the start page alone.")] = "",
    beside: Annotated[str, typer.Option(help="Folder of another copy of the program.")] = "",
) -> dict[str, Any]:
    """Medians and extremes. The first paint, and what it takes beyond the imports, each against the imports of its own
    round; PSS a second and a half later.
    """
    roots = {"": ROOT} | ({"beside: ": Path(beside)} if beside else {})
    rows: dict[str, list[float]] = {}
    for _ in range(rounds):
        imported, _held = start(IMPORTS)
        _add(rows, "imports ms", imported)
        for name, root in roots.items():
            painted, held = start(WINDOW, preset, root)
            _add(rows, f"{name}first paint ms", painted)
            _add(rows, f"{name}beyond the imports ms", painted - imported)
            _add(rows, f"{name}memory MB", held)
    figures = {name: {"least": min(all_), "median": median(all_), "most": max(all_)} for name, all_ in rows.items()}
    within = figures["beyond the imports ms"]["median"] <= ALLOWED_MS
    return {"preset": preset, "figures": figures, "within_600_ms": within}


def start(code: str, preset: str = "", root: Path = ROOT) -> tuple[float, float]:
    """Milliseconds and megabytes of one process of the program at `root`."""
    with tempfile.TemporaryDirectory(prefix="kinoscope-start-") as home:
        place = {"KINOSCOPE_HOME": home, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(root)}
        command = [sys.executable, "-c", code, *([preset] if preset else [])]
        done = subprocess.run(command, env=os.environ | place, cwd=root, capture_output=True, text=True, check=True)
    took, held = json.loads(done.stdout.splitlines()[-1])
    return took, held


def _add(rows: dict[str, list[float]], name: str, value: float) -> None:
    rows.setdefault(name, []).append(value)
