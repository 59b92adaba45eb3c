"""Labels through every format: back to the frame, also with a variable frame rate, and as other tools write them."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.actions.labels import editing
from engines.actions.labels.files import read_labels, write_labels
from engines.actions.labels.frame_times import Moments
from engines.actions.types import Labels, Segment

FRAMES = 300
UNEVEN = np.cumsum(np.random.default_rng(7).uniform(0.004, 0.2, FRAMES)) + 0.33
EVEN = np.arange(FRAMES) * 1001 / 30000
TWO_TRACKS = Labels(
    (
        Segment(0, 0, "walk"),
        Segment(1, 17, "wave, twice"),
        Segment(5, 40, "hold <cup> & 'lid'", "left hand"),
        Segment(18, 18, "walk"),
        Segment(250, 299, "wörk", "left hand"),
    ),
    ("walk", "wave, twice", "never seen", "hold <cup> & 'lid'", "wörk"),
)


def frames_of(labels: Labels) -> list[tuple[int, int, str]]:
    return sorted((each.start, each.end, each.action) for each in labels.segments)


@pytest.mark.parametrize("times", [EVEN, UNEVEN], ids=["constant rate", "variable rate"])
@pytest.mark.parametrize("name", ["a.csv", "a.json", "a.eaf", "a.via.json"])
def test_segments_and_tracks_come_back_to_the_frame(tmp_path, name, times):
    write_labels(tmp_path / name, TWO_TRACKS, times, video="clip.mp4")
    back = read_labels(tmp_path / name, times)
    assert back.segments == TWO_TRACKS.segments
    assert back.frames == FRAMES
    if name != "a.csv":
        assert back.classes == TWO_TRACKS.classes


@pytest.mark.parametrize("times", [EVEN, UNEVEN], ids=["constant rate", "variable rate"])
@pytest.mark.parametrize("name", ["a.activitynet.json", "thumos"])
def test_benchmark_formats_keep_frames_and_actions(tmp_path, name, times):
    write_labels(tmp_path / name, TWO_TRACKS, times, video="clip one.mp4")
    back = read_labels(tmp_path / name, times, video="clip_one.mp4" if name == "thumos" else "clip one.mp4")
    assert [row[:2] for row in frames_of(back)] == [row[:2] for row in frames_of(TWO_TRACKS)]
    if name != "thumos":
        assert frames_of(back) == frames_of(TWO_TRACKS)


@pytest.mark.parametrize("name", ["b.eaf", "b.via.json", "b.activitynet.json"])
def test_a_rate_alone_is_enough(tmp_path, name):
    labels = Labels(TWO_TRACKS.segments, TWO_TRACKS.classes, rate=29.97)
    write_labels(tmp_path / name, labels, video="clip.mp4")
    assert frames_of(read_labels(tmp_path / name, rate=29.97)) == frames_of(labels)


@given(st.data())
def test_any_frames_come_back_from_milliseconds(data):
    gaps = data.draw(st.lists(st.floats(0.002, 5.0), min_size=2, max_size=40))
    moments = Moments.of(np.cumsum(gaps))
    assert moments is not None
    start = data.draw(st.integers(0, len(gaps) - 1))
    end = data.draw(st.integers(start, len(gaps) - 1))
    assert moments.frames(*(round(at, 3) for at in moments.seconds(start, end))) == (start, end)


def test_frames_outside_the_film_go_on_at_its_rate():
    moments = Moments.of(EVEN)
    assert moments is not None
    assert moments.frames(*moments.seconds(310, 350)) == (310, 350)
    assert moments.frames(*moments.seconds(-9, -2)) == (-9, -2)
    assert moments.rate == pytest.approx(30000 / 1001)


@pytest.mark.parametrize(
    "text",
    [
        "start_frame,end_frame,action\n3,5,walk\n7,7,wave\n",
        "\ufeffstart_frame, end_frame, action\r\n 3, 5, walk\r\n\r\n 7,7 , wave \r\n",
        "Action;End_Frame;Start_Frame;note\nwalk;5;3;\nwave;7;7;late\n",
        'track\taction\tstart_frame\tend_frame\nactions\t"walk"\t3\t5\n\twave\t7\t7.0\n',
        "start_s,end_s,action\n0.3,0.6,walk\n0.7,0.8,wave\n",
        "start_s;end_s;action\n0,3;0,6;walk\n0,7;0,8;wave\n",
    ],
)
def test_csv_as_people_write_it(tmp_path, text):
    path = tmp_path / "labels.csv"
    path.write_bytes(text.encode())
    labels = read_labels(path, rate=10.0)
    assert labels.segments == (Segment(3, 5, "walk"), Segment(7, 7, "wave"))
    path.write_bytes(text.removeprefix("\ufeff").encode("utf-16"))
    assert read_labels(path, rate=10.0) == labels


def test_what_is_shorter_than_a_frame_is_one_frame(tmp_path):
    (tmp_path / "a.csv").write_text("start_s,end_s,action\n0.30,0.31,blink\n")
    assert read_labels(tmp_path / "a.csv", rate=10.0).segments == (Segment(3, 3, "blink"),)


def test_labels_of_a_whole_film_are_read_as_they_stand(film):
    path = film.with_name("labels.csv")
    lines = [line.split(",") for line in path.read_text().splitlines()[1:]]
    labels = read_labels(path)
    assert labels.segments == tuple(Segment(int(start), int(end), action) for start, end, action in lines)
    assert set(labels.classes) == {line[2] for line in lines}


def test_an_elan_document_has_what_elan_asks_for(tmp_path):
    """Order of elements, references that lead somewhere, two time slots an annotation, none before its time."""
    write_labels(tmp_path / "a.eaf", TWO_TRACKS, UNEVEN, video=tmp_path / "clip.mp4")
    root = ElementTree.parse(tmp_path / "a.eaf").getroot()
    order = ["HEADER", "TIME_ORDER", "TIER", "LINGUISTIC_TYPE", "LANGUAGE", "CONSTRAINT", "CONTROLLED_VOCABULARY"]
    assert list(dict.fromkeys(child.tag for child in root)) == order
    slots = root.findall("TIME_ORDER/TIME_SLOT")
    values = [int(slot.attrib["TIME_VALUE"]) for slot in slots]
    assert values == sorted(values)
    placed = root.findall("TIER/ANNOTATION/ALIGNABLE_ANNOTATION")
    references = [each.attrib[name] for each in placed for name in ("TIME_SLOT_REF1", "TIME_SLOT_REF2")]
    assert sorted(references) == sorted(slot.attrib["TIME_SLOT_ID"] for slot in slots)
    assert {tier.attrib["TIER_ID"] for tier in root.findall("TIER")} == {"actions", "left hand"}
    types = {each.attrib["LINGUISTIC_TYPE_ID"]: each for each in root.findall("LINGUISTIC_TYPE")}
    vocabularies = {each.attrib["CV_ID"] for each in root.findall("CONTROLLED_VOCABULARY")}
    for tier in root.findall("TIER"):
        assert types[tier.attrib["LINGUISTIC_TYPE_REF"]].attrib["CONTROLLED_VOCABULARY_REF"] in vocabularies
    media = root.find("HEADER/MEDIA_DESCRIPTOR")
    assert media is not None
    assert media.attrib["MEDIA_URL"] == (tmp_path / "clip.mp4").as_uri()
    assert media.attrib["MIME_TYPE"] == "video/mp4"


ELAN = """<?xml version="1.0" encoding="UTF-8"?>
<ANNOTATION_DOCUMENT AUTHOR="" DATE="2020-01-01T00:00:00+00:00" FORMAT="2.7" VERSION="2.7">
<HEADER MEDIA_FILE="" TIME_UNITS="milliseconds">
<MEDIA_DESCRIPTOR MEDIA_URL="x" MIME_TYPE="y" TIME_ORIGIN="1000"/></HEADER>
<TIME_ORDER><TIME_SLOT TIME_SLOT_ID="ts1" TIME_VALUE="0"/><TIME_SLOT TIME_SLOT_ID="ts2"/>
<TIME_SLOT TIME_SLOT_ID="ts3" TIME_VALUE="1000"/></TIME_ORDER>
<TIER LINGUISTIC_TYPE_REF="t" TIER_ID="who"><ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a1" TIME_SLOT_REF1="ts1"
 TIME_SLOT_REF2="ts2"><ANNOTATION_VALUE>walk</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>
