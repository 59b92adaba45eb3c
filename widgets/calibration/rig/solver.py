"""The solver's settings for a rig: those of a lens, and how cameras belong together."""

from __future__ import annotations

from engines.calibration.rig.names import FLOOR
from engines.core.words import tr
from widgets.calibration.rig.setup import RigSetup
from widgets.calibration.solver import LensSection
from widgets.kit.fields import wrapped
from widgets.kit.panel import ChoiceField, TextField, Toggle, columns, labelled

LOSSES = {
    "geman": (tr("Reject"), tr("Corners that do not fit count for next to nothing. Right for almost every recording.")),
    "cauchy": (tr("Doubt"), tr("Corners that fit badly count less, the worse the less.")),
    "huber": (tr("Soften"), tr("Corners that fit badly pull, but not with their square. For clean corners.")),
    "linear": (tr("Believe all"), tr("Every corner counts in full; one wrong corner moves everything.")),
}


class RigSolverSection(LensSection):
    def __init__(self) -> None:
        self.shared = Toggle(tr("One lens for all cameras"), tip=tr("Cameras of one kind: solve for one lens together"))
        self.loss = ChoiceField(
            tr("Wrong corners"),
            [(name, title) for name, (title, _) in LOSSES.items()],
            tip=tr("How wrong corners are borne"),
        )
        self.loss_words = wrapped("hint")
        self.reference = ChoiceField(
            tr("Coordinates of"), tip=tr("The camera, or the board on the floor, that is the origin")
        )
        self.frame = TextField(
            tr("Frame with the board on the floor"),
            placeholder=tr("Frame"),
            tip=tr("Name of the frame, as the page Rig shows it"),
        )
        self._frame = labelled(tr("Frame"), self.frame)
        origin = columns(labelled(tr("Coordinates of"), self.reference), self._frame)
        below = labelled(tr("Wrong corners"), self.loss), self.loss_words, origin
        super().__init__("rig.solver", [self.shared], below)
        self.shared.clicked.connect(lambda on: self.changed.emit("shared_lens", on))
        self.loss.chosen.connect(lambda loss: self.changed.emit("loss", loss))
        self.reference.chosen.connect(self._choose)
        self.frame.editingFinished.connect(self._type)

    def show_setup(self, setup: RigSetup) -> None:
        self.show_settings(setup)
        self.shared.setChecked(setup.shared_lens)
        self.loss.set_value(setup.loss)
        self.loss_words.setText(LOSSES[setup.loss][1])
        floor = setup.reference.startswith(FLOOR)
        cameras = [(name, name) for name in setup.cameras]
        self.reference.set_choices([("", tr("First camera")), *cameras, (FLOOR, tr("Board on the floor"))])
        self.reference.set_value(FLOOR if floor else setup.reference)
        self._frame.setVisible(floor)
        self.frame.setText(setup.reference.removeprefix(FLOOR) if floor else "")

    def _choose(self, reference: str) -> None:
        self.changed.emit("reference", reference)

    def _type(self) -> None:
        self.changed.emit("reference", FLOOR + self.frame.text().strip())
