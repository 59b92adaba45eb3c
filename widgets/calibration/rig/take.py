"""Takes pictures of all cameras by the clock from the sources of the project, and calibrates from them."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from engines.core.words import tr
from widgets.calibration.rig.take_state import TakeView
from widgets.kit.form import show
from widgets.kit.keeping.fields import keep
from widgets.kit.layouts import column_of, held, row_of
from widgets.kit.panel import NumberField, PlainButton, describe
from widgets.kit.work_parts import BusyLine


class TakeBlock(QWidget):
    """`counted(pictures, seconds)`; `takeWanted` for a run of pictures; `filmWanted(path)`. Hidden without a rig."""

    counted = Signal(int, float)
    takeWanted = Signal()
    filmWanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.shown = TakeView()
        self.take = PlainButton(tr("Take"), "capture", tr("Keep pictures of all cameras, then calibrate from them"))
        self.count = NumberField(tr("Pictures"), 24, 2, 500, tip=tr("How many pictures to take; 20 to 40 are good"))
        self.apart = NumberField(
            tr("Seconds apart"),
            1.0,
            0.1,
            60,
            unit="s",
            decimals=1,
            step=0.1,
            tip=tr("Time to move the board between pictures"),
        )
        self.count.setSuffix(tr(" pictures"))
        self.apart.setPrefix(tr("each "))
        self.film = PlainButton(tr("Use the recording"), "file", tr("Calibrate from the file that these cameras play"))
        self.busy = BusyLine(tr("Stop"))
        fields = column_of(row_of((self.count, 1), (self.apart, 1), spacing=8), row_of(self.take, None), spacing=8)
        self._fields, self._film = held(fields), held(row_of(self.film, None))
        self.setLayout(column_of(self._fields, self._film, self.busy, spacing=8))
        self._listen()
        keep("rig.take", count=self.count, apart=self.apart)

    def show_state(self, view: TakeView) -> None:
        self.shown = view
        self.setVisible(view.ready or view.taking)
        show(self.count, view.count)
        show(self.apart, view.seconds)
        self._fields.setVisible(not view.taking)
        self.take.setEnabled(view.ready)
        describe(self.take, tr("Take pictures of {view}", view=view.title), self.take.toolTip())
        self._film.setVisible(bool(view.film) and not view.taking)
        if view.taking:
            self.busy.set_progress(
                view.done,
                view.count,
                tr("{done} of {count} pictures; move the board", done=view.done, count=view.count),
            )
        self.busy.setVisible(view.taking)

    def _listen(self) -> None:
        for field in (self.count, self.apart):
            field.valueChanged.connect(lambda _value: self.counted.emit(self.count.whole(), self.apart.value()))
        self.take.clicked.connect(self.takeWanted)
        self.film.clicked.connect(lambda: self.filmWanted.emit(self.shown.film))
