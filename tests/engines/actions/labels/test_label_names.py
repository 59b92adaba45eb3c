"""Names of actions follow the one rule for the same name: in label files, editing, targets and scores."""

from __future__ import annotations

from pathlib import Path

import pytest

from engines.actions.labels.editing import add, add_class, rename_class
from engines.actions.labels.files import read_labels
from engines.actions.labels.score_files import read_scores
from engines.actions.labels.targets import frame_classes
from engines.actions.types import Labels, Segment

COMPOSED, APART = "lancé franc", "lance\N{COMBINING ACUTE ACCENT}\N{NO-BREAK SPACE} franc"


def test_one_class_however_a_label_file_spells_it(tmp_path: Path):
    rows = f"start_frame,end_frame,action\n0,4,{COMPOSED}\n5,9,{APART}\n10,12,Lancé franc\n"
    (tmp_path / "a.csv").write_text(rows, encoding="utf-8")
    labels = read_labels(tmp_path / "a.csv")
    assert labels.classes == (COMPOSED, "Lancé franc")
    assert [segment.action for segment in labels.segments] == [COMPOSED, COMPOSED, "Lancé franc"]


def test_a_models_class_is_found_however_it_is_spelt():
    labels = Labels((Segment(0, 1, APART),), (APART,))
    assert frame_classes(labels, (COMPOSED,), 3).tolist() == [1, 1, 0]
    assert frame_classes(Labels((Segment(0, 1, COMPOSED),), (COMPOSED,)), (APART,), 3).tolist() == [1, 1, 0]


def test_editing_makes_no_second_class():
    labels = add(Labels((), (COMPOSED,)), Segment(0, 3, APART))
    assert (labels.classes, labels.segments[0].action) == ((COMPOSED,), COMPOSED)
    assert add_class(labels, f" {APART} ").classes == (COMPOSED,)
    assert rename_class(add_class(labels, "wave"), "wave", APART).classes == (COMPOSED,)


@pytest.mark.parametrize("header", [f"{COMPOSED},{APART}"])
def test_a_score_file_with_one_class_twice_is_refused(tmp_path: Path, header: str):
    (tmp_path / "s.csv").write_text(f"frame,time_s,background,{header}\n0,0.0,0.2,0.4,0.4\n", encoding="utf-8")
    with pytest.raises(Exception, match="column twice"):
        read_scores(tmp_path / "s.csv")
