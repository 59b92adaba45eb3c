"""Showing the same again does nothing, on each widget for itself."""

from __future__ import annotations

from widgets.kit.when_new import when_new


class Shelf:
    def __init__(self) -> None:
        self.shown: list[object] = []

    @when_new
    def show(self, value: object, *, mark: str = "") -> None:
        self.shown.append((value, mark))

    @when_new
    def show_more(self, value: object) -> None:
        self.shown.append(value)


def test_only_what_differs_from_the_last_time_is_shown() -> None:
    shelf, other = Shelf(), Shelf()
    for value in ((1, 2), (1, 2), (3,), (1, 2)):
        shelf.show(value)
    shelf.show((1, 2), mark="x")
    shelf.show_more((1, 2))
    other.show((1, 2))
    assert shelf.shown == [((1, 2), ""), ((3,), ""), ((1, 2), ""), ((1, 2), "x"), (1, 2)]
    assert other.shown == [((1, 2), "")]


def test_nothing_is_a_value_too() -> None:
    shelf = Shelf()
    shelf.show(None)
    shelf.show(None)
    assert shelf.shown == [(None, "")]
