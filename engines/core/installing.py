"""The command that installs a missing package with the pip of the very Python that runs."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys


def install_hint(*packages: str) -> str:
    """A sentence with the command line, such as "Install it with: /opt/kino/bin/python -m pip install dlib-bin"."""
    words = [sys.executable or "python", "-m", "pip", "install", *packages]
    command = subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)
    return f"Install {'it' if len(packages) == 1 else 'them'} with: {command}"
