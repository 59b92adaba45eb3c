"""Texts are said in the language that was chosen, and as they are written where it has none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engines.core.words import all_of, few_of, one_of, speak, tr, tr_count

GERMAN = {
    ("{n} views", 1): "{n} Ansicht",
    ("{n} views", 3): "{n} Ansichten",
    ("Save {name}", -1): "{name} sichern",
    ("Open {name}", -1): "{nam} oeffnen",
}


@pytest.fixture
def german() -> Iterator[None]:
    speak(lambda source, count: GERMAN.get((source, count), ""))
    yield
    speak()


def test_lists_are_joined_in_words():
    assert (all_of(["left"]), all_of(["left", "right", "rear"])) == ("left", "left, right and rear")
    assert one_of([".mp4", ".mkv"]) == ".mp4 or .mkv"
    assert (few_of("abc"), few_of("abcde")) == ("a, b, c", "a, b, c and 2 more")


def test_a_text_is_as_written_without_a_language():
    assert tr("Save {name}", name="a{b}") == "Save a{b}"
    assert tr("50 % {done}") == "50 % {done}"
    assert [tr_count(n, "{n} view", "{n:,} views") for n in (0, 1, 1200)] == ["0 views", "1 view", "1,200 views"]


@pytest.mark.usefixtures("german")
def test_a_language_gives_its_own_order_and_its_own_plural():
    assert tr("Save {name}", name="x") == "x sichern"
    assert [tr_count(n, "{n} view", "{n} views") for n in (1, 3)] == ["1 Ansicht", "3 Ansichten"]


@pytest.mark.usefixtures("german")
def test_a_translation_that_does_not_fit_or_is_not_there_gives_way_to_the_source():
    assert tr("Open {name}", name="x") == "Open x"
    assert tr("Close {name}", name="x") == "Close x"


@pytest.mark.parametrize(
    "hostile",
    ["{name.__class__}", "{name[0]}", "{0}", "{name:>9999999999}", "{name:{other}}", "{name!r}", "{name", "{name:%d}"],
)
def test_a_translation_cannot_reach_into_what_it_is_given(hostile: str):
    speak(lambda _source, _count: hostile)
    try:
        assert tr("Open {name}", name=[7]) == "Open [7]"
        assert tr_count(2, "{n} {name}", "{n:,} {name}", name="views") == "2 views"
    finally:
        speak()
