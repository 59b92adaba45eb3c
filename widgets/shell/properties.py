"""The Properties panel: figures of the selected source, in groups."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel

from widgets.kit.fields import wrapped
from widgets.kit.panel import EmptyState, Panel, QuietButton, Section, Stat, StatGrid
from widgets.kit.when_new import when_new

LEAST_WIDTH = 280
USUAL = {"Picture": 6, "Undistorted": 6, "Calibration": 7, "Flow": 6, "Source": 8}
"""Sections in their order, and how many figures; made while the window is at rest."""


@dataclass(frozen=True, slots=True)
class PropertyGroup:
    """Figures under one title, and below them what needs a line of its own."""

    title: str
    stats: tuple[Stat, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class PropertiesShown:
    """All that the panel shows; no name means that nothing is selected."""

    name: str = ""
    state: str = ""
    level: str = ""
    groups: tuple[PropertyGroup, ...] = ()


class PropertiesPanel(Panel):
    """Shows what it is given; cheap to be given the same again."""

    def __init__(self) -> None:
        super().__init__("Properties")
        self.setMinimumWidth(LEAST_WIDTH)
        self._sections: dict[str, tuple[Section, StatGrid, QLabel]] = {}
        self.copy = QuietButton("Copy as JSON", "copy", "The source's description; dropped as a file it opens again")
        self.add_foot(self.copy)
        self.foot.addStretch(1)
        self.body.addStretch(1)
        self.set_empty(EmptyState("Select a source or a tile to see what is known of it.", "", "properties"))
        self.show_properties(PropertiesShown())
        QTimer.singleShot(0, self, self._prepare)

    @when_new
    def show_properties(self, shown: PropertiesShown) -> None:
        """Show this source; sections that it lacks are hidden."""
        self.head.title.setText(shown.name or "Properties")
        self.set_state(shown.state, shown.level)
        self.show_empty(not shown.name)
        self.copy.setEnabled(bool(shown.name))
        for group in shown.groups:
            _, grid, note = self._section(group.title)
            grid.set_stats(group.stats)
            note.setText(group.note)
            note.setVisible(bool(group.note))
        titles = {group.title for group in shown.groups}
        self._align(titles)
        for title, (section, *_) in self._sections.items():
            section.setVisible(title in titles)

    def _prepare(self) -> None:
        for title, figures in USUAL.items():
            if title not in self._sections:
                section, grid, _ = self._section(title)
                section.hide()
                grid.make_rows(figures)

    def _align(self, titles: set[str]) -> None:
        """One column of numbers through all sections."""
        grids = [grid for title, (_, grid, _) in self._sections.items() if title in titles]
        room = max((grid.unit_room for grid in grids), default=0)
        for grid in grids:
            grid.set_unit_room(room)

    def _section(self, title: str) -> tuple[Section, StatGrid, QLabel]:
        if title not in self._sections:
            section, grid, note = Section(title, name=f"properties/{title}"), StatGrid(), wrapped("muted")
            section.add(grid)
            section.add(note)
            self.body.insertWidget(self.body.count() - 1, section)
            self._sections[title] = (section, grid, note)
        return self._sections[title]
