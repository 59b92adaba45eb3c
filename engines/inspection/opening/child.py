"""A process of its own for a file that is a program: bounded in memory and time, unable to write a file.

What it says comes back as JSON, never as a pickle: it may have been taken over by what it opened.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Timer
from typing import Any

from engines.core.errors import BadInput
from engines.core.reading import parse_json
from engines.core.words import tr

ROOT = Path(__file__).resolve().parents[3]
SECONDS = 60.0
MEMORY = 8 << 30
"""Of addresses, most of which a process never touches: torch alone maps some GB."""
MOST_ANSWER = 64 << 20


def ask(module: str, path: Path, *, seconds: float = SECONDS, memory: int = MEMORY) -> dict[str, Any]:
    """What `python -m module PATH` says, in a process that ends after so many seconds.

    Raises `BadInput` when it fails, takes too long or too much, and with its own words where it says {"error": words}.
    """
    command = [sys.executable, "-m", module, str(path.absolute()), str(memory), str(int(seconds))]
    apart: dict[str, Any] = {"start_new_session": True} if os.name == "posix" else {}
    with subprocess.Popen(
        command, cwd=ROOT, env=_environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, **apart,
    ) as process:  # fmt: skip
        late = Timer(seconds, _end, (process,))
        late.start()
        try:
            said = process.stdout.read(MOST_ANSWER + 1) if process.stdout is not None else b""
        finally:
            late.cancel()
            _end(process)
    return _understood(said, path)


def limit(memory: int, seconds: int) -> None:
    """In the child, before anything is opened. Where the system has no such limits (Windows) the deadline is left."""
    try:
        import resource
    except ImportError:
        return
    for what, most in (
        (resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):  # fmt: skip
        _, hard = resource.getrlimit(what)
        with contextlib.suppress(ValueError, OSError):  # some systems know a limit and do not keep it
            resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def answer(value: dict[str, Any]) -> None:
    """In the child: say this and nothing more."""
    sys.stdout.write(json.dumps(value))
    sys.stdout.flush()


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KINOSCOPE")}
    return kept | {"OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None and os.name == "posix":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    elif process.poll() is None:
        process.kill()


def _understood(said: bytes, path: Path) -> dict[str, Any]:
    hint = tr("It needs too much time or memory, or is broken")
    if not said or len(said) > MOST_ANSWER:
        raise BadInput(tr("The process that opened the file ended without an answer"), path=path, hint=hint)
    value = parse_json(said, path)
    if not isinstance(value, dict):
        raise BadInput(tr("The process that opened the file gave no answer that makes sense"), path=path, hint=hint)
    if "error" in value:
        raise BadInput(
            tr("The program in the file cannot be loaded: {value}", value=str(value["error"])[:300]), path=path
        )
    return value
