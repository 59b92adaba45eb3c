"""Smaller parts of the calibration panel: how to begin, the camera with its guidance, which frames of films."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from engines.core.boards import Board
from engines.core.frames import Size
from engines.core.words import tr, tr_count
from widgets.calibration.drawings import CoverageMap
from widgets.calibration.kinds import board_name, board_words
from widgets.calibration.state import CalibrationView
from widgets.kit.fields import wrapped
from widgets.kit.labels import Label, StateLine
from widgets.kit.layouts import column_of, held, row_of
from widgets.kit.lengths.units import CM, M, length
from widgets.kit.panel import ChoiceField, NumberField, PlainButton, Section, Toggle, describe, labelled

MAP_WIDTH = 128


class CoverageRow(QWidget):
    """The coverage map and words beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.map = CoverageMap()
        self.map.setFixedSize(MAP_WIDTH, 96)
        self.words, self.more = StateLine("", 13), StateLine("hint")
        words = column_of(self.words, self.more, None, spacing=4)
        row = row_of(self.map, (words, 1), spacing=12)
        row.setAlignment(self.map, Qt.AlignmentFlag.AlignTop)
        self.setLayout(row)

    def show_coverage(
        self,
        cells: tuple[int, ...],
        size: Size | None,
        words: str,
        more: str = "",
        outline: tuple[tuple[float, float], ...] = (),
    ) -> None:
        if size is not None:
            self.map.setFixedHeight(min(MAP_WIDTH, round(MAP_WIDTH * size.height / size.width)))
        self.map.show_cells(cells or (0,) * 48, size, outline)
        self.words.setText(words)
        self.more.setText(more)


class CameraSection(Section):
    """Where views are captured from, what the finder sees there, and what to do next.

    `boardWanted(Board)`: look for this one instead. `flipWanted()`: the pictures are mirrored.
    """

    boardWanted = Signal(object)
    flipWanted = Signal()

    def __init__(self) -> None:
        super().__init__(tr("Camera"), name="calibration.camera")
        self.source = ChoiceField(tr("Source"), tip=tr("The camera or tile that views are captured from"))
        self.finder = Toggle(tr("Detect the board"), tip=tr("Look for the board in every frame of this source"))
        self.row = CoverageRow()
        self.capture = PlainButton(tr("Capture"), "capture", tr("Keep this view of the board (C)"))
        self.auto = Toggle(tr("Automatic"), tip=tr("Keep a view whenever the board is still, sharp and somewhere new"))
        self.none = wrapped("muted")
        self.none.setText(tr("Add a camera or a film in Sources to capture views live."))
        self.use = PlainButton(tr("Use it"), "check", tr("Look for this board instead, which the picture shows"))
        self.flip = PlainButton(
            tr("Flip the pictures"), "check", tr("Turn the pictures left to right before the board is found")
        )
        self._fitting: Board | None = None
        self._source = labelled(tr("Source"), self.source)
        capture = row_of(self.capture, self.auto, None, spacing=12)
        left = Qt.AlignmentFlag.AlignLeft
        self._offers = held(column_of((self.use, 0, left), (self.flip, 0, left), spacing=4))
        self._live = held(column_of(self.row, self._offers, capture, spacing=12))
        self.use.clicked.connect(lambda: self.boardWanted.emit(self._fitting))
        self.flip.clicked.connect(self.flipWanted)
        for part in (self.none, self._source, self.finder, self._live):
            self.add(part)

    def show_state(self, state: CalibrationView) -> None:
        there = bool(state.sources)
        self.none.setVisible(not there)
        self._source.setVisible(there)
        self.finder.setVisible(there)
        choices = [(choice.path, choice.title) for choice in state.sources]
        if choices != [(self.source.itemData(row), self.source.itemText(row)) for row in range(self.source.count())]:
            self.source.set_choices(choices, state.source)
        self.source.set_value(state.source)
        self.finder.setChecked(state.live is not None)
        self.auto.setChecked(state.auto)
        self._live.setVisible(state.live is not None)
        if state.live is None:
            return
        sighting = state.live.sighting
        size, outline = (sighting.size, sighting.outline) if sighting else (None, ())
        self.row.show_coverage(state.coverage, size, state.guidance, live_words(state), outline)
        self._offer(state)
        self.capture.setEnabled(sighting is not None and sighting.found)

    def _offer(self, state: CalibrationView) -> None:
        """One click for what the finder sees instead."""
        sighting = state.live.sighting if state.live else None
        self._fitting = Board.parse(sighting.fitting) if sighting and sighting.fitting else None
        self.use.setVisible(self._fitting is not None)
        if self._fitting is not None:
            self.use.setText(tr("Use {board_name}", board_name=board_name(self._fitting)))
            describe(
                self.use,
                self.use.text(),
                tr("Look for this board instead: {board_words}", board_words=board_words(self._fitting)),
            )
        mirrored = sighting is not None and sighting.mirrored and state.mirror != "yes"
        self.flip.setVisible(mirrored)
        self._offers.setVisible(self._fitting is not None or mirrored)


