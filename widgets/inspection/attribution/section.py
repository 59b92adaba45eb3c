"""Settings of an attribution: the method, what is explained, and how it is checked."""

from __future__ import annotations

from engines.core.pictures.files import DIALOG
from engines.core.words import tr
from engines.inspection.attribution.asked import BASELINES, INFO, METHODS, AttributeSpec
from engines.inspection.types import ModelSheet
from widgets.inspection.attribution.words import method_of
from widgets.inspection.state import InspectionView
from widgets.kit.form import Form, tip
from widgets.kit.panel import ChoiceField, NumberField, TextField, Toggle, columns, labelled
from widgets.kit.path_row import PathRow
from widgets.kit.save_file import ask_open

BASELINE_WORDS = {"black": tr("Black"), "grey": tr("Grey"), "blur": tr("Blurred picture"), "mean": tr("Mean colour")}
FITTING = tr("the one that fits")


class AttributionSection(Form):
    """`edited({field: value})` of an `AttributeSpec`."""

    def __init__(self) -> None:
        super().__init__(tr("Attribution"), name="inspection.attribution")
        self._sheet: ModelSheet | None = None
        self._make()
        self.layers, self.steps_row = labelled(tr("Layer"), self.layer), labelled(tr("Steps at most"), self.steps)
        self.patch_row = labelled(tr("Patch"), self.patch)
        self.lay_out(
            labelled(tr("Method"), self.method),
            labelled(tr("Target"), self.target),
            self.layers,
            columns(labelled(tr("Baseline"), self.baseline), self.steps_row, self.patch_row),
            columns(self.sanity, self.curves),
            self.picture,
        )
        for field in ("target", "layer", "baseline", "patch", "sanity", "curves"):
            self.bind(field, getattr(self, field))
        self.bind("most_steps", self.steps)
        self.method.chosen.connect(lambda id: self.edited.emit({"methods": (id,)}))
        self.picture.clear.clicked.connect(lambda: self.edited.emit({"picture": ""}))
        self.picture.choose.clicked.connect(self.ask_picture)

    def show_state(self, view: InspectionView) -> None:
        spec, sheet = view.attribution.spec, view.model.sheet
        method = method_of(spec)
        if sheet is not self._sheet or not self.layer.count():
            self._sheet = sheet
            self.layer.set_choices([("", FITTING), *_layers(sheet)])
        self.show_fields(spec)
        self.method.set_value(method)
        tip(self.method, INFO[method].tip)
        self.layers.setVisible(INFO[method].layered)
        self.steps_row.setVisible(method == "integrated-gradients")
        self.patch_row.setVisible(method == "occlusion")
        self.picture.show_path(spec.picture)
        self.set_summary(_summary(spec))

    def _make(self) -> None:
        self.method = ChoiceField(tr("Method"), [(one.id, one.title) for one in METHODS])
        about = tr("A number of the output, norm, mean, or LAYER:CHANNEL; empty for the largest output")
        self.target = TextField(tr("Target"), placeholder=tr("the largest output"), tip=about)
        self.layer = ChoiceField(tr("Layer"), tip=tr("Whose maps or tokens are weighed"))
        self.layer.given = True
        about = tr("What stands for nothing there: where integrated gradients begin, and what covers the picture")
        self.baseline = ChoiceField(tr("Baseline"), [(id, BASELINE_WORDS[id]) for id in BASELINES], tip=about)
        about = tr("Gradients between baseline and picture; as many are taken as make them add up to the output")
        self.steps = NumberField(tr("Steps at most"), 512, 8, 8192, step=32, tip=about)
        self.patch = NumberField(tr("Patch"), 0, 0, 512, unit="px", tip=tr("Side of the square that is covered"))
        self.patch.setSpecialValueText(tr("fitting"))
        about = tr("Explain once more with the weights shuffled: a map that stays tells nothing of the model")
        self.sanity = Toggle(tr("Sanity check"), tip=about)
        about = tr("How fast the score falls as the pixels that the map calls important go, and rises as they come")
        self.curves = Toggle(tr("Curves"), tip=about)
        self.picture = PathRow(
            tr("Picture file"), tr("none: the source"), tr("A picture file in place of what is looked at"), clears=True
        )

    def ask_picture(self) -> None:
        if path := ask_open(self, tr("Picture to explain"), "picture", DIALOG, self.picture.name.toolTip()):
            self.edited.emit({"picture": path})


def _summary(spec: AttributeSpec) -> str:
    return tr("{info}, {target}", info=INFO[method_of(spec)].title, target=spec.target or tr("largest output"))


def _layers(sheet: ModelSheet | None) -> list[tuple[str, str]]:
    """Layers with maps or tokens."""
    graph = sheet.graph if sheet is not None else None
    if graph is None:
        return []
    return [(node.name, node.name) for node in graph.nodes if len(graph.shape(node.output) or ()) in (3, 4)]
