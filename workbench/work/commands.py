"""The command that does any job without the window: `job NAME --spec ...`, for what no other verb can say."""

from __future__ import annotations

import hashlib
import json
import os
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engines.core.addresses import without_passwords
from engines.core.installing import CALLED
from engines.core.places import data_dir

LONGEST = 4000
"""Letters of settings that are still written into a line; longer ones go to a file."""


def shell(*words: object) -> str:
    """The words behind `python main.py`, quoted for this system's shell."""
    said = [*CALLED, *(str(word) for word in words)]
    return subprocess.list2cmdline(said) if os.name == "nt" else shlex.join(said)


def job_line(job: str, spec: Mapping[str, Any]) -> str:
    """The line that does this job. spec: as JSON; passwords are left out. A long one is named by its file."""
    return shell("job", job, "--spec", spec_file(spec) or spec_text(spec))


def spec_file(spec: Mapping[str, Any]) -> Path | None:
    """The file for settings that are too long for a line, named by what is in it; None for shorter ones."""
    text = spec_text(spec)
    if len(text) <= LONGEST:
        return None
    return data_dir() / "specs" / f"{hashlib.sha256(text.encode()).hexdigest()[:12]}.json"


def spec_text(spec: Mapping[str, Any]) -> str:
    """Settings as a command takes them, without passwords."""
    return json.dumps(without_passwords(dict(spec)), separators=(",", ":"))
