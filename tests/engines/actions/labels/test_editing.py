"""Edits of labels: in whatever order, tracks stay free of overlap and a frame shows what was last put there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.actions.labels import editing
from engines.actions.types import Labels, Segment
from engines.core.errors import BadInput

FRAMES = 40
SEGMENTS = st.builds(
    Segment,
    st.integers(-5, 50),
    st.integers(-5, 50),
    st.sampled_from(["walk", "wave", "sit"]),
    st.sampled_from(["actions", "left hand"]),
)
EMPTY = Labels(frames=FRAMES)


def painted(labels: Labels) -> dict[tuple[str, int], str]:
    """What every frame of every track shows; fails on overlap."""
    shown: dict[tuple[str, int], str] = {}
    for each in labels.segments:
        for frame in range(each.start, each.end + 1):
            assert (each.track, frame) not in shown
            shown[each.track, frame] = each.action
    return shown


def sound(labels: Labels) -> None:
    assert all(0 <= each.start <= each.end < FRAMES for each in labels.segments)
    assert list(labels.segments) == sorted(labels.segments, key=lambda each: each.start)
    assert {each.action for each in labels.segments} <= set(labels.classes)
    assert len(set(labels.classes)) == len(labels.classes)
    painted(labels)


@given(st.lists(SEGMENTS, max_size=12))
def test_adding_is_painting(segments):
    labels, canvas = EMPTY, {}
    for each in segments:
        labels = editing.add(labels, each)
        low, high = sorted((each.start, each.end))
        frames = range(max(min(low, FRAMES - 1), 0), max(min(high, FRAMES - 1), 0) + 1)
        canvas |= {(each.track, frame): each.action for frame in frames}
    sound(labels)
    assert painted(labels) == canvas


@given(st.lists(SEGMENTS, min_size=1, max_size=8), st.data())
def test_every_edit_leaves_labels_sound_and_changes_only_what_it_says(segments, data):
    labels = EMPTY
    for each in segments:
        labels = editing.add(labels, each)
    index = data.draw(st.integers(0, len(labels.segments) - 1))
    chosen = labels.segments[index]
    start, end = data.draw(st.integers(0, FRAMES - 1)), data.draw(st.integers(0, FRAMES - 1))
    before = painted(labels)

    moved = editing.move(labels, index, start, end)
    left = painted(editing.remove(labels, index))
    span = {(chosen.track, frame): chosen.action for frame in range(min(start, end), max(start, end) + 1)}
    assert painted(moved) == left | span

    at = data.draw(st.integers(0, FRAMES))
    halves = editing.split(labels, index, at)
    assert painted(halves) == before
    assert len(halves.segments) == len(labels.segments) + (chosen.start < at <= chosen.end)

    renamed = editing.rename_class(labels, chosen.action, "sit")
    assert painted(renamed) == {k: "sit" if v == chosen.action else v for k, v in before.items()}
    gone = editing.remove_class(labels, chosen.action)
    assert painted(gone) == {key: value for key, value in before.items() if value != chosen.action}
    assert chosen.action not in gone.classes
    called = editing.relabel(labels, index, "jump")
    assert painted(called) == before | {(chosen.track, frame): "jump" for frame in range(chosen.start, chosen.end + 1)}
    for each in (moved, halves, renamed, gone, called):
        sound(each)


def test_a_longer_segment_is_left_on_both_sides():
    labels = editing.add(editing.add(EMPTY, Segment(5, 30, "walk")), Segment(10, 14, "wave"))
    assert labels.segments == (Segment(5, 9, "walk"), Segment(10, 14, "wave"), Segment(15, 30, "walk"))
    assert labels.classes == ("walk", "wave")


def test_what_is_not_there_cannot_be_edited():
    with pytest.raises(BadInput, match="no segment 1"):
        editing.remove(EMPTY, 0)
    with pytest.raises(BadInput, match="needs a name"):
        editing.add(EMPTY, Segment(0, 3, " "))
