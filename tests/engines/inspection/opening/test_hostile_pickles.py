"""Pickles that would run something are refused by name, whatever way they take, and nothing of them is run."""

from __future__ import annotations

import io
import pickle
import subprocess
import sys
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from engines.core.context import PlainContext
from engines.core.errors import BadInput
from engines.inspection.opening import pickle_machine
from engines.inspection.opening.job import run
from engines.inspection.opening.opener import open_model
from engines.inspection.opening.safety import safety_of
from engines.inspection.types import OpenSpec
from tests.engines.inspection.opening.payloads import LIVE, Calls

GOOD = pickle.dumps(OrderedDict(), 2)
RUN = """
import pathlib, pickle, sys
for file in sys.argv[1:]:
    try:
        pickle.loads(pathlib.Path(file).read_bytes())
    except Exception:
        pass
"""


def refused(path: Path, marker: Path) -> tuple[str, ...]:
    """What it would have called: told by the verdict and by the failure to open it, with nothing run."""
    safety = safety_of(path)
    assert safety.verdict == "refused"
    with pytest.raises(BadInput) as failure:
        open_model(path)
    assert not marker.exists()
    assert all(call in failure.value.message for call in safety.calls[:1])
    return safety.calls


def archive(path: Path, *members: tuple[str, bytes], packed: bool = False) -> Path:
    way = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    with zipfile.ZipFile(path, "w", way) as made:
        for name, data in members:
            made.writestr(name, data)
    return path


def test_the_payloads_are_live(tmp_path: Path) -> None:
    markers = {name: tmp_path / f"marker{place}" for place, name in enumerate(LIVE)}
    files = []
    for name, payload in LIVE.items():
        files.append(tmp_path / f"{markers[name].name}.pkl")
        files[-1].write_bytes(payload(markers[name]))
    subprocess.run([sys.executable, "-c", RUN, *map(str, files)], check=True, capture_output=True, timeout=120)
    assert [name for name, marker in markers.items() if not marker.exists()] == []


@pytest.mark.parametrize("name", LIVE)
def test_every_way_to_a_call_is_refused_in_every_container(name: str, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    payload = LIVE[name](marker)
    plain = tmp_path / "weights.safetensors"
    plain.write_bytes(payload)
    legacy = tmp_path / "legacy.onnx"
    legacy.write_bytes(legacy_start() + payload + pickle.dumps([], 2))
    whole = archive(tmp_path / "model.tflite", ("model/data.pkl", payload), ("model/version", b"3\n"))
    told = [refused(path, marker) for path in (plain, legacy, whole)]
    assert told[0] == told[1] == told[2] != ()


def legacy_start() -> bytes:
    return b"".join(pickle.dumps(value, 2) for value in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}))


def test_calls_are_told_as_they_would_be_made(tmp_path: Path) -> None:
    def calls(payload: bytes) -> tuple[str, ...]:
        path = tmp_path / "file.pt"
        path.write_bytes(payload)
        return safety_of(path).calls

    marker = tmp_path / "marker"
    assert calls(LIVE["os.system, protocol 2"](marker)) == (f"os.system('touch {marker}') (as posix.system)",)
    assert calls(LIVE["INST of protocol 0"](marker)) == (f"os.system('touch {marker}')",)
    assert calls(LIVE["open for writing"](marker)) == (f"{open.__module__}.open('{marker}', 'w')",)
    assert calls(b"\x80\x02cthis\ns\n.") == ("this.s",)
    chain = calls(LIVE["chain of calls"](marker))
    assert chain[-1] == f"builtins.getattr(importlib.import_module('os'), 'system')('touch {marker}')"


