"""ELAN documents beside pympi, the library that reads and writes them in the field: each reads what the other wrote."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from engines.actions.labels.files import read_labels, write_labels
from engines.actions.types import Labels, Segment

pympi = pytest.importorskip("pympi", reason="pympi-ling is not installed: make peers")

TIMES = np.cumsum(np.random.default_rng(4).uniform(0.004, 0.1, 500))
LABELS = Labels(
    (
        Segment(0, 3, "walk"),
        Segment(2, 90, "wave & smile", "left hand"),
        Segment(4, 4, "sit"),
        Segment(400, 499, "walk"),
    ),
    ("walk", "wave & smile", "sit", "never seen"),
)


def milliseconds(frame: int) -> int:
    begins = np.append(TIMES, 2 * TIMES[-1] - TIMES[-2])
    return round(1000 * float(begins[frame]))


def test_pympi_reads_what_we_wrote_without_a_warning(tmp_path):
    write_labels(tmp_path / "ours.eaf", LABELS, TIMES, video=tmp_path / "clip.mp4")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read = pympi.Eaf(str(tmp_path / "ours.eaf"))
    for track in LABELS.tracks:
        expected = [
            (milliseconds(each.start), milliseconds(each.end + 1), each.action)
            for each in LABELS.segments
            if each.track == track
        ]
        assert sorted(read.get_annotation_data_for_tier(track)) == sorted(expected)
    entries = read.get_cv_entries("actions")
    assert [values[0][0] for values, _ in entries.values()] == list(LABELS.classes)
    assert read.get_linked_files()[0]["RELATIVE_MEDIA_URL"] == "./clip.mp4"


def test_we_read_what_pympi_wrote(tmp_path):
    document = pympi.Eaf(author="peer")
    document.remove_tier("default")
    for track in LABELS.tracks:
        document.add_tier(track)
    for each in LABELS.segments:
        document.add_annotation(each.track, milliseconds(each.start), milliseconds(each.end + 1), each.action)
    document.to_file(str(tmp_path / "theirs.eaf"))
    assert read_labels(tmp_path / "theirs.eaf", TIMES).segments == LABELS.segments
