"""The settings of the faces panel: how faces are looked for and described, and who must not be seen.

A control tells the fields it changed; the panel makes the new settings of them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal

from engines.core.words import tr, tr_count
from engines.faces.gallery.types import Expiring
from widgets.faces.panel.words import SEARCH_NAMES, SEARCHES, expiring_words, finder_words
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

DETECTORS = (("yunet", "YuNet"), ("blazeface", "BlazeFace"))
BLURS = {
    "off": tr("Everybody is shown"),
    "unknown": tr("Whoever has no name is covered, in saved pictures too"),
    "everyone": tr("Every face is covered, in saved pictures too"),
}
YEARS = 36500


class LookingSection(Form):
    """`edited(fields)`: what was changed of `RecogniserSettings`; the finder goes out as a whole."""

    def __init__(self) -> None:
        super().__init__(tr("Looking"), folded=True, name="faces.looking")
        self._shown: tuple[Any, ...] | None = None
        self.search = Segmented(tr("Search"), list(SEARCH_NAMES.items()))
        self.search_words = words("hint")
        self.smallest = NumberField(
            tr("Smallest face"), 10, 8, 100, unit="px", tip=tr("The smallest width that is looked for")
        )
        self.score = NumberField(
            tr("Least score"),
            0.6,
            0.1,
            0.95,
            decimals=2,
            step=0.05,
            tip=tr("How sure the detector must be of a new face"),
        )
        self.detector = ChoiceField(tr("Detector"), DETECTORS, tip=tr("The network that finds faces"))
        self.model = ChoiceField(tr("Recogniser"), tip=tr("The network that describes faces; a gallery belongs to one"))
        self.gaze = Toggle(tr("Head pose and gaze"), tip=tr("Landmarks of the largest faces: some 10 ms each"))
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
        self._smallest = labelled(tr("Smallest face"), self.smallest, self.smallest.toolTip())
        score = labelled(tr("Least score"), self.score, self.score.toolTip())
        networks = ((tr("Detector"), self.detector), (tr("Recogniser"), self.model))
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
        super().__init__(tr("Privacy"), folded=True, name="faces.privacy")
        self._shown: object = None
        self.blur = Segmented(
            tr("Cover"), [("off", tr("Nobody")), ("unknown", tr("Unknown")), ("everyone", tr("Everyone"))]
        )
        self.blur_words = words("hint")
        self.guard = Pill()
        self.days = NumberField(
            tr("Keep faces"), 0, 0, YEARS, unit=tr("days"), tip=tr("Older faces may be deleted; 0 keeps them for ever")
        )
        self.days.setSpecialValueText(tr("For ever"))
        self.dry_run = PlainButton(tr("Dry run"), "", tr("What this period would delete today; nothing is deleted"))
        self.expire = PlainButton(tr("Delete them"), "delete", tr("Delete these faces for good"))
        self.expiring = words("muted")
        self.redact = QuietButton(
            tr("Cover a film or picture\u2026"), "hide", tr("Save a copy in which faces are covered")
        )
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
        self.guard.set_state(tr("Everyone covered") if blur == "everyone" else tr("Unknown covered"), "good", "hide")
        show(self.days, days)
        self._kept.setVisible(writable)
        self.dry_run.setEnabled(days > 0)
        self._show_expiring(expiring if expiring is not None and expiring.keep_days == days else None)

    def _show_expiring(self, expiring: Expiring | None) -> None:
        say(self.expiring, expiring_words(expiring) if expiring is not None else "")
        self.expire.setVisible(expiring is not None and expiring.faces > 0)
        if expiring is not None and expiring.faces:
            verb = tr_count(expiring.faces, "Delete {n} face", "Delete {n:,} faces")
            self.expire.setText(verb)
            describe(self.expire, verb, tr("Delete these faces for good; asks first"))

    def _lay_out(self) -> None:
        self.add_action(self.guard)
        days = labelled(tr("Keep faces"), self.days, self.days.toolTip())
        self._kept = held(row_of((days, 1), (self.dry_run, 0, Qt.AlignmentFlag.AlignBottom), spacing=8))
        for part in (
            labelled(tr("Cover faces"), self.blur, tr("Who is covered in the view and in what is saved from it")),
            self.blur_words,
            self._kept,
            self.expiring,
            self.expire,
            self.redact,
        ):
            self.add(part)
        self.body.setSpacing(8)
