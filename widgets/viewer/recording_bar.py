"""The line below the window that says what is being recorded, for how long and how large; hidden while nothing is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStatusBar, QWidget

from engines.core.words import tr, tr_count
from widgets.kit.fields import QuietButton
from widgets.kit.labels import Label
from widgets.kit.layouts import held, row_of
from widgets.kit.pill import Pill
from widgets.kit.words import DOT, size_words


@dataclass(frozen=True, slots=True)
class RecordingShown:
    """One recording. clock, size: in words; bytes: the same as a number; left_out: frames that came too fast."""

    path: str
    title: str
    clock: str
    size: str
    bytes: int = 0
    left_out: int = 0
    seconds: float = 0.0

    @property
    def words(self) -> str:
        """'0:12 · 4.2 MB'."""
        return DOT.join(filter(None, (self.clock, self.size if self.bytes else "", self.lost)))

    @property
    def lost(self) -> str:
        return tr("{n:,} left out", n=self.left_out) if self.left_out else ""


class RecordingBar(QStatusBar):
    """`stopWanted()` when all recordings are to end."""

    stopWanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self.mark = Pill(tr("Recording"), "bad", "record")
        self.words = Label("", "muted")
        self.stop = QuietButton(tr("Stop all"), "stop", tr("End every recording; each film is kept"))
        self.stop.clicked.connect(self.stopWanted)
        self.addWidget(held(row_of(self.mark, self.words, self.stop, spacing=8, margins=(8, 0, 8, 0))))
        self.hide()

    def show_recordings(self, recordings: Sequence[RecordingShown]) -> None:
        """How they stand; none hides the line."""
        self.setVisible(bool(recordings))
        if not recordings:
            return
        first = recordings[0]
        if len(recordings) == 1:
            self.words.setText(tr("{source}: {figures}", source=first.title, figures=first.words))
            return
        what = tr_count(len(recordings), "One tile", "{n} tiles")
        lost = sum(one.left_out for one in recordings)
        longest = max(recordings, key=lambda one: one.seconds)
        figures = (what, longest.clock, size_words(sum(one.bytes for one in recordings)))
        self.words.setText(DOT.join((*figures, *([tr("{n:,} left out", n=lost)] if lost else []))))
