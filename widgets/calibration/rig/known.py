"""What is known of a rig before it is solved: lenses from a file, which are held, drawn to, or only begun with."""

from __future__ import annotations

from PySide6.QtCore import Signal

from engines.core.words import tr
from widgets.calibration.rig.setup import RigSetup
from widgets.kit.fields import wrapped
from widgets.kit.panel import Section, Segmented, describe
from widgets.kit.path_row import PathRow
from widgets.kit.words import file_name

HOLDS = (("fixed", tr("Held")), ("prior", tr("Prior")), ("free", tr("Start")))
WORDS = {
    "fixed": tr("The lenses stay as the file has them; places and distances are solved. Take this for few pictures."),
    "prior": tr("The lenses are solved, and drawn to the file's as strongly as its deviations say."),
    "free": tr("The lenses are solved; the file's are only where the solver begins."),
}


class KnownSection(Section):
    """`changed(field, value)` of the `RigSetup`; `chooseWanted()` for a file."""

    changed = Signal(str, object)
    chooseWanted = Signal()

    def __init__(self) -> None:
        super().__init__(tr("Known lenses"), True, name="rig.known")
        tip = tr("A calibration of the cameras, by their names or in their order: ours, OpenCV, Kalibr, ROS, TOML")
        self.file = PathRow(tr("File"), tr("All are solved"), tip, clears=True)
        self.hold = Segmented(tr("Known lenses are"), HOLDS, tip=tr("What becomes of the lenses that the file holds"))
        self.words = wrapped("hint")
        for part in (self.file, self.hold, self.words):
            self.add(part)
        self.body.setSpacing(8)
        self.file.choose.clicked.connect(self.chooseWanted)
        self.file.clear.clicked.connect(lambda: self.changed.emit("intrinsics", ""))
        self.hold.chosen.connect(lambda hold: self.changed.emit("hold", hold))

    def show_setup(self, setup: RigSetup) -> None:
        known = bool(setup.intrinsics)
        title = (
            tr("Known lenses \u00b7 {intrinsics}", intrinsics=file_name(setup.intrinsics))
            if known
            else tr("Known lenses")
        )
        self.head.setText(title)
        describe(self.head, title, self.head.toolTip())
        self.file.show_path(setup.intrinsics)
        self.file.clear.setVisible(known)
        self.hold.setVisible(known)
        self.hold.set_value(setup.hold)
        self.words.setVisible(known)
        self.words.setText(WORDS[setup.hold])
