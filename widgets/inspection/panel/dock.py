"""The Inspector's panel: the model, the picture that it sees, and the settings of the page in front.

`show_state(InspectionView)` is the one way in. What the user wants goes out as whole new specifications; buttons and
sections are public, for the controller to connect.
"""

from __future__ import annotations

from PySide6.QtCore import Signal

from widgets.inspection.panel import words
from widgets.inspection.panel.model import ModelSection
from widgets.inspection.state import InspectionView
from widgets.kit.feature_panel import FeaturePanel
from widgets.kit.panel import PrimaryButton


class InspectionPanel(FeaturePanel):
    """`dropped(paths)` for files; sections tell the rest."""

    lookChanged = Signal(object)

    def __init__(self) -> None:
        super().__init__("Inspector", PrimaryButton("Open model", "open"), "Opening, pages and methods", titled=False)
        self.shown = InspectionView()
        self.model = ModelSection()
        self.lay_out(self.model)
        self.show_state(self.shown)

    def show_state(self, view: InspectionView) -> None:
        """Show exactly this."""
        self.shown = view
        self.set_state(words.headline(view), words.level(view))
        self.show_start(*words.verb(view), words.problem(view))
        self.progress.show_busy(view.busy)
        self.trouble.show_trouble(view.trouble)
        self.model.show_state(view)
