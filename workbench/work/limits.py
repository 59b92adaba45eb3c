"""What of this machine the program may use: told to libraries by the variables that they read when they are imported.

Worker processes are born with the variables of the process that starts them, so a limit holds from the next start on.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from engines.core.processor import THREADS_VARIABLE

THREADS = (THREADS_VARIABLE, "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OPENCV_FOR_THREADS_NUM")
GPU = "CUDA_VISIBLE_DEVICES"
DRIVER = Path("/proc/driver/nvidia/version")


def limit(threads: int, gpu: bool) -> None:
    """threads: of the processor, 0 for all; gpu: whether networks may run on it."""
    if threads:
        os.environ |= dict.fromkeys(THREADS, str(threads))
    if not gpu:
        os.environ[GPU] = ""


def gpu_allowed() -> bool:
    """Whether this program, and what it starts, may see a GPU at all."""
    return os.environ.get(GPU) != ""


def has_gpu() -> bool:
    """Whether an NVIDIA driver is installed. Reads the disk."""
    return DRIVER.exists() or shutil.which("nvidia-smi") is not None
