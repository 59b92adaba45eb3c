"""How long the window stands still while its theme changes, every page of every feature made, on an empty home.

A timer of 5 ms beats in the window's thread; the stall is the longest pause between two of its beats. Beside it stands
what the thread worked, which others on a shared machine do not lengthen.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from statistics import median
from time import perf_counter, thread_time
from typing import Annotated, Any

import typer

BEAT_MS = 5
SETTLED_MS = 600
IDLE_MS = 16_000
"""After which a user who looks at one page may change the theme."""


def main(
    rounds: Annotated[int, typer.Option(help="Changes there and back in each preset.")] = 5,
) -> dict[str, Any]:
    """Milliseconds of stall and work: of the first change, and in each preset the median and the most of later ones."""
    with tempfile.TemporaryDirectory(prefix="kinoscope-theme-") as home:
        os.environ |= {"KINOSCOPE_HOME": home, "QT_QPA_PLATFORM": "offscreen"}
        return _measure(rounds)


def _measure(rounds: int) -> dict[str, Any]:
    from PySide6.QtWidgets import QApplication

    from workbench.app import open_state
    from workbench.threads.supervisor import Supervisor
    from workbench.window.main import Window
    from workbench.window.theme import WARDROBE

    supervisor = Supervisor()
    settings, log = open_state()
    window = Window(supervisor, settings, log)
    window.resize(1440, 900)
    window.show()
    try:
        presets = list(_every_page(window))
        WARDROBE.begin()
        _wait(IDLE_MS)
        widgets = len(QApplication.allWidgets())
        idle, first = _change(lambda: None), _change(lambda: window.set_theme("light"))
        named = {"nothing": idle, "first change": first}
        told = {name: {"stall ms": stall, "work ms": work} for name, (stall, work) in named.items()}
        return {"widgets": widgets, "once": told, "later": {id: _of(window, id, rounds) for id in presets}}
    finally:
        window.close()
        supervisor.shutdown()
        log.close()


def _of(window: Any, preset: str, rounds: int) -> dict[str, float]:
    window.preset(preset)
    _wait(SETTLED_MS)
    changes = [_change(lambda name=name: window.set_theme(name)) for name in ("dark", "light") * rounds]
    stalls, works = zip(*changes, strict=True)
    return {"stall ms": median(stalls), "most ms": max(stalls), "work ms": median(works)}


def _every_page(window: Any) -> Iterator[str]:
    """Make all there is; the names of the presets."""
    for preset in window.presets:
        window.preset(preset)
        board: Any = getattr(window.features[preset], "board", None) if preset in _ids(window) else None
        while hasattr(board, "prepare") and board.prepare():
            pass
        _wait(SETTLED_MS)
        yield preset


def _ids(window: Any) -> set[str]:
    return {feature.id for feature in window.features.records}


def _change(do: Callable[[], object]) -> tuple[float, float]:
    """The longest pause between two beats around `do`, and what the thread worked meanwhile, in milliseconds."""
    from PySide6.QtCore import Qt, QTimer

    beats = [perf_counter()]
    timer = QTimer(timerType=Qt.TimerType.PreciseTimer, interval=BEAT_MS)
    timer.timeout.connect(lambda: beats.append(perf_counter()))
    timer.start()
    QTimer.singleShot(10 * BEAT_MS, do)
    before = thread_time()
    _wait(SETTLED_MS)
    worked = thread_time() - before
    return 1000 * max(after - before for before, after in zip(beats, beats[1:], strict=False)), 1000 * worked


def _wait(ms: int) -> None:
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(ms, loop.quit)
    loop.exec()
