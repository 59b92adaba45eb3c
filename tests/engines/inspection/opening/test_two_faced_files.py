"""Files that are harmless to one reader and a pickle that runs to another: none is called safe."""

from __future__ import annotations

import io
import pickle
import struct
import zipfile
import zlib
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from engines.inspection.opening.pickle_machine import MOST_LINE
from engines.inspection.opening.safety import safety_of
from tests.engines.inspection.opening.payloads import Calls

GOOD = pickle.dumps(OrderedDict(), 2)
FAR = struct.Struct("<4sQHHIIQQQQ")


def evil(marker: Path) -> bytes:
    return f"cos\nsystem\n(S'touch {marker}'\ntR.".encode()


def archive(path: Path, **members: bytes) -> None:
    with zipfile.ZipFile(path, "w") as made:
        for name, data in members.items():
            made.writestr(f"a/{name}", data)


def another_case(path: Path, marker: Path) -> None:
    """PyTorch finds names of any case; a pickle of protocol 0 begins like a text."""
    archive(path, **{"DATA.PKL": evil(marker), "b/data.pkl": GOOD})


def objects_in_an_array(path: Path, marker: Path) -> None:
    file = io.BytesIO()
    np.save(file, np.array([Calls(open, str(marker), "w")], object))
    archive(path, **{"data.pkl": GOOD, "data/b.npy": file.getvalue()})


def another_case_in_a_program(path: Path, marker: Path) -> None:
    archive(path, **{"DATA.PKL": evil(marker), "archive_format": b"pt2"})


def large_in_a_program(path: Path, marker: Path) -> None:
    archive(path, **{"data.pkl": evil(marker) + bytes(65 << 20), "archive_format": b"pt2"})


def two_directories(path: Path, marker: Path) -> None:
    """One right before its locator, as Python reads it, and one where the locator says, as PyTorch does."""
    made = bytearray()

    def member(data: bytes) -> bytes:
        at, head = len(made), struct.pack("<IIIHH", zlib.crc32(data), len(data), len(data), 10, 0)
        made.extend(b"PK\3\4" + bytes(10) + head + b"a/data.pkl" + data)
        return b"PK\1\2" + bytes(12) + head + bytes(10) + struct.pack("<I", at) + b"a/data.pkl"

    def directory(entry: bytes) -> int:
        made.extend(entry)
        made.extend(FAR.pack(b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, len(entry), len(made) - len(entry)))
        return len(made) - FAR.size

    entries = [member(GOOD), member(evil(marker))]
    hidden = directory(entries[1])
    directory(entries[0])
    made.extend(struct.pack("<4sIQI", b"PK\6\7", 0, hidden, 1))
    made.extend(struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0))
    path.write_bytes(made)


def flatbuffer(path: Path, marker: Path, between: bytes = b"") -> None:
    """The place of its root is a string's head too, which reaches to where the pickle goes on."""
    path.write_bytes((b"U\x20\0\0TFL3" + bytes(26) + between + evil(marker)).ljust(9000, b"\0"))


def far_behind(path: Path, marker: Path) -> None:
    """A string longer than any that is read, and a line longer than any."""
    flatbuffer(path, marker, b"B" + struct.pack("<I", 70 << 20) + bytes(70 << 20) + b"V" + b"v" * 2 * MOST_LINE + b"\n")


def onnx(path: Path, marker: Path) -> None:
    """Its fields in another order: version of the model, of the format, a text, the graph."""
    text = (b"zzzzz" + evil(marker)).ljust(110)
    graph = b"\x0a\x04\x22\x02ab"
    assert len(text) < 128
    path.write_bytes(b"\x28U\x08\x07\x32" + bytes([len(text)]) + text + b"\x3a" + bytes([len(graph)]) + graph)


def safetensors(path: Path, marker: Path) -> None:
    """The length of its head is a string's too; the rest of the head is a line and two empty tables."""
    skip, data = 120, evil(marker).ljust(200)
    size = ord("B") + (skip << 8)
    head = b'{"w":{"dtype":"U8","shape":[200],"data_offsets":[0,200]},"__metadata__":{"a":"'
    head = (head.ljust(skip - 3, b"x") + b"V").ljust(size - 4, b"y") + b'"\n}}'
    path.write_bytes(struct.pack("<Q", size) + head + data)


FILES: dict[str, Callable[[Path, Path], None]] = {
    "another case": another_case,
    "objects in an array": objects_in_an_array,
    "another case in a program": another_case_in_a_program,
    "large in a program": large_in_a_program,
    "two directories": two_directories,
    "TFLite": flatbuffer,
    "TFLite, far behind": far_behind,
    "ONNX": onnx,
    "safetensors": safetensors,
}
RUN_BY_PICKLE = ("TFLite", "TFLite, far behind", "ONNX", "safetensors")


@pytest.mark.parametrize("name", FILES)
def test_what_another_reader_would_run_is_not_called_safe(name: str, tmp_path: Path) -> None:
    path, marker = tmp_path / "file", Path(f"/{name[:1]}{name[-1:]}")
    FILES[name](path, marker)
    safety = safety_of(path)
    assert safety.verdict == "refused"
    assert name not in RUN_BY_PICKLE or safety.calls == (f"os.system('touch {marker}')",)


def test_a_compiled_program_in_an_exported_one_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.pt2"
    archive(path, **{"archive_format": b"pt2", "data/aotinductor/model/m.so": b"\x7fELF"})
    safety = safety_of(path)
    assert (safety.verdict, "m.so" in safety.why) == ("code", True)
