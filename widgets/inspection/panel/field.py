"""Settings of receptive fields: the layer, and whether the gradient is taken too."""

from __future__ import annotations

from engines.core.words import tr
from widgets.inspection.panel.layer import LayerField
from widgets.inspection.state import InspectionView
from widgets.kit.form import Form
from widgets.kit.panel import Toggle


class FieldSection(Form):
    def __init__(self) -> None:
        super().__init__(tr("Field"), name="inspection.field")
        self.layer = LayerField(tr("Layer whose unit is looked at"))
        self.effective = Toggle(
            tr("Effective field"), True, tip=tr("Take the gradient of the unit on every picture too")
        )
        self.layer.chosen.connect(lambda name: self.edited.emit({"layer": name, "channel": 0, "unit": (-1, -1)}))
        self.bind("effective", self.effective)
        self.lay_out(self.layer, self.effective)

    def show_state(self, view: InspectionView) -> None:
        look = view.look
        self.layer.show_layer(view.model.sheet, look.layer)
        self.show_fields(look.spec)
        self.set_summary(look.layer)
