"""The benchmark of the CUDA device says in words that there is none."""

from __future__ import annotations

import pytest
import torch

from engines.core.errors import OutOfResources
from workbench.benchmarks import gpu


def test_without_a_device_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(OutOfResources, match="no CUDA device"):
        gpu.main()
