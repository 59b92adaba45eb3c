"""Two monitors of different scale, the second at 150 or 200 %: what is moved or opened there is as large as before,
sharp and within it; when it is gone, the next start is on the one that is left.

Qt reads its screens before the application is made, so the window runs in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QRect

FIRST, SECOND = (0, 0, 1280, 800), (1280, 0, 1280, 800)
RUN = """
import json, sys
from workbench.app import open_state
from workbench.threads.supervisor import Supervisor

supervisor = Supervisor()
settings, log = open_state()
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication
from workbench.window.main import Window
from workbench.window.placement import Placement

app, told = QApplication.instance(), {}
Placement.room = lambda self: self._window.screen().availableGeometry()
window = Window(supervisor, settings, log)

def tell(name, widget):
    for _ in range(10):
        app.processEvents()
    told[name] = {
        "screen": widget.screen().name(), "at": widget.frameGeometry().getRect(), "size": widget.size().toTuple(),
        "scale": widget.devicePixelRatioF(), "picture": widget.grab().devicePixelRatio(),
    }

window.show()
tell("begun", window)
if sys.argv[1] == "move":
    window.move(1400, 60)
    tell("window", window)
    for command, dialog in (("file.settings", "settings"), ("help.about", "about"), ("help.guide", "help")):
        window.commands.run(command)
        tell(dialog, getattr(window.dialogs, dialog))
        getattr(window.dialogs, dialog).close()
    told["icons"] = [one.icon().pixmap(QSize(16, 16), window.devicePixelRatioF()).devicePixelRatio()
                     for one in window.dialogs.settings.search.actions()]
    dock = window.docks.docks["log"]
    window.docks.show("log")
    dock.setFloating(True)
    tell("floating", dock)
    dock.move(100, 100)
    tell("moved back", dock)
window.close()
supervisor.shutdown()
log.close()
print(json.dumps(told))
"""


def run(home: Path, scale: float, *screens: tuple[int, int, int, int], what: str = "") -> dict[str, Any]:
    """What a process says of its windows; the scale is that of all screens but the first."""
    plan = [
        {"name": str(n), "x": x, "y": y, "width": round(wide * by), "height": round(high * by), "dpr": 1,
         "logicalDpi": round(96 * by), "logicalBaseDpi": 96}
        for n, (x, y, wide, high) in enumerate(screens) for by in (scale if n else 1.0,)
    ]  # fmt: skip
    file = home / "screens.json"
    file.write_text(json.dumps({"screens": plan}), encoding="utf-8")
    ours = {"KINOSCOPE_HOME": str(home), "QT_QPA_PLATFORM": f"offscreen:configfile={file}"}
    told = subprocess.run(
        [sys.executable, "-c", RUN, what], env=os.environ | ours, cwd=Path(__file__).parents[3],
        capture_output=True, text=True, timeout=110, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    return json.loads(told.stdout.splitlines()[-1])


@pytest.mark.parametrize("scale", [1.5, 2.0])
def test_what_is_on_the_second_screen_is_whole_and_sharp(tmp_path: Path, scale: float) -> None:
    told = run(tmp_path, scale, FIRST, SECOND, what="move")
    icons, begun = told.pop("icons"), told.pop("begun")
    back = told.pop("moved back")
    assert (begun["screen"], begun["scale"], back["screen"], back["scale"]) == ("0", 1.0, "0", 1.0)
    assert told["window"]["size"] == begun["size"]
    for place in told.values():
        assert (place["screen"], place["scale"], place["picture"]) == ("1", scale, scale)
        assert QRect(*SECOND).contains(QRect(*place["at"]))
    assert told["settings"]["size"] == [780, 560]
    assert told["help"]["size"] == [760, 560]
    assert set(icons) == {scale}
    left = run(tmp_path, scale, FIRST)["begun"]
    assert left["screen"] == "0"
    assert QRect(*FIRST).contains(QRect(*left["at"]))
