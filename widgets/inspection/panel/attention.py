"""Settings of attention: the layer, which map, which head."""

from __future__ import annotations

from engines.core.words import tr
from engines.inspection.looks import AttentionLook
from engines.inspection.types import Kind
from widgets.inspection.panel.layer import LayerField
from widgets.inspection.state import InspectionView
from widgets.kit.form import Form
from widgets.kit.panel import ChoiceField, Segmented, labelled

MAPS = [("mass", tr("Mass")), ("row", tr("Row")), ("entropy", tr("Entropy")), ("rollout", tr("Rollout"))]
MEAN = "-1"


class AttentionSection(Form):
    def __init__(self) -> None:
        super().__init__(tr("Attention"), name="inspection.attention")
        self.layer = LayerField(tr("Layer of attention"), Kind.ATTENTION)
        tip = tr(
            "Mass: what each patch receives. Row: what the chosen patch takes. Entropy: how spread the row of each is. "
            "Rollout: through all layers up to this one"
        )
        self.map = Segmented(tr("Map"), MAPS, tip=tip)
        self.head = ChoiceField(tr("Head"), [(MEAN, tr("Mean of all"))], tip=tr("One head, or the mean of all"))
        self.layer.chosen.connect(lambda name: self.edited.emit({"layer": name, "head": -1}))
        self.head.chosen.connect(lambda id: self.edited.emit({"head": int(id)}))
        self.bind("map", self.map)
        self.lay_out(self.layer, labelled(tr("Map"), self.map), labelled(tr("Head"), self.head))

    def show_state(self, view: InspectionView) -> None:
        spec, look = view.look.spec, view.look.look
        seen = look if isinstance(look, AttentionLook) else None
        self.layer.show_layer(view.model.sheet, view.look.layer, seen.layers if seen is not None else ())
        heads = len(seen.heads) if seen is not None else 0
        rows = [(str(head), tr("Head {head}", head=head + 1)) for head in range(heads)]
        self.head.set_choices([(MEAN, tr("Mean of all")), *rows], str(spec.head))
        self.show_fields(spec)
        self.set_summary(view.look.layer)
