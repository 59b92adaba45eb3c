"""The processor: in words, as Linux tells it, and how many of its threads the user lets the program have."""

from __future__ import annotations

import os
from pathlib import Path

THREADS_VARIABLE = "KINOSCOPE_THREADS"


def most_threads() -> int:
    """As many as there are, or as the user lets this program and what it starts have."""
    there, said = os.cpu_count() or 1, os.environ.get(THREADS_VARIABLE, "")
    return min(there, max(int(said), 1)) if said.isdecimal() else there


def fact(field: str) -> str:
    """The first value of a field of `/proc/cpuinfo`, such as "model name" or "flags"; "" where there is none."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.partition(":")[0].strip() == field), "")
