"""The cameras of a rig by the places that they have: tiles of a picture, or a folder or film each; names, on or off."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from engines.core.words import tr
from widgets.calibration.rig.setup import LEFT_OUT, RigSetup
from widgets.kit.access.tabs import reorder_tabs
from widgets.kit.form import show
from widgets.kit.keeping.fields import KEPT
from widgets.kit.layouts import column_of, row_of
from widgets.kit.panel import ElidedLabel, QuietButton, TextField, describe
from widgets.kit.words import file_name

LEAST_FIELD = 40
BEFORE = "rig.cameras-left-out"


class Place(QWidget):
    """One tile, folder or film. `named(text)`; `switched(on)`; `removed()` of a folder or film."""

    named = Signal(str)
    switched = Signal(bool)
    removed = Signal()

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number
        self.name = TextField(
            tr("Name of camera {number}", number=number), placeholder=str(number), tip=tr("What the camera is called")
        )
        self.name.setMinimumWidth(LEAST_FIELD)
        self.on = QuietButton("", "show", name=tr("Camera {number} takes part", number=number), checkable=True)
        self.remove = QuietButton(
            "", "close", tr("Take this camera's files out"), name=tr("Remove camera {number}", number=number)
        )
        self.path = ElidedLabel("", "hint")
        row = row_of((self.name, 1), self.on, self.remove, spacing=2)
        self.setLayout(column_of(self.path, row, spacing=2))
        self.name.editingFinished.connect(lambda: self.named.emit(self.name.text().strip()))
        self.on.clicked.connect(self.switched)
        self.remove.clicked.connect(self.removed)

    def show_place(self, name: str, path: str, on: bool) -> None:
        """path: "" for a tile."""
        show(self.name, name)
        self.name.setEnabled(on)
        self.on.setChecked(on)
        self.on.set_icon("show" if on else "hide")
        describe(
            self.on, self.on.accessibleName(), tr("Leave this camera out") if on else tr("Let this camera take part")
        )
        self.path.setText(file_name(path) if path else "")
        self.path.set_tip(path)
        self.path.setVisible(bool(path))
        self.remove.setVisible(bool(path))


class CameraPlaces(QWidget):
    """`namesChanged(names)`; `removed(place)`. Tiles lie as they do in the picture."""

    namesChanged = Signal(object)
    removed = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.places: list[Place] = []
        self._setup = RigSetup()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(6)
        KEPT.add(BEFORE, self)

    def show_kept(self, _value: object) -> None:
        """What cameras that are left out were called is known by now."""
        self.show_setup(self._setup)

    def show_setup(self, setup: RigSetup) -> None:
        moved = (setup.tiled, setup.rows, setup.columns) != (self._setup.tiled, self._setup.rows, self._setup.columns)
        self._setup = setup
        before = len(self.places)
        while len(self.places) < setup.places:
            self._add()
        for number, place in enumerate(self.places):
            if moved or self._grid.indexOf(place) < 0:
                columns = setup.columns if setup.tiled else 1
                self._grid.addWidget(place, *divmod(number, columns))
            place.setVisible(number < setup.places)
        if len(self.places) > before:
            reorder_tabs(self)
        told = (*setup.names, *("",) * setup.places)
        for number, place in enumerate(self.places[: setup.places]):
            on, path = told[number] != LEFT_OUT, "" if setup.tiled else setup.paths[number]
            place.show_place(told[number] if on else _names_before().get(str(number), ""), path, on)

    def _add(self) -> None:
        place = Place(len(self.places))
        place.named.connect(lambda name: self._name(place.number, name))
        place.switched.connect(lambda on: self._switch(place.number, on))
        place.removed.connect(lambda: self.removed.emit(place.number))
        self.places.append(place)

    def _name(self, number: int, name: str) -> None:
        told = [*self._setup.names, *[""] * self._setup.places][: self._setup.places]
        if told[number] not in (name, LEFT_OUT):
            told[number] = name
            self.namesChanged.emit(tuple(told) if any(told) else ())

    def _switch(self, number: int, on: bool) -> None:
        """A camera that is switched on again is called as before."""
        told = [*self._setup.names, *[""] * self._setup.places][: self._setup.places]
        if not on:
            KEPT.take(BEFORE, {**_names_before(), str(number): told[number]})
        told[number] = _names_before().get(str(number), "") if on else LEFT_OUT
        self.namesChanged.emit(tuple(told) if any(told) else ())


def _names_before() -> dict[str, str]:
    """What cameras that are left out were called, by their places."""
    before = KEPT.values.get(BEFORE)
    return {str(place): str(name) for place, name in before.items()} if isinstance(before, dict) else {}
