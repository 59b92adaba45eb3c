"""Settings of a comparison: which second model, on which pictures, and from what error on layers differ."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal

from engines.core.words import tr
from engines.inspection.types import OpenSpec
from widgets.inspection.state import InspectionView
from widgets.kit.form import Form, SigmaField
from widgets.kit.panel import NumberField, Segmented, labelled
from widgets.kit.path_row import PathRow
from widgets.kit.save_file import ask_open

PICTURES = tr("Pictures (*.png *.jpg *.jpeg *.bmp *.webp *.tif *.tiff);;All files (*)")
MODELS = tr("Models (*.onnx *.tflite *.pt2 *.safetensors *.pt *.pth *.ckpt);;All files (*)")
ON = [("looked", tr("Looked at")), ("file", tr("Files")), ("noise", tr("Noise"))]


class CompareSection(Form):
    """`onChosen(id)`: on which picture, which is no field of the specification."""

    onChosen = Signal(str)

    def __init__(self) -> None:
        super().__init__(tr("Compare"), name="inspection.compare")
        self.first = PathRow(
            tr("First"), tr("what is open"), tr("A model in place of the one that is open"), clears=True
        )
        self.second = PathRow(tr("Second"), tr("the same"), tr("The model that it is compared with"), clears=True)
        tip = tr("The picture that is looked at now, one or two picture files, or seeded noise")
        self.on = Segmented(tr("Picture"), ON, tip=tip)
        self.picture = PathRow(tr("Picture"), tr("none"), tr("The picture that goes in"), clears=True)
        self.other = PathRow(
            tr("Other picture"), tr("the same"), tr("The picture that the second model gets"), clears=True
        )
        self.tolerance = SigmaField(
            tr("Tolerance"), optional=False, tip=tr("Layers differ where their relative error is above")
        )
        self.seed = NumberField(tr("Seed"), 0, 0, 999_999, tip=tr("Of the noise"))
        self._seed = labelled(tr("Seed"), self.seed)
        for field, row in (("first", self.first), ("second", self.second)):
            self._choose(row, "weights", MODELS, lambda path, field=field: self.edited.emit({field: OpenSpec(path)}))
        for field, row in (("picture", self.picture), ("other", self.other)):
            self._choose(row, "picture", PICTURES, lambda path, field=field: self.edited.emit({field: path}))
        self.on.chosen.connect(self.onChosen)
        self.bind("tolerance", self.tolerance)
        self.bind("seed", self.seed, int)
        self.lay_out(
            self.first, self.second, labelled(tr("Picture"), self.on), self.picture, self.other, self._seed,
            labelled(tr("Tolerance"), self.tolerance),
        )  # fmt: skip

    def show_state(self, view: InspectionView) -> None:
        spec, on = view.compare.spec, view.compare.on
        for row, path in ((self.first, spec.first.path), (self.second, spec.second.path)):
            row.show_path(path)
        self.picture.show_path(spec.picture)
        self.other.show_path(spec.other)
        for row in (self.picture, self.other):
            row.setVisible(on == "file")
        self._seed.setVisible(on == "noise")
        self.on.set_value(on)
        if not self.tolerance.hasFocus():
            self.tolerance.set_sigma(spec.tolerance)

    def _choose(self, row: PathRow, kind: str, filters: str, then: Callable[[str], object]) -> None:
        row.clear.clicked.connect(lambda: then(""))
        row.choose.clicked.connect(lambda: self._ask(kind, filters, then))

    def _ask(self, kind: str, filters: str, then: Callable[[str], object]) -> None:
        if path := ask_open(self, tr("Choose a file"), kind, filters):
            then(path)
