"""Labels, scores and events that are wrong: said with the file and the row, never read as something else."""

from __future__ import annotations

import json

import numpy as np
import pytest

from engines.actions.labels.checking import advice, check
from engines.actions.labels.files import read_labels, write_labels
from engines.actions.labels.score_files import Scores, read_scores, write_scores
from engines.actions.labels.targets import ambiguous_frames, class_names, frame_classes, frame_sets
from engines.actions.types import Labels, Segment
from engines.core.errors import BadInput

HEAD = "start_frame,end_frame,action\n"
TIMES = np.arange(100) / 10.0


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("a.csv", "", "empty"),
        ("a.csv", "frame,action\n1,walk\n", "no column 'start_s'"),
        ("a.csv", "start_frame,action\n1,walk\n", "no column 'end_frame'"),
        ("a.csv", HEAD + "1,2,walk\nx,5,walk\n", "Row 3: start_frame and end_frame are numbers"),
        ("a.csv", HEAD + "1,2,walk\n4\n", "Row 3 has 1 field, the first line names 3"),
        ("a.csv", HEAD + "nan,2,walk\n", "Row 2: start_frame and end_frame are numbers"),
        ("a.csv", HEAD + "1.5,2,walk\n", "Row 2: frames are whole numbers"),
        ("a.csv", HEAD + "1,2,\n", "Row 2 has no action"),
        ("a.csv", HEAD + "\n5,3,walk\n", "Row 3 .walk, frames 5 to 3. ends before it begins"),
        ("a.csv", HEAD + "-1,3,walk\n", "Row 2 .walk, frames -1 to 3. begins before the video"),
        ("a.csv", HEAD + "90,100,walk\n", "runs past the end: the last frame is 99"),
        (
            "a.csv",
            HEAD + "1,5,walk\n8,9,walk\n5,7,wave\n",
            "Row 4 .wave, from frame 5. overlaps row 2 .walk, to frame 5",
        ),
        ("a.csv", "start_s,end_s,action\n2,2,walk\n", "Row 2 .walk. ends before it begins"),
        ("a.csv", "\udc80".encode("utf-8", "surrogateescape"), "not text"),
        ("a.csv", b"a\0b\n", "not text"),
        ("a.json", "{", "Not valid JSON: line 1"),
        ("a.json", "[]", "holds no labels"),
        ("a.json", '{"format": "kinoscope.labels", "segments": [{"start_frame": 1}]}', "lack 'action'"),
        (
            "a.json",
            '{"format": "kinoscope.labels", "segments": [{"start_frame": 1.5, "action": "a"}]}',
            "a whole number where 1.5 is",
        ),
        (
            "a.json",
            '{"format": "kinoscope.labels", "segments": [{"start_frame": 1, "action": 7}]}',
            "a name in segment 1",
        ),
        ("a.txt", "v 1e999 1e999\n", "Line 1 of a.txt .a. has no times"),
        ("a.json", '{"project": {}, "metadata": {"1": {}}, "attribute": {}, "file": {}, "view": {}}', "lacks 'z'"),
        ("a.json", '{"database": {"a": {"annotations": [{"segment": [1]}]}}}', "lack list index"),
        ("a.eaf", "<a>", "Not valid XML"),
        ("a.eaf", "<a/>", "no ELAN document"),
        ("a.eaf", "<ANNOTATION_DOCUMENT><TIER/></ANNOTATION_DOCUMENT>", "broken at 'TIER_ID'"),
        ("a.txt", "video 1\n", "Line 1 of a.txt"),
        ("a.txt", "v1 1 2\nv2 1 2\n", "several videos: v1, v2"),
        ("a.docx", "x", "cannot be read"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path, name, text, what):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(BadInput, match=what) as said:
        read_labels(path, TIMES)
    assert said.value.path == str(path)


def test_seconds_without_a_frame_rate_are_refused_both_ways(tmp_path):
    (tmp_path / "a.csv").write_text("start_s,end_s,action\n1,2,walk\n")
    with pytest.raises(BadInput, match="frame rate is not known"):
        read_labels(tmp_path / "a.csv")
    with pytest.raises(BadInput, match="frame rate is not known"):
        write_labels(tmp_path / "a.eaf", Labels((Segment(1, 2, "walk"),), ("walk",)))
    assert not (tmp_path / "a.eaf").exists()


