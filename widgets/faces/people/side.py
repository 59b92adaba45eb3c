"""What is at the side of the portraits: one person, several, unknown faces, a search's hits, or the history.

One pane at a time, made when it is first wanted; only the one in front is kept up to date.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from engines.core.frames import Image
from engines.faces.gallery.types import Person
from widgets.faces.people.empty import SeveralPane, SidePane
from widgets.faces.people.history import HistoryList
from widgets.faces.people.person import PersonPane
from widgets.faces.people.unknown import FoundPane, UnknownPane
from widgets.faces.state import PeopleView

LEAST = 300
P = TypeVar("P", PersonPane, SeveralPane, UnknownPane, FoundPane, HistoryList)


class Side(QStackedWidget):
    """`closed`: the pane in front was closed. The others are the panes' own."""

    renamed = Signal(str, str)
    merged = Signal(list)
    split = Signal(list)
    moved = Signal(list, str)
    refused = Signal(list, str)
    confirmed = Signal(list, str)
    portraitChosen = Signal(str)
    facesRemoved = Signal(list)
    forgetWanted = Signal(str)
    exportWanted = Signal(str)
    findWanted = Signal(str)
    clusterNamed = Signal(list, str)
    personChosen = Signal(str)
    historyUndone = Signal(int)
    thumbsWanted = Signal(list)
    closed = Signal()
    SIGNALS = (
        "renamed", "merged", "split", "moved", "refused", "confirmed", "portraitChosen", "facesRemoved", "forgetWanted",
        "exportWanted", "findWanted", "clusterNamed", "personChosen", "historyUndone", "thumbsWanted",
    )  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self._panes: dict[str, QWidget] = {}
        self._images: Mapping[str, Image] = {}
        self.setProperty("role", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumWidth(LEAST)
        self.hide()

    @cached_property
    def person(self) -> PersonPane:
        return self._add("person", made := PersonPane(), made)

    @cached_property
    def several(self) -> SeveralPane:
        return self._add("several", made := SeveralPane(), made)

    @cached_property
    def unknown(self) -> UnknownPane:
        made = UnknownPane()
        return self._add("unknown", made, SidePane("Unknown faces", made))

    @cached_property
    def found(self) -> FoundPane:
        made = FoundPane()
        return self._add("found", made, SidePane("Similar faces", made))

    @cached_property
    def history(self) -> HistoryList:
        made = HistoryList()
        return self._add("history", made, SidePane("History", made))

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
            self._show_images()
        self.setVisible(bool(pane))

    def show_thumbs(self, images: Mapping[str, Image]) -> None:
        self._images = images
        if self.isVisible():
            self._show_images()

    def _show_images(self) -> None:
        front = self.currentWidget()
        part = front.body if isinstance(front, SidePane) else front
        if isinstance(part, (PersonPane, SeveralPane, UnknownPane, FoundPane)):
            part.show_thumbs(self._images)

    def _add(self, name: str, made: P, pane: QWidget) -> P:
        self._panes[name] = pane
        self.addWidget(pane)
        for signal in made.SIGNALS:
            getattr(made, signal).connect(getattr(self, signal))
        if isinstance(pane, (PersonPane, SeveralPane, SidePane)):
            pane.closed.connect(self.closed)
        return made


def _of(people: PeopleView, ids: Sequence[str]) -> list[Person]:
    wanted = set(ids)
    return [person for person in people.people if person.id in wanted]
