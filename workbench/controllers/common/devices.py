"""The devices a run can use. The system tells them, because importing torch would take too long."""

from __future__ import annotations

from workbench.work.limits import gpu_allowed, has_gpu


def devices() -> tuple[str, ...]:
    """("cpu",), and "cuda" where an NVIDIA driver is installed and the settings let it be used. Reads the disk."""
    there = gpu_allowed() and has_gpu()
    return ("cpu", "cuda") if there else ("cpu",)
