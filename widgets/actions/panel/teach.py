"""Teach: classes with their keys, the segment that is open, the segments that are made, clips of the project."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from widgets.actions.panel.classes import ClassSection
from widgets.actions.panel.clips import ClipList
from widgets.actions.panel.segments import AdviceLines, OpenSegment, SegmentSection
from widgets.actions.panel.words import clips_summary, record_words
from widgets.actions.state import ActionsView, ClipState
from widgets.kit.form import say, words
from widgets.kit.panel import PlainButton, Section, describe


class TeachPage(QWidget):
    """What the user wants goes out by these signals."""

    classAdded = Signal(str)
    classRenamed = Signal(str, str)
    classRemoved = Signal(str)
    markWanted = Signal(str)
    markDropped = Signal()
    segmentChosen = Signal(int)
    segmentRemoved = Signal(int)
    importWanted = Signal()
    exportWanted = Signal()
    clipTaken = Signal(str, bool)
    recordWanted = Signal()
    SIGNALS = (
        *("classAdded", "classRenamed", "classRemoved", "markWanted", "markDropped", "segmentChosen"),
        *("segmentRemoved", "importWanted", "exportWanted", "clipTaken", "recordWanted"),
    )

    def __init__(self) -> None:
        super().__init__()
        self.record, self.open = RecordCard(), OpenSegment()
        self.classes, self.advice = ClassSection(), AdviceLines()
        self.segments, self.clips = SegmentSection(), ClipSection("Clips of this project", "actions.clips")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for part in (self.record, self.open, self.classes, self.segments, self.advice, self.clips):
            column.addWidget(part)
        column.addStretch(1)
        self._wire()

    def show_state(self, view: ActionsView) -> None:
        """Show exactly this."""
        can = view.teach.can_label
        self.record.show_state(view)
        self.advice.show_advice(view.teach.advice if can else ())
        for section in (self.classes, self.segments):
            section.setVisible(can)
        if can:
            self.classes.show_state(view)
            self.segments.show_state(view)
        self.open.show_state(view)
        self.clips.show_clips(view.teach.clips)

    def _wire(self) -> None:
        for part, names in (
            (self.record, ("recordWanted",)),
            (self.open, ("markWanted", "markDropped")),
            (self.classes, ("classAdded", "classRenamed", "classRemoved", "markWanted")),
            (self.segments, ("segmentChosen", "segmentRemoved", "importWanted", "exportWanted")),
            (self.clips, ("clipTaken",)),
        ):
            for name in names:
                getattr(part, name).connect(getattr(self, name))


class ClipSection(Section):
    """The project's labelled clips, hidden while there are none."""

    clipTaken = Signal(str, bool)

    def __init__(self, title: str, name: str) -> None:
        super().__init__(title, name=name)
        self._shown: tuple[ClipState, ...] | None = None
        self.list, self.summary = ClipList(), words("hint")
        self.add(self.list)
        self.add(self.summary)
        self.body.setSpacing(4)
        self.list.clipTaken.connect(self.clipTaken)

    def show_clips(self, clips: tuple[ClipState, ...]) -> None:
        """Cheap while they are the same."""
        if clips == self._shown:
            return
        self._shown = clips
        self.list.show_rows(clips)
        say(self.summary, clips_summary(clips))
        self.setVisible(bool(clips))


class RecordCard(QFrame):
    """A live feed cannot be marked: it is recorded first. Hidden where the source is a film."""

    recordWanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._shown: Any = None
        self.words = words("muted")
        self.button = PlainButton("Record", "record", "Record this feed to a film, then mark what happens in it")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(8)
        row.addWidget(self.words, 1)
        row.addWidget(self.button)
        self.button.clicked.connect(self.recordWanted)
        self.hide()

    def show_state(self, view: ActionsView) -> None:
        teach = view.teach
        shown = not teach.can_label and bool(view.watch.source), teach.recording, round(teach.recorded)
        if shown == self._shown:
            return
        self._shown = shown
        self.setVisible(shown[0] or teach.recording)
        self.words.setText(record_words(teach))
        verb = "Stop recording" if teach.recording else "Record"
        self.button.setText(verb)
        tip = "Keep what was recorded as a film" if teach.recording else "Record this feed to a film, then mark it"
        describe(self.button, verb, tip)
