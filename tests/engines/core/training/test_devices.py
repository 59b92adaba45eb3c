"""What a device's name may be."""

import pytest
import torch

from engines.core.errors import BadInput, OutOfResources
from engines.core.training.devices import named


def test_the_cpu_is_there():
    assert named("cpu") == torch.device("cpu")


@pytest.mark.parametrize("name", ["tpu", "meta", "", "cuda:x"])
def test_what_is_no_device_of_ours(name):
    with pytest.raises(BadInput, match="no device"):
        named(name)


def test_a_gpu_that_is_not_there(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    assert named("cuda:0") == torch.device("cuda:0")
    with pytest.raises(OutOfResources, match="no cuda:1"):
        named("cuda:1")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(OutOfResources, match="no CUDA"):
        named("cuda")
