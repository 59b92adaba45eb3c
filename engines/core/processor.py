"""The processor in words, as Linux tells it; elsewhere there is nothing to read."""

from __future__ import annotations

from pathlib import Path


def fact(field: str) -> str:
    """The first value of a field of `/proc/cpuinfo`, such as "model name" or "flags"; "" where there is none."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.partition(":")[0].strip() == field), "")
