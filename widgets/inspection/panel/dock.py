"""The Inspector's panel: the model, what other panels run, the picture, and the settings of the page in front.

`show_state(InspectionView)` is the one way in. What the user changes goes out as `edited(page, fields)`, fields of that
page's settings by name; buttons and sections are public, for the controller to connect.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal

from engines.core.words import tr
from widgets.inspection.attribution.section import AttributionSection
from widgets.inspection.panel import words
from widgets.inspection.panel.activations import ActivationsSection
from widgets.inspection.panel.attention import AttentionSection
from widgets.inspection.panel.compare import CompareSection
from widgets.inspection.panel.field import FieldSection
from widgets.inspection.panel.in_use import InUseSection
from widgets.inspection.panel.model import ModelSection
from widgets.inspection.panel.picture import PictureSection
from widgets.inspection.state import LIVE, InspectionView, Page
from widgets.kit.feature_panel import FeaturePanel
from widgets.kit.form import Form
from widgets.kit.panel import PrimaryButton

PICTURED = (*LIVE, Page.ATTRIBUTION, Page.COMPARE)
"""Pages on which a picture goes into the model."""


class InspectionPanel(FeaturePanel):
    """`dropped(paths)` for files; `edited(page, fields)`."""

    edited = Signal(object, dict)

    def __init__(self) -> None:
        super().__init__(
            tr("Inspector"), PrimaryButton(tr("Open model")), tr("Opening, pages and methods"), titled=False
        )
        self.shown = InspectionView()
        self.model, self.in_use, self.picture = ModelSection(), InUseSection(), PictureSection()
        self.compare = CompareSection()
        self.forms: dict[Page, tuple[Form, ...]] = {
            Page.FIELD: (FieldSection(),),
            Page.ACTIVATIONS: (ActivationsSection(),),
            Page.ATTENTION: (AttentionSection(),),
            Page.ATTRIBUTION: (AttributionSection(),),
            Page.COMPARE: (self.compare,),
        }
        self.lay_out(
            self.model, *(form for forms in self.forms.values() for form in forms), self.picture, self.in_use
        )  # fmt: skip
        for page, forms in self.forms.items():
            for form in forms:
                form.edited.connect(partial(self.edited.emit, page))
        self.show_state(self.shown)

    def show_state(self, view: InspectionView) -> None:
        """Show exactly this."""
        self.shown = view
        self.set_state(words.headline(view), words.level(view))
        self.show_start(*words.verb(view), words.problem(view))
        self.progress.show_busy(view.busy)
        self.trouble.show_trouble(view.trouble)
        self.model.show_state(view)
        self.in_use.show_state(view)
        there = view.model.sheet is not None
        self.picture.setVisible(there and view.page in PICTURED)
        if not self.picture.isHidden():
            self.picture.show_state(view)
        for page, forms in self.forms.items():
            for form in forms:
                form.setVisible(there and page is view.page)
                if there and page is view.page:
                    form.show_state(view)
