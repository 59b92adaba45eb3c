"""Settings of what is sampled to see its attention."""

from __future__ import annotations

from engines.core.words import tr
from widgets.attention.state import AttentionView
from widgets.kit.form import DEVICES, Form
from widgets.kit.panel import ChoiceField, NumberField, columns, labelled

CLASSES = 10
NONE = "none"


class SeeSection(Form):
    """Model, class, steps and seed of one sample."""

    def __init__(self) -> None:
        super().__init__(tr("Sample"), name="attention.see")
        self.model = ChoiceField(tr("Model"), tip=tr("A network that comes with the program"))
        digits = [(str(digit), str(digit)) for digit in range(CLASSES)]
        self.label = ChoiceField(tr("Class"), [(NONE, tr("none")), *digits], "3", tip=tr("What the sample is to be"))
        self.steps = NumberField(
            tr("Steps"), 12, 1, 100, tip=tr("Steps from noise to the sample; each has its own maps")
        )
        self.seed = NumberField(tr("Seed"), 0, 0, 999_999, tip=tr("Of the noise"))
        self.device = ChoiceField(tr("Device"), [("cpu", "CPU")], tip=tr("Where the network runs"))
        self.lay_out(
            labelled(tr("Model"), self.model),
            columns(labelled(tr("Class"), self.label), labelled(tr("Steps"), self.steps)),
            columns(labelled(tr("Seed"), self.seed), labelled(tr("Device"), self.device)),
        )
        for field in ("model", "steps", "seed", "device"):
            self.bind(field, getattr(self, field))
        self.label.chosen.connect(lambda id: self.edited.emit({"label": None if id == NONE else int(id)}))

    def show_state(self, view: AttentionView) -> None:
        spec = view.see.spec
        self.model.set_choices(list(view.models.items()), spec.model)
        self.device.set_choices([(id, DEVICES.get(id, id)) for id in view.devices])
        self.show_fields(spec)
        self.label.set_value(NONE if spec.label is None else str(spec.label))
        self.set_summary(view.models.get(spec.model, spec.model))
