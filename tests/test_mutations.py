"""Broken files in front of every reader: an error in words that names the file, or a reading; nothing else, ever.

Reading never changes a file that it only reads, and a file never costs more memory than its size has a right to.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from engines.core.errors import KinoscopeError
from tests.mutations import damage
from tests.readers import READERS, Reader

ROOM = 2 << 30
TRIES = int(os.environ.get("KINOSCOPE_MUTATIONS", 24))
SLOW = ("gallery_enc", "gallery", "onnx_card")


@pytest.fixture(autouse=True)
def little_memory() -> Iterator[None]:
    """2 GB more than the process has now; what asks for more gets a MemoryError."""
    if not sys.platform.startswith("linux"):
        yield
        return
    import resource

    now = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (now + ROOM, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


def content(folder: Path) -> dict[str, str]:
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()}


def fault(reader: Reader, folder: Path) -> str:
    """What the reader did wrong with what lies in the folder, "" for nothing."""
    before = content(folder)
    try:
        reader.read(folder / reader.file)
    except KinoscopeError as error:
        if not error.path or not error.path.startswith(str(folder)):
            return f"names no file: {error}"
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:200]}"
    return "" if reader.writes or content(folder) == before else "changed what it read"


def test_inputs_that_once_broke_a_reader(data: Path, tmp_path: Path) -> None:
    cases = sorted(path for path in (data / "cases" / "attack" / "mutations").glob("*") if path.is_dir())
    if not cases:
        pytest.skip("the mutated inputs are not there")
    faults = {}
    for case in cases:
        folder = Path(shutil.copytree(case, tmp_path / case.name))
        reader = READERS[case.name.rsplit("-", 2)[0]]
        if found := fault(reader, folder):
            faults[case.name] = found
    assert faults == {}


@pytest.mark.parametrize("kind", READERS)
def test_files_damaged_by_chance(kind: str, tmp_path: Path, cheap_scrypt: None) -> None:
    reader = READERS[kind]
    sound = tmp_path / "sound"
    sound.mkdir()
    reader.make(sound / reader.file)
    reader.read(sound / reader.file)
    faults = {}
    for seed in range(TRIES // (2 if kind in SLOW else 1)):
        folder = Path(shutil.copytree(sound, tmp_path / str(seed)))
        damage(folder / reader.file, seed)
        if found := fault(reader, folder):
            faults[seed] = found
    assert faults == {}


BOMBS = {
    "deep": "[" * 200_000,
    "deep object": '{"a":' * 5000 + "1" + "}" * 5000,
    "digits": "9" * 5000,
    "long number": json.dumps({"format": "kinoscope.labels", "segments": [10**400], "version": 10**400}),
    "half a letter": '{"\\ud800": "\\udbff"}',
    "not text": "\udcff\udcfe\udcfd",
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_texts_made_to_lead_parsers_astray(bomb: str, tmp_path: Path) -> None:
    faults = {}
    for kind, reader in READERS.items():
        folder = tmp_path / kind
        folder.mkdir()
        reader.make(folder / reader.file)
        for path in [path for path in folder.rglob("*.json") if path.is_file()] or [folder / reader.file]:
            if path.is_file() and not reader.writes:
                path.write_text(BOMBS[bomb], "utf-8", "surrogateescape")
        if found := fault(reader, folder):
            faults[kind] = found
    assert faults == {}


@pytest.fixture
def cheap_scrypt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engines.faces.gallery.keys.SCRYPT_N", 2**4)