<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a2" TIME_SLOT_REF1="ts2" TIME_SLOT_REF2="ts3"><ANNOTATION_VALUE>wave
</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION></TIER>
<TIER LINGUISTIC_TYPE_REF="u" PARENT_REF="who" TIER_ID="notes"><ANNOTATION><REF_ANNOTATION ANNOTATION_ID="a3"
 ANNOTATION_REF="a1"><ANNOTATION_VALUE>fast</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION></TIER>
<LINGUISTIC_TYPE CONTROLLED_VOCABULARY_REF="cv" LINGUISTIC_TYPE_ID="t"/>
<CONTROLLED_VOCABULARY CV_ID="cv" DESCRIPTION=""><CV_ENTRY DESCRIPTION="">wave</CV_ENTRY><CV_ENTRY>run</CV_ENTRY>
</CONTROLLED_VOCABULARY></ANNOTATION_DOCUMENT>"""


def test_an_older_elan_document_with_slots_without_a_time_and_a_media_offset(tmp_path):
    (tmp_path / "old.eaf").write_text(ELAN)
    labels = read_labels(tmp_path / "old.eaf", rate=10.0)
    assert labels.segments == (Segment(10, 14, "walk", "who"), Segment(15, 19, "wave", "who"))
    assert labels.classes == ("wave", "run", "walk")


def via_project(files, metadata, options):
    return {
        "project": {"vid_list": list(files)},
        "config": {},
        "attribute": {
            "1": {"aname": "where", "anchor_id": "FILE1_Z1_XY1", "type": 1, "options": {}},
            "2": {"aname": "TEMPORAL-SEGMENTS", "anchor_id": "FILE1_Z2_XY0", "type": 4, "options": options},
        },
        "file": {vid: {"fid": vid, "fname": name, "type": 4, "loc": 1, "src": ""} for vid, name in files.items()},
        "view": {vid: {"fid_list": [vid]} for vid in files},
        "metadata": {
            f"{vid}_{n}": {"vid": vid, "flg": 0, "z": z, "xy": xy, "av": av}
            for n, (vid, z, xy, av) in enumerate(metadata)
        },
    }


def test_a_via_project_with_options_regions_and_two_videos(tmp_path):
    entries = [
        ("1", [1.0, 2.0], [], {"2": "0"}),
        ("1", [1.5], [2, 1, 1, 9, 9], {"1": "hand"}),
        ("2", [0.0, 0.5], [], {"2": "walk"}),
    ]
    project = via_project({"1": "a.mp4", "2": "b.mp4"}, entries, {"0": "wave", "1": "sit"})
    (tmp_path / "p.json").write_text(json.dumps(project))
    first = read_labels(tmp_path / "p.json", rate=10.0, video="/films/a.mp4")
    assert first.segments == (Segment(10, 19, "wave"),)
    assert first.classes == ("wave", "sit")
    assert read_labels(tmp_path / "p.json", rate=10.0, video="b.mp4").segments == (Segment(0, 4, "walk"),)


@pytest.mark.parametrize(
    "text",
    [
        "# Exported using VGG Image Annotator (http://www.robots.ox.ac.uk/~vgg/software/via)\n"
        '# ATTRIBUTE = {"1":{"aname":"A","anchor_id":"FILE1_Z2_XY0","type":4,"options":{"0":"wave"}}}\n'
        "# CSV_HEADER = metadata_id,file_list,flags,temporal_coordinates,spatial_coordinates,metadata\n"
        '"1_a","[""a.mp4""]",0,"[1,2]","[]","{""1"":""0""}"\n'
        '"1_b","[""a.mp4""]",0,"[1.5]","[2,1,1,9,9]","{""1"":""0""}"\n',
        "# Exported using VGG Image Annotator (http://www.robots.ox.ac.uk/~vgg/software/via)\n"
        "# CSV_HEADER = metadata_id,file_list,temporal_segment_start,temporal_segment_end,metadata\n"
        '"1_a","[""a.mp4""]",1,2,"{""TEMPORAL-SEGMENTS"":""wave""}"\n',
    ],
)
def test_both_csv_exports_of_via(tmp_path, text):
    (tmp_path / "via.csv").write_text(text)
    assert read_labels(tmp_path / "via.csv", rate=10.0).segments == (Segment(10, 19, "wave"),)


def test_thumos_classes_overlap_and_doubles_are_joined(tmp_path):
    (tmp_path / "Diving_val.txt").write_text("v_1  1.0 3.0\nv_1  2.0 4.0\nv_2  0 1\n")
    (tmp_path / "CliffDiving_val.txt").write_text("v_1  1.0 2.0\n")
    labels = read_labels(tmp_path, rate=10.0, video="v_1.mp4")
    assert frames_of(labels) == [(10, 19, "CliffDiving"), (10, 39, "Diving")]
    assert labels.classes == ("CliffDiving", "Diving")
    single = read_labels(tmp_path / "CliffDiving_val.txt", rate=10.0)
    assert frames_of(single) == [(10, 19, "CliffDiving")]


@given(st.lists(st.tuples(st.integers(0, 299), st.integers(0, 299), st.sampled_from("abc")), max_size=12))
@settings(max_examples=30)
def test_whatever_was_edited_is_read_back(tmp_path_factory, rows):
    labels = Labels(frames=FRAMES)
    for start, end, action in rows:
        labels = editing.add(labels, Segment(start, end, action, f"track {action}" if start % 2 else "actions"))
    folder = tmp_path_factory.mktemp("labels")
    for name in ("a.csv", "a.json", "a.eaf", "a.via.json"):
        write_labels(folder / name, labels, UNEVEN)
        assert sorted(read_labels(folder / name, UNEVEN).segments, key=repr) == sorted(labels.segments, key=repr)
