"""The page that says what the open model is: format, safety, sizes, inputs, stored tensors."""

from __future__ import annotations

from widgets.inspection.state import InspectionView
from widgets.kit.figures_table import FiguresTable
from widgets.kit.panel import EmptyState
from widgets.kit.work_page import WorkPage

HEADERS = ("Layer", "Operator", "Output", "Parameters", "Multiply-adds")


class ModelPage(WorkPage):
    """`empty.clicked` asks for a file."""

    def __init__(self) -> None:
        super().__init__()
        self.table = FiguresTable("Layers", HEADERS, most=1000)
        empty = EmptyState("Open a model file to see what it is", "Open model", "open")
        self.lay_out(self.head_of("Model"), self.body_of(empty, self.table))

    def show_state(self, view: InspectionView) -> None:
        sheet = view.model.sheet
        self.show_there(sheet is not None)
        self.progress.show_busy(view.model.busy)
        if sheet is None:
            return
        self.title.setText(sheet.title)
        self.state.setText(f"{sheet.format} \u00b7 {sheet.counts.parameters:,} parameters")
        self.table.show_rows([
            (layer.name, layer.type, "x".join(map(str, layer.output_shape or ())), str(layer.parameters),
             "" if layer.multiply_adds is None else str(layer.multiply_adds))
            for layer in sheet.counts.layers
        ])  # fmt: skip
