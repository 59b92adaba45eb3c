"""The side of the portraits: one person, several, unknown faces, a search's hits, or the history.

One pane at a time, made when it is first wanted; only the one in front is kept up to date.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from engines.core.words import tr
from engines.faces.gallery.types import Person
from widgets.faces.people.empty import SeveralPane, SidePane
from widgets.faces.people.history import HistoryList
from widgets.faces.people.person import PersonPane
from widgets.faces.people.requests import PeopleRequests
from widgets.faces.people.unknown import FoundPane, UnknownPane
from widgets.faces.state import PeopleView
from widgets.faces.thumbs import Thumbs
from widgets.kit.layouts import styled

LEAST = 300
P = TypeVar("P", PersonPane, SeveralPane, UnknownPane, FoundPane, HistoryList)


class Side(QStackedWidget):
    """`closed`: the pane in front was closed."""

    closed = Signal()

    def __init__(self, requests: PeopleRequests, thumbs: Thumbs) -> None:
        super().__init__()
        self._requests, self._thumbs = requests, thumbs
        self._panes: dict[str, QWidget] = {}
        styled(self)
        self.setMinimumWidth(LEAST)
        self.hide()

    @cached_property
    def person(self) -> PersonPane:
        return self._add("person", PersonPane(self._requests, self._thumbs))

    @cached_property
    def several(self) -> SeveralPane:
        return self._add("several", SeveralPane(self._requests, self._thumbs))

    @cached_property
    def unknown(self) -> UnknownPane:
        return self._add("unknown", UnknownPane(self._requests, self._thumbs), tr("Unknown faces"))

    @cached_property
    def found(self) -> FoundPane:
        return self._add("found", FoundPane(self._requests, self._thumbs), tr("Similar faces"))

    @cached_property
    def history(self) -> HistoryList:
        return self._add("history", HistoryList(self._requests), tr("History"))

    def show_pane(
        self,
        pane: str,
        people: PeopleView,
        names: tuple[tuple[str, str], ...],
        chosen: Sequence[str] = (),
        editable: bool = True,
    ) -> None:
        """`pane`: its name, or "" for none. names: (id, name) of everybody. chosen: ids of several people."""
        person = next((person for person in people.people if person.id == people.selected), None)
        if pane == "person" and person is None:
            pane = ""
        if pane == "person" and person is not None:
            self.person.show_person(person, people.faces, names, editable)
        elif pane == "several":
            self.several.show_people(_of(people, chosen), editable)
        elif pane == "unknown":
            self.unknown.show_clusters(people.clusters, names, editable)
        elif pane == "found":
            self.found.show_found(people.asked, people.found)
        elif pane == "history":
            self.history.show_changes(people.history, editable)
        if pane:
            self.setCurrentWidget(self._panes[pane])
        self.setVisible(bool(pane))

    def _add(self, name: str, made: P, title: str = "") -> P:
        """Keep a pane; one with a title gets a frame of its own."""
        pane = made if isinstance(made, (PersonPane, SeveralPane)) else SidePane(title, made)
        self._panes[name] = pane
        self.addWidget(pane)
        pane.close_button.clicked.connect(self.closed)
        return made


def _of(people: PeopleView, ids: Sequence[str]) -> list[Person]:
    wanted = set(ids)
    return [person for person in people.people if person.id in wanted]
