"""The requests of the people page: one object that all its parts speak through, so that each is declared once."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class PeopleRequests(QObject):
    """Ids are the gallery's: faces in lists, persons alone. merged: the first keeps its name. split: these faces are a
    new person."""

    newWanted = Signal()
    openWanted = Signal()
    galleryChosen = Signal(str)
    searchChanged = Signal(str)
    personChosen = Signal(str)
    renamed = Signal(str, str)
    merged = Signal(list)
    split = Signal(list)
    moved = Signal(list, str)
    refused = Signal(list, str)
    confirmed = Signal(list, str)
    clusterNamed = Signal(list, str)
    portraitChosen = Signal(str)
    facesRemoved = Signal(list)
    forgetWanted = Signal(str)
    exportWanted = Signal(str)
    findWanted = Signal(str)
    historyUndone = Signal(int)
    enrolWanted = Signal()
