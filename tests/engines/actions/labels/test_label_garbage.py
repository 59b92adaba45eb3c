"""Files of labels and scores with a piece cut out or overwritten: read, or refused in words; never a defect."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engines.actions.labels.files import read_labels, write_labels
from engines.actions.labels.score_files import Scores, read_scores, write_scores
from engines.actions.types import Labels, Segment
from engines.core.errors import KinoscopeError

LABELS = Labels(
    (Segment(0, 3, "walk"), Segment(2, 9, "wave", "hand"), Segment(5, 6, "sit")), ("walk", "wave", "sit"), 25.0
)
TIMES = np.arange(50) / 25.0
TEXTS = ["", "0", "-1", "nan", "1e999", "{}", "[]", "null", "ts1", "1.5"]
MARKS = ['"', ",", "\n", "<", "&#0;", "\0", "é", "\ud800"]
EDITS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), st.sampled_from(TEXTS + MARKS)), min_size=1, max_size=3)


def damaged(text: str, edits: list[tuple[float, int, str]]) -> bytes:
    for at, length, piece in edits:
        start = int(at * len(text))
        text = text[:start] + piece + text[start + length :]
    return text.encode("utf-8", "surrogatepass")


@pytest.mark.parametrize("name", ["a.csv", "a.json", "a.eaf", "a.via.json", "a.activitynet.json", "walk_val.txt"])
@given(edits=EDITS)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damaged_labels(tmp_path: Path, name: str, edits: list[tuple[float, int, str]]):
    path = tmp_path / name
    path.unlink(missing_ok=True)
    if name.endswith(".txt"):
        path.write_text("v_1  0.1 0.4\nv_1  1.0 1.2\n")
    else:
        path.unlink(missing_ok=True)
        write_labels(path, LABELS, TIMES, video="v_1.mp4")
    path.write_bytes(damaged(path.read_text(), edits))
    try:
        read = read_labels(path, TIMES)
    except KinoscopeError as error:
        assert error.path == str(path)
    else:
        assert all(0 <= each.start <= each.end < len(TIMES) and each.action for each in read.segments)


@given(edits=EDITS)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damaged_scores(tmp_path: Path, edits: list[tuple[float, int, str]]):
    path = tmp_path / "s.csv"
    path.unlink(missing_ok=True)
    write_scores(path, Scores(("background", "walk"), np.arange(9), np.arange(9) / 25, np.full((9, 2), 0.5)))
    path.write_bytes(damaged(path.read_text(), edits))
    try:
        read = read_scores(path)
    except KinoscopeError as error:
        assert error.path == str(path)
    else:
        assert np.isfinite(read.probabilities).all()
        assert (np.diff(read.frames) > 0).all()
