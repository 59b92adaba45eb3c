"""The solver's settings for a rig: those of a lens, and how cameras belong together."""

from __future__ import annotations

from engines.calibration.rig.names import FLOOR
from widgets.calibration.rig.setup import RigSetup
from widgets.calibration.solver import LensSection
from widgets.kit.fields import wrapped
from widgets.kit.panel import ChoiceField, TextField, Toggle, columns, labelled

LOSSES = {
    "geman": ("Reject", "Corners that do not fit count for next to nothing. Right for almost every recording."),
    "cauchy": ("Doubt", "Corners that fit badly count less, the worse the less."),
    "huber": ("Soften", "Corners that fit badly pull, but not with their square. For clean corners."),
    "linear": ("Believe all", "Every corner counts in full; one wrong corner moves everything."),
}


class RigSolverSection(LensSection):
    def __init__(self) -> None:
        self.shared = Toggle("One lens for all cameras", tip="Cameras of one kind: solve for one lens together")
        self.loss = ChoiceField(
            "Wrong corners", [(name, title) for name, (title, _) in LOSSES.items()], tip="How wrong corners are borne"
        )
        self.loss_words = wrapped("hint")
        self.reference = ChoiceField("Coordinates of", tip="The camera, or the board on the floor, that is the origin")
        self.frame = TextField(
            "Frame with the board on the floor", placeholder="Frame", tip="Name of the frame, as the page Rig shows it"
        )
        self._frame = labelled("Frame", self.frame)
        origin = columns(labelled("Coordinates of", self.reference), self._frame)
        below = labelled("Wrong corners", self.loss), self.loss_words, origin
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
        self.reference.set_choices([("", "First camera"), *cameras, (FLOOR, "Board on the floor")])
        self.reference.set_value(FLOOR if floor else setup.reference)
        self._frame.setVisible(floor)
        self.frame.setText(setup.reference.removeprefix(FLOOR) if floor else "")

    def _choose(self, reference: str) -> None:
        self.changed.emit("reference", reference)

    def _type(self) -> None:
        self.changed.emit("reference", FLOOR + self.frame.text().strip())
