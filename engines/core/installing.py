"""How this program is started from a shell, and the command that installs what it misses with the Python that runs."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

from engines.core.words import tr_count


def install_hint(*packages: str) -> str:
    """A sentence with the command line, such as "Install it with: /opt/kino/bin/python -m pip install dlib-bin"."""
    words = [sys.executable or "python", "-m", "pip", "install", *packages]
    command = subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)
    return tr_count(len(packages), "Install it with: {command}", "Install them with: {command}", command=command)


INSTALLED = Path(__file__).resolve().parents[2].name == "_app"
"""Whether this is the `kinoscope` command of a wheel, not a folder with `main.py`."""
CALLED = ("kinoscope",) if INSTALLED else ("python", "main.py")
"""The words that start the program from a shell."""
PROGRAM = " ".join(CALLED)


def as_called(text: str) -> str:
    """A text with command lines as they are written for a folder with `main.py`, for the program as it is installed."""
    return text.replace("python main.py", PROGRAM)
