"""The Properties panel: all that is known of the source in the selected tile, in sections of figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel

from widgets.fields import QuietButton
from widgets.panel import EmptyState, Panel, Section, Stat, StatGrid


@dataclass(frozen=True, slots=True)
class PropertyGroup:
    """A titled group of figures; `note` is a sentence below them."""

    title: str
    stats: tuple[Stat, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class PropertiesShown:
    """What is selected (`title`, "" for nothing), its state in words with a level, and its groups."""

    title: str = ""
    state: str = ""
    level: str = ""
    groups: tuple[PropertyGroup, ...] = ()


class PropertiesPanel(Panel):
    """Follows the selection; figures that change are changed in place."""

    sampleWanted = Signal()
    copyWanted = Signal()

    def __init__(self) -> None:
        super().__init__("Properties")
        self._sections: list[tuple[Section, StatGrid, QLabel]] = []
        self.now = PropertiesShown()
        empty = EmptyState(
            "Select a tile that shows a source, and what is known of it stands here.", "Open sample", "properties",
            "Play a rendered four-camera rig",
        )  # fmt: skip
        empty.clicked.connect(self.sampleWanted)
        self.set_empty(empty)
        self.show_empty(True)
        copy = QuietButton("Copy as JSON", "copy", "Copy the source's description, as saved files have it")
        copy.clicked.connect(self.copyWanted)
        self.add_foot(copy)
        self.foot.addStretch(1)
        self.body.addStretch(1)

    def show_properties(self, shown: PropertiesShown) -> None:
        """Show these; an empty title means that nothing is selected."""
        self.now = shown
        self.show_empty(not shown.title)
        self.head.title.setText(shown.title or "Properties")
        self.set_state(shown.state, shown.level)
        self._fit(shown.groups)
        for (section, grid, note), group in zip(self._sections, shown.groups, strict=False):
            section.head.setText(group.title)
            grid.set_stats(group.stats)
            note.setText(group.note)
            note.setVisible(bool(group.note))

    def _fit(self, groups: Sequence[PropertyGroup]) -> None:
        while len(self._sections) < len(groups):
            section, grid, note = Section(groups[len(self._sections)].title), StatGrid(), QLabel()
            note.setProperty("role", "muted")
            note.setWordWrap(True)
            section.add(grid)
            section.add(note)
            self.body.insertWidget(len(self._sections), section)
            self._sections.append((section, grid, note))
        for number, (section, _grid, _note) in enumerate(self._sections):
            section.setVisible(number < len(groups))
