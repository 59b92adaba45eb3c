"""Errors keep what they know on every way out: words, JSON, and the pickle between processes."""

from __future__ import annotations

import pickle

import pytest

from engines.core import errors
from engines.core.context import PlainContext
from engines.core.errors import BadInput, Cancelled, Facts, KinoscopeError, UsageError

ALL = [thing for thing in vars(errors).values() if isinstance(thing, type) and issubclass(thing, KinoscopeError)]


@pytest.mark.parametrize("kind", ALL)
def test_an_error_survives_the_way_from_a_worker(kind: type[KinoscopeError]) -> None:
    error = kind("It broke", path="/a b/ü.png", hint="Mend it", facts=Facts(fetch=("yunet",)))
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert again.facts == Facts(fetch=("yunet",))
    words = {"path": "/a b/ü.png", "hint": "Mend it", "message": "It broke", "fetch": ("yunet",)}
    assert again.as_json() == error.as_json() | words


@pytest.mark.parametrize("name", ["Fotos_\udce4", "\ud83d half"])
def test_a_name_that_is_not_utf_8_survives_it_too(name: str) -> None:
    error = BadInput("It broke", path=name)
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.path) == (f"It broke ({name})", name)


def test_each_kind_has_a_name_of_its_own() -> None:
    assert len({kind.kind for kind in ALL}) == len(ALL)


def test_only_wrong_usage_exits_with_two() -> None:
    assert [kind for kind in ALL if kind.exit_code != 1] == [UsageError]


def test_the_words_say_what_where_and_what_to_do() -> None:
    assert str(BadInput("It broke", path="a.png", hint="Mend it")) == "It broke (a.png). Mend it"
    assert str(BadInput("a.png broke", path="a.png")) == "a.png broke"


def test_a_context_can_be_cancelled_and_keeps_the_latest_event() -> None:
    ctx = PlainContext()
    ctx.check()
    ctx.emit("preview", 1)
    ctx.emit("preview", 2)
    assert ctx.events == {"preview": 2}
    ctx.cancelled.set()
    with pytest.raises(Cancelled):
        ctx.check()
