"""Safetensors: heads that lie are refused by arithmetic, the rest is what the safetensors library reads."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from engines.core.errors import BadInput
from engines.inspection.opening.opener import open_model
from engines.inspection.opening.safety import safety_of
from engines.inspection.types import Format

PEAK = """
import sys
from engines.core.errors import KinoscopeError
from engines.inspection.opening.opener import open_model
try:
    print(open_model(sys.argv[1]).sheet.counts.parameters)
except KinoscopeError as error:
    print(error.message)
print(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1])
"""


def row(low: int, high: int, shape: list[Any] | None = None, dtype: Any = "F32") -> dict[str, Any]:
    return {"dtype": dtype, "shape": [(high - low) // 4] if shape is None else shape, "data_offsets": [low, high]}


def file_of(head: bytes, data: int = 16, claimed: int | None = None) -> bytes:
    return struct.pack("<Q", len(head) if claimed is None else claimed) + head + bytes(data)


def text(**rows: Any) -> bytes:
    return json.dumps(rows).encode()


HOSTILE = {
    "a head of a gigabyte": file_of(text(a=row(0, 16)), claimed=1 << 30),
    "a head of all numbers there are": file_of(text(a=row(0, 16)), claimed=(1 << 64) - 1),
    "tensors over one another": file_of(text(a=row(0, 12), b=row(8, 16))),
    "a hole": file_of(text(a=row(0, 4), b=row(8, 16))),
    "bytes of no tensor": file_of(text(a=row(0, 8))),
    "data that are not there": file_of(text(a=row(0, 64))),
    "a size that does not fit its shape": file_of(text(a=row(0, 16, [3]))),
    "a type that does not exist": file_of(text(a=row(0, 16, dtype="F1024"))),
    "a type that is a list": file_of(text(a=row(0, 16, dtype=["F32"]))),
    "one name twice": file_of(b'{"a": %b, "a": %b}' % (text(**row(0, 16)), text(**row(0, 16)))),
    "sizes below zero": file_of(text(a=row(0, 16, [-2, -2]))),
    "sizes whose product overflows": file_of(text(a=row(0, 16, [1 << 40, 1 << 40, 4]))),
    "sizes that are words": file_of(text(a=row(0, 16, ["4"]))),
    "offsets backwards": file_of(text(a={"dtype": "F32", "shape": [4], "data_offsets": [16, 0]})),
    "nested without end": file_of(b'{"a":' + b"[" * 20_000 + b"]" * 20_000 + b"}"),
    "metadata of numbers": file_of(b'{"__metadata__": {"a": 1}, "a": %b}' % text(**row(0, 16))),
    "no JSON": file_of(b"{this is none}"),
    "a million axes": file_of(text(a=row(0, 16, [1] * 100_000 + [4]))),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_head_that_lies_is_refused_in_words(name: str, tmp_path: Path) -> None:
    path = tmp_path / "hostile.safetensors"
    path.write_bytes(HOSTILE[name])
    with pytest.raises(BadInput):
        open_model(path)
    assert safety_of(path).verdict == "refused"


def test_the_library_refuses_what_is_refused_here_or_is_more_lenient_in_three_ways(tmp_path: Path) -> None:
    """It takes many axes; all other heads it refuses too."""
    taken = []
    for name, content in HOSTILE.items():
        path = tmp_path / "hostile.safetensors"
        path.write_bytes(content)
        try:
            with safe_open(path, "np"):
                taken.append(name)
        except SafetensorError:
            continue
    assert set(taken) <= {"a million axes", "one name twice", "a size that does not fit its shape"}


LARGE = 2 << 30
CLAIMS = {
    "a gigabyte of head": (b"{", 1 << 30),
    "as many values as are taken": (b'{"a":[' + b'{"b":0},' * 330_000 + b"0]}", None),
    "nothing that is not there": (text(w=row(0, LARGE)), None),
}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is read from /proc")
@pytest.mark.parametrize("name", CLAIMS)
def test_no_claim_takes_memory(name: str, tmp_path: Path) -> None:
    head, claimed = CLAIMS[name]
    path = tmp_path / "large.safetensors"
    with path.open("wb") as file:
        file.write(file_of(head, 0, claimed))
        file.truncate(file.tell() + LARGE)
    done = subprocess.run([sys.executable, "-c", PEAK, str(path)], capture_output=True, text=True, check=True)
    said, peak = done.stdout.strip().splitlines()
    assert int(peak) < 500 * 1024
    assert (said == str(LARGE // 4)) == (name == "nothing that is not there")


def test_tensors_and_words_are_those_of_the_library(tmp_path: Path) -> None:
    torch.manual_seed(0)
    path = tmp_path / "a.safetensors"
    types = (torch.float32, torch.bfloat16, torch.int8, torch.float8_e4m3fn, torch.bool)
    save_file({str(dtype): torch.randn(3, 5).to(dtype) for dtype in types} | {"none": torch.zeros(0, 2)}, path,
              {"made by": "a test"})  # fmt: skip
    model = open_model(path)
    assert model.sheet.format is Format.SAFETENSORS
    assert ("made by", "a test") in model.sheet.facts
    with safe_open(path, "pt") as known:
        assert sorted(known.keys()) == sorted(model.weights)
        for name in known.keys():  # noqa: SIM118
            tensor = known.get_tensor(name)
            assert torch.equal(tensor.float(), model.weights[name].float())
            assert tensor.dtype == model.weights[name].dtype


@pytest.mark.parametrize(
    "names",
    [
        ("base_model.model.q.lora_A.weight", "base_model.model.q.lora_B.weight"),
        ("unet.q.lora_A.default.weight", "unet.q.lora_B.default.weight"),
        ("lora_unet_q.lora_down.weight", "lora_unet_q.lora_up.weight"),
        ("unet.q.lora.down.weight", "unet.q.lora.up.weight"),
    ],
)
def test_adapters_are_told_with_their_rank(names: tuple[str, str], tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    down, up = names
    save_file({down: torch.ones(4, 16), up: torch.ones(32, 4), "lora_unet_q.alpha": torch.ones(())}, path)
    sheet = open_model(path).sheet
    assert sheet.format is Format.LORA
    assert {("adapted layers", "1"), ("rank", "4")} <= set(sheet.facts)
    assert "run alone" in sheet.runs
    save_file({down: torch.ones(4, 16), up: torch.ones(32, 4), "conv.weight": torch.ones(1)}, path)
    assert open_model(path).sheet.format is Format.SAFETENSORS