def live_words(state: CalibrationView) -> str:
    """How many views there are, what this one would add, and how far away the board is."""
    sighting = state.live.sighting if state.live else None
    taken = tr_count(len(state.views), "{n} view captured", "{n:,} views captured")
    told = [taken if state.views else tr("No view captured yet")]
    if sighting is not None and sighting.found and sighting.gain is not None:
        told.append(gain_words(sighting.gain))
    if sighting is not None and sighting.found and sighting.distance is not None:
        told.append(tr("Board {distance_words} away", distance_words=distance_words(sighting.distance)))
    return "\n".join(told)


def gain_words(gain: float) -> str:
    """What a view is worth: by how much it lessens the uncertainty of what is least certain."""
    if gain < 0.02:
        return tr("This view adds little")
    return tr("This view: {gain:.0f} % less uncertainty", gain=100 * gain)


def distance_words(metres: float) -> str:
    return length(metres, CM, 0) if metres < 1 else length(metres, M, 2)


class EveryFrame(QWidget):
    """Which frames of films are looked at. `everyChosen(N)`; 0 stands for a choice by sharpness and spread."""

    everyChosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        tip = tr("Of films look at each N-th frame; at 0 the sharp ones are chosen that show the board in new places")
        self.every = NumberField(tr("Frames of films"), 0, 0, 10_000, tip=tip)
        self.every.setSpecialValueText(tr("Chosen"))
        self.every.setPrefix("1 of ")
        label = Label(tr("Frames of films"), "muted")
        self.setLayout(row_of((label, 1), (self.every, 1), spacing=8))
        self.every.valueChanged.connect(lambda _value: self.everyChosen.emit(self.every.whole()))

    def show_every(self, every: int, *, shown: bool) -> None:
        """`shown`: there are films."""
        self.setVisible(shown)
        if self.every.whole() != every:
            self.every.blockSignals(True)
            self.every.setValue(every)
            self.every.blockSignals(False)


class EmptyCard(QWidget):
    """How to begin: one sentence, one button."""

    def __init__(self) -> None:
        super().__init__()
        self.words = wrapped("muted")
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.button = PlainButton(tr("Add pictures"))
        column = column_of(self.words, self.button, spacing=12, margins=(8, 12, 8, 16))
        column.setAlignment(self.button, Qt.AlignmentFlag.AlignHCenter)
        self.setLayout(column)

    def show_choice(self, live: bool) -> None:
        """`live`: there is a source that detection can start on."""
        what = tr("Hold a printed board before the camera and capture it from several sides.")
        photographs = tr("Add pictures or a film that show a printed board from several sides, or a camera in Sources.")
        self.words.setText(what if live else photographs)
        self.button.setText(tr("Detect the board") if live else tr("Add pictures"))
        tip = (
            tr("Look for the board in every frame")
            if live
            else tr("Pictures, films or folders that show a printed board")
        )
        describe(self.button, self.button.text(), tip)
