"""Settings of feature maps: the layer, which channel, in what order, how many."""

from __future__ import annotations

from engines.core.words import tr
from widgets.inspection.panel.layer import LayerField
from widgets.inspection.state import InspectionView
from widgets.kit.form import Form
from widgets.kit.panel import ChoiceField, NumberField, columns, labelled

SORTS = [("channel", tr("Number")), ("mean", tr("Mean")), ("spread", tr("Spread")), ("zeros", tr("Zeros"))]
MOST = 256


class ActivationsSection(Form):
    def __init__(self) -> None:
        super().__init__(tr("Feature maps"), name="inspection.activations")
        self.layer = LayerField(tr("Layer whose maps are shown"))
        self.channel = NumberField(
            tr("Channel"), 0, 0, 1_000_000, tip=tr("The one shown large; a click on a map chooses it")
        )
        self.sort = ChoiceField(tr("Order"), SORTS, tip=tr("Which maps come first"))
        self.most = NumberField(tr("Maps"), 64, 1, MOST, tip=tr("So many at most are shown"))
        self.layer.chosen.connect(lambda name: self.edited.emit({"layer": name, "channel": 0}))
        self.bind("channel", self.channel, int)
        self.bind("sort", self.sort)
        self.bind("most", self.most, int)
        self.lay_out(
            self.layer,
            columns(labelled(tr("Channel"), self.channel), labelled(tr("Maps"), self.most)),
            labelled(tr("Order"), self.sort),
        )

    def show_state(self, view: InspectionView) -> None:
        look = view.look
        self.layer.show_layer(view.model.sheet, look.layer)
        self.show_fields(look.spec)
        self.set_summary(look.layer)
