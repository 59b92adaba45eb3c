"""The Properties panel: figures of the selected source, in groups."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QTimer, Signal

from engines.core.words import tr
from widgets.kit.access.tabs import order_tabs
from widgets.kit.card_columns import Flow
from widgets.kit.fields import TextField, Toggle, wrapped
from widgets.kit.labels import Label
from widgets.kit.layouts import column_of, held, row_of
from widgets.kit.panel import EmptyState, Panel, QuietButton, Section, Stat, StatGrid, labelled
from widgets.kit.when_new import when_new

LEAST_WIDTH = 280
ROOMY, MOST_UNIT = 340, 60
"""Pixels: in a narrower panel other sections do not line up with a unit that is longer, so that figures stay whole."""
USUAL = {"picture": 6, "undistorted": 6, "lens": 7, "flow": 6, "source": 8}
"""Sections in their order, and how many figures; made while the window is at rest."""
TITLES = {
    "picture": tr("Picture"),
    "undistorted": tr("Undistorted"),
    "lens": tr("Calibration"),
    "flow": tr("Flow"),
    "source": tr("Source"),
}


@dataclass(frozen=True, slots=True)
class PropertyGroup:
    """Figures of one kind (a key of `TITLES`), and below them what needs a line of its own."""

    id: str
    stats: tuple[Stat, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class PropertiesShown:
    """All that the panel shows; no name means that nothing is selected.

    called: the name that can be changed, None for none; loop: whether it begins again at its end, None where it has no
    end; calibrated: a calibration is kept for it; straight: it is shown straightened.
    """

    name: str = ""
    state: str = ""
    level: str = ""
    groups: tuple[PropertyGroup, ...] = ()
    path: str = ""
    called: str | None = None
    loop: bool | None = None
    calibrated: bool = False
    straight: bool = False


class PropertiesPanel(Panel):
    """Shows what it is given; cheap to be given the same again.

    `renamed(path, name)` and `loopChanged(path, on)` when something was changed in place; `wanted(verb, path)` for
    "edit", "undistort", "forget" and "lens".
    """

    renamed = Signal(str, str)
    loopChanged = Signal(str, bool)
    wanted = Signal(str, str)

    def __init__(self) -> None:
        super().__init__(tr("Properties"))
        self.setMinimumWidth(LEAST_WIDTH)
        self._sections: dict[str, tuple[Section, StatGrid, Label]] = {}
        self._path, self._called = "", ""
        self._build_fields()
        self.copy = QuietButton(
            tr("Copy as JSON"), "copy", tr("The source's description; dropped as a file it opens again")
        )
        self.edit = QuietButton(tr("Edit…"), "edit", tr("Change the source in the form it was added with"))
        self.edit.clicked.connect(lambda: self._want("edit"))
        self.add_foot(self.edit, self.copy)
        self.foot.addStretch(1)
        self.body.addStretch(1)
        self.set_empty(EmptyState(tr("Select a source or a tile to see what is known of it."), "", "properties"))
        self.show_properties(PropertiesShown())
        order_tabs(self)
        QTimer.singleShot(0, self, self._prepare)

    @when_new
    def show_properties(self, shown: PropertiesShown) -> None:
        """Show this source; sections that it lacks are hidden."""
        self.head.title.given = bool(shown.name)
        self.head.title.setText(shown.name or tr("Properties"))
        self.set_state(shown.state, shown.level)
        self.show_empty(not shown.name)
        self.copy.setEnabled(bool(shown.name))
        self._show_fields(shown)
        for group in shown.groups:
            _, grid, note = self._section(group.id)
            grid.set_stats(group.stats)
            note.given = group.id == "lens"
            note.setText(group.note)
            note.setVisible(bool(group.note))
        ids = {group.id for group in shown.groups}
        self._align(ids)
        for id, (section, *_) in self._sections.items():
            section.setVisible(id in ids)

    def _build_fields(self) -> None:
        """What is changed in place, above the figures."""
        self.name = TextField(tr("Name"), tip=tr("What lists, tiles and files call it; Enter keeps it"))
        self.name.editingFinished.connect(self._rename)
        self.loop = Toggle(tr("Begin again at the end"), False, tip=tr("Loop; Undo takes it back"))
        self.loop.clicked.connect(lambda on: self.loopChanged.emit(self._path, on))
        self._named = labelled(tr("Name"), self.name)
        for part in (self._named, self.loop):
            self.add(part)
        self.undistort = QuietButton(tr("Undistort"), "straight", tr("Show straight lines straight, and back"))
        self.forget = QuietButton(tr("Forget"), "clear", tr("Use this calibration no more; Undo brings it back"))
        self.calibration = QuietButton(
            tr("Open in Calibration"), "target", tr("Show this calibration with its figures and residuals")
        )
        first = Flow(self.undistort, self.forget, spacing=4)
        self._kept = held(column_of(first, row_of(self.calibration, None), spacing=4))
        self._kept.setParent(self)
        for verb, button in (("undistort", self.undistort), ("forget", self.forget), ("lens", self.calibration)):
            button.clicked.connect(lambda _on=False, verb=verb: self._want(verb))

    def _show_fields(self, shown: PropertiesShown) -> None:
        """A name that is being typed stays, unless it is another's."""
        if shown.path != self._path or not (self.name.hasFocus() and self.name.isModified()):
            self._path, self._called = shown.path, shown.called or ""
            self.name.setText(self._called)
        self._named.setVisible(shown.called is not None)
        self.loop.setVisible(shown.loop is not None)
        self.loop.setChecked(bool(shown.loop))
        self.edit.setEnabled(bool(shown.name))
        self._kept.setVisible(shown.calibrated)
        self.undistort.setText(tr("As it comes") if shown.straight else tr("Undistort"))

    def _rename(self) -> None:
        text = " ".join(self.name.text().split())
        self.name.setText(text)
        if text != self._called:
            self._called = text
            self.renamed.emit(self._path, text)

    def _want(self, verb: str) -> None:
        self.wanted.emit(verb, self._path)

    def _prepare(self) -> None:
        for id, figures in USUAL.items():
            if id not in self._sections:
                section, grid, _ = self._section(id)
                section.hide()
                grid.make_rows(figures)

    def _align(self, ids: set[str]) -> None:
        """One column of numbers through all sections."""
        grids = [grid for id, (_, grid, _) in self._sections.items() if id in ids]
        most = MOST_UNIT if self.width() < ROOMY else self.width()
        room = max((grid.unit_room for grid in grids if grid.unit_room <= most), default=0)
        for grid in grids:
            grid.set_unit_room(room)

    def _section(self, id: str) -> tuple[Section, StatGrid, Label]:
        if id not in self._sections:
            section = Section(TITLES[id], name=f"properties/{id.capitalize()}")
            grid, note = StatGrid(), wrapped("muted")
            section.add(grid)
            section.add(note)
            if id == "lens":
                section.add(self._kept)
            self.body.insertWidget(self.body.count() - 1, section)
            self._sections[id] = (section, grid, note)
            order_tabs(self)
        return self._sections[id]
