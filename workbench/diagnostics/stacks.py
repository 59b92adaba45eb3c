"""The stacks of all threads of this process, and of the worker processes that it started."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import traceback
from pathlib import Path

DUMP = getattr(signal, "SIGUSR1", None)
"""A worker that gets it writes its stacks to its standard error, and so into the log."""


def own() -> str:
    """By thread, innermost call last."""
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    parts = []
    for ident, frame in sys._current_frames().items():
        parts.append(f"Thread {names.get(ident, ident)}:\n" + "".join(traceback.format_stack(frame)))
    return "\n".join(parts)


def ask_workers() -> list[str]:
    """Have each worker write its stacks into the log; the names of those that can."""
    asked = []
    for process in multiprocessing.active_children():
        if DUMP is not None and process.pid is not None and _hears(process.pid, DUMP):
            os.kill(process.pid, DUMP)
            asked.append(process.name)
    return asked


def _hears(pid: int, number: int) -> bool:
    """Whether the process catches the signal: it would end one that does not."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return False
    caught = next((line.split()[1] for line in lines if line.startswith("SigCgt:")), "0")
    return bool(int(caught, 16) & 1 << number - 1)
