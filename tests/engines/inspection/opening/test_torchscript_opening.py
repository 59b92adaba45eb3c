"""TorchScript is named as code, read without running it, and loaded in a process of its own only when asked."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
import torch
from torch import nn

from engines.core.errors import BadInput
from engines.inspection.opening import child
from engines.inspection.opening.opener import open_model
from engines.inspection.opening.safety import safety_of

pytestmark = pytest.mark.filterwarnings("ignore:.*deprecated:DeprecationWarning")


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.head = nn.Sequential(nn.Linear(4, 5), nn.ReLU())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.conv(x).mean([2, 3]))


@pytest.fixture
def script(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    torch.jit.save(torch.jit.script(Net()), str(tmp_path / "net.pt"))
    return tmp_path / "net.pt"


def test_parameters_are_read_and_the_program_is_left_alone(script: Path) -> None:
    model = open_model(script)
    known = torch.jit.load(str(script)).state_dict()
    assert model.sheet.safety.verdict == safety_of(script).verdict == "code"
    assert sorted(model.weights) == sorted(known)
    assert all(torch.equal(model.weights[name], tensor) for name, tensor in known.items())
    assert model.sheet.graph is None
    assert "a process of its own" in model.sheet.runs


def test_its_graph_is_shown_when_asked(script: Path) -> None:
    sheet = open_model(script, code=True).sheet
    assert sheet.graph is not None
    assert [node.name for node in sheet.graph.nodes] == ["conv.conv2d", "mean", "head.0.linear", "relu"]
    assert sheet.graph.nodes[0].inputs == ("x", "conv.weight", "conv.bias")
    assert sheet.graph.outputs == ("relu",)
    assert sheet.graph.shape("head.0.weight") == (5, 4)


def rewritten(path: Path, end: str, change: bytes) -> None:
    with zipfile.ZipFile(path) as known:
        members = {name: known.read(name) for name in known.namelist()}
    with zipfile.ZipFile(path, "w") as made:
        for name, data in members.items():
            made.writestr(name, change if name.endswith(end) else data)


def test_a_call_beyond_its_own_classes_is_refused(script: Path, tmp_path: Path) -> None:
    rewritten(script, "data.pkl", b"\x80\x02cos\nsystem\nX\x04\x00\x00\x00true\x85R.")
    assert safety_of(script).calls == ("os.system('true')",)
    for code in (False, True):
        with pytest.raises(BadInput, match="Refused"):
            open_model(script, code=code)


def test_a_child_is_ended_at_its_limits(tmp_path: Path) -> None:
    """The deadline, the memory, and files that it may not write."""
    with pytest.raises(BadInput, match="without an answer"):
        child.ask("tests.engines.inspection.opening.bad_child", tmp_path / "sleep", seconds=1)
    with pytest.raises(BadInput, match="MemoryError"):
        child.ask("tests.engines.inspection.opening.bad_child", tmp_path / "grow", memory=1 << 30)
    with pytest.raises(BadInput, match="File too large"):
        child.ask("tests.engines.inspection.opening.bad_child", tmp_path / "write")
    assert not (tmp_path / "write").exists() or not (tmp_path / "write").stat().st_size
