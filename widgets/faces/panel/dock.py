"""The faces panel: where to look, who is in view, who is known, how sure is sure enough, and who must not be seen.

`show_state(FacesView)` is the one way in; signals are the one way out. A change of the form goes out as the whole new
settings. What comes ten times a second is only the list of faces; the rest is touched when it changes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal

from widgets.faces.panel.gallery import GallerySection, SureSection
from widgets.faces.panel.live import TracksSection
from widgets.faces.panel.settings import LookingSection, PrivacySection
from widgets.faces.panel.words import headline, level
from widgets.faces.state import FacesView, Page, Trouble
from widgets.kit.feature_panel import FeaturePanel
from widgets.kit.panel import EmptyState, PrimaryButton, QuietButton
from widgets.sources.picker import SourcePicker

NEEDED = ("yunet", "sface")
LOOK_TIP = "Find, follow and name faces in this source"


class FacesPanel(FeaturePanel):
    """What the user wants goes out by these signals."""

    pageWanted = Signal(str)
    sourceChosen = Signal(str)
    startWanted = Signal()
    stopWanted = Signal()
    settingsChanged = Signal(object)
    galleryNewWanted = Signal()
    galleryOpenWanted = Signal()
    galleryChosen = Signal(str)
    unlockWanted = Signal()
    protectWanted = Signal()
    unprotectWanted = Signal()
    keepDaysChanged = Signal(int)
    expiryDryRunWanted = Signal()
    expireWanted = Signal()
    enrolTrackWanted = Signal(int, str)
    notThisWanted = Signal(int)
    trackChosen = Signal(int)
    copyCommandWanted = Signal()
    redactWanted = Signal()
    sampleWanted = Signal()
    fetchWanted = Signal()
    troubleDismissed = Signal()
    logWanted = Signal()
    helpWanted = Signal()

    def __init__(self) -> None:
        start = PrimaryButton("Start", "faces", LOOK_TIP)
        super().__init__("Faces", start, "What the figures mean, and how to enrol well")
        self.shown = FacesView()
        self.nothing = EmptyState(
            "Add a camera or a film in Sources, then press Start.",
            "Open the sample",
            "faces",
            "A portrait under a moving camera, to try everything on",
        )
        self.source = SourcePicker("The feed or tile in which faces are looked for")
        self.tracks = TracksSection()
        self.gallery, self.sure = GallerySection(), SureSection()
        self.looking, self.privacy = LookingSection(), PrivacySection()
        self._lay_out()
        self._wire()
        self.show_state(self.shown)

    def show_state(self, view: FacesView) -> None:
        """Show exactly this."""
        self.shown = view
        self.set_state(headline(view), level(view))
        self._show_start(view)
        self.trouble.show_trouble(view.trouble or missing_of(view), view.missing)
        self.nothing.setVisible(not view.live.sources)
        self.source.show_sources(view.live.sources, view.live.source)
        for section in (self.tracks, self.gallery, self.sure, self.looking, self.privacy):
            section.show_state(view)

    def _show_start(self, view: FacesView) -> None:
        running = view.live.running
        problem = "The networks are not here yet" if view.missing else "There is no source to look at"
        can = running or (bool(view.live.source) and "yunet" not in view.missing)
        self.show_start("Stop" if running else "Start", "Stop looking" if running else LOOK_TIP, "" if can else problem)

    def _edit(self, fields: dict[str, Any]) -> None:
        self.edit("settings", replace(self.shown.settings, **fields), self.settingsChanged)

    def _lay_out(self) -> None:
        self.enrol = QuietButton("Enrol pictures", "add", "Add people from pictures or folders; or drop them here")
        self.lay_out(
            *(self.nothing, self.source, self.tracks, self.gallery, self.sure, self.looking, self.privacy),
            foot=(self.enrol,),
        )

    def _wire(self) -> None:
        self.start.clicked.connect(lambda: (self.stopWanted if self.shown.live.running else self.startWanted).emit())
        self.looking.finderEdited.connect(
            lambda fields: self._edit({"finder": replace(self.shown.settings.finder, **fields)})
        )
        self.sure.acceptChanged.connect(lambda accept: self._edit({"accept": accept, "threshold": None}))
        self.sure.followWanted.connect(lambda: self._edit({"threshold": None}))
        self.enrol.clicked.connect(lambda: self.pageWanted.emit(Page.ENROL.value))
        for source, signal in (
            (self.looking.edited, self._edit),
            (self.privacy.edited, self._edit),
            (self.nothing.clicked, self.sampleWanted),
            (self.source.sourceChosen, self.sourceChosen),
            (self.tracks.trackChosen, self.trackChosen),
            (self.tracks.enrolWanted, self.enrolTrackWanted),
            (self.tracks.refuseWanted, self.notThisWanted),
            (self.gallery.newWanted, self.galleryNewWanted),
            (self.gallery.openWanted, self.galleryOpenWanted),
            (self.gallery.chosen, self.galleryChosen),
            (self.gallery.unlockWanted, self.unlockWanted),
            (self.gallery.protectWanted, self.protectWanted),
            (self.gallery.unprotectWanted, self.unprotectWanted),
            (self.gallery.pageWanted, self.pageWanted),
            (self.sure.pageWanted, self.pageWanted),
            (self.privacy.keepDaysChanged, self.keepDaysChanged),
            (self.privacy.dryRunWanted, self.expiryDryRunWanted),
            (self.privacy.expireWanted, self.expireWanted),
            (self.privacy.redactWanted, self.redactWanted),
            (self.trouble.fetchWanted, self.fetchWanted),
            (self.trouble.logWanted, self.logWanted),
            (self.trouble.dismissed, self.troubleDismissed),
            (self.copy.clicked, self.copyCommandWanted),
            (self.help.clicked, self.helpWanted),
        ):
            source.connect(signal)


def missing_of(view: FacesView) -> Trouble | None:
    """The networks that faces cannot do without, while they are not here."""
    lacking = tuple(name for name in NEEDED if name in view.missing)
    if not lacking:
        return None
    what = "Faces are found by YuNet and described by SFace; both are free to use."
    return Trouble(what, "Networks to fetch", "They are downloaded once, and every hash is checked.", fetch=lacking)
