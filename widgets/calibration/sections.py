"""Smaller parts of the calibration panel: how to begin, the camera with its guidance, the solver's settings."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from engines.core.frames import Size
from widgets.calibration.drawings import CoverageMap
from widgets.calibration.state import MODEL_NAMES, CalibrationView
from widgets.kit.fields import wrapped
from widgets.kit.layouts import column_of, held, row_of
from widgets.kit.panel import ChoiceField, NumberField, PlainButton, Section, Toggle, columns, describe, labelled
from widgets.kit.words import count

WINDOW_START = 7
MAP_WIDTH = 128


class CoverageRow(QWidget):
    """The coverage map and words beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.map = CoverageMap()
        self.map.setFixedSize(MAP_WIDTH, 96)
        self.words, self.more = wrapped(), wrapped("hint")
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
    """Where views are captured from, what the finder sees there, and what to do next."""

    def __init__(self) -> None:
        super().__init__("Camera", name="calibration.camera")
        self.source = ChoiceField("Source", tip="The camera or tile that views are captured from")
        self.finder = Toggle("Detect the board", tip="Look for the board in every frame of this source")
        self.row = CoverageRow()
        self.capture = PlainButton("Capture", "capture", "Keep this view of the board (C)")
        self.auto = Toggle("Automatic", tip="Keep a view whenever the board is still, sharp and somewhere new")
        self.none = wrapped("muted")
        self.none.setText("Add a camera or video in Sources to capture views live.")
        self._source = labelled("Source", self.source)
        self._live = held(column_of(self.row, row_of(self.capture, self.auto, None, spacing=12), spacing=12))
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
        captured = count(len(state.views), "view") + " captured" if state.views else "No view captured yet"
        size, outline = (sighting.size, sighting.outline) if sighting else (None, ())
        self.row.show_coverage(state.coverage, size, state.guidance, captured, outline)
        self.capture.setEnabled(sighting is not None and sighting.found)


class SolverSection(Section):
    """What is solved for, and how corners are refined."""

    windowChosen = Signal(str)

    def __init__(self) -> None:
        super().__init__("Solver", True, name="calibration.solver")
        self.model = ChoiceField(
            "Lens model",
            list(MODEL_NAMES.items()),
            tip="Brown suits most lenses; the rational model suits wide ones, and needs more views",
        )
        self.corner = ChoiceField(
            "Corner window",
            (("auto", "Automatic"), ("fixed", "Fixed")),
            tip="Half-width of the area that a corner is refined in. Automatic: from the corner distance of each view",
        )
        self.half = NumberField(
            "Half-width of the corner window", WINDOW_START, 1, 50, unit="px", tip="Must stay below the corner distance"
        )
        self.free = Toggle(
            "Solve for the board's shape", tip="Prints are rarely flat and true; ten views or more can tell how"
        )
        self._half = labelled("Half-width", self.half)
        self.add(labelled("Lens model", self.model))
        self.add(columns(labelled("Corner window", self.corner), self._half))
        self.add(self.free)
        self.corner.chosen.connect(self._window)
        self.half.valueChanged.connect(lambda _value: self._window(self.corner.value()))

    def show_state(self, state: CalibrationView) -> None:
        self.model.set_value(state.model)
        self.free.setChecked(state.free_board)
        fixed = state.window != "auto"
        self.corner.set_value("fixed" if fixed else "auto")
        self._half.setVisible(fixed)
        if fixed and state.window.isdecimal():
            self.half.blockSignals(True)
            self.half.setValue(int(state.window))
            self.half.blockSignals(False)

    def _window(self, how: str) -> None:
        self.windowChosen.emit("auto" if how == "auto" else str(self.half.whole()))


class EmptyCard(QWidget):
    """How to begin: one sentence, one button."""

    def __init__(self) -> None:
        super().__init__()
        self.words = wrapped("muted")
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.button = PlainButton("Add photographs")
        column = column_of(self.words, self.button, spacing=12, margins=(8, 12, 8, 16))
        column.setAlignment(self.button, Qt.AlignmentFlag.AlignHCenter)
        self.setLayout(column)

    def show_choice(self, live: bool) -> None:
        """`live`: there is a source that detection can start on."""
        what = "Hold a printed board before the camera and capture it from several sides."
        photographs = "Add photographs that show a printed board from several sides, or a camera in Sources."
        self.words.setText(what if live else photographs)
        self.button.setText("Detect the board" if live else "Add photographs")
        tip = "Look for the board in every frame" if live else "Image files or folders that show a printed board"
        describe(self.button, self.button.text(), tip)
