"""Takes pictures of all cameras at once from the sources of the project, one by one or a run of them."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from widgets.calibration.rig.take_state import SEVERAL, TakeView
from widgets.kit.fields import wrapped
from widgets.kit.form import show
from widgets.kit.layouts import column_of, held, row_of
from widgets.kit.panel import ChoiceField, NumberField, PlainButton, QuietButton, Toggle, columns, describe, labelled
from widgets.kit.work_parts import BusyLine
from widgets.sources.choice import SourceChoice


class TakeBlock(QWidget):
    """`sourceChosen(path)`; `camerasChosen(paths)` of several sources; `counted(pictures, seconds)`; `takeWanted` for a
    run, `oneWanted` for one picture; `filmWanted(path)`. Hidden while there are no sources."""

    sourceChosen = Signal(str)
    camerasChosen = Signal(object)
    counted = Signal(int, float)
    takeWanted = Signal()
    oneWanted = Signal()
    filmWanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.shown = TakeView()
        self.source = ChoiceField("Cameras", tip="A tiled source, or several sources that are one camera each")
        self.cameras: list[Toggle] = []
        self._cameras = column_of(spacing=4)
        self.count = NumberField("Pictures", 24, 2, 500, tip="How many pictures to take; 20 to 40 are good")
        self.apart = NumberField(
            "Seconds apart", 1.0, 0.1, 60, unit="s", decimals=1, step=0.1, tip="Time to move the board between pictures"
        )
        self.take = PlainButton("Take pictures", "capture", "Keep pictures of all cameras, then calibrate from them")
        self.one = QuietButton("Take one", "add", "Keep one picture of all cameras as they are now")
        self.film = PlainButton("Use the recording", "file", "Calibrate from the file that this source plays")
        self.busy = BusyLine("Stop")
        self.hint = wrapped("hint")
        self._counts = columns(labelled("Pictures", self.count), labelled("Seconds apart", self.apart))
        buttons = held(row_of(self.take, self.film, self.one, None, spacing=4))
        parts = labelled("Cameras", self.source), self._cameras, self._counts, buttons, self.hint, self.busy
        self.setLayout(column_of(*parts, spacing=8))
        self._listen()

    def show_state(self, view: TakeView) -> None:
        self.shown = view
        self.setVisible(bool(view.sources))
        self.source.set_choices([(one.path, one.title) for one in view.sources], view.source)
        self._show_cameras(view.singles if view.source == SEVERAL else (), view.chosen)
        show(self.count, view.count)
        show(self.apart, view.seconds)
        for part in (self.take, self.one):
            part.setEnabled(not view.problem and not view.taking)
        self.film.setVisible(bool(view.film))
        self.hint.setText(view.problem)
        self.hint.setVisible(bool(view.problem))
        if view.taking:
            self.busy.set_progress(view.done, view.count, f"{view.done} of {view.count} pictures; move the board")
        self.busy.setVisible(view.taking)

    def _show_cameras(self, singles: tuple[SourceChoice, ...], chosen: tuple[str, ...]) -> None:
        while len(self.cameras) < len(singles):
            toggle = Toggle("Camera", tip="This source is a camera of the rig")
            toggle.clicked.connect(self._tell_cameras)
            self._cameras.addWidget(toggle)
            self.cameras.append(toggle)
        for number, toggle in enumerate(self.cameras):
            toggle.setVisible(number < len(singles))
        for toggle, one in zip(self.cameras, singles, strict=False):
            toggle.setText(one.title)
            describe(toggle, one.title, toggle.toolTip())
            toggle.setChecked(one.path in chosen)

    def _tell_cameras(self) -> None:
        pairs = zip(self.cameras, self.shown.singles, strict=False)
        self.camerasChosen.emit(tuple(one.path for toggle, one in pairs if toggle.isChecked()))

    def _listen(self) -> None:
        self.source.chosen.connect(self.sourceChosen)
        for field in (self.count, self.apart):
            field.valueChanged.connect(lambda _value: self.counted.emit(self.count.whole(), self.apart.value()))
        self.take.clicked.connect(self.takeWanted)
        self.one.clicked.connect(self.oneWanted)
        self.film.clicked.connect(lambda: self.filmWanted.emit(self.shown.film))
