"""The same name by one rule; names that are not UTF-8 in a form that can be printed."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.core.names import looks_alike, name_key, same_name, shown


@pytest.mark.parametrize(
    ("first", "second"), [("Jos\u00e9", "Jose\u0301"), ("Anna Lee", " Anna\N{NO-BREAK SPACE} Lee\n")]
)
def test_how_a_name_is_stored_does_not_matter(first: str, second: str) -> None:
    assert same_name(first, second)
    assert not looks_alike(first, second)


@pytest.mark.parametrize(
    ("first", "second"), [("Groß", "Gross"), ("İpek", "i̇pek"), ("ANNA", "Anna"), ("ﬁona", "fiona")]
)
def test_other_letters_are_another_name_that_looks_alike(first: str, second: str) -> None:
    assert not same_name(first, second)
    assert looks_alike(first, second)


def test_different_names_are_different() -> None:
    assert not same_name("Ann", "Anne")
    assert not looks_alike("Ann", "Anne")


@given(st.text())
def test_the_key_of_a_key_is_itself(name: str) -> None:
    assert name_key(name_key(name)) == name_key(name)


@given(st.binary(max_size=30))
def test_any_name_of_a_file_can_be_shown(name: bytes) -> None:
    words = shown(os.fsdecode(name))
    words.encode("utf-8")
    assert words == os.fsdecode(name) or "\\x" in words


def test_half_letters_can_be_shown_too() -> None:
    assert shown("a\ud800b") == "a\\ud800b"
    assert shown(os.fsdecode(b"J\xfcrgen")) == "J\\xfcrgen"