def test_a_file_that_is_not_there_and_a_video_whose_times_stand_still(tmp_path):
    with pytest.raises(BadInput, match="no such label file"):
        read_labels(tmp_path / "a.csv")
    (tmp_path / "a.csv").write_text(HEAD)
    with pytest.raises(BadInput, match="do not ascend"):
        read_labels(tmp_path / "a.csv", np.zeros(3))


def test_via_without_an_action(tmp_path):
    entry = {"vid": "1", "flg": 0, "z": [1, 2], "xy": [], "av": {}}
    project = {"project": {}, "attribute": {"1": {"anchor_id": "FILE1_Z2_XY0", "options": {}}}, "view": {}, "file": {}}
    (tmp_path / "a.json").write_text(json.dumps(project | {"metadata": {"1_x": entry}}))
    with pytest.raises(BadInput, match="1_x has no action"):
        read_labels(tmp_path / "a.json", TIMES)


@pytest.mark.parametrize(
    ("segments", "what"),
    [
        ((), "empty"),
        ((Segment(0, 3, "walk"), Segment(3, 5, "wave")), "Segment 2 .wave, from frame 3. overlaps segment 1"),
        ((Segment(0, 3, "walk"), Segment(96, 100, "wave")), "Segment 2 .* past the end"),
        ((Segment(0, 3, "jump"),), "Segment 1 names a class that is not known here: 'jump'"),
        ((Segment(4, 3, "walk"),), "ends before"),
    ],
)
def test_check_refuses(segments, what):
    with pytest.raises(BadInput, match=what):
        check(Labels(segments, ("walk", "wave")), 100, ("background", "walk", "wave"), "labels.csv")


def test_check_allows_overlap_between_tracks_and_advises_on_thin_classes():
    two = (Segment(0, 9, "walk"), Segment(5, 8, "wave", "hands"), Segment(20, 20, "wave"), Segment(30, 31, "ambiguous"))
    labels = Labels(two, ("walk", "wave", "sit"))
    said = check(labels, 100, ("background", "walk", "wave"))
    assert said == advice(labels)
    assert [line.partition("' ")[0].lstrip("'") for line in said] == ["walk", "wave", "sit"]


def test_targets_of_tracks_and_ambiguous_frames():
    labels = Labels(
        (Segment(2, 6, "walk"), Segment(4, 5, "wave", "hands"), Segment(8, 9, "Ambiguous")),
        ("walk", "wave", "Ambiguous"),
    )
    classes = class_names(labels)
    assert classes == ("background", "walk", "wave")
    assert frame_classes(labels, classes, 11).tolist() == [0, 0, 1, 1, 2, 2, 1, 0, 0, 0, 0]
    assert frame_classes(labels, ("walk", "wave"), (5, 9, 4), ambiguous=-1).tolist() == [2, -1, 2]
    assert np.flatnonzero(ambiguous_frames(labels, 11)).tolist() == [8, 9]
    flags = frame_sets(labels, classes, 11)
    assert np.flatnonzero(flags[:, 1]).tolist() == [2, 3, 4, 5, 6]
    assert np.flatnonzero(flags[:, 2]).tolist() == [4, 5]
    assert (flags[:, 0] == ~flags[:, 1:].any(axis=1)).all()
    with pytest.raises(BadInput, match="'wave' .frames 4 to 5."):
        frame_classes(labels, ("walk",), 11)


def scores_of(rng: np.random.Generator) -> Scores:
    frames = np.cumsum(rng.integers(1, 4, 30))
    values = rng.dirichlet(np.ones(3), 30).astype(np.float32).astype(np.float64)
    return Scores(("background", "walk, fast", "wave"), frames, frames / 29.97, values)


def test_scores_come_back_as_float32(tmp_path):
    scores = scores_of(np.random.default_rng(5))
    write_scores(tmp_path / "s.csv", scores)
    back = read_scores(tmp_path / "s.csv")
    assert back.classes == scores.classes
    assert (back.frames == scores.frames).all()
    assert (back.probabilities.astype(np.float32) == scores.probabilities.astype(np.float32)).all()
    np.testing.assert_allclose(back.times, scores.times, atol=5e-7)
    assert back.part(int(scores.frames[3]), int(scores.frames[7])).frames.tolist() == scores.frames[3:7].tolist()


