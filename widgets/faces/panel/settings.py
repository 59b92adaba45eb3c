"""The settings of the faces panel: how faces are looked for and described, and who must not be seen.

A control tells the fields it changed; the panel makes the new settings of them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal

from engines.faces.gallery.types import Expiring
from widgets.faces.panel.words import SEARCHES, expiring_words, finder_words
from widgets.faces.state import FacesView
from widgets.kit.form import Form, on_change, read, say, show, words
from widgets.kit.layouts import held, row_of
from widgets.kit.panel import (
    ChoiceField,
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
from widgets.kit.words import count

DETECTORS = (("yunet", "YuNet"), ("blazeface", "BlazeFace"))
BLURS = {
    "off": "Everybody is shown",
    "unknown": "Whoever has no name is covered, in saved pictures too",
    "everyone": "Every face is covered, in saved pictures too",
}
YEARS = 36500


class LookingSection(Form):
    """`edited(fields)`: what was changed of `RecogniserSettings`; the finder goes out as a whole."""

    def __init__(self) -> None:
        super().__init__("Looking", folded=True, name="faces.looking")
        self._shown: tuple[Any, ...] | None = None
        self.search = Segmented("Search", [("plain", "Plain"), ("pyramid", "Pyramid"), ("tiles", "Tiles")])
        self.search_words = words("hint")
        self.smallest = NumberField("Smallest face", 10, 8, 100, unit="px", tip="The smallest width that is looked for")
        self.score = NumberField(
            "Least score", 0.6, 0.1, 0.95, decimals=2, step=0.05, tip="How sure the detector must be of a new face"
        )
        self.detector = ChoiceField("Detector", DETECTORS, tip="The network that finds faces")
        self.model = ChoiceField("Recogniser", tip="The network that describes faces; a gallery belongs to one")
        self.gaze = Toggle("Head pose and gaze", tip="Landmarks of the largest faces: some 10 ms each")
        self._lay_out()
        self.bind("model", self.model)
        self.bind("gaze", self.gaze)
        self._finder = {
            "search": self.search,
            "smallest": self.smallest,
            "score": self.score,
            "detector": self.detector,
        }
        for field, control in self._finder.items():
            on_change(control, lambda field=field, control=control: self._find_by(field, read(control)))

    def show_state(self, view: FacesView) -> None:
        settings, finder = view.settings, view.settings.finder
        shown = finder, settings.model, settings.gaze, view.models
        if shown == self._shown:
            return
        before, self._shown = self._shown, shown
        if before is None or before[3] != view.models:
            with QSignalBlocker(self.model):
                self.model.set_choices(view.models, settings.model)
        self.set_summary(finder_words(finder))
        self.show_fields(settings)
        for field, control in self._finder.items():
            show(control, getattr(finder, field))
        self._smallest.setVisible(finder.search != "plain")
        say(self.search_words, SEARCHES[finder.search])

    def _find_by(self, field: str, value: object) -> None:
        if self._shown is not None:
            self.edited.emit({"finder": replace(self._shown[0], **{field: value})})

    def _lay_out(self) -> None:
        self._smallest = labelled("Smallest face", self.smallest, self.smallest.toolTip())
        score = labelled("Least score", self.score, self.score.toolTip())
        networks = (("Detector", self.detector), ("Recogniser", self.model))
        for part in (
            self.search,
            self.search_words,
            columns(score, self._smallest),
            columns(*(labelled(name, field, field.toolTip()) for name, field in networks)),
            self.gaze,
        ):
            self.add(part)
        self.body.setSpacing(8)


class PrivacySection(Section):
    """Who is covered (`edited`, as `RecogniserSettings` has it), how long faces are kept, covered copies of films."""

    edited = Signal(dict)
    keepDaysChanged = Signal(int)

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
            verb = f"Delete {count(expiring.faces, 'face')}"
            self.expire.setText(verb)
            describe(self.expire, verb, "Delete these faces for good; asks first")

    def _lay_out(self) -> None:
        self.add_action(self.guard)
        days = labelled("Keep faces", self.days, self.days.toolTip())
        self._kept = held(row_of((days, 1), (self.dry_run, 0, Qt.AlignmentFlag.AlignBottom), spacing=8))
        for part in (
            labelled("Cover faces", self.blur, "Who is covered in the view and in what is saved from it"),
            self.blur_words,
            self._kept,
            self.expiring,
            self.expire,
            self.redact,
        ):
            self.add(part)
        self.body.setSpacing(8)
