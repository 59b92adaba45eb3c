"""What is alive in this process: threads, Qt threads and timers, child processes, windows, shared memory.

Looked at before and after each test. Where a thread was started is remembered by wrapping the `start`
methods, of Python's threads and of Qt's threads and timers.
"""

from __future__ import annotations

import gc
import os
import sys
import threading
import traceback
import weakref
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

GRACE_SECONDS = 2.0
SHARED_MEMORY = Path("/dev/shm")
TOOLS = ("pydevd", "pytest_timeout", "execnet")

_starts: weakref.WeakKeyDictionary[Any, str] = weakref.WeakKeyDictionary()
_qt_threads: weakref.WeakSet[Any] = weakref.WeakSet()
_timers: weakref.WeakSet[Any] = weakref.WeakSet()


@dataclass(frozen=True)
class Alive:
    """Everything that a test could leave behind, by key; the value says what it is in words."""

    things: dict[tuple[str, object], str] = field(default_factory=dict)
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
        _starts[self] = "".join(traceback.format_list(_callers()))
        if registry is not None:
            registry.add(self)
        return start(self, *args, **kwargs)

    return noted


def _callers() -> list[traceback.FrameSummary]:
    frames = traceback.extract_stack(limit=16)[:-2]
    ours = [frame for frame in frames if "site-packages" not in frame.filename and "/lib/python" not in frame.filename]
    return (ours or frames)[-4:]


def look() -> Alive:
    """What is alive now. Holds on to the objects it names, so that an address cannot come back as another's."""
    alive = Alive()
    for name, thing, words in _everything():
        key = thing if isinstance(thing, (str, int, tuple)) else id(thing)
        alive.things[(name, key)] = words
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
    psutil.wait_procs(_children(before), timeout=GRACE_SECONDS)
    _deliver_deletions()
    return _new(before)


def _new(before: Alive) -> list[str]:
    return [words for key, words in look().things.items() if key not in before.things]


def _children(before: Alive) -> list[psutil.Process]:
    children = psutil.Process().children(recursive=True)
    return [child for child in children if ("process", child.pid) not in before.things]


def _everything() -> Iterable[tuple[str, Any, str]]:
    yield from _threads()
    yield from _processes()
    yield from _shared_memory()
    if "PySide6.QtCore" in sys.modules:
        yield from _qt_running()
        yield from _qt_timers()
    if "PySide6.QtWidgets" in sys.modules:
        yield from _windows()


def _threads() -> Iterable[tuple[str, Any, str]]:
    for thread in threading.enumerate():
        if thread is not threading.main_thread() and not _is_a_tools(thread):
            yield "thread", thread, f"thread '{thread.name}' {_origin(thread)}"


def _processes() -> Iterable[tuple[str, Any, str]]:
    for child in psutil.Process().children(recursive=True):
        try:
            command = " ".join(child.cmdline())
            gone = child.status() == psutil.STATUS_ZOMBIE
        except psutil.Error:
            continue
        if not gone and "resource_tracker" not in command:
            yield "process", child.pid, f"process {child.pid}: {command[:200]}"


def _shared_memory() -> Iterable[tuple[str, Any, str]]:
    if SHARED_MEMORY.is_dir():
        for block in SHARED_MEMORY.iterdir():
            if block.name.startswith(f"kino{os.getpid()}_"):
                yield "shared memory", block.name, f"shared memory {block}"


def _qt_running() -> Iterable[tuple[str, Any, str]]:
    for thread in list(_qt_threads):
        if _is_running(thread):
            name = thread.objectName() or type(thread).__name__
            yield "Qt thread", thread, f"Qt thread '{name}' {_origin(thread)}"


def _qt_timers() -> Iterable[tuple[str, Any, str]]:
    from shiboken6 import isValid

    for timer in list(_timers):
        if isValid(timer) and timer.isActive():
            words = f"QTimer '{timer.objectName()}' every {timer.interval()} ms"
            yield "timer", timer, f"{words} {_origin(timer)}"


def _windows() -> Iterable[tuple[str, Any, str]]:
    from PySide6.QtCore import QCoreApplication
    from PySide6.QtWidgets import QApplication

    app = QCoreApplication.instance()
    if not isinstance(app, QApplication):
        return
    for window in app.topLevelWidgets():
        if window.parent() is None and type(window).__name__ not in ("QDesktopWidget", "QTipLabel"):
            name = window.objectName() or window.windowTitle()
            yield "window", window, f"top-level widget {type(window).__name__} '{name}'"


def _is_a_tools(thread: threading.Thread) -> bool:
    """Threads of the test tools themselves."""
    return any(word in thread.name for word in TOOLS) or isinstance(thread, threading._DummyThread)


def _is_running(thread: Any) -> bool:
    from shiboken6 import isValid

    return isValid(thread) and thread.isRunning()


def _origin(thread: Any) -> str:
    where = _starts.get(thread)
    return f"started at\n{where}" if where else "(where it was started is not known)"


def _deliver_deletions() -> None:
    """Let widgets and threads that were told to go (`deleteLater`) go."""
    if "PySide6.QtCore" not in sys.modules:
        return
    from PySide6.QtCore import QCoreApplication, QEvent

    if QCoreApplication.instance() is not None:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.MetaCall)
