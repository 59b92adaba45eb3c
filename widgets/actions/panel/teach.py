"""The panel's page Teach: classes with their keys, the open segment, the list of segments, clips of the project."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QWidget

from engines.core.words import tr
from widgets.actions.panel.classes import ClassSection
from widgets.actions.panel.clips import ClipList
from widgets.actions.panel.segments import AdviceLines, OpenSegment, SegmentSection
from widgets.actions.panel.words import clips_summary, record_words
from widgets.actions.state import ActionsView, ClipState
from widgets.kit.form import say, words
from widgets.kit.layouts import column_of, row_of
from widgets.kit.panel import PlainButton, Section, describe
from widgets.kit.when_new import when_new


class TeachPage(QWidget):
    """Its parts say what the user wants."""

    def __init__(self) -> None:
        super().__init__()
        self.record, self.open = RecordCard(), OpenSegment()
        self.classes, self.advice = ClassSection(), AdviceLines()
        self.segments, self.clips = SegmentSection(), ClipSection(tr("Clips of this project"), "actions.clips")
        self.setLayout(
            column_of(self.record, self.open, self.classes, self.segments, self.advice, self.clips, None, spacing=12)
        )

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


class ClipSection(Section):
    """The project's labelled clips, hidden while there are none."""

    def __init__(self, title: str, name: str) -> None:
        super().__init__(title, name=name)
        self.list, self.summary = ClipList(), words("hint")
        self.add(self.list)
        self.add(self.summary)
        self.body.setSpacing(4)

    @when_new
    def show_clips(self, clips: tuple[ClipState, ...]) -> None:
        self.list.show_rows(clips)
        say(self.summary, clips_summary(clips))
        self.setVisible(bool(clips))


class RecordCard(QFrame):
    """A live feed cannot be marked: it is recorded first. Hidden where the source is a film."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.words = words("muted")
        self.button = PlainButton(
            tr("Record"), "record", tr("Record this feed to a film, then mark what happens in it")
        )
        self.setLayout(row_of((self.words, 1), self.button, spacing=8, margins=(12, 8, 8, 8)))
        self.hide()

    def show_state(self, view: ActionsView) -> None:
        teach = view.teach
        live = not teach.can_label and bool(view.watch.source)
        self._show(live, teach.recording, record_words(teach))

    @when_new
    def _show(self, live: bool, recording: bool, words: str) -> None:
        self.setVisible(live or recording)
        self.words.setText(words)
        verb = tr("Stop recording") if recording else tr("Record")
        self.button.setText(verb)
        tip = tr("Keep what was recorded as a film") if recording else tr("Record this feed to a film, then mark it")
        describe(self.button, verb, tip)
