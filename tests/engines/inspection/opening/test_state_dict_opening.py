"""State dicts opened without unpickling hold what torch's own loader gives, and nothing is read before it is asked."""

from __future__ import annotations

import os
import pickle
import struct
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from engines.core.errors import BadInput
from engines.inspection.opening.opener import open_model
from engines.inspection.opening.safety import safety_of

HEAVIEST = """
import sys
from engines.core.errors import KinoscopeError
from engines.inspection.opening.opener import open_model
try:
    model = open_model(sys.argv[1])
    print(model.sheet.counts.parameters)
except KinoscopeError as error:
    print(error.message)
print(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1])
"""
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is read from /proc")


def heaviest(path: Path) -> tuple[str, int]:
    """What a process says that opens a file, and the most memory it ever held, in MB."""
    done = subprocess.run([sys.executable, "-c", HEAVIEST, str(path)], capture_output=True, text=True, check=True)
    said, peak = done.stdout.strip().splitlines()
    return said, int(peak) // 1024


def network() -> nn.Module:
    torch.manual_seed(0)
    made = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(8, 8))
    made.add_module("tied", nn.Linear(8, 8))
    made.tied.weight = made[3].weight
    return made


@pytest.mark.parametrize("new", [True, False])
def test_tensors_equal_those_of_torchs_loader(new: bool, tmp_path: Path) -> None:
    state = network().state_dict()
    state |= {
        "turned": torch.arange(6.0).reshape(2, 3).T,
        "part": torch.arange(10)[2:7:2],
        "half": torch.ones(3).half(),
    }
    state |= {"brain": torch.ones(2, dtype=torch.bfloat16), "mask": torch.tensor([True]), "none": torch.zeros(0, 4)}
    state |= {"complex": torch.ones(2, dtype=torch.complex64), "parameter": nn.Parameter(torch.ones(2, 2))}
    path = tmp_path / "state.pth"
    torch.save(state, path, _use_new_zipfile_serialization=new)
    model = open_model(path)
    same(model.weights, torch.load(path, weights_only=True))
    assert safety_of(path).verdict == model.sheet.safety.verdict == "safe"
    assert bool(model.sheet.warnings) is not new


def same(weights: Any, known: Mapping[str, Tensor]) -> None:
    assert sorted(weights) == sorted(known)
    for name, tensor in known.items():
        assert torch.equal(weights[name], tensor), name
        assert weights[name].dtype == tensor.dtype


def test_a_tied_weight_is_counted_once_and_counters_are_no_parameters(tmp_path: Path) -> None:
    made = network()
    torch.save(made.state_dict(), tmp_path / "tied.pt")
    counts = open_model(tmp_path / "tied.pt").sheet.counts
    floats = [one for one in made.state_dict().values() if one.is_floating_point()]
    assert counts.parameters == sum(one.numel() for one in floats)
    assert counts.parameters_shared_once == counts.parameters - 64


def test_a_checkpoint_is_read_with_its_words_and_without_its_optimiser_as_parameters(tmp_path: Path) -> None:
    made = nn.Linear(4, 2)
    optimiser = {"state": {0: {"exp_avg": torch.ones(2, 4)}}, "param_groups": [{"lr": 0.1, "params": [0]}]}
    path = tmp_path / "checkpoint.pt"
    torch.save({"model": made.state_dict(), "optimizer": optimiser, "epoch": 7, "name": "toy"}, path)
    model = open_model(path)
    assert model.sheet.counts.parameters == 10
    assert torch.equal(model.weights["model.weight"], made.weight)
    assert "optimizer.state.0.exp_avg" in model.weights
    assert {("epoch", "7"), ("name", "toy")} <= set(model.sheet.facts)


def test_no_tensor_is_lost_whatever_it_is_kept_in(tmp_path: Path) -> None:
    one = torch.ones(2)
    for kept, names in (
        (one, ["tensor"]),
        ([one, (one,)], ["0", "1.0"]),
        ({"a.b": one, "a": {"b": one}, 3: one, (1, 2): one, None: one}, ["a.b", "a.b (2)", "3", "(1, 2)", "None"]),
    ):
        torch.save(kept, tmp_path / "kept.pt")
        assert sorted(open_model(tmp_path / "kept.pt").weights) == sorted(names)
    torch.save({"a": one, "sparse": torch.eye(2).to_sparse()}, tmp_path / "kept.pt")
    assert "sparse" in open_model(tmp_path / "kept.pt").sheet.warnings[0]


