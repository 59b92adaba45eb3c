"""The strict reader of calibration files against OpenCV's own writer and reader, and against texts made to break it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.calibration.formats import storage
from engines.core import reading
from engines.core.errors import BadInput

WORDS = st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\x7f"), min_size=1, max_size=30)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False).filter(lambda value: value == 0 or abs(value) > 1e-290)


def written(values: dict[str, Any], suffix: str) -> str:
    """What OpenCV writes."""
    file = cv2.FileStorage(suffix, cv2.FILE_STORAGE_WRITE | cv2.FILE_STORAGE_MEMORY)
    for name, value in values.items():
        if isinstance(value, list):
            file.startWriteStruct(name, cv2.FileNode_SEQ)
            for word in value:
                file.write("", word)
            file.endWriteStruct()
        else:
            file.write(name, value)
    return str(file.releaseAndGetString())


def read(text: str, tmp_path: Path, suffix: str, *names: str) -> dict[str, storage.Value]:
    if suffix == ".yaml":
        return storage.read_yaml(text, names)
    path = tmp_path / "a.xml"
    path.write_text(text, encoding="utf-8")
    return storage.read_xml(reading.read_xml(path))


@pytest.mark.parametrize("suffix", [".yaml", ".xml"])
@settings(max_examples=60)
@given(
    rows=st.integers(1, 4), numbers=st.lists(NUMBERS, min_size=4, max_size=4), whole=st.integers(-(2**31), 2**31 - 1)
)
def test_numbers_and_matrices_are_those_that_opencv_wrote(
    suffix: str, rows: int, numbers: list[float], whole: int, tmp_path_factory: pytest.TempPathFactory
):
    given = np.array(numbers * rows).reshape(rows, 4)
    text = written({"Matrix": given, "width": whole, "error": numbers[0]}, suffix)
    values = read(text, tmp_path_factory.getbasetemp(), suffix, "matrix", "width", "error")
    assert np.array_equal(storage.matrix(values["matrix"]), given)
    assert storage.number(values["width"]) == whole
    assert storage.number(values["error"]) == numbers[0]


@settings(max_examples=150)
@given(words=st.lists(WORDS, min_size=1, max_size=4))
def test_words_are_those_that_opencv_reads(words: list[str]):
    text = written({"names": words, "one": words[0]}, ".yaml")
    file = cv2.FileStorage(text, cv2.FILE_STORAGE_READ | cv2.FILE_STORAGE_MEMORY)
    node = file.getNode("names")
    kept = [node.at(index).string() for index in range(node.size())]
    values = storage.read_yaml(text, ("names", "one"))
    assert values["names"] == kept
    assert values["one"] == file.getNode("one").string()


def test_layouts_that_other_programs_write():
    text = """# by hand
camera_matrix:   # K
  rows: 2
  cols: 2
  data:
  - 1.5
  - -2
  - 3e+002
  - .4   # the last
d: [1, 2,   # two
    3]
k:
- 0.0
- 1.0
label: 'it''s'
nested: [[1, 2], [3, 4]]
unknown: {a: [1, "}
"""
    values = storage.read_yaml(text, ("camera_matrix", "d", "k", "label", "nested", "absent"))
    assert np.array_equal(storage.matrix(values["camera_matrix"]), [[1.5, -2], [300, 0.4]])
    assert storage.matrix(values["d"]).tolist() == [1, 2, 3]
    assert storage.matrix(values["k"]).tolist() == [0, 1]
    assert values["label"] == "it's"
    assert storage.matrix(values["nested"]).tolist() == [1, 2, 3, 4]
    assert "absent" not in values


@pytest.mark.parametrize(
    "text",
    [
        "a: [1, 2",
        "a: [1, 2]]",
        "a: [1] 2",
        'a: "b',
        'a: "b" c',
        "a: b\n  c",
        "a: 1\na: 2",
        "%JAML\na: 1",
        "a:\n" + "".join(" " * depth + "b:\n" for depth in range(1, 3000)),
        "a:\n  rows: 2\n  cols: 2\n  data: [1, 2, 3]",
        "a:\n  rows: 0.5\n  cols: 4\n  data: [1, 2]",
        "a:\n  rows: x\n  data: [1]",
        "a: [1, two]",
        "a: [" + "[" * 100_000,
    ],
)
def test_what_is_cut_off_or_senseless_is_refused(text: str):
    with pytest.raises(BadInput):
        storage.matrix(storage.read_yaml(text, ("a",))["a"])


def test_xml_of_another_kind_is_refused(tmp_path: Path):
    with pytest.raises(BadInput, match="not OpenCV's"):
        read("<html/>", tmp_path, ".xml")
