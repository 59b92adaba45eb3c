"""Events as files: seconds and frames that agree, one track an action, what still lasts ended or left open."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

from engines.actions.labels.event_files import write_events
from engines.actions.labels.files import read_labels
from engines.actions.types import Event, Segment
from engines.core.errors import BadInput

TIMES = np.cumsum(np.random.default_rng(2).uniform(0.02, 0.06, 200))
EVENTS = (
    Event("walk", float(TIMES[10]), float(TIMES[50]), 0.8, 0.9),
    Event("wave", float(TIMES[20]), float(TIMES[31]), 0.7, 0.75),
    Event("walk", float(TIMES[60]), None, 0.6, 0.65),
)


@pytest.mark.parametrize("name", ["e.csv", "e.eaf", "e.via.json"])
def test_events_are_labels_that_other_tools_read(tmp_path, name):
    write_events(tmp_path / name, EVENTS, TIMES, video="clip.mp4", until=float(TIMES[80]))
    labels = read_labels(tmp_path / name, TIMES)
    assert labels.segments == (
        Segment(10, 49, "walk", "walk"),
        Segment(20, 30, "wave", "wave"),
        Segment(60, 79, "walk", "walk"),
    )


def test_a_table_without_a_film_has_seconds_alone(tmp_path):
    write_events(tmp_path / "e.csv", EVENTS)
    rows = list(csv.DictReader((tmp_path / "e.csv").read_text().splitlines()))
    assert list(rows[0]) == ["start_s", "end_s", "action", "track", "probability", "peak"]
    assert float(rows[1]["start_s"]) == pytest.approx(EVENTS[1].start, abs=1e-6)
    assert float(rows[2]["end_s"]) == pytest.approx(TIMES[60], abs=1e-6)


def test_json_says_all_and_leaves_open_what_lasts(tmp_path):
    write_events(tmp_path / "e.json", EVENTS, TIMES, video="clip.mp4")
    told = json.loads((tmp_path / "e.json").read_text())
    assert told["format"] == "kinoscope.events"
    assert [Event(e["action"], e["start_s"], e["end_s"], e["probability"], e["peak"]) for e in told["events"]] == list(
        EVENTS
    )
    assert (told["events"][0]["start_frame"], told["events"][0]["end_frame"]) == (10, 49)


def test_no_events_are_a_file_too_and_other_kinds_are_refused(tmp_path):
    for name in ("e.csv", "e.eaf", "e.via.json"):
        write_events(tmp_path / name, (), TIMES)
        assert read_labels(tmp_path / name, TIMES).segments == ()
    with pytest.raises(BadInput, match="cannot be written"):
        write_events(tmp_path / "e.docx", EVENTS)
