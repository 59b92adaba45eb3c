"""The faces panel: where to look, who is in view, who is known, how sure is sure enough, and who must not be seen.

`show_state(FacesView)` is the one way in; signals are the one way out. A change of the form goes out as the whole new
settings. What comes ten times a second is only the list of faces; the rest is touched when it changes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal

from engines.core.words import tr
from widgets.faces.panel.gallery import GallerySection, SureSection
from widgets.faces.panel.live import TracksSection
from widgets.faces.panel.settings import LookingSection, PrivacySection
from widgets.faces.panel.words import headline, level
from widgets.faces.state import FacesView, Trouble
from widgets.kit.feature_panel import FeaturePanel
from widgets.kit.panel import EmptyState, PrimaryButton, QuietButton
from widgets.sources.picker import SourcePicker

NEEDED = ("yunet", "sface")


class FacesPanel(FeaturePanel):
    """The sections are public: whoever makes the panel connects them. `settingsChanged`: another recogniser."""

    settingsChanged = Signal(object)

    def __init__(self) -> None:
        start = PrimaryButton(tr("Start"), "faces", tr("Find, follow and name faces in this source"))
        super().__init__(tr("Faces"), start, tr("What the figures mean, and how to enrol well"))
        self.shown = FacesView()
        self.nothing = EmptyState(
            tr("Add a camera or a film in Sources, then press Start."),
            tr("Open the sample"),
            "faces",
            tr("A portrait under a moving camera, to try everything on"),
        )
        self.source = SourcePicker(tr("The feed or tile in which faces are looked for"))
        self.tracks = TracksSection()
        self.gallery, self.sure = GallerySection(), SureSection()
        self.looking, self.privacy = LookingSection(), PrivacySection()
        self.sections = self.tracks, self.gallery, self.sure, self.looking, self.privacy
        self.enrol = QuietButton(
            tr("Enrol pictures"), "add", tr("Add people from pictures or folders; or drop them here")
        )
        self.lay_out(self.nothing, self.source, *self.sections, foot=(self.enrol,))
        for section in (self.looking, self.privacy):
            section.edited.connect(self._edit)
        self.sure.accept.acceptChanged.connect(lambda accept: self._edit({"accept": accept, "threshold": None}))
        self.sure.follow.clicked.connect(lambda: self._edit({"threshold": None}))
        self.show_state(self.shown)

    def show_state(self, view: FacesView) -> None:
        """Show exactly this."""
        self.shown = view
        words, mark = headline(view), level(view)
        if words != self.state or mark != self.head.mark.level:
            self.set_state(words, mark)
        self._show_start(view)
        self.trouble.show_trouble(view.trouble or missing_of(view), view.missing)
        self.nothing.setVisible(not view.live.sources)
        self.source.show_sources(view.live.sources, view.live.source)
        for section in self.sections:
            section.show_state(view)

    def _show_start(self, view: FacesView) -> None:
        live = view.live
        can = live.running or (bool(live.source) and "yunet" not in view.missing)
        why = (
            "" if can else tr("The networks are not here yet") if view.missing else tr("There is no source to look at")
        )
        tip = tr("Stop looking") if live.running else tr("Find, follow and name faces in this source")
        self.show_start(tr("Stop") if live.running else tr("Start"), tip, why)

    def _edit(self, fields: dict[str, Any]) -> None:
        """Shown at once, and told."""
        settings = replace(self.shown.settings, **fields)
        if settings != self.shown.settings:
            self.show_state(replace(self.shown, settings=settings))
            self.settingsChanged.emit(settings)


def missing_of(view: FacesView) -> Trouble | None:
    """The networks that faces cannot do without, while they are not here."""
    lacking = tuple(name for name in NEEDED if name in view.missing)
    if not lacking:
        return None
    what = tr("Faces are found by YuNet and described by SFace; both are free to use.")
    return Trouble(
        what, tr("Networks to fetch"), tr("They are downloaded once, and every hash is checked."), fetch=lacking
    )
