"""The settings of the faces panel: how faces are looked for and described, and who must not be seen.

A control tells the fields it changed; the panel makes the new settings of them.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from engines.faces.gallery.types import Expiring
from widgets.faces.panel.words import SEARCHES, expiring_words, finder_words
from widgets.faces.state import FacesView
from widgets.kit.form import on_change, read, say, show, words
from widgets.kit.panel import (
    ChoiceField,
    ElidedLabel,
    NumberField,
    PlainButton,
    QuietButton,
    Section,
    Segmented,
    Toggle,
    columns,
    describe,
    labelled,
)
from widgets.kit.pill import Pill

DETECTORS = (("yunet", "YuNet"), ("blazeface", "BlazeFace"))
BLURS = {
    "off": "Everybody is shown",
    "unknown": "Whoever has no name is covered, in saved pictures too",
    "everyone": "Every face is covered, in saved pictures too",
}
YEARS = 36500


class LookingSection(Section):
    """`finderEdited(fields)`, `edited(fields)`: what was changed of `FinderSettings` and `RecogniserSettings`."""

    finderEdited = Signal(dict)
    edited = Signal(dict)
    summary: ElidedLabel | None = None

    def __init__(self) -> None:
        super().__init__("Looking", folded=True, name="faces.looking")
        self._shown: tuple[Any, ...] | None = None
        self.summary = summary = ElidedLabel("", "hint")
        self.search = Segmented("Search", [("plain", "Plain"), ("pyramid", "Pyramid"), ("tiles", "Tiles")])
        self.search_words = words("hint")
        self.smallest = NumberField("Smallest face", 10, 8, 100, unit="px", tip="The smallest width that is looked for")
        self.score = NumberField(
            "Least score", 0.6, 0.1, 0.95, decimals=2, step=0.05, tip="How sure the detector must be of a new face"
        )
        self.detector = ChoiceField("Detector", DETECTORS, tip="The network that finds faces")
        self.model = ChoiceField("Recogniser", tip="The network that describes faces; a gallery belongs to one")
        self.gaze = Toggle("Head pose and gaze", tip="Landmarks of the largest faces: some 10 ms each")
        self._lay_out(summary)
        for field, control in (
            ("search", self.search), ("smallest", self.smallest), ("score", self.score), ("detector", self.detector),
        ):  # fmt: skip
            on_change(control, lambda field=field, control=control: self.finderEdited.emit({field: read(control)}))
        on_change(self.model, lambda: self.edited.emit({"model": self.model.value()}))
        on_change(self.gaze, lambda: self.edited.emit({"gaze": self.gaze.isChecked()}))

    def show_state(self, view: FacesView) -> None:
        shown = view.settings.finder, view.settings.model, view.settings.gaze, view.models
        if shown == self._shown:
            return
        before, self._shown = self._shown, shown
        finder = view.settings.finder
        if before is None or before[3] != view.models:
            with QSignalBlocker(self.model):
                self.model.set_choices(view.models, view.settings.model)
        if self.summary is not None:
            self.summary.setText(finder_words(finder))
        for control, value in (
            (self.search, finder.search), (self.smallest, finder.smallest), (self.score, finder.score),
            (self.detector, finder.detector), (self.model, view.settings.model), (self.gaze, view.settings.gaze),
        ):  # fmt: skip
            show(control, value)
        self._smallest.setVisible(finder.search != "plain")
        say(self.search_words, SEARCHES[finder.search])

    def set_folded(self, folded: bool) -> None:
        super().set_folded(folded)
        if self.summary is not None:
            self.summary.setVisible(folded)

    def _lay_out(self, summary: ElidedLabel) -> None:
        summary.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        summary.setVisible(self.folded)
        self._row.setStretch(1, 0)
        self._row.addWidget(summary, 1)
        self._smallest = labelled("Smallest face", self.smallest, self.smallest.toolTip())
        self.add(self.search)
        self.add(self.search_words)
        self.add(columns(labelled("Least score", self.score, self.score.toolTip()), self._smallest))
        self.add(
            columns(
                labelled("Detector", self.detector, self.detector.toolTip()),
                labelled("Recogniser", self.model, self.model.toolTip()),
            )
        )
        self.add(self.gaze)
        self.body.setSpacing(8)


class PrivacySection(Section):
    """Who is covered, how long faces are kept, covered copies of films."""

    edited = Signal(dict)
    keepDaysChanged = Signal(int)
    dryRunWanted = Signal()
    expireWanted = Signal()
    redactWanted = Signal()

    def __init__(self) -> None:
        super().__init__("Privacy", folded=True, name="faces.privacy")
        self._shown: object = None
        self.blur = Segmented("Cover", [("off", "Nobody"), ("unknown", "Unknown"), ("everyone", "Everyone")])
        self.blur_words = words("hint")
        self.guard = Pill()
        self.days = NumberField(
            "Keep faces", 0, 0, YEARS, unit="days", tip="Older faces may be deleted; 0 keeps them for ever"
        )
        self.days.setSpecialValueText("For ever")
        self.dry_run = PlainButton("Dry run", "", "What this period would delete today; nothing is deleted")
        self.expire = PlainButton("Delete them", "delete", "Delete these faces for good")
        self.expiring = words("muted")
        self.redact = QuietButton("Cover a film or picture\u2026", "hide", "Write a copy in which faces are covered")
        self._lay_out()
        on_change(self.blur, lambda: self.edited.emit({"blur": self.blur.value()}))
        on_change(self.days, lambda: self.keepDaysChanged.emit(self.days.whole()))
        self.dry_run.clicked.connect(self.dryRunWanted)
        self.expire.clicked.connect(self.expireWanted)
        self.redact.clicked.connect(self.redactWanted)

    def show_state(self, view: FacesView) -> None:
        info, expiring = view.people.info, view.people.expiring
        writable = info is not None and not info.locked and not info.read_only
        shown = view.settings.blur, info.keep_days if info is not None else 0, writable, expiring
        if shown == self._shown:
            return
        self._shown = shown
        blur, days = view.settings.blur, shown[1]
        show(self.blur, blur)
        say(self.blur_words, BLURS[blur])
        self.guard.setVisible(blur != "off")
        self.guard.set_state("Everyone covered" if blur == "everyone" else "Unknown covered", "good", "hide")
        show(self.days, days)
        self._kept.setVisible(writable)
        self.dry_run.setEnabled(days > 0)
        self._show_expiring(expiring if expiring is not None and expiring.keep_days == days else None)

    def _show_expiring(self, expiring: Expiring | None) -> None:
        say(self.expiring, expiring_words(expiring) if expiring is not None else "")
        self.expire.setVisible(expiring is not None and expiring.faces > 0)
        if expiring is not None and expiring.faces:
            verb = f"Delete {expiring.faces:,} {'face' if expiring.faces == 1 else 'faces'}"
            self.expire.setText(verb)
            describe(self.expire, verb, "Delete these faces for good; asks first")

    def _lay_out(self) -> None:
        self.add_action(self.guard)
        self.add(labelled("Cover faces", self.blur, "Who is covered in the view and in what is saved from it"))
        self.add(self.blur_words)
        self._kept = QWidget()
        row = QHBoxLayout(self._kept)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(labelled("Keep faces", self.days, self.days.toolTip()), 1)
        row.addWidget(self.dry_run)
        row.setAlignment(self.dry_run, Qt.AlignmentFlag.AlignBottom)
        self.add(self._kept)
        self.add(self.expiring)
        self.add(self.expire)
        self.add(self.redact)
        self.body.setSpacing(8)