def test_a_part_of_a_storage_as_pytorch_wrote_before_0_4(tmp_path: Path) -> None:
    """Numbers 0 to 9 are stored, the tensor is of the part from 4 on."""

    class Storage:
        pass

    class Pickler(pickle.Pickler):
        def persistent_id(self, value: Any) -> Any:
            part = ("storage", torch.FloatStorage, "0", "cpu", 10, ("part", 4, 3))
            return part if isinstance(value, Storage) else None

    class Tensor:
        def __reduce__(self) -> Any:
            return torch._utils._rebuild_tensor, (Storage(), 1, (2,), (1,))

    path = tmp_path / "old.pt"
    with path.open("wb") as file:
        for value in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}):
            pickle.dump(value, file, 2)
        Pickler(file, 2).dump({"w": Tensor()})
        pickle.dump(["0"], file, 2)
        file.write(struct.pack("<q10f", 10, *range(10)))
    known = torch.load(path, weights_only=True)["w"]
    assert torch.equal(open_model(path).weights["w"], known)
    assert known.tolist() == [5, 6]


def test_numbers_of_the_other_byte_order_are_not_misread(tmp_path: Path) -> None:
    path = tmp_path / "a.pt"
    torch.save({"w": torch.ones(2)}, path)
    with zipfile.ZipFile(path) as known:
        members = {name: known.read(name) for name in known.namelist()}
    with zipfile.ZipFile(path, "w") as made:
        for name, data in members.items():
            made.writestr(name, b"big" if name.endswith("byteorder") else data)
    with pytest.raises(BadInput, match="byte order"):
        open_model(path)


def test_writing_to_a_tensor_leaves_the_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "state.pt"
    torch.save({"w": torch.zeros(4)}, path)
    before = path.read_bytes()
    open_model(path).weights["w"].fill_(1)
    assert path.read_bytes() == before
    assert torch.equal(open_model(path).weights["w"], torch.zeros(4))


@pytest.mark.parametrize("new", [True, False])
def test_a_file_that_is_cut_short_says_so(new: bool, tmp_path: Path) -> None:
    path = tmp_path / "state.pt"
    torch.save({"w": torch.zeros(4000)}, path, _use_new_zipfile_serialization=new)
    for part in (0.95, 0.5, 0.01):
        (tmp_path / "cut.pt").write_bytes(path.read_bytes()[: int(path.stat().st_size * part)])
        with pytest.raises(BadInput, match=r"cut short|breaks off"):
            open_model(tmp_path / "cut.pt")


def test_a_tensor_that_reaches_beyond_its_numbers_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "lie.pt"
    torch.save({"w": torch.zeros(4)}, path)
    with zipfile.ZipFile(path) as made:
        members = {name: made.read(name) for name in made.namelist()}
    with zipfile.ZipFile(path, "w") as made:
        for name, data in members.items():
            made.writestr(name, data.replace(b"K\x04\x85", b"K\x09\x85") if name.endswith(".pkl") else data)
    with pytest.raises(BadInput, match="reaches beyond"):
        open_model(path)


@linux
def test_two_gigabytes_of_numbers_are_not_read(tmp_path: Path) -> None:
    """A sparse file: what was read of it would be in memory."""
    path = tmp_path / "large.pt"
    with zipfile.ZipFile(path, "w") as made:
        shape = tmp_path / "shape.pt"
        torch.save({"w": torch.empty(0)}, shape)
        with zipfile.ZipFile(shape) as known:
            pickle = known.read("shape/data.pkl")
        size = (1 << 29).to_bytes(4, "little")
        pickle = pickle.replace(b"K\x00t", b"J" + size + b"t", 1).replace(b"K\x00K\x00\x85", b"K\x00J" + size + b"\x85")
        made.writestr("shape/data.pkl", pickle)
        info = zipfile.ZipInfo("shape/data/0")
        info.file_size = info.compress_size = 4 << 29
        info.CRC = 0
        assert made.fp is not None
        info.header_offset = made.fp.tell()
        made.fp.write(info.FileHeader(zip64=True))
        made.fp.seek(4 << 29, os.SEEK_CUR)
        made.start_dir = made.fp.tell()
        made.filelist.append(info)
        made.NameToInfo[info.filename] = info
    assert path.stat().st_size > 2 << 30
    said, peak = heaviest(path)
    assert said == str(1 << 29)
    assert peak < 500
