"""What is alive in this process: threads, Qt threads and timers, child processes, windows, shared memory.

Looked at before and after each test. Where a thread was started is remembered by wrapping the `start`
methods, of Python's threads and of Qt's threads and timers.
"""

from __future__ import annotations

import gc
import linecache
import os
import sys
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import psutil

GRACE_SECONDS = 2.0
SHARED_MEMORY = Path("/dev/shm")
HAS_MEMORY = SHARED_MEMORY.is_dir()
TOOLS = ("pydevd", "pytest_timeout", "execnet")
FOREIGN, DEPTH = ("site-packages", "/lib/python"), 16

Found = tuple[str, Any, Callable[[], str]]
"""The kind of a thing, the thing, and what says it in words."""
Line = tuple[str, int, str]
"""File, line and function: of a stack only what costs nothing until it is told."""

_starts: weakref.WeakKeyDictionary[Any, list[Line]] = weakref.WeakKeyDictionary()
_qt_threads: weakref.WeakSet[Any] = weakref.WeakSet()
_timers: weakref.WeakSet[Any] = weakref.WeakSet()


@dataclass(frozen=True)
class Alive:
    """Everything that a test could leave behind, by key; `held` keeps it, so that an address is not given twice."""

    things: dict[tuple[str, object], Callable[[], str]] = field(default_factory=dict)
    held: list[object] = field(default_factory=list)


def remember_starts() -> None:
    """Note from now on where each thread was started."""
    threading.Thread.start = _noting(threading.Thread.start)
    try:
        from PySide6.QtCore import QThread, QTimer
    except ImportError:
        return
    QThread.start = _noting(QThread.start, _qt_threads)
    QTimer.start = _noting(QTimer.start, _timers)


def _noting(start: Callable[..., Any], registry: weakref.WeakSet[Any] | None = None) -> Callable[..., Any]:
    def noted(self: Any, *args: Any, **kwargs: Any) -> Any:
        _starts[self] = _callers()
        if registry is not None:
            registry.add(self)
        return start(self, *args, **kwargs)

    return noted


def _callers() -> list[Line]:
    """The last lines of this house on the way here, else the last of all."""
    lines: list[Line] = []
    frame = sys._getframe(2)
    while frame is not None and len(lines) < DEPTH:
        lines.append((frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name))
        frame = frame.f_back
    ours = [line for line in lines if not any(place in line[0] for place in FOREIGN)]
    return (ours or lines)[:4][::-1]


def look() -> Alive:
    """What is alive now."""
    alive = Alive()
    for name, thing, words in _everything():
        alive.things[(name, thing if isinstance(thing, (str, int)) else id(thing))] = words
        alive.held.append(thing)
    return alive


def left_since(before: Alive) -> list[str]:
    """What came since `before` and does not go within the grace time, one description each."""
    if not _new(before):
        return []
    gc.collect()
    _deliver_deletions()
    for _, thread, _ in _threads():
        if ("thread", id(thread)) not in before.things:
            thread.join(GRACE_SECONDS)
    for thread in list(_qt_threads):
        if _is_running(thread):
            thread.wait(int(GRACE_SECONDS * 1000))
    started = [pid for _, pid, _ in _processes() if ("process", pid) not in before.things]
    psutil.wait_procs([psutil.Process(pid) for pid in started if psutil.pid_exists(pid)], timeout=GRACE_SECONDS)
    _deliver_deletions()
    return _new(before)


def _new(before: Alive) -> list[str]:
    return [words() for key, words in look().things.items() if key not in before.things]


def _everything() -> Iterable[Found]:
    yield from _threads()
    yield from _processes()
    yield from _shared_memory()
    if "PySide6.QtCore" in sys.modules:
        yield from _qt_running()
        yield from _qt_timers()
    if "PySide6.QtWidgets" in sys.modules:
        yield from _windows()


def _threads() -> Iterable[Found]:
    for thread in threading.enumerate():
        if thread is not threading.main_thread() and not _is_a_tools(thread):
            yield "thread", thread, partial(_words, f"thread '{thread.name}'", thread)


def _processes() -> Iterable[Found]:
    for pid in _family(os.getpid()):
        try:
            process = psutil.Process(pid)
            command = " ".join(process.cmdline())
            gone = process.status() == psutil.STATUS_ZOMBIE
        except psutil.Error:
            continue
        if not gone and "resource_tracker" not in command:
            yield "process", pid, f"process {pid}: {command[:200]}".__str__


def _family(pid: int) -> Iterator[int]:
    """Children and theirs. Linux tells them without a look at every process of the machine."""
    if not Path(f"/proc/self/task/{os.getpid()}/children").exists():
        yield from (child.pid for child in psutil.Process(pid).children(recursive=True))
        return
    for child in _children(pid):
        yield child
        yield from _family(child)


def _children(pid: int) -> list[int]:
    found: list[int] = []
    with suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            with suppress(OSError):
                found += map(int, Path(f"/proc/{pid}/task/{task}/children").read_text().split())
    return found


def shared_memory(*pids: int) -> set[str]:
    """Names of the blocks that these processes made and that are still there."""
    makers = tuple(f"kino{pid}_" for pid in pids)
    return {name for name in os.listdir(SHARED_MEMORY) if name.startswith(makers)} if HAS_MEMORY else set()


def _shared_memory() -> Iterable[Found]:
    for name in shared_memory(os.getpid()):
        yield "shared memory", name, f"shared memory {SHARED_MEMORY / name}".__str__


def _qt_running() -> Iterable[Found]:
    for thread in list(_qt_threads):
        if _is_running(thread):
            name = thread.objectName() or type(thread).__name__
            yield "Qt thread", thread, partial(_words, f"Qt thread '{name}'", thread)


def _qt_timers() -> Iterable[Found]:
    from shiboken6 import isValid

    for timer in list(_timers):
        if isValid(timer) and timer.isActive():
            yield "timer", timer, partial(_timer_words, timer)


def _timer_words(timer: Any) -> str:
    return _words(f"QTimer '{timer.objectName()}' every {timer.interval()} ms", timer)


def _windows() -> Iterable[Found]:
    from PySide6.QtCore import QCoreApplication
    from PySide6.QtWidgets import QApplication

    app = QCoreApplication.instance()
    if not isinstance(app, QApplication):
        return
    for window in app.topLevelWidgets():
        if window.parent() is None and type(window).__name__ not in ("QDesktopWidget", "QTipLabel"):
            yield "window", window, partial(_window_words, window)


def _window_words(window: Any) -> str:
    return f"top-level widget {type(window).__name__} '{window.objectName() or window.windowTitle()}'"


def _is_a_tools(thread: threading.Thread) -> bool:
    """Threads of the test tools themselves."""
    return any(word in thread.name for word in TOOLS) or isinstance(thread, threading._DummyThread)


def _is_running(thread: Any) -> bool:
    from shiboken6 import isValid

    return isValid(thread) and thread.isRunning()


def _words(what: str, started: Any) -> str:
    lines = _starts.get(started)
    if not lines:
        return f"{what} (where it was started is not known)"
    told = (
        f'  File "{file}", line {n}, in {name}\n    {linecache.getline(file, n).strip()}' for file, n, name in lines
    )
    return f"{what} started at\n" + "\n".join(told) + "\n"


def _deliver_deletions() -> None:
    """Let widgets and threads that were told to go (`deleteLater`) go."""
    if "PySide6.QtCore" not in sys.modules:
        return
    from PySide6.QtCore import QCoreApplication, QEvent

    if QCoreApplication.instance() is not None:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.MetaCall)
