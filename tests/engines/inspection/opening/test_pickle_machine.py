"""The pickle machine leaves what Python's own unpickler gives, in every protocol, for all that needs no import."""

from __future__ import annotations

import io
import pickle
from collections import OrderedDict
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.inspection.opening.allowed import in_weights
from engines.inspection.opening.pickle_machine import follow
from engines.inspection.opening.pickle_values import Made, Table, shown

KEYS = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=9), st.floats(allow_nan=False))
LEAVES = st.one_of(KEYS, st.binary(max_size=9), st.integers(-(1 << 90), 1 << 90))
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=5), st.tuples(inner, inner, inner, inner), st.dictionaries(KEYS, inner, max_size=4),
        inner.map(lambda one: [one, one]), inner.map(lambda one: OrderedDict(a=one)),
    ),
    max_leaves=12,
)  # fmt: skip


def plain(value: Any) -> Any:
    """What a machine's value stands for."""
    if isinstance(value, Table):
        return {plain(key): plain(each) for key, each in value.pairs}
    if isinstance(value, Made) and str(value.function) == "collections.OrderedDict":
        return OrderedDict((plain(key), plain(each)) for key, each in value.pairs or ())
    if isinstance(value, Made) and not value.arguments:
        return b""
    if isinstance(value, Made):
        assert str(value.function) == "_codecs.encode"
        return value.arguments[0].encode(value.arguments[1])
    return type(value)(plain(each) for each in value) if isinstance(value, list | tuple) else value


@given(VALUES, st.integers(0, pickle.HIGHEST_PROTOCOL))
@settings(max_examples=150)
def test_values_are_those_that_were_pickled(value: Any, protocol: int) -> None:
    ran = follow(io.BytesIO(pickle.dumps(value, protocol)), in_weights)
    assert (ran.broken, ran.calls) == ("", ())
    assert plain(ran.value) == value


def test_a_pickle_is_followed_to_its_end_and_no_further() -> None:
    file = io.BytesIO(pickle.dumps([1, 2], 4) + b"rest")
    assert follow(file, in_weights).value == [1, 2]
    assert file.read() == b"rest"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (b"\x80\x02h\x05.", "5"),
        (b"\x80\x02].", ""),
        (b"\x80\x02.", "pop from empty list"),
        (b"\x80\x02(.", "ends within a list"),
        (b"\x80\x02K\x01", "exhausted"),
        (b"\x80\x02\xff.", "unknown"),
    ],
)
def test_a_broken_pickle_says_where_it_breaks_off(code: bytes, words: str) -> None:
    assert words in follow(io.BytesIO(code), in_weights).broken


def test_values_are_written_short_and_as_python_would() -> None:
    assert shown(("a", b"b", 1, None)) == "('a', b'b', 1, None)"
    assert shown(list(range(9))) == "[0, 1, 2, 3, ...]"
    assert shown(1 << 999) == "<a long number>"
    assert shown(Table([("a", Table([("b", [[[1]]])]))])) == "{'a': {'b': [[...]]}}"
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    assert len(shown(deep)) < 99
