"""The calibration panel's smaller parts: what went wrong, the camera with its guidance, the solver's settings."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from engines.core.frames import Size
from widgets.calibration.drawings import CoverageMap
from widgets.calibration.state import MODEL_NAMES, CalibrationView, count, coverage_words
from widgets.kit.labels import Label
from widgets.kit.panel import (
    ChoiceField,
    NumberField,
    PlainButton,
    Section,
    Toggle,
    columns,
    describe,
    labelled,
)

WINDOW_START = 7
MAP_WIDTH = 128


class CoverageRow(QWidget):
    """The coverage map and words beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.map = CoverageMap()
        self.map.setFixedSize(MAP_WIDTH, 96)
        self.words, self.more = _words(""), _words("hint")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.map, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addWidget(self.words)
        column.addWidget(self.more)
        column.addStretch(1)
        row.addLayout(column, 1)

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

    sourceChosen = Signal(str)
    finderToggled = Signal(bool)
    autoToggled = Signal(bool)
    captureWanted = Signal()

    def __init__(self) -> None:
        super().__init__("Camera", name="calibration.camera")
        self.source = ChoiceField("Source", tip="The camera or tile that views are captured from")
        self.finder = Toggle("Detect the board", tip="Look for the board in every frame of this source")
        self.row = CoverageRow()
        self.capture = PlainButton("Capture", "capture", "Keep this view of the board (C)")
        self.auto = Toggle("Automatic", tip="Keep a view whenever the board is still, sharp and somewhere new")
        self.none = _words("muted")
        self.none.setText("Add a camera or video in Sources to capture views live.")
        self._source = labelled("Source", self.source)
        buttons = QHBoxLayout()
        buttons.setSpacing(12)
        buttons.addWidget(self.capture)
        buttons.addWidget(self.auto)
        buttons.addStretch(1)
        self._live = QWidget()
        column = QVBoxLayout(self._live)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.row)
        column.addLayout(buttons)
        for part in (self.none, self._source, self.finder, self._live):
            self.add(part)
        self.source.chosen.connect(self.sourceChosen)
        self.finder.clicked.connect(self.finderToggled)
        self.auto.clicked.connect(self.autoToggled)
        self.capture.clicked.connect(self.captureWanted)

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
        if state.live is not None:
            self._show_live(state)

    def _show_live(self, state: CalibrationView) -> None:
        sighting = state.live.sighting if state.live else None
        captured = count(len(state.views), "view") + " captured" if state.views else "No view captured yet"
        self.row.show_coverage(
            state.coverage,
            sighting.size if sighting else None,
            state.guidance,
            captured,
            sighting.outline if sighting else (),
        )
        self.capture.setEnabled(sighting is not None and sighting.found)


class SolverSection(Section):
    """What is solved for, and how corners are refined."""

    modelChosen = Signal(str)
    freeBoardToggled = Signal(bool)
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
        self.model.chosen.connect(self.modelChosen)
        self.free.clicked.connect(self.freeBoardToggled)
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

    clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 12, 8, 16)
        column.setSpacing(12)
        self.words = _words("muted")
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.button = PlainButton("Add photographs")
        self.button.clicked.connect(self.clicked)
        column.addWidget(self.words)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)

    def show_choice(self, live: bool) -> None:
        """`live`: there is a source that detection can start on."""
        what = "Hold a printed board before the camera and capture it from several sides."
        photographs = "Add photographs that show a printed board from several sides, or a camera in Sources."
        self.words.setText(what if live else photographs)
        self.button.setText("Detect the board" if live else "Add photographs")
        tip = "Look for the board in every frame" if live else "Image files or folders that show a printed board"
        describe(self.button, self.button.text(), tip)


def coverage_of_result(row: CoverageRow, state: CalibrationView) -> None:
    """Fill a row from the views that were calibrated."""
    row.show_coverage(state.coverage, state.result.image_size if state.result else None, coverage_words(state.coverage))


def _words(role: str) -> QLabel:
    label = Label()
    label.setProperty("role", role)
    label.setWordWrap(True)
    return label
