"""What the user lets the program use of the machine is what worker processes get."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from engines.core.processor import most_threads
from workbench.controllers.common import devices
from workbench.work.broker import Broker
from workbench.work.limits import THREADS, limit

NAMES = ("OMP_NUM_THREADS", "CUDA_VISIBLE_DEVICES")
ASK = f"import cv2, os; print(cv2.getNumThreads(), *[repr(os.environ[name]) for name in {NAMES}])"


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*THREADS, "CUDA_VISIBLE_DEVICES"):
        monkeypatch.setenv(name, "7")
        monkeypatch.delenv(name)


@pytest.mark.usefixtures("environment")
def test_without_limits_nothing_is_said() -> None:
    limit(0, True)
    assert not {*THREADS, "CUDA_VISIBLE_DEVICES"} & os.environ.keys()
    assert Broker().threads == os.cpu_count()


@pytest.mark.usefixtures("environment")
def test_a_process_started_afterwards_keeps_within_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    limit(1, False)
    assert (most_threads(), Broker().threads) == (1, 1)
    done = subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "'1'", "''"]


@pytest.mark.usefixtures("environment")
def test_a_gpu_that_may_not_be_used_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "has_gpu", lambda: True)
    assert devices.devices() == ("cpu", "cuda")
    limit(0, False)
    assert devices.devices() == ("cpu",)
