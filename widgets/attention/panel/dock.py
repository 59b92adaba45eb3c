"""The attention panel: the settings of the page in front, and its one action.

`show_state(AttentionView)` is the one way in. A change of a form goes out as the whole new specification and runs
nothing; buttons and sections are public, for the controller to connect.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import Signal, SignalInstance

from engines.core.words import tr
from widgets.attention.panel import words
from widgets.attention.panel.compare import KindsSection, MeasureSection, RequestSection
from widgets.attention.panel.see import SeeSection
from widgets.attention.panel.watch import WatchSection
from widgets.attention.state import AttentionView, Page
from widgets.kit.feature_panel import FeaturePanel
from widgets.kit.form import Form
from widgets.kit.panel import PrimaryButton


class AttentionPanel(FeaturePanel):
    """Tells the new specification of a page whenever its form was changed."""

    compareChanged = Signal(object)
    watchChanged = Signal(object)
    seeChanged = Signal(object)

    def __init__(self) -> None:
        about = tr("Kinds of attention, ceilings and maps in short")
        super().__init__(tr("Attention"), PrimaryButton(tr("Compare"), "play"), about, titled=False)
        self.shown = AttentionView()
        self.kinds, self.request, self.measure = KindsSection(), RequestSection(), MeasureSection()
        self.watch, self.see = WatchSection(), SeeSection()
        self.forms: dict[Page, tuple[Form, ...]] = {
            Page.COMPARE: (self.kinds, self.request, self.measure),
            Page.WATCH: (self.watch,),
            Page.SEE: (self.see,),
        }
        self.lay_out(*(form for forms in self.forms.values() for form in forms))
        told = {Page.COMPARE: self.compareChanged, Page.WATCH: self.watchChanged, Page.SEE: self.seeChanged}
        for page, forms in self.forms.items():
            for form in forms:
                form.edited.connect(partial(self._edit, page, told[page]))
        self.show_state(self.shown)

    def show_state(self, view: AttentionView) -> None:
        """Show exactly this."""
        self.shown = view
        self.set_state(words.headline(view), words.level(view))
        self.show_start(*words.VERBS[view.page], words.problem(view))
        self.progress.show_busy(view.busy)
        self.trouble.show_trouble(view.trouble)
        for page, forms in self.forms.items():
            for form in forms:
                form.setVisible(page is view.page)
                if page is view.page:
                    form.show_state(view)

    def _edit(self, page: Page, told: SignalInstance, fields: dict[str, object]) -> None:
        """Shown at once, and told."""
        part = getattr(self.shown, page)
        spec = replace(part.spec, **fields)
        if spec != part.spec:
            self.show_state(replace(self.shown, **{page: replace(part, spec=spec)}))
            told.emit(spec)
