"""The window that says how a camera's pictures are straightened; what is set shows at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QWidget

from engines.core.undistortion import Undistortion
from engines.core.words import tr
from widgets.kit.fields import ChoiceField, NumberField, PlainButton, PrimaryButton, Toggle
from widgets.kit.labels import Dialog, Label
from widgets.kit.layouts import column_of, row_of
from widgets.kit.panel import columns, labelled
from widgets.kit.slider import ClickSlider

WIDTH = 400
STEPS = 100


class StraightForm(Dialog):
    """`changed(Undistortion)` at every change; `lensChosen(id)` when another calibration is to be used."""

    changed = Signal(object)
    lensChosen = Signal(str)
    fileWanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModal(False)
        self.setFixedWidth(WIDTH)
        self._how: Undistortion | None = None
        self.words = Label("", "muted", wraps=True)
        self.lens = ChoiceField(tr("Calibration"), tip=tr("Calibrations of this camera, the newest first"))
        self.balance = ClickSlider(tr("Balance"), tr("Left: nothing black. Right: every pixel of the original"), STEPS)
        self.crop = Toggle(tr("Crop to what exists"), tip=tr("Cut black borders off; the picture gets smaller"))
        self.mirror = Toggle(tr("Mirror"), tip=tr("Flip what is shown left to right"))
        self.width_ = NumberField(
            tr("Width"), 0, 0, 16000, unit="px", tip=tr("Of the straightened picture; 0 as it comes in")
        )
        self.height_ = NumberField(tr("Height"), 0, 0, 16000, unit="px", tip=tr("0 follows the width"))
        for field in (self.width_, self.height_):
            field.setSpecialValueText(tr("as it is"))
        self._build()
        self._connect()

    def show_settings(
        self, title: str, how: Undistortion, lenses: Sequence[tuple[str, str]], lens: str, words: str
    ) -> None:
        """Show how this picture is straightened. lenses: (id, words) of its calibrations; words: what comes out."""
        self.setWindowTitle(tr("Undistort {title}", title=title))
        self._how = how
        blocked = [QSignalBlocker(one) for one in (self.balance, self.crop, self.mirror, self.width_, self.height_)]
        self.lens.set_choices(lenses, lens)
        self.balance.setValue(round(how.balance * STEPS))
        self.crop.setChecked(how.crop)
        self.mirror.setChecked(how.mirror)
        self.width_.setValue(how.width)
        self.height_.setValue(how.height)
        self.words.setText(words)
        del blocked

    def _build(self) -> None:
        ends = row_of(Label(tr("Nothing black"), "hint"), None, Label(tr("Keep all"), "hint"))
        close = PrimaryButton(tr("Done"), "", tr("Close; the settings are in use already"))
        close.clicked.connect(self.accept)
        close.setDefault(True)
        self.file = PlainButton(tr("Use calibration file…"), "open", tr("A calibration of this camera from a file"))
        self.file.setAutoDefault(False)
        parts = (
            labelled(tr("Calibration"), self.lens), labelled(tr("Balance"), self.balance), ends,
            columns(labelled(tr("Width"), self.width_), labelled(tr("Height"), self.height_)),
            self.crop, self.mirror, self.words, row_of(self.file, None, close, spacing=8),
        )  # fmt: skip
        self.setLayout(column_of(*parts, spacing=12, margins=(16, 16, 16, 16)))
        self.words.setAlignment(Qt.AlignmentFlag.AlignLeft)

    def _connect(self) -> None:
        for signal in (
            self.balance.valueChanged, self.crop.toggled, self.mirror.toggled,
            self.width_.valueChanged, self.height_.valueChanged,
        ):  # fmt: skip
            signal.connect(lambda _value: self._tell())
        self.lens.chosen.connect(self.lensChosen)
        self.file.clicked.connect(self.fileWanted)

    def _tell(self) -> None:
        if self._how is None:
            return
        self._how = replace(
            self._how,
            balance=self.balance.value() / STEPS,
            crop=self.crop.isChecked(),
            mirror=self.mirror.isChecked(),
            width=self.width_.whole(),
            height=self.height_.whole(),
        )
        self.changed.emit(self._how)
