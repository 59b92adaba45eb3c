"""The section of the model: the file, and what was open before."""

from __future__ import annotations

from widgets.inspection.state import InspectionView
from widgets.kit.form import Form
from widgets.kit.path_row import PathRow


class ModelSection(Form):
    """`file.choose` asks for another file."""

    def __init__(self) -> None:
        super().__init__("Model", name="inspection.model")
        self.file = PathRow("File", "none", "Choose a model file")
        self.lay_out(self.file)

    def show_state(self, view: InspectionView) -> None:
        self.file.show_path(view.model.spec.path)
