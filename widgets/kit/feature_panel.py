"""The panel of a feature: head with the one action, trouble, progress, sections, and a foot with command and help."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QLayout, QWidget

from engines.core.words import tr
from widgets.kit.access.tabs import order_tabs
from widgets.kit.file_drops import FileDrops
from widgets.kit.menus import KEYS
from widgets.kit.panel import Panel, PrimaryButton, QuietButton, describe
from widgets.kit.trouble_card import TroubleCard
from widgets.kit.work_parts import BusyLine

LEAST_WIDTH = 320
START = "jobs.start"
"""The command that presses the one action of the panel in front: its key is named in the tip."""


class FeaturePanel(FileDrops, Panel):
    """Shows exactly what `show_state` is given. Its parts are public: whoever makes it connects them."""

    shown: Any

    def __init__(self, title: str, start: PrimaryButton, about: str, *, titled: bool = True) -> None:
        """start: the one action. about: what the help is about. titled: False where the head says what went wrong."""
        super().__init__(title)
        self.setMinimumWidth(LEAST_WIDTH)
        self.start = start
        self._start_said = (start.text(), start.toolTip(), "")
        KEYS.changed.connect(self._say_start)
        self._say_start()
        self.trouble, self.progress = TroubleCard(narrow=True, titled=titled), BusyLine()
        self.copy = QuietButton(
            "", "command", tr("Copy the command line that does the same"), name=tr("Copy as command")
        )
        self.help = QuietButton("", "help", about, name=tr("Help"))

    def show_state(self, view: Any) -> None:
        """Show exactly this."""
        raise NotImplementedError

    def show_start(self, words: str, tip: str, problem: str = "") -> None:
        """The action's word; `problem`: why it cannot be done, in place of the tip."""
        self._start_said = words, tip, problem
        self.start.setText(words)
        self.start.setEnabled(not problem)
        self._say_start()

    def _say_start(self) -> None:
        words, tip, problem = self._start_said
        describe(self.start, words, problem or KEYS.tip(tip, START))

    def edit(self, field: str, value: Any, told: SignalInstance) -> None:
        """What the user made of a field of the view: shown at once, and told, unless it is as before."""
        if value != getattr(self.shown, field):
            self.show_state(replace(self.shown, **{field: value}))
            told.emit(value)

    def lay_out(self, *parts: QWidget | QLayout, foot: Sequence[QWidget] = (), more: Sequence[QWidget] = ()) -> None:
        """Sections from top to bottom; foot: small actions at the left; more: beside copy and help."""
        self.add_head(self.start)
        for part in (self.trouble, self.progress, *parts):
            self.add(part) if isinstance(part, QWidget) else self.body.addLayout(part)
        self.body.addStretch(1)
        self.add_foot(*foot)
        self.foot.addStretch(1)
        self.add_foot(self.copy, *more, self.help)
        order_tabs(self)