def test_scores_of_others_have_the_background_put_first_or_made(tmp_path):
    (tmp_path / "s.csv").write_text("frame,time_s,walk,background\n0,0.0,0.3,0.7\n")
    assert read_scores(tmp_path / "s.csv").probabilities.tolist() == [[0.7, 0.3]]
    (tmp_path / "s.csv").write_text("\ufeffFrame, Time_s, walk\n0, 0.0, 0.25\n")
    made = read_scores(tmp_path / "s.csv")
    assert made.classes == ("background", "walk")
    assert made.probabilities.tolist() == [[0.75, 0.25]]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "empty"),
        ("start_frame,end_frame,action\n", "no score file"),
        ("frame,time_s,a,a\n0,0,1,0\n", "column twice"),
        ("frame,time_s,a\n", "no rows"),
        ("frame,time_s,a\n0,0\n", "Row 2 has 2 fields, the first line names 3"),
        ("frame,time_s,a\n0,0,x\n", "Row 2 holds something that is no number"),
        ("frame,time_s,a\n0,0,0.5\n1,0.1,nan\n", "Row 3 holds NaN"),
        ("frame,time_s,a\n0,0,0.5\n0,0.1,0.5\n", "Row 3: frame 0 is out of order"),
        ("frame,time_s,a\n0.5,0,0.5\n", "Row 2: frame 0.5 is out of order"),
        ("frame,time_s,a\n0,0,0.5\n1,0,0.5\n", "Row 3: its time is not after"),
    ],
)
def test_broken_scores(tmp_path, text, what):
    (tmp_path / "s.csv").write_text(text)
    with pytest.raises(BadInput, match=what) as said:
        read_scores(tmp_path / "s.csv")
    assert said.value.path == str(tmp_path / "s.csv")


VIA = (
    "# Exported using VGG\n# CSV_HEADER = metadata_id,file_list,temporal_segment_start,temporal_segment_end,metadata\n"
)


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("a.csv", "start_s,end_s,action\n0,2,0,6,wave\n2,4,2,9,nod\n", "Row 2 has 5 fields, the first line names 3"),
        ("a.csv", HEAD + "5,14,wave, hand up\n20,30,wave\n", "Row 2 has 4 fields, the first line names 3"),
        ("a.csv", HEAD + "1,2,walk\n\n3,4\n", "Row 4 has 2 fields, the first line names 3"),
        ("a.csv", "start_frame;end_frame;action;track\n1;2;walk\n", "Row 2 has 3 fields, the first line names 4"),
        ("a.tsv", HEAD.replace(",", "\t") + "1\t2\twalk\tfast\n", "Row 2 has 4 fields, the first line names 3"),
        ("a.csv", HEAD + '1,2,"walk\n3,4,wave\n', "line 3: unexpected end of data"),
        ("a.csv", VIA + '"1_a","[""a.mp4""]",1,2,"{""A"":""wave""}",7\n', "Row 3 has 6 fields, the first line names 5"),
        ("a.csv", VIA + '"1_a","[""a.mp4""]",1,2\n', "Row 3 has 4 fields, the first line names 5"),
        ("a_val.txt", "v 1 2\nv 3 4 5\n", "Line 2 of a_val.txt"),
        ("a.csv", "# CSV_HEADERS\n1,2\n", "does not name its columns|no column"),
    ],
)
def test_no_row_is_cut_or_filled_up(tmp_path, name, text, what):
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(BadInput, match=what) as said:
        read_labels(path, TIMES)
    assert said.value.path == str(path)


def test_a_quoted_separator_is_part_of_the_name(tmp_path):
    (tmp_path / "a.csv").write_text(HEAD + '5,14,"wave, hand up"\n20,30,wave\n')
    assert read_labels(tmp_path / "a.csv").classes == ("wave, hand up", "wave")


def test_a_class_is_known_however_its_letters_are_stored():
    labels = Labels((Segment(0, 3, "Sprung u\u0308ber"), Segment(5, 6, "Sprung\u00a0\u00fcber")), ())
    check(labels, 100, ("background", "Sprung \u00fcber"))
    with pytest.raises(BadInput, match="not known here"):
        check(labels, 100, ("background", "sprung \u00fcber"))
