"""The devices a run can use. The system tells them, because importing torch would take too long."""

from __future__ import annotations

import shutil
from pathlib import Path

from workbench.work.limits import gpu_allowed

DRIVER = Path("/proc/driver/nvidia/version")


def devices() -> tuple[str, ...]:
    """("cpu",), and "cuda" where an NVIDIA driver is installed and the settings let it be used. Reads the disk."""
    there = gpu_allowed() and has_gpu()
    return ("cpu", "cuda") if there else ("cpu",)


def has_gpu() -> bool:
    """Whether an NVIDIA driver is installed. Reads the disk."""
    return DRIVER.exists() or shutil.which("nvidia-smi") is not None