def test_a_call_beside_real_tensors_is_refused(tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    for new in (True, False):
        path = tmp_path / f"state{new}.pt"
        torch.save({"w": torch.ones(3), "x": Calls(open, str(marker), "w")}, path, _use_new_zipfile_serialization=new)
        assert "open(" in refused(path, marker)[0]


def test_a_second_pickle_behind_the_first_is_followed(tmp_path: Path) -> None:
    path = tmp_path / "two.pt"
    path.write_bytes(GOOD + LIVE["exec"](tmp_path / "marker"))
    assert "exec" in refused(path, tmp_path / "marker")[0]


ODD = {
    "an extension by number": b"\x80\x02\x82\x07.",
    "a persistent id that is a module": b"\x80\x02(X\x06\x00\x00\x00modulecos\nsystem\nNNtQ.",
    "a persistent id of letters": b"Pevil\n.",
    "a key that leads out": b"\x80\x02(X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x07\x00\x00\x00../evil"
    b"X\x03\x00\x00\x00cpuK\x01tQ.",
    "a name with a dot below an allowed one": b"\x80\x04ccollections\nOrderedDict.fromkeys\n.",
    "a name made of numbers": b"\x80\x04K\x01K\x02\x93.",
    "state for a class": b"\x80\x02ctorch\nTensor\n}b.",
    "items for a class": b"\x80\x02ctorch\nTensor\nK\x01K\x02s.",
    "a length of an exabyte": b"\x80\x04\x8e\x00\x00\x00\x00\x00\x00\x00\x10.",
    "a class made, not called": b"\x80\x02csubprocess\nPopen\n]\x85\x81.",
    "a class made with keywords": b"\x80\x04csubprocess\nPopen\n)}\x92.",
    "nested without end": b"\x80\x02" + b"(" * 100_000 + b".",
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_what_no_file_of_weights_does_is_refused(name: str, tmp_path: Path) -> None:
    path = archive(tmp_path / "odd.pt", ("odd/data.pkl", ODD[name]))
    refused(path, tmp_path / "marker")


def two_mains(path: Path, evil: bytes) -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        archive(path, ("a/data.pkl", GOOD), ("a/data.pkl", evil))


def lying_head(path: Path, evil: bytes) -> None:
    """The directory says `a/data.pkl`, the head before the data another name."""
    archive(path, ("a/data.pkl", evil))
    data = path.read_bytes()
    path.write_bytes(data.replace(b"a/data.pkl", b"a/else.pkl", 1))


def bomb(path: Path, _: bytes) -> None:
    archive(path, ("a/data.pkl", b"\x80\x02]" + bytes(70 << 20)), packed=True)


TRICKS: dict[str, Callable[[Path, bytes], object]] = {
    "two members of one name": two_mains,
    "two folders": lambda path, evil: archive(path, ("a/data.pkl", GOOD), ("b/data.pkl", evil)),
    "names that differ in case": lambda path, evil: archive(path, ("a/data.pkl", GOOD), ("a/DATA.pkl", evil)),
    "a name that leads out": lambda path, evil: archive(path, ("a/data.pkl", GOOD), ("../data.pkl", evil)),
    "packed": lambda path, evil: archive(path, ("a/data.pkl", evil), packed=True),
    "a bomb": bomb,
    "another pickle": lambda path, evil: archive(path, ("a/data.pkl", GOOD), ("a/extra.pkl", evil)),
    "a pickle by content": lambda path, evil: archive(path, ("a/data.pkl", GOOD), ("a/readme.txt", evil)),
    "a pickle among the numbers": lambda path, evil: archive(path, ("a/data.pkl", GOOD), ("a/data/0", evil)),
    "more behind the end": lambda path, evil: archive(path, ("a/data.pkl", GOOD + evil)),
    "bytes before the archive": lambda path, evil: path.write_bytes(
        evil + archive(path, ("a/data.pkl", GOOD)).read_bytes()
    ),
    "a head that lies": lying_head,
}


@pytest.mark.parametrize("name", TRICKS)
def test_archives_that_readers_see_differently_are_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / "model.pt"
    TRICKS[name](path, LIVE["os.system, protocol 2"](tmp_path / "marker"))
    refused(path, tmp_path / "marker")


def test_a_tar_of_before_2017_is_refused_and_its_pickles_are_named(tmp_path: Path) -> None:
    import tarfile

    path, evil = tmp_path / "old.pt", LIVE["exec"](tmp_path / "marker")
    with tarfile.open(path, "w") as made:
        for name in ("storages", "pickle"):
            info = tarfile.TarInfo(name)
            info.size = len(evil)
            made.addfile(info, io.BytesIO(evil))
    assert "exec" in refused(path, tmp_path / "marker")[0]


def test_a_checksum_that_differs_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.pt"
    torch.save({"weight": torch.ones(2)}, path)
    data = path.read_bytes()
    path.write_bytes(data.replace(b"weight", b"height", 1))
    assert "checksum" in safety_of(path).why


def test_objects_in_arrays_are_named_and_not_unpickled(tmp_path: Path) -> None:
    import numpy as np

    path, marker = tmp_path / "a.npz", tmp_path / "marker"
    np.savez(path, plain=np.ones(3), odd=np.array([Calls(open, str(marker), "w")], object))
    assert "open(" in refused(path, marker)[0]


def test_steps_without_end_are_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pickle_machine, "MOST_STEPS", 1000)
    path = archive(tmp_path / "many.pt", ("a/data.pkl", b"\x80\x02" + b"]" * 2000 + b"."))
    assert "steps" in safety_of(path).why


def test_the_window_is_given_a_sheet_of_what_a_refused_file_would_have_called(tmp_path: Path) -> None:
    path = tmp_path / "evil.pth"
    path.write_bytes(b"cos\nsystem\n(S'touch " + str(tmp_path / "marker").encode() + b"'\ntR.")
    sheet = run(OpenSpec(str(path)), PlainContext())
    assert (sheet.safety.verdict, sheet.tensors, sheet.graph) == ("refused", (), None)
    assert sheet.safety.calls == (f"os.system('touch {tmp_path / 'marker'}')",)
    assert "Nothing of it was run" in sheet.runs
    assert not (tmp_path / "marker").exists()
