"""What stands in front of every reader: sorts of files, sizes, and texts made to lead a parser astray."""

from __future__ import annotations

import io
import json
import math
import os
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.core import reading
from engines.core.errors import BadInput, FileMissing, KinoscopeError


@pytest.mark.skipif(os.name == "nt", reason="no pipes in folders on Windows")
def test_only_regular_files_pass(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    link = tmp_path / "link"
    link.symlink_to("/dev/zero")
    for path, sort in ((pipe, "named pipe"), (link, "device"), (tmp_path, "folder")):
        with pytest.raises(BadInput, match=sort) as caught:
            reading.read_bytes(path)
        assert caught.value.path == str(path)


@pytest.mark.parametrize("name", ["nothing", "a/b", "n" * 300, "nul\0"])
def test_a_name_that_leads_nowhere_is_said(tmp_path: Path, name: str) -> None:
    (tmp_path / "a").write_text("a file, not a folder")
    with pytest.raises((FileMissing, BadInput)):
        reading.regular_file(tmp_path / name)


def test_a_file_over_the_limit_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(5 << 30)
    with pytest.raises(BadInput, match="5,120 MB; at most 64 MB"):
        reading.read_bytes(path)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "[" * 500 + "]" * 500,
        '{"a":' * 101 + "1" + "}" * 101,
        "9" * 5000,
        "9" * 60,
        '{"a": [-' + "9" * 60 + "]}",
        '["\\ud800"]',
        '{"\\udbff": 1}',
        "{'a': 1}",
        "",
    ],
)
def test_json_that_breaks_parsers_or_their_users_is_bad_input(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(BadInput) as caught:
        reading.read_json(path)
    assert caught.value.path == str(path)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**64), 2**64) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_what_any_program_may_write_is_read(value: object) -> None:
    assert reading.parse_json(json.dumps(value)) == value


def test_infinite_sigma_is_a_number() -> None:
    assert math.isinf(reading.parse_json('{"sigma": Infinity}')["sigma"])


def test_a_row_is_never_cut(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    assert reading.parse_rows('start,end,class\n\n5,14,"wave, hand up"\n', path) == [
        (1, ["start", "end", "class"]),
        (3, ["5", "14", "wave, hand up"]),
    ]
    with pytest.raises(BadInput, match="Row 2 has 4 fields, the first line names 3"):
        reading.parse_rows("start,end,class\n5,14,wave, hand up\n", path)
    with pytest.raises(BadInput, match="Row 3 has 2 fields"):
        reading.parse_rows("start,end,class\n1,2,a\n5,14\n", path)
    with pytest.raises(BadInput, match="field larger"):
        reading.parse_rows("a\n" + "x" * 200_000, path)


@pytest.mark.parametrize(
    "text",
    [
        "<a>",
        "",
        "<a>" * 5000 + "</a>" * 5000,
        '<?xml version="1.0" encoding="no-such-letters"?><a/>',
        '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><a>&c;</a>',
        '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    ],
)
def test_xml_that_is_broken_or_unpacks_is_bad_input(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.eaf"
    path.write_text(text)
    with pytest.raises(BadInput):
        reading.read_xml(path)


def test_xml_is_read_as_the_library_reads_it(tmp_path: Path) -> None:
    from xml.etree import ElementTree

    text = '<a xmlns:x="urn:x" x:b="1"><x:c d="2">größe &lt; 3</x:c><e/>tail</a>'
    path = tmp_path / "a.xml"
    path.write_text(text, encoding="utf-8")
    assert ElementTree.tostring(reading.read_xml(path)) == ElementTree.tostring(ElementTree.fromstring(text))


def test_arrays_come_back(tmp_path: Path) -> None:
    array = np.arange(12.0).reshape(3, 4)
    np.save(tmp_path / "a.npy", array)
    np.savez_compressed(tmp_path / "a.npz", one=array, two=array.astype(np.uint8))
    assert np.array_equal(reading.read_array(tmp_path / "a.npy"), array)
    arrays = reading.read_arrays(tmp_path / "a.npz")
    assert sorted(arrays) == ["one", "two"]
    assert np.array_equal(arrays["two"], array)


def test_an_array_that_promises_more_than_there_is_takes_no_memory(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(buffer, {"descr": "<f8", "fortran_order": False, "shape": (1 << 40,)})
    (tmp_path / "a.npy").write_bytes(buffer.getvalue() + b"\0" * 64)
    objects = np.array([{}], dtype=object)
    np.save(tmp_path / "b.npy", objects, allow_pickle=True)
    (tmp_path / "c.npy").write_bytes(b"\x93NUMPY\x01\x00\x10\x00{'descr': [[[[[[[")
    for name in ("a.npy", "b.npy", "c.npy"):
        with pytest.raises(BadInput):
            reading.read_array(tmp_path / name)


def test_an_archive_that_unpacks_without_end_is_refused_by_its_list(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.npy", bytes(64 << 20))
    with pytest.raises(BadInput, match="too large: 64 MB"):
        reading.read_arrays(path, most=32 << 20)
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(BadInput):
        reading.read_arrays(path)


@given(st.binary(max_size=200))
def test_nothing_but_our_own_errors_comes_out(content: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a"
        for start in (b"", b"\x93NUMPY\x01\x00", b"PK\x03\x04", b"<a>"):
            path.write_bytes(start + content)
            for read in (reading.read_json, reading.read_xml, reading.read_array, reading.read_arrays):
                try:
                    read(path)
                except KinoscopeError as error:
                    assert error.path == str(path)


def test_a_table_is_read_whichever_mark_separates_its_cells(tmp_path: Path) -> None:
    rows = [(1, ["name", "x"]), (3, ["nose", "1,5"])]
    assert reading.table("name;x\n\n nose ; 1,5 \n", tmp_path) == rows
    assert reading.table('name\tx\n\nnose\t"1,5"\n', tmp_path) == rows
    assert reading.decimal("1,5") == 1.5
    with pytest.raises(ValueError, match="not finite"):
        reading.decimal("inf")


def test_a_member_that_says_less_than_it_holds_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "liar.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", b"0" * 2_000_000)
    content = bytearray(path.read_bytes())
    at = content.rfind(b"PK\1\2") + 24
    content[at : at + 4] = (10).to_bytes(4, "little")
    path.write_bytes(content)
    tracemalloc.start()
    try:
        with pytest.raises(BadInput), reading.open_zip(path) as archive:
            reading.read_member(archive, "a")
        assert tracemalloc.get_traced_memory()[1] < 500_000
    finally:
        tracemalloc.stop()
