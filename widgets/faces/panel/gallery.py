"""The gallery in the faces panel: which file, how many are in it, how it is protected; and how sure is sure enough."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMenu, QToolButton

from engines.core.words import tr, tr_count
from engines.faces.gallery.types import GalleryInfo
from engines.faces.types import Accept
from widgets.faces.accept import AcceptField
from widgets.faces.panel.words import gallery_words
from widgets.faces.state import FacesView
from widgets.faces.words import one_in
from widgets.kit.form import say, words
from widgets.kit.icons import icon
from widgets.kit.layouts import held, row_of
from widgets.kit.panel import ElidedLabel, Pill, PlainButton, QuietButton, Section, describe
from widgets.kit.words import file_title


class GallerySection(Section):
    """Who can be recognised. `chosen(path)`: a gallery used before, or "" for none from now on."""

    newWanted = Signal()
    chosen = Signal(str)
    protectWanted = Signal()
    unprotectWanted = Signal()

    def __init__(self) -> None:
        super().__init__(tr("Gallery"), name="faces.gallery")
        self._shown: tuple[GalleryInfo | None, tuple[str, ...]] | None = None
        self.title = ElidedLabel("", "heading", Qt.TextElideMode.ElideMiddle)
        self.title.given = True
        self.guard = Pill()
        self.facts = words("muted")
        self.make = PlainButton(tr("New gallery"), "new", tr("A file for the people you enrol"))
        self.open = PlainButton(tr("Open\u2026"), "open", tr("Open a gallery file"))
        self.unlock = PlainButton(tr("Unlock\u2026"), "", tr("Give the passphrase of this gallery"))
        self.people = QuietButton(
            tr("People"), "views", tr("Portraits, suggestions and history"), name=tr("Show the people")
        )
        self.recent = QuietButton("", "caret-down", tr("Galleries used before"), name=tr("Recent galleries"))
        self.more = QuietButton(
            "", "more", tr("Encrypt, change the passphrase, close"), name=tr("More about the gallery")
        )
        for button in (self.recent, self.more):
            button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.add(held(row_of((self.title, 1), self.guard, self.more, spacing=4)))
        self.add(self.facts)
        self.add(held(row_of(self.unlock, self.make, self.open, self.recent, None, self.people, spacing=4)))
        self.body.setSpacing(6)
        self.make.clicked.connect(self.newWanted)

    def show_state(self, view: FacesView) -> None:
        shown = view.people.info, view.people.recent
        if shown == self._shown:
            return
        self._shown = shown
        info, recent = shown
        there = info is not None
        self.title.setVisible(there)
        self.guard.setVisible(there and info.encrypted)
        self.unlock.setVisible(there and info.locked)
        self.people.setVisible(there and not info.locked)
        self.more.setVisible(there)
        self.make.setVisible(not there)
        others = [path for path in recent if info is None or path != info.path]
        self.recent.setVisible(bool(others))
        self._fill_recent(others)
        if info is None:
            say(self.facts, tr("Without a gallery faces are found and followed, and nobody is named."))
            return
        self._show_info(info)

    def _show_info(self, info: GalleryInfo) -> None:
        self.title.setText(file_title(info.path))
        self.title.set_tip(info.path)
        read_only = tr(". Read only: open elsewhere, or not yours to write") if info.read_only else ""
        say(self.facts, gallery_words(info) + read_only)
        self.guard.set_state(tr("Locked") if info.locked else tr("Encrypted"), "warn" if info.locked else "good")
        self._fill_more(info)

    def _fill_recent(self, paths: list[str]) -> None:
        menu = _fresh(self.recent)
        for path in paths:
            action = menu.addAction(icon("file"), file_title(path))
            action.setToolTip(path)
            action.triggered.connect(lambda _on=False, path=path: self.chosen.emit(path))
        menu.setToolTipsVisible(True)

    def _fill_more(self, info: GalleryInfo) -> None:
        menu = _fresh(self.more)
        menu.addAction(icon("new"), tr("New gallery\u2026")).triggered.connect(self.newWanted)
        menu.addSeparator()
        protect = menu.addAction(tr("Change passphrase\u2026") if info.encrypted else tr("Encrypt\u2026"))
        protect.triggered.connect(self.protectWanted)
        protect.setEnabled(not info.locked and not info.read_only)
        if info.encrypted:
            remove = menu.addAction(tr("Remove encryption\u2026"))
            remove.triggered.connect(self.unprotectWanted)
            remove.setEnabled(not info.locked and not info.read_only)
        menu.addSeparator()
        menu.addAction(icon("close"), tr("Close gallery")).triggered.connect(lambda: self.chosen.emit(""))


class SureSection(Section):
    """How often a stranger may be named, and the threshold that follows."""

    def __init__(self) -> None:
        super().__init__(tr("How sure"), name="faces.sure")
        self._shown: object = None
        self.accept = AcceptField()
        self.words = words("muted")
        self.weak = words("hint")
        self.curve = QuietButton(
            tr("Curve"), "chart", tr("What each threshold would do to this gallery"), name=tr("Show the curve")
        )
        self.follow = QuietButton(tr("Automatic"), "undo", tr("Let the threshold follow from the rate again"))
        self.add(self.accept)
        self.add(held(row_of((self.words, 1), self.follow, self.curve, spacing=4)))
        self.add(self.weak)
        self.body.setSpacing(6)
        self.accept.acceptMoved.connect(lambda accept: describe(self.accept, _rate_words(accept)))

    def show_state(self, view: FacesView) -> None:
        settings, found, report = view.settings, view.live.recognition, view.threshold.report
        live = found.threshold if view.live.running and found is not None and found.people else None
        people = view.people.info.people if view.people.info is not None else 0
        usable = view.people.info is not None and not view.people.info.locked
        shown = settings.accept, settings.threshold, live, people, report, usable
        if shown == self._shown:
            return
        self._shown = shown
        self.setVisible(usable)
        self.accept.set_accept(settings.accept)
        known = report.chosen.threshold if report is not None and report.chosen.rate == settings.accept.rate else None
        threshold = settings.threshold if settings.threshold is not None else live if live is not None else known
        say(self.words, _threshold_words(threshold, people, fixed=settings.threshold is not None))
        say(self.weak, report.weak if report is not None else "")
        self.follow.setVisible(settings.threshold is not None)


def _rate_words(accept: Accept) -> str:
    return tr("Strangers named: at most {one_in}", one_in=one_in(accept.rate))


def _threshold_words(threshold: float | None, people: int, *, fixed: bool) -> str:
    if threshold is None:
        return tr("The threshold follows from the gallery once somebody is enrolled.") if not people else ""
    if fixed:
        return tr("Threshold {threshold:.3f}, set by hand", threshold=threshold)
    return tr_count(
        people,
        "Threshold {threshold:.3f} for {n} person",
        "Threshold {threshold:.3f} for {n:,} people",
        threshold=threshold,
    )


def _fresh(button: QToolButton) -> QMenu:
    """A new menu for a button, in place of the one it had."""
    before, menu = button.menu(), QMenu(button)
    button.setMenu(menu)
    if before is not None:
        before.deleteLater()
    return menu
