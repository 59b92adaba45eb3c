"""A field for a range of frames, A:B with B not included; empty for all of them."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from engines.actions.study_types import WHOLE, Frames
from engines.core.errors import UsageError
from engines.core.frame_ranges import parsed
from engines.core.words import tr
from widgets.actions.panel.words import frames_words
from widgets.kit.form import say, words
from widgets.kit.layouts import column_of
from widgets.kit.panel import TextField, labelled, set_property


class FramesField(QWidget):
    """`framesChanged(Frames)` when a range was typed and left; `checked` when what is typed became right or wrong."""

    framesChanged = Signal(object)
    checked = Signal()

    def __init__(self, tip: str) -> None:
        super().__init__()
        self._frames: Frames = WHOLE
        self.problem = ""
        self.text = TextField(tr("Frames"), placeholder=tr("All frames, or A:B"), tip=tip)
        self.complaint = words("hint")
        set_property(self.complaint, "level", "bad")
        self.complaint.hide()
        self.setLayout(column_of(labelled(tr("Frames"), self.text, tip), self.complaint, spacing=4))
        self.text.editingFinished.connect(self._read)
        self.text.textEdited.connect(lambda _text: self._complain(""))

    def show_frames(self, frames: Frames) -> None:
        """A range that is being typed survives news that say nothing new of it."""
        if frames != self._frames:
            self._frames = frames
            self.text.setText(frames_words(frames))
            self._complain("")

    def _read(self) -> None:
        try:
            frames = parsed(self.text.text())
        except UsageError as error:
            self._complain(str(error))
            return
        self._complain("")
        if frames != self._frames:
            self._frames = frames
            self.framesChanged.emit(frames)

    def _complain(self, problem: str) -> None:
        if problem != self.problem:
            self.problem = problem
            self.text.set_problem(problem)
            say(self.complaint, problem)
            self.checked.emit()
