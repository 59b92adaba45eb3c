import json

import pytest
import torch

from engines.attention import attention, heard
from engines.attention.auto import choice
from engines.attention.auto.kept import Book, place
from engines.attention.auto.machine import machine
from engines.attention.exact import sdpa
from engines.attention.kernels import kernel
from engines.attention.measuring import which
from engines.attention.request import request
from engines.attention.types import Choice, WhichSpec
from engines.core.context import PlainContext
from engines.core.errors import BadInput, UsageError


@pytest.fixture(autouse=True)
def fresh():
    choice.forget()
    kernel.cache_clear()
    yield
    choice.forget()
    kernel.cache_clear()


def qkv(length=160, heads=8, dim=64, **more):
    return [torch.randn(1, heads, length, dim, **more) for _ in range(3)]


def ran(*args, **asked):
    with heard() as found:
        attention(*args, **asked)
    return found


def test_a_class_is_measured_once_and_the_next_process_knows(caplog):
    caplog.set_level("INFO")
    first, again = ran(*qkv()), ran(*qkv(length=162))
    choice.forget()
    later = ran(*qkv())
    (row,) = choice.known()
    assert row.choice.kernel == min(row.choice.times, key=row.choice.times.__getitem__) or row.choice.kernel == "sdpa"
    assert {"naive", "sdpa"} <= {*row.choice.times, *row.choice.refused}
    (said,) = caplog.messages
    assert row.request in said
    assert row.choice.measured in said
    assert not first.notes + again.notes + later.notes
    assert first.kernels == again.kernels == later.kernels


@pytest.mark.parametrize(
    "other",
    [
        {"causal": True},
        {"window": 16},
        {"mask": torch.ones(160, 160, dtype=torch.bool)},
        {"bias": torch.zeros(8, 160, 160)},
    ],
)
def test_what_is_asked_makes_another_class(other):
    q, k, v = qkv()
    plain = choice.class_of(request(q, k, v), False)
    assert choice.class_of(request(q, k, v, **other), False) != plain
    assert choice.class_of(request(q, k, v), True) != plain
    assert choice.class_of(request(*qkv(requires_grad=True)), False) != plain


def test_small_requests_are_not_measured():
    assert ran(*qkv(length=16)).kernels == {f"sdpa {kernel('sdpa').version}": 1}
    assert not choice.known()


def test_a_file_of_another_machine_is_left_and_said_once():
    ran(*qkv())
    table = json.loads(place().read_text())
    ((_, told),) = table["machines"].items()
    place().write_text(json.dumps(table | {"machines": {"0": told | {"machine": "VAX", "computer": "0"}}}))
    choice.forget()
    assert "another machine" in ran(*qkv()).notes[0]
    assert not ran(*qkv(heads=16)).notes
    assert {row.machine for row in choice.known()} == {"VAX", str(machine())}


@pytest.mark.parametrize("broken", ["{", "[]", '{"format": "kinoscope attention choices 9", "machines": {}}'])
def test_a_broken_file_is_left_and_said_once(broken):
    place().write_text(broken)
    assert "left as it is" in ran(*qkv()).notes[0]
    assert not ran(*qkv()).notes
    assert not ran(*qkv(heads=16)).notes
    assert len(choice.known()) == 2
    assert place().read_text() == broken


def test_a_request_that_would_fill_the_computer_is_told_at_once():
    with pytest.raises(UsageError, match="1,000,000,000 numbers"):
        which.run(WhichSpec(batch=10**9, length=1, dim=1), PlainContext())
    with pytest.raises(BadInput, match="no device 'tpu'"):
        which.run(WhichSpec(device="tpu"), PlainContext())


@pytest.mark.parametrize("name", ["linear", "unheard of"])
def test_a_file_cannot_make_auto_take_what_is_not_exact(name):
    asked = request(*qkv())
    Book().keep(machine(), choice.class_of(asked, False), Choice(name, {name: 0.1}, {}, ""))
    assert [*ran(*qkv()).kernels] == [f"sdpa {kernel('sdpa').version}"]


def test_what_another_process_kept_meanwhile_stands():
    ours, theirs = Book(), Book()
    assert ours.find(machine(), "a") is None
    theirs.keep(machine(), "a", Choice("naive", {"naive": 1.0}, {}, "then"))
    theirs.keep(machine(), "b", Choice("naive", {"naive": 1.0}, {}, "then"))
    assert ours.keep(machine(), "a", Choice("sdpa", {"sdpa": 1.0}, {}, "now")).measured == "then"
    ours.keep(machine(), "c", Choice("sdpa", {"sdpa": 1.0}, {}, "now"))
    assert {row.request: row.choice.kernel for row in Book().known()} == {"a": "naive", "b": "naive", "c": "sdpa"}


def test_a_kernel_that_fails_is_not_tried_again(monkeypatch):
    tried = []

    def fails(asked, lse):
        tried.append(asked)
        raise RuntimeError("no such instruction")

    monkeypatch.setattr(sdpa, "forward", fails)
    first, again = ran(*qkv(length=16)), ran(*qkv(length=16))
    assert len(tried) == 1
    for found in (first, again):
        assert "sdpa" in found.notes[0]
        assert "no such instruction" in found.notes[0]
        assert not any(name.startswith("sdpa") for name in found.kernels)


def test_a_kernel_without_a_backward_is_not_taken_where_gradients_are_wanted(monkeypatch):
    whole = sdpa.forward
    monkeypatch.setattr(sdpa, "forward", lambda asked, lse: (whole(asked, lse)[0].detach(), None))
    q, k, v = qkv(requires_grad=True)
    attention(q, k, v).sum().backward()
    (row,) = choice.known()
    assert "backward" in row.choice.refused["sdpa"]
    assert q.grad is not None


def test_a_pin_comes_first_and_one_that_cannot_is_told(monkeypatch):
    asked = request(*qkv())
    assert next(iter(choice.order(asked, False, "naive"))) == ("naive", "")
    monkeypatch.setattr(sdpa, "refuses", lambda asked, lse: "too plain")
    kernel.cache_clear()
    name, note = next(iter(choice.order(asked, False, "sdpa")))
    assert name != "sdpa"
    assert note == "sdpa cannot do this (too plain)"
