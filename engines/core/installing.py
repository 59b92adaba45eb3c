"""The command that installs a missing package with the pip of the very Python that runs."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys

from engines.core.words import tr


def install_hint(*packages: str) -> str:
    """A sentence with the command line, such as "Install it with: /opt/kino/bin/python -m pip install dlib-bin"."""
    words = [sys.executable or "python", "-m", "pip", "install", *packages]
    command = subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)
    return tr("Install {part} with: {command}", part="it" if len(packages) == 1 else "them", command=command)
