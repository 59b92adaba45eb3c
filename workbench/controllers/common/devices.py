"""The devices a run can use. The system tells them, because importing torch would take too long."""

from __future__ import annotations

import shutil
from pathlib import Path

DRIVER = Path("/proc/driver/nvidia/version")


def devices() -> tuple[str, ...]:
    """("cpu",), and "cuda" where an NVIDIA driver is installed. Reads the disk."""
    there = DRIVER.exists() or shutil.which("nvidia-smi") is not None
    return ("cpu", "cuda") if there else ("cpu",)
