"""Settings of attention: the layer, which map, which head."""

from __future__ import annotations

from engines.inspection.looks import AttentionLook
from engines.inspection.types import Kind
from widgets.inspection.panel.layer import LayerField
from widgets.inspection.state import InspectionView
from widgets.kit.form import Form
from widgets.kit.panel import ChoiceField, Segmented, labelled

MAPS = [("mass", "Mass"), ("row", "Row"), ("entropy", "Entropy"), ("rollout", "Rollout")]
MEAN = "-1"


class AttentionSection(Form):
    def __init__(self) -> None:
        super().__init__("Attention", name="inspection.attention")
        self.layer = LayerField("Layer of attention", Kind.ATTENTION)
        tip = (
            "Mass: what each patch receives. Row: what the chosen patch takes. Entropy: how spread the row of each is. "
        )
        self.map = Segmented("Map", MAPS, tip=f"{tip}Rollout: through all layers up to this one")
        self.head = ChoiceField("Head", [(MEAN, "Mean of all")], tip="One head, or the mean of all")
        self.layer.chosen.connect(lambda name: self.edited.emit({"layer": name, "head": -1}))
        self.head.chosen.connect(lambda id: self.edited.emit({"head": int(id)}))
        self.bind("map", self.map)
        self.lay_out(self.layer, labelled("Map", self.map), labelled("Head", self.head))

    def show_state(self, view: InspectionView) -> None:
        spec, look = view.look.spec, view.look.look
        seen = look if isinstance(look, AttentionLook) else None
        self.layer.show_layer(view.model.sheet, view.look.layer, seen.layers if seen is not None else ())
        heads = len(seen.heads) if seen is not None else 0
        rows = [(str(head), f"Head {head + 1}") for head in range(heads)]
        self.head.set_choices([(MEAN, "Mean of all"), *rows], str(spec.head))
        self.show_fields(spec)
        self.set_summary(view.look.layer)
