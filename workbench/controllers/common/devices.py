"""What a run may be given to: told by the system, since asking torch would mean to import it."""

from __future__ import annotations

import shutil
from pathlib import Path

DRIVER = Path("/proc/driver/nvidia/version")


def devices() -> tuple[str, ...]:
    """("cpu",), and "cuda" where an NVIDIA driver is installed. Reads the disk."""
    there = DRIVER.exists() or shutil.which("nvidia-smi") is not None
    return ("cpu", "cuda") if there else ("cpu",)
